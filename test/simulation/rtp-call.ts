/**
 * A call of two RTP sessions in the clear, with everything that they can say: for a dissector that we did not write.
 */
import { type PacketLog, SeededRandom, Simulation } from "@visavis/netsim";
import type { InnerEngine, Transmit } from "visavis/base";
import type { EncodedFrame } from "visavis/rtp";
import { type RtpCodec, type RtpReceiveParameters, type RtpSendParameters, RtpSession } from "visavis/transport";

const FEEDBACK = ["nack", "nack pli", "ccm fir", "rrtr"];
const VIDEO: readonly RtpCodec[] = [
  { payloadType: 96, mimeType: "video/VP8", clockRate: 90_000, parameters: "", feedback: FEEDBACK },
  { payloadType: 97, mimeType: "video/rtx", clockRate: 90_000, parameters: "apt=96", feedback: [], repairs: 96 },
];
const AUDIO: readonly RtpCodec[] = [
  { payloadType: 111, mimeType: "audio/opus", clockRate: 48_000, channels: 2, parameters: "", feedback: [] },
  { payloadType: 101, mimeType: "audio/telephone-event", clockRate: 48_000, parameters: "0-15", feedback: [] },
];
const URIS = [
  "urn:ietf:params:rtp-hdrext:ssrc-audio-level",
  "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time",
  "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01",
  "urn:ietf:params:rtp-hdrext:sdes:mid",
  "http://www.webrtc.org/experiments/rtp-hdrext/abs-capture-time",
  "urn:3gpp:video-orientation",
];
const EXTENSIONS = URIS.map((uri, index) => ({ uri, id: index + 1 }));

/** What peers agree on about how to tell of packets. */
export type RtpCallFeedback = "transport-cc" | "ack ccfb" | "goog-remb";

function parametersOf(kind: "audio" | "video", side: number, feedback: RtpCallFeedback): RtpSendParameters {
  const codecs = (kind === "video" ? VIDEO : AUDIO).map((codec) => ({ ...codec, feedback: [...codec.feedback, feedback] }));
  const ssrc = 0x1000 * side + (kind === "video" ? 1 : 2);
  const encodings = [{ ssrc, active: true, ...(kind === "video" ? { rtxSsrc: ssrc + 0x100 } : {}) }];
  return {
    mid: kind === "video" ? "1" : "0",
    kind,
    cname: `side ${side}`,
    codecs,
    extensions: EXTENSIONS,
    encodings,
    reducedSize: side === 1,
  };
}

/** One side of the call, as an engine. */
class Side implements InnerEngine<never> {
  readonly session: RtpSession;
  readonly #side: number;
  #frames = 0;

  constructor(side: number, feedback: RtpCallFeedback) {
    this.#side = side;
    this.session = new RtpSession({ random: new SeededRandom(side), epoch: 1.7e12 });
    for (const kind of ["audio", "video"] as const) {
      this.session.setSender(kind, parametersOf(kind, side, feedback), 0);
      const remote: RtpReceiveParameters = { ...parametersOf(kind, 3 - side, feedback), rids: [], ssrcs: [] };
      this.session.setReceiver(kind, remote, 0);
    }
  }

  receive(bytes: Uint8Array, now: number): void {
    const type = bytes[1] ?? 0;
    if (type >= 192 && type <= 223) this.session.receiveRtcp(bytes, 0, bytes.length, now);
    else this.session.receiveRtp(bytes, 0, bytes.length, now);
    while (this.session.takePacket() !== undefined);
  }

  advance(now: number): void {
    for (; this.#frames * 20 <= now && now < 15_000; this.#frames++) this.#send(this.#frames, now);
    this.session.advance(now);
  }

  deadline(): number {
    return Math.min(this.#frames < 750 ? this.#frames * 20 : Number.POSITIVE_INFINITY, this.session.deadline());
  }

  transmit(out: Transmit, now: number): boolean {
    return this.session.transmit(out, now);
  }

  takeEvent(): undefined {
    while (this.session.takeEvent() !== undefined);
    return undefined;
  }

  /** Audio every 20 ms, video every 40; now and then a tone, and a request for a key frame. */
  #send(index: number, now: number): void {
    const captureTime = 1.7e12 + now;
    const audio: EncodedFrame = {
      kind: "audio",
      data: Uint8Array.of(0xfc, index & 0xff, 1, 2),
      timestamp: index * 960,
      keyFrame: true,
      audioLevel: 0.1,
      captureTime,
    };
    this.session.sendFrame("audio", 0, audio, now);
    if (index % 2 === 0) {
      const keyFrame = index % 100 === 0;
      const data = new Uint8Array(keyFrame ? 5000 : 1500);
      // A frame of VP8: its header, and for a key frame the start code and the size (RFC 6386 §9.1).
      data.set(keyFrame ? [0x10, 0, 0, 0x9d, 0x01, 0x2a, 0x80, 0x02, 0xe0, 0x01] : [0x11, 0, 0]);
      this.session.sendFrame(
        "video",
        0,
        { kind: "video", data, timestamp: index * 1800, keyFrame, rotation: 90, captureTime },
        now,
      );
    }
    if (index % 150 === 60) this.session.insertDtmf("audio", "5", 200, now);
    if (index % 100 === 30) this.session.requestKeyFrame("video");
    if (index === 740 && this.#side === 1) this.session.close(now);
  }
}

/** The packets of a call over a bad link. */
export function rtpCall(feedback: RtpCallFeedback, port: number): PacketLog {
  const sim = new Simulation({ seed: 13 });
  const link = sim.link({ delay: 30, jitter: 5, loss: 0.05 });
  const log = sim.tap();
  link.connect(new Side(1, feedback), new Side(2, feedback), { port });
  sim.runFor(20_000);
  return log;
}
