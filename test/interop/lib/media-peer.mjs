// One side of a call with media, the same in a page and in Node: nothing but the W3C API, and plain values in and out.
import { wayOf } from "./way.mjs";

/** What of a statistic the tests look at. */
const MEMBERS = [
  "type",
  "kind",
  "mid",
  "rid",
  "ssrc",
  "packetsSent",
  "packetsReceived",
  "packetsLost",
  "bytesSent",
  "bytesReceived",
  "retransmittedPacketsSent",
  "retransmittedBytesSent",
  "retransmittedPacketsReceived",
  "nackCount",
  "pliCount",
  "firCount",
  "framesSent",
  "framesEncoded",
  "keyFramesEncoded",
  "framesReceived",
  "framesDecoded",
  "keyFramesDecoded",
  "framesDropped",
  "freezeCount",
  "totalFreezesDuration",
  "frameWidth",
  "frameHeight",
  "targetBitrate",
  "totalSamplesReceived",
  "concealedSamples",
  "silentConcealedSamples",
  "totalAudioEnergy",
  "roundTripTime",
  "fractionLost",
  "active",
];

/** @param {number} milliseconds */
const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

export class MediaPeer {
  /**
   * @param {{ Connection: typeof RTCPeerConnection, Sender: typeof RTCRtpSender, Receiver: typeof RTCRtpReceiver, devices: MediaDevices, polite: boolean, configuration?: RTCConfiguration,
   *   show?: (track: MediaStreamTrack, streams: readonly MediaStream[]) => void, transform?: (operation: "encrypt" | "decrypt", secret: number[], port: MessagePort) => RTCRtpScriptTransform }} options
   *   show: what to do with a track that arrives; transform: in a worker
   */
  constructor({ Connection, Sender, Receiver, devices, polite, configuration = {}, show = () => {}, transform }) {
    this.pc = new Connection(configuration);
    this.devices = devices;
    /** The interface objects of the world that the connection comes from. */
    this.Sender = Sender;
    this.Receiver = Receiver;
    this.transform = transform;
    /** @type {number[] | undefined} what all media is encrypted with, from end to end */
    this.secret = undefined;
    /** @type {{ operation: string, kind: string, port: MessagePort }[]} */
    this.transforms = [];
    /** @type {MediaStream | undefined} to be added when an offer has come */
    this.held = undefined;
    /** @type {Map<string, string[]>} */
    this.preferred = new Map();
    this.polite = polite;
    /** @type {Map<string, MediaStreamTrack>} own tracks by the name the test gave them */
    this.tracks = new Map();
    /** @type {{ kind: string, mid: string | null, muted: boolean, streams: string[] }[]} */
    this.arrived = [];
    /** @type {unknown[]} */
    this.outbox = [];
    /** @type {((signal: unknown) => void) | undefined} */
    this.taker = undefined;
    /** @type {string[]} */
    this.problems = [];
    this.makingOffer = false;
    this.ignoresOffer = false;
    this.pc.onnegotiationneeded = () => void this.#offer().catch((error) => this.problems.push(`offer: ${error}`));
    this.pc.onicecandidate = ({ candidate }) => this.#put({ candidate: candidate?.toJSON() ?? null });
    this.pc.ontrack = ({ track, streams, transceiver }) => {
      this.#protect(transceiver);
      this.arrived.push({ kind: track.kind, mid: transceiver.mid, muted: track.muted, streams: streams.map(({ id }) => id) });
      show(track, streams);
    };
  }

  // Signalling: perfect negotiation as webrtc-pc §10.7 has it

  /** The next thing for the other side. */
  next() {
    return new Promise((resolve) => {
      if (this.outbox.length > 0) resolve(this.outbox.shift());
      else this.taker = resolve;
    });
  }

  /** @param {{ description?: RTCSessionDescriptionInit, candidate?: RTCIceCandidateInit | null }} signal */
  async signal({ description, candidate }) {
    if (this.pc.signalingState === "closed") return;
    if (description === undefined) {
      if (candidate === null) return;
      await this.pc.addIceCandidate(candidate).catch((error) => {
        if (!this.ignoresOffer) throw error;
      });
      return;
    }
    const collides = description.type === "offer" && (this.makingOffer || this.pc.signalingState !== "stable");
    this.ignoresOffer = !this.polite && collides;
    if (this.ignoresOffer) return;
    await this.pc.setRemoteDescription(description);
    if (description.type !== "offer") return;
    const { held } = this;
    this.held = undefined;
    for (const track of held?.getTracks() ?? []) {
      this.tracks.set(track.kind, track);
      this.#addTrack(track, held);
    }
    await this.pc.setLocalDescription();
    this.#put({ description: this.pc.localDescription?.toJSON() });
  }

  async #offer() {
    this.makingOffer = true;
    try {
      await this.pc.setLocalDescription();
      this.#put({ description: this.pc.localDescription?.toJSON() });
    } finally {
      this.makingOffer = false;
    }
  }

  /** @param {unknown} signal */
  #put(signal) {
    if (this.taker === undefined) this.outbox.push(signal);
    else this.taker(signal);
    this.taker = undefined;
  }

  /** @param {MediaStreamTrack} track @param {MediaStream} stream */
  #addTrack(track, stream) {
    const sender = this.pc.addTrack(track, stream);
    this.#protect(this.pc.getTransceivers().find((transceiver) => transceiver.sender === sender));
  }

  /** As soon as there is a transceiver: when it has begun to receive Chromium takes no transform for it. @param {RTCRtpTransceiver} transceiver */
  #protect({ sender, receiver }) {
    if (this.secret === undefined) return;
    for (const [end, operation] of [
      [sender, "encrypt"],
      [receiver, "decrypt"],
    ]) {
      if (end.transform !== null) continue;
      const { port1, port2 } = new MessageChannel();
      end.transform = this.transform(operation, this.secret, port2);
      this.transforms.push({ operation, kind: receiver.track.kind, port: port1 });
    }
  }

  // What a test asks for

  /** Encrypts what is added from now on, and decrypts what arrives, in a worker. @param {number[]} secret 16 bytes */
  protect(secret) {
    this.secret = secret;
  }

  /** What the transforms have done and failed at. */
  async transformed() {
    const rows = this.transforms.map(async ({ operation, kind, port }) => {
      const answer = new Promise((resolve) => {
        port.onmessage = ({ data }) => resolve(data);
      });
      port.postMessage("how many?");
      return { operation, kind, ...(await answer) };
    });
    return Promise.all(rows);
  }

  /** Takes tracks of the devices and adds them, in one stream. @param {MediaStreamConstraints} constraints */
  async add(constraints) {
    const stream = await this.devices.getUserMedia(constraints);
    for (const track of stream.getTracks()) {
      this.tracks.set(track.kind, track);
      this.#addTrack(track, stream);
      const preferred = this.preferred.get(track.kind);
      if (preferred !== undefined) this.preferCodecs(track.kind, preferred);
    }
  }

  /** Takes tracks of the devices to be sent in the answer to the offer that comes. @param {MediaStreamConstraints} constraints */
  async hold(constraints) {
    this.held = await this.devices.getUserMedia(constraints);
  }

  /** Codecs that are to come first whatever is added. @param {"audio" | "video"} kind @param {string[]} mimeTypes */
  prefer(kind, mimeTypes) {
    this.preferred.set(kind, mimeTypes);
  }

  /** Whether a codec is among those that can be sent. @param {"audio" | "video"} kind @param {string} mimeType */
  canSend(kind, mimeType) {
    const { codecs } = this.Sender.getCapabilities(kind) ?? { codecs: [] };
    return codecs.some((codec) => codec.mimeType.toLowerCase() === mimeType.toLowerCase());
  }

  /** A transceiver with a track of the devices, or of a kind alone. @param {"audio" | "video"} kind @param {RTCRtpTransceiverInit & { device?: boolean | MediaTrackConstraints }} init */
  async addTransceiver(kind, { device = false, ...init } = {}) {
    if (!device) {
      this.pc.addTransceiver(kind, init);
      return;
    }
    const stream = await this.devices.getUserMedia({ [kind]: device });
    const [track] = stream.getTracks();
    this.tracks.set(kind, track);
    this.pc.addTransceiver(track, { streams: [stream], ...init });
    const preferred = this.preferred.get(kind);
    if (preferred !== undefined) this.preferCodecs(kind, preferred);
  }

  /** @param {"audio" | "video"} kind */
  #transceiver(kind) {
    const found = this.pc
      .getTransceivers()
      .find(({ receiver, direction }) => receiver.track.kind === kind && direction !== "stopped");
    if (found === undefined) throw new Error(`no transceiver of ${kind}`);
    return found;
  }

  /** @param {"audio" | "video"} kind @param {string[]} mimeTypes those first */
  preferCodecs(kind, mimeTypes) {
    const { codecs } = this.Receiver.getCapabilities(kind);
    const rank = (/** @type {{ mimeType: string }} */ codec) => {
      const index = mimeTypes.findIndex((type) => type.toLowerCase() === codec.mimeType.toLowerCase());
      return index < 0 ? mimeTypes.length : index;
    };
    this.#transceiver(kind).setCodecPreferences([...codecs].sort((a, b) => rank(a) - rank(b)));
  }

  /** @param {"audio" | "video"} kind @param {RTCRtpTransceiverDirection} direction */
  direct(kind, direction) {
    this.#transceiver(kind).direction = direction;
  }

  /** @param {"audio" | "video"} kind */
  remove(kind) {
    const sender = this.pc.getSenders().find(({ track }) => track?.kind === kind);
    if (sender === undefined) throw new Error(`nobody sends ${kind}`);
    this.pc.removeTrack(sender);
  }

  /** Puts another track of the devices in the place of the one that is sent. @param {"audio" | "video"} kind */
  async replace(kind) {
    const stream = await this.devices.getUserMedia({ [kind]: true });
    const [track] = stream.getTracks();
    await this.pc
      .getSenders()
      .find((sender) => sender.track?.kind === kind)
      ?.replaceTrack(track);
  }

  /** @param {"audio" | "video"} kind */
  stop(kind) {
    this.#transceiver(kind).stop();
  }

  restartIce() {
    this.pc.restartIce();
  }

  /** @param {string} tones @param {number} [duration] @param {number} [gap] */
  async dial(tones, duration, gap) {
    const dtmf = this.pc.getSenders().find(({ track }) => track?.kind === "audio")?.dtmf;
    if (!dtmf) throw new Error("no DTMF sender");
    const heard = [];
    await new Promise((resolve, reject) => {
      dtmf.ontonechange = ({ tone }) => {
        if (tone === "") resolve(undefined);
        else heard.push(tone);
      };
      setTimeout(() => reject(new Error(`only ${heard.join("")} in 20 s`)), 20_000);
      dtmf.insertDTMF(tones, duration, gap);
    });
    return heard.join("");
  }

  /** @param {"audio" | "video"} kind @param {Partial<RTCRtpEncodingParameters>[]} changes */
  async limit(kind, changes) {
    const sender = this.pc.getSenders().find(({ track }) => track?.kind === kind);
    const parameters = sender.getParameters();
    for (const [index, encoding] of parameters.encodings.entries()) Object.assign(encoding, changes[index] ?? {});
    await sender.setParameters(parameters);
  }

  async connected(timeout = 20_000) {
    const end = performance.now() + timeout;
    while (this.pc.connectionState !== "connected") {
      if (performance.now() > end)
        throw new Error(`${this.pc.connectionState} after ${timeout} ms; ICE ${this.pc.iceConnectionState}`);
      await pause(20);
    }
  }

  /** The signalling state has been stable for a moment. */
  async settled() {
    for (let quiet = 0; quiet < 10; ) {
      await pause(20);
      quiet = this.pc.signalingState === "stable" && !this.makingOffer ? quiet + 1 : 0;
    }
  }

  /** Statistics of RTP streams, with the codec's name. */
  async stats() {
    const report = await this.pc.getStats();
    const found = [];
    for (const entry of report.values()) {
      if (!/rtp$/.test(entry.type)) continue;
      const { mimeType } = report.get(entry.codecId ?? "") ?? {};
      found.push(
        Object.fromEntries(
          [["mimeType", mimeType], ...MEMBERS.map((name) => [name, entry[name]])].filter(([, value]) => value !== undefined),
        ),
      );
    }
    return found;
  }

  /** The pair that is in use, what was negotiated, how the descriptions look. */
  async state() {
    const report = await this.pc.getStats();
    const transports = [...report.values()].filter(({ type }) => type === "transport");
    return {
      signalingState: this.pc.signalingState,
      connectionState: this.pc.connectionState,
      transceivers: this.pc.getTransceivers().map(({ mid, direction, currentDirection, receiver }) => ({
        mid,
        direction,
        currentDirection,
        kind: receiver.track.kind,
        muted: receiver.track.muted,
      })),
      arrived: this.arrived,
      transports: transports.map(({ srtpCipher, tlsVersion, dtlsCipher, dtlsState, selectedCandidatePairId }) => ({
        srtpCipher,
        tlsVersion,
        dtlsCipher,
        dtlsState,
        hasPair: selectedCandidatePairId !== undefined,
      })),
      localUfrag: /a=ice-ufrag:(\S+)/.exec(this.pc.localDescription?.sdp ?? "")?.[1],
      problems: this.problems,
    };
  }

  /** By which way it goes. */
  way() {
    return wayOf(this.pc);
  }

  description(side = "local") {
    return (side === "local" ? this.pc.localDescription : this.pc.remoteDescription)?.sdp;
  }

  close() {
    for (const { port } of this.transforms) port.close();
    for (const track of this.tracks.values()) track.stop();
    this.pc.close();
  }
}
