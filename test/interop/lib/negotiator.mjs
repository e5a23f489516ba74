// One side of random negotiations, the same in a page and in Node: nothing but the W3C API, and plain values in and out.

const KINDS = /** @type {const} */ (["audio", "video"]);
const DIRECTIONS = /** @type {const} */ (["sendrecv", "sendonly", "recvonly", "inactive"]);
/** Transceivers of a side at most. */
const MOST = 10;

export class Negotiator {
  /** @param {typeof RTCPeerConnection} Connection @param {MediaDevices} devices @param {typeof MediaStream} Stream */
  constructor(Connection, devices, Stream) {
    this.Connection = Connection;
    this.devices = devices;
    this.Stream = Stream;
    /** @type {Record<string, MediaStreamTrack>} */
    this.tracks = {};
    /** @type {RTCPeerConnection | undefined} */
    this.pc = undefined;
    /** @type {readonly string[]} */
    this.quirks = [];
    this.isNeeded = false;
    this.needs = 0;
  }

  /**
   * A new connection in place of the old one.
   * @param {RTCConfiguration} configuration
   * @param {readonly string[]} quirks what this side is not asked for
   */
  async renew(configuration, quirks) {
    this.pc?.close();
    this.quirks = quirks;
    for (const kind of KINDS) this.tracks[kind] ??= (await this.devices.getUserMedia({ [kind]: true })).getTracks()[0];
    const pc = new this.Connection(configuration);
    this.pc = pc;
    this.streams = [new this.Stream(), new this.Stream(), new this.Stream()];
    this.isNeeded = false;
    pc.onnegotiationneeded = () => {
      this.isNeeded = true;
      this.needs++;
    };
  }

  close() {
    this.pc?.close();
    for (const track of Object.values(this.tracks)) track.stop();
  }

  /** What changes nothing before the next offer or answer. @param {readonly [string, number, number, number][]} commands */
  act(commands) {
    for (const [op, first, second, third] of commands) this.#act(op, first, second, third);
    return this.pc.signalingState;
  }

  #act(op, first, second, third) {
    const { pc } = this;
    const kind = KINDS[first % 2];
    const direction = DIRECTIONS[second % 4];
    const streams = this.streams.slice(0, third % 4);
    const all = pc.getTransceivers();
    const live = all.filter((each) => each.direction !== "stopped");
    const transceiver = live[first % Math.max(1, live.length)];
    const own = () => this.tracks[kind].clone();
    if (op === "addTransceiver" && all.length < MOST) {
      const sendEncodings = kind === "video" && third % 3 === 0 ? [{ rid: "q" }, { rid: "h" }] : [];
      const init = { direction, streams, ...(sendEncodings.length > 0 ? { sendEncodings } : {}) };
      pc.addTransceiver(third % 2 === 0 ? kind : own(), init);
    }
    // Chromium would use a transceiver again that is stopping, and then cannot.
    const isFree = !this.quirks.includes("stop-new") || !all.some((each) => each.direction === "stopped");
    if (op === "addTrack" && all.length < MOST && isFree) pc.addTrack(own(), ...streams);
    if (op === "channel") pc.createDataChannel("x");
    if (op === "restartIce") pc.restartIce();
    if (transceiver === undefined) return;
    if (op === "removeTrack") pc.removeTrack(transceiver.sender);
    if (op === "direction") transceiver.direction = direction;
    if (op === "stop" && (transceiver.mid !== null || !this.quirks.includes("stop-new"))) transceiver.stop();
    if (op === "streams") transceiver.sender.setStreams?.(...streams);
    if (op === "preferences") {
      const { codecs } = RTCRtpReceiverOf(this).getCapabilities(transceiver.receiver.track.kind);
      const main = codecs.filter(({ mimeType }) => !/rtx|red|fec|telephone|CN/i.test(mimeType));
      const kept = codecs.filter((codec) => codec === main[0] || !main.includes(codec) || third % 2 === 0);
      transceiver.setCodecPreferences?.(second % 3 === 0 ? [] : second % 3 === 1 ? kept : [...kept].reverse());
    }
  }

  /** Makes and sets a description of this side. @param {"offer" | "answer" | "pranswer" | "rollback"} type */
  async local(type) {
    const { pc } = this;
    if (type === "offer") this.isNeeded = false;
    if (type === "pranswer") await pc.setLocalDescription({ type, sdp: (await pc.createAnswer()).sdp });
    else if (type === "rollback") await pc.setLocalDescription({ type });
    else await pc.setLocalDescription();
    return { sdp: pc.localDescription?.sdp ?? "", state: pc.signalingState };
  }

  /** @param {RTCSessionDescriptionInit} description */
  async remote(description) {
    await this.pc.setRemoteDescription(description);
    return this.pc.signalingState;
  }

  /** What this side thinks of the connection, once its events have fired. */
  async view() {
    const { pc } = this;
    await new Promise((resolve) => setTimeout(resolve, 0));
    const transceivers = pc.getTransceivers().filter((each) => each.mid !== null && each.currentDirection !== "stopped");
    const transports = transceivers.map(({ sender }) => sender.transport);
    return {
      state: pc.signalingState,
      isNeeded: this.isNeeded && pc.signalingState === "stable",
      transceivers: transceivers
        .map(({ mid, receiver, direction, currentDirection, sender }) => ({
          mid,
          kind: receiver.track.kind,
          direction,
          currentDirection,
          codecs: sender.getParameters().codecs.map(({ mimeType, payloadType }) => `${payloadType} ${mimeType.toLowerCase()}`),
          layers: sender.getParameters().encodings.map(({ rid }) => rid ?? ""),
        }))
        .sort((a, b) => (a.mid < b.mid ? -1 : 1)),
      transports: new Set(transports.filter((each) => each !== null)).size,
      local: pc.currentLocalDescription?.sdp ?? "",
      remote: pc.currentRemoteDescription?.sdp ?? "",
    };
  }
}

/** The interface object that belongs to the connection. */
function RTCRtpReceiverOf(negotiator) {
  return globalThis.RTCRtpReceiver ?? negotiator.Receiver;
}
