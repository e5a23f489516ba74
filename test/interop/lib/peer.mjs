// One side of a call, the same in a page and in Node: what a test asks for is done through plain values in and out.
import { reportOf, selectedPair, wayOf } from "./way.mjs";

/** Bytes that both sides can make: xorshift from a seed. @param {number} length @param {number} seed */
export function madeBytes(length, seed) {
  const words = new Uint32Array(Math.ceil(length / 4));
  let state = seed | 1;
  for (let index = 0; index < words.length; index++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    words[index] = state;
  }
  return new Uint8Array(words.buffer, 0, length);
}

/** @param {Uint8Array} bytes */
async function sha256(bytes) {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** @param {EventTarget} target @param {string} type @param {() => boolean} already */
async function event(target, type, already, timeout = 20_000) {
  if (already()) return;
  await new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no ${type} in ${timeout} ms`)), timeout);
    target.addEventListener(
      type,
      () => {
        clearTimeout(timer);
        resolve(undefined);
      },
      { once: true },
    );
  });
}

/** A message that tells which one it is. @param {number} number @param {number} size at least 4 */
function numbered(number, size) {
  const bytes = madeBytes(size, number + 1).slice();
  new DataView(bytes.buffer).setUint32(0, number);
  return bytes;
}

const CHUNK = 65_536;
const HIGH_WATER = 1_048_576;

export class TestPeer {
  /** @param {typeof RTCPeerConnection} Connection @param {RTCConfiguration} configuration */
  constructor(Connection, configuration) {
    this.pc = new Connection(configuration);
    /** @type {Map<string, RTCDataChannel>} */
    this.channels = new Map();
    /** @type {Map<string, string[]>} what happened to each channel */
    this.events = new Map();
    /** @type {Map<string, { numbers: number[], broken: number }>} */
    this.floods = new Map();
    /** @type {unknown[]} */
    this.outbox = [];
    /** @type {((signal: unknown) => void) | undefined} */
    this.taker = undefined;
    /** @type {string[]} */
    this.problems = [];
    this.pc.onnegotiationneeded = () => this.#offer().catch((error) => this.problems.push(`offer: ${error}`));
    this.pc.onicecandidate = ({ candidate }) => this.#put({ candidate: candidate?.toJSON() ?? null });
    /** @type {{ errorCode: number, errorText: string, url: string }[]} */
    this.candidateErrors = [];
    this.pc.onicecandidateerror = ({ errorCode, errorText, url }) => this.candidateErrors.push({ errorCode, errorText, url });
    /** @type {string[]} of the connection, one after the other */
    this.states = [];
    this.pc.onconnectionstatechange = () => this.states.push(this.pc.connectionState);
    this.pc.ondatachannel = ({ channel }) => this.#watch(channel.label, channel);
  }

  // Signalling

  /** The next thing for the other side. */
  next() {
    return new Promise((resolve) => {
      if (this.outbox.length > 0) resolve(this.outbox.shift());
      else this.taker = resolve;
    });
  }

  /** @param {{ description?: RTCSessionDescriptionInit, candidate?: RTCIceCandidateInit | null }} signal */
  async signal({ description, candidate }) {
    // What comes after the end is late, not wrong.
    if (this.pc.signalingState === "closed") return;
    if (description === undefined) {
      if (candidate !== null) await this.pc.addIceCandidate(candidate);
      return;
    }
    await this.pc.setRemoteDescription(description);
    if (description.type !== "offer") return;
    await this.pc.setLocalDescription();
    this.#put({ description: this.pc.localDescription?.toJSON() });
  }

  async #offer() {
    await this.pc.setLocalDescription();
    this.#put({ description: this.pc.localDescription?.toJSON() });
  }

  /** @param {unknown} signal */
  #put(signal) {
    if (this.taker === undefined) this.outbox.push(signal);
    else this.taker(signal);
    this.taker = undefined;
  }

  // Channels

  /** @param {string} name @param {RTCDataChannel} channel */
  #watch(name, channel) {
    const seen = [];
    channel.binaryType = "arraybuffer";
    for (const type of ["open", "closing", "close", "error"]) channel.addEventListener(type, () => seen.push(type));
    this.channels.set(name, channel);
    this.events.set(name, seen);
  }

  /** @param {string} name */
  #channel(name) {
    const channel = this.channels.get(name);
    if (channel === undefined) throw new Error(`no channel ${name}`);
    return channel;
  }

  /** @param {string} label @param {RTCDataChannelInit} [options] */
  create(label, options) {
    this.#watch(label, this.pc.createDataChannel(label, options));
  }

  /** Lets another channel have the name. @param {string} name */
  forget(name) {
    this.channels.delete(name);
  }

  /** Waits until the channel is there and open. @param {string} name */
  async open(name) {
    if (!this.channels.has(name)) await event(this.pc, "datachannel", () => this.channels.has(name));
    while (!this.channels.has(name)) await event(this.pc, "datachannel", () => false);
    const channel = this.#channel(name);
    await event(channel, "open", () => channel.readyState === "open");
  }

  /** @param {string} name */
  describe(name) {
    const { label, protocol, ordered, maxRetransmits, maxPacketLifeTime, negotiated, id, readyState } = this.#channel(name);
    return { label, protocol, ordered, maxRetransmits, maxPacketLifeTime, negotiated, id, readyState };
  }

  /** Sends back whatever comes. @param {string} name */
  echo(name) {
    const channel = this.#channel(name);
    channel.onmessage = ({ data }) => channel.send(data);
  }

  /**
   * Sends messages to an echo, one after the other, and compares what comes back.
   * @param {string} name
   * @param {readonly { kind: "string" | "buffer" | "view" | "blob", size?: number, text?: string }[]} messages
   * @param {"arraybuffer" | "blob"} [binaryType]
   * @returns the differences
   */
  async roundTrips(name, messages, binaryType = "arraybuffer") {
    const channel = this.#channel(name);
    channel.binaryType = binaryType;
    const wrong = [];
    for (const { kind, size = 0, text } of messages) {
      const bytes = madeBytes(size, size + 1);
      const sent = kind === "string" ? (text ?? "x".repeat(size)) : bytes;
      const back = new Promise((resolve) => {
        channel.onmessage = ({ data }) => resolve(data);
      });
      if (kind === "string") channel.send(sent);
      else if (kind === "buffer") channel.send(bytes.slice().buffer);
      else if (kind === "blob") channel.send(new Blob([bytes]));
      else channel.send(new Uint8Array([9, ...bytes, 9]).subarray(1, size + 1));
      let timer;
      const late = new Promise((resolve) => {
        timer = setTimeout(() => resolve("nothing"), 15_000);
      });
      const got = await Promise.race([back, late]);
      // A timer that is left would keep the process of Node from ending.
      clearTimeout(timer);
      if (typeof sent === "string") {
        if (got !== sent) wrong.push(`${kind} ${size || JSON.stringify(text)}: ${String(got).slice(0, 50)}`);
        continue;
      }
      const isRightKind = binaryType === "blob" ? got instanceof Blob : got instanceof ArrayBuffer;
      const received = !isRightKind ? undefined : new Uint8Array(got instanceof Blob ? await got.arrayBuffer() : got);
      const same = received?.length === bytes.length && received.every((byte, index) => byte === bytes[index]);
      if (!same) wrong.push(`${kind} ${size}: ${received === undefined ? String(got).slice(0, 50) : `${received.length} bytes`}`);
    }
    channel.binaryType = "arraybuffer";
    return wrong;
  }

  /** What `send` says to a message that is larger than the other side takes. @param {string} name @param {number} size */
  tooLarge(name, size) {
    try {
      this.#channel(name).send(new Uint8Array(size));
      return "sent";
    } catch (error) {
      return error instanceof Error ? error.name : String(error);
    }
  }

  /** Sends made bytes as fast as the channel takes them. @param {string} name @param {number} length @param {number} seed */
  async sendMany(name, length, seed) {
    const channel = this.#channel(name);
    const bytes = madeBytes(length, seed);
    channel.bufferedAmountLowThreshold = HIGH_WATER / 4;
    const startedAt = performance.now();
    for (let offset = 0; offset < length; offset += CHUNK) {
      if (channel.bufferedAmount > HIGH_WATER) {
        await event(channel, "bufferedamountlow", () => channel.bufferedAmount <= channel.bufferedAmountLowThreshold, 60_000);
      }
      channel.send(bytes.subarray(offset, Math.min(offset + CHUNK, length)));
    }
    await event(channel, "bufferedamountlow", () => channel.bufferedAmount <= channel.bufferedAmountLowThreshold, 60_000);
    return { hash: await sha256(bytes), milliseconds: Math.round(performance.now() - startedAt) };
  }

  /** Makes ready for `length` bytes; `received` waits for them. @param {string} name @param {number} length */
  expectMany(name, length) {
    const bytes = new Uint8Array(length);
    let filled = 0;
    this.incoming = new Promise((resolve, reject) => {
      const channel = this.#channel(name);
      channel.addEventListener("close", () => reject(new Error(`closed after ${filled} bytes`)));
      channel.onmessage = ({ data }) => {
        bytes.set(new Uint8Array(data), filled);
        filled += data.byteLength;
        if (filled === length) resolve(bytes);
      };
    });
    this.incoming.catch(() => undefined);
  }

  async received() {
    return { hash: await sha256(await this.incoming) };
  }

  /**
   * Sends numbered messages, of which some may get lost.
   * @param {string} name @param {number} first @param {number} end the number after the last @param {number} size
   */
  async flood(name, first, end, size) {
    const channel = this.#channel(name);
    for (let number = first; number < end; number++) {
      channel.send(numbered(number, size));
      // In handfuls, so that what is sent is not one burst.
      if (number % 8 === 7) await new Promise((resolve) => setTimeout(resolve, 4));
    }
    await event(channel, "bufferedamountlow", () => channel.bufferedAmount === 0, 60_000);
  }

  /** Makes ready for numbered messages; `survivors` tells of them. @param {string} name */
  expectFlood(name) {
    const channel = this.#channel(name);
    /** @type {{ numbers: number[], broken: number }} */
    const seen = { numbers: [], broken: 0 };
    this.floods.set(name, seen);
    channel.onmessage = ({ data }) => {
      const bytes = new Uint8Array(data);
      const number = new DataView(data).getUint32(0);
      const right = numbered(number, bytes.length);
      if (bytes.every((byte, index) => byte === right[index])) seen.numbers.push(number);
      else seen.broken++;
    };
  }

  /** Which numbered messages came, when the one of this number has. @param {string} name @param {number} last */
  async survivors(name, last) {
    const seen = this.floods.get(name);
    await this.#until(() => seen.numbers.includes(last));
    return seen;
  }

  /** @param {string} name */
  closeChannel(name) {
    this.#channel(name).close();
  }

  /** Waits until the channel is closed. @param {string} name @returns what happened to it since it was made */
  async closed(name, timeout = 20_000) {
    const channel = this.#channel(name);
    await event(channel, "close", () => channel.readyState === "closed", timeout);
    return this.events.get(name);
  }

  // The connection

  async connected() {
    await this.#until(() => this.pc.connectionState === "connected");
  }

  /** Waits until the connection is, or has been since the start, in a state. @param {string} state @param {number} timeout */
  async reached(state, timeout) {
    await this.#until(() => this.states.includes(state), timeout);
  }

  /** The states since it was asked last. */
  takeStates() {
    return this.states.splice(0);
  }

  /** The errors of gathering, when it is over. */
  async gatheringErrors() {
    await this.#until(() => this.pc.iceGatheringState === "complete");
    return this.candidateErrors;
  }

  /** Which of the two descriptions, ours and theirs, tell an INIT. */
  told() {
    return [this.pc.currentLocalDescription, this.pc.currentRemoteDescription].map((each) =>
      /^a=sctp-init:/m.test(each?.sdp ?? ""),
    );
  }

  restartIce() {
    this.pc.restartIce();
  }

  /** The ICE credentials in force on this side. */
  credentials() {
    return /a=ice-ufrag:(\S+)/.exec(this.pc.currentLocalDescription?.sdp ?? "")?.[1] ?? null;
  }

  /** Waits until the credentials are others. @param {string} before */
  async restarted(before) {
    await this.#until(() => this.credentials() !== before && this.pc.signalingState === "stable");
    await this.#until(() => this.pc.iceConnectionState === "connected" || this.pc.iceConnectionState === "completed");
  }

  /** @param {() => boolean} condition */
  async #until(condition, timeout = 30_000) {
    for (const end = performance.now() + timeout; !condition(); ) {
      const { connectionState, iceConnectionState, signalingState } = this.pc;
      if (performance.now() > end) throw new Error(`waited too long: ${connectionState} ${iceConnectionState} ${signalingState}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** What both sides must agree on, from getStats. */
  async stats() {
    const report = await reportOf(this.pc);
    const all = [...report.values()];
    const transport = all.find(({ type }) => type === "transport");
    const pair = selectedPair(report);
    const end = (id) => {
      const { address, port, protocol, candidateType } = report.get(id) ?? {};
      return { address: address ?? null, port, protocol, candidateType };
    };
    return {
      connectionState: this.pc.connectionState,
      tlsVersion: transport?.tlsVersion ?? null,
      dtlsCipher: transport?.dtlsCipher ?? null,
      dtlsState: transport?.dtlsState ?? null,
      dtlsRole: transport?.dtlsRole ?? null,
      pair: pair && {
        local: end(pair.localCandidateId),
        remote: end(pair.remoteCandidateId),
        bytesSent: pair.bytesSent,
        bytesReceived: pair.bytesReceived,
        packetsSent: pair.packetsSent ?? null,
        packetsReceived: pair.packetsReceived ?? null,
      },
      channels: all
        .filter(({ type }) => type === "data-channel")
        .map(({ label, state, messagesSent, messagesReceived, bytesSent, bytesReceived }) => ({
          label,
          state,
          messagesSent,
          messagesReceived,
          bytesSent,
          bytesReceived,
        })),
      maxMessageSize: this.pc.sctp?.maxMessageSize ?? null,
    };
  }

  /** Both candidates of the selected pair, all that getStats tells of them. */
  async candidatePair() {
    const report = await reportOf(this.pc);
    const pair = selectedPair(report);
    return { local: report.get(pair?.localCandidateId), remote: report.get(pair?.remoteCandidateId) };
  }

  /** By which way data goes. */
  way() {
    return wayOf(this.pc);
  }

  trouble() {
    return this.problems;
  }

  close() {
    this.pc.close();
  }
}
