/**
 * RTP sessions under congestion control: sources that follow their targets over a link whose rate changes, in virtual time.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type LinkOptions, SeededRandom, Simulation, testSeed } from "@visavis/netsim";
import type { Transmit } from "../base/transmit.ts";
import type { RtpCodec, RtpReceiveParameters, RtpSendParameters } from "./rtp-parameters.ts";
import { RtpSession } from "./rtp-session.ts";

const SEED = testSeed(3);
const TRANSPORT_CC = { uri: "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01", id: 3 };
const ABS_SEND_TIME = { uri: "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time", id: 2 };
const MID = { uri: "urn:ietf:params:rtp-hdrext:sdes:mid", id: 4 };

const codec = (payloadType: number, mimeType: string, more: Partial<RtpCodec>): RtpCodec => ({
  payloadType,
  mimeType,
  clockRate: 90_000,
  parameters: "",
  feedback: [],
  ...more,
});

/** Audio without transport-wide numbers, video with what `feedback` asks for. */
function parameters(kind: "audio" | "video", feedback: readonly string[]): RtpSendParameters {
  const isVideo = kind === "video";
  const codecs = isVideo
    ? [codec(96, "video/VP8", { feedback: ["nack", "nack pli", ...feedback] }), codec(97, "video/rtx", { repairs: 96 })]
    : [codec(111, "audio/opus", { clockRate: 48_000, channels: 2 })];
  const numbered = isVideo && feedback.includes("transport-cc") ? [TRANSPORT_CC] : [];
  return {
    mid: isVideo ? "1" : "0",
    kind,
    cname: "somebody",
    codecs,
    extensions: [MID, ABS_SEND_TIME, ...numbered],
    encodings: [isVideo ? { ssrc: 1001, rtxSsrc: 1002, active: true } : { ssrc: 2001, active: true }],
    reducedSize: true,
  };
}

function receiving({ mid, kind, codecs, extensions, reducedSize }: RtpSendParameters): RtpReceiveParameters {
  return { mid, kind, codecs, extensions, rids: [], ssrcs: [], reducedSize };
}

/** A session with a camera of 30 frames a second and a microphone, as far as they are asked for. */
class Side {
  readonly session: RtpSession;
  /** When each packet of media arrived, and its size. */
  readonly arrived: { readonly at: number; readonly bytes: number }[] = [];
  target = 0;
  /** Why encodings ceased to send. */
  readonly breaks: string[] = [];
  readonly #sends: boolean;
  #frame = 0;

  constructor(name: string, sends: boolean) {
    this.session = new RtpSession({ random: new SeededRandom(SEED).stream(name), epoch: 1.7e12 });
    this.#sends = sends;
  }

  receive(bytes: Uint8Array, now: number): void {
    const type = bytes[1] as number;
    if (type >= 192 && type <= 223) this.session.receiveRtcp(bytes, 0, bytes.length, now);
    else {
      this.arrived.push({ at: now, bytes: bytes.length });
      this.session.receiveRtp(bytes, 0, bytes.length, now);
    }
    while (this.session.takePacket() !== undefined);
  }

  advance(now: number): void {
    if (now >= this.#nextFrame) this.#makeFrame(now);
    this.session.advance(now);
  }

  deadline(): number {
    return Math.min(this.#nextFrame, this.session.deadline());
  }

  transmit(out: Transmit, now: number): boolean {
    return this.session.transmit(out, now);
  }

  takeEvent(): undefined {
    for (let event = this.session.takeEvent(); event !== undefined; event = this.session.takeEvent()) {
      if (event.type === "target-bitrate" && event.id === "video") this.target = event.bitrate;
      if (event.type === "circuit-break") this.breaks.push(`${event.id} ${event.reason}`);
    }
  }

  get #nextFrame(): number {
    return this.#sends ? (this.#frame * 1000) / 30 : Number.POSITIVE_INFINITY;
  }

  #makeFrame(now: number): void {
    const index = this.#frame++;
    const audio = { kind: "audio", data: new Uint8Array(100), timestamp: (index * 1600) >>> 0, keyFrame: true } as const;
    this.session.sendFrame("audio", 0, audio, now);
    const data = new Uint8Array(Math.max(10, Math.floor(this.target / 30 / 8)));
    data[0] = index === 0 ? 0 : 1;
    this.session.sendFrame("video", 0, { kind: "video", data, timestamp: (index * 3000) >>> 0, keyFrame: index === 0 }, now);
  }
}

function call(
  feedback: readonly string[],
  options: LinkOptions,
): { sim: Simulation; a: Side; z: Side; link: ReturnType<Simulation["link"]> } {
  const sim = new Simulation({ seed: SEED });
  const link = sim.link(options);
  const [a, z] = [new Side("a", true), new Side("z", false)];
  link.connect(a, z);
  for (const kind of ["audio", "video"] as const) {
    const sent = parameters(kind, feedback);
    a.session.setSender(kind, sent, 0);
    z.session.setReceiver(kind, receiving(sent), 0);
  }
  return { sim, a, z, link };
}

/** Bits per second that arrived from one second to another. */
function rateOf({ arrived }: Side, from: number, to: number): number {
  let bytes = 0;
  for (const { at, bytes: size } of arrived) if (at >= from * 1000 && at < to * 1000) bytes += size;
  return (bytes * 8) / (to - from);
}

for (const feedback of ["transport-cc", "ack ccfb"]) {
  test(`video finds what the path carries, gives way to a limit of 1 Mbit/s, and comes back (${feedback})`, () => {
    const { sim, a, z, link } = call([feedback], { delay: 30 });
    link.set({ forward: { rate: 3e6, queue: 112_500 } });
    sim.runFor(20_000);
    assert.ok(rateOf(z, 10, 20) > 1.8e6, `${rateOf(z, 10, 20)} of 2.6 Mbit/s wanted`);
    assert.ok(a.session.congestion.loss < 0.02, `${a.session.congestion.loss}`);
    link.set({ forward: { rate: 1e6, queue: 37_500 } });
    sim.runFor(20_000);
    assert.ok(rateOf(z, 30, 40) > 0.7e6, `${rateOf(z, 30, 40)} of 1 Mbit/s`);
    assert.ok(a.session.congestion.targetBitrate < 1.2e6, `${a.session.congestion.targetBitrate}`);
    link.set({ forward: { rate: 3e6, queue: 112_500 } });
    sim.runFor(25_000);
    assert.ok(rateOf(z, 55, 65) > 1.6e6, `${rateOf(z, 55, 65)}`);
  });
}

test("where neither is agreed on, the receiver estimates, and tells by REMB", () => {
  const { sim, a, z, link } = call(["goog-remb"], { delay: 30 });
  link.set({ forward: { rate: 1e6, queue: 37_500 } });
  sim.runFor(30_000);
  assert.ok((z.session.remb ?? 0) > 600_000 && (z.session.remb ?? 0) < 1.2e6, `${z.session.remb}`);
  assert.ok(a.session.congestion.targetBitrate < 1.2e6, `${a.session.congestion.targetBitrate}`);
  assert.ok(rateOf(z, 20, 30) > 0.6e6, `${rateOf(z, 20, 30)}`);
  z.session.setRemb(300_000);
  sim.runFor(2000);
  assert.ok(a.session.congestion.targetBitrate <= 300_000, `${a.session.congestion.targetBitrate}`);
});

test("a limit below what audio and video need does not stop them: else nobody would learn that it is gone", () => {
  const { sim, a, z } = call(["goog-remb"], { delay: 30 });
  sim.runFor(5000);
  z.session.setRemb(20_000);
  sim.runFor(5000);
  assert.equal(a.target, 30_000);
  assert.ok(rateOf(z, 8, 10) > 40_000, `${rateOf(z, 8, 10)}`);
  z.session.setRemb(1e6);
  sim.runFor(20_000);
  assert.ok(a.target > 30_000, `${a.target}`);
});

test("packets without numbers are not taken for lost ones", () => {
  const { sim, a } = call(["transport-cc"], { delay: 30 });
  sim.runFor(5000);
  assert.equal(a.session.congestion.loss, 0);
  assert.ok(a.session.congestion.bytesInFlight < 60_000, `${a.session.congestion.bytesInFlight}`);
});

test("a stream that is told not to arrive ceases (RFC 8083), and begins again when it is set anew", () => {
  const { sim, a, z, link } = call(["transport-cc"], { delay: 30 });
  sim.runFor(10_000);
  link.forward.setUp(false);
  sim.runFor(14_000);
  assert.deepEqual(a.breaks, []);
  sim.runFor(20_000);
  assert.deepEqual(a.breaks.toSorted(), ["audio media-timeout", "video media-timeout"]);
  assert.equal(a.target, 0);
  link.forward.setUp(true);
  const before = z.arrived.length;
  sim.runFor(2000);
  assert.equal(z.arrived.length, before);
  a.session.setSender("video", parameters("video", ["transport-cc"]), sim.now);
  sim.runFor(2000);
  assert.ok(z.arrived.length > before + 50, `${z.arrived.length - before}`);
});

test("another way is another path: the target begins anew, and is found again", () => {
  const { sim, a } = call(["transport-cc"], { delay: 30 });
  const route = { local: 1, protocol: "udp", address: "192.0.2.1", port: 1 } as unknown as Parameters<RtpSession["follow"]>[0];
  a.session.follow(route, sim.now);
  sim.runFor(10_000);
  const before = a.session.congestion.targetBitrate;
  assert.ok(before > 1.5e6, `${before}`);
  a.session.follow(route, sim.now);
  assert.equal(a.session.congestion.targetBitrate, before);
  a.session.follow({ ...route, port: 2 }, sim.now);
  assert.ok(a.session.congestion.targetBitrate <= 300_000);
  sim.runFor(5000);
  assert.ok(a.session.congestion.targetBitrate > 1.5e6, `${a.session.congestion.targetBitrate}`);
});
