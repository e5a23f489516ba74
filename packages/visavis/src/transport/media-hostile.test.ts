/**
 * Strangers and peers who send what they should not: nothing is thrown, every table keeps its bound, and what is right still arrives.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { SeededRandom, testSeed } from "@visavis/netsim";
import { setU16, setU32 } from "../base/bytes.ts";
import { NEVER } from "../base/instant.ts";
import { randomU32 } from "../base/random.ts";
import type { Transmit } from "../base/transmit.ts";
import type { MediaEngine } from "./media-path.ts";
import type { RtpCodec, RtpReceiveParameters, RtpSendParameters } from "./rtp-parameters.ts";
import type { OutgoingKind } from "./rtp-session.ts";
import { isConnected, pair, tellAll } from "./transport-pair.test.ts";

const SEED = testSeed(9);

const VP8: RtpCodec = {
  payloadType: 96,
  mimeType: "video/VP8",
  clockRate: 90_000,
  parameters: "",
  feedback: ["nack", "nack pli", "ccm fir", "transport-cc", "goog-remb"],
};
const COMMON = {
  mid: "0",
  kind: "video",
  codecs: [VP8],
  extensions: [
    { uri: "urn:ietf:params:rtp-hdrext:sdes:mid", id: 4 },
    { uri: "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01", id: 3 },
  ],
  reducedSize: true,
} as const;
const RECEIVE: RtpReceiveParameters = { ...COMMON, rids: [], ssrcs: [] };
const SEND: RtpSendParameters = { ...COMMON, cname: "x", encodings: [{ ssrc: 77, active: true }] };

/** A peer with the right keys and no manners: sends whatever `write` makes. */
class RudeEngine implements MediaEngine {
  kind: OutgoingKind = "rtp";
  maxPacketSize = 0;
  heard = 0;
  left = 0;
  readonly #write: (bytes: Uint8Array, start: number) => { readonly length: number; readonly kind: OutgoingKind };

  constructor(write: RudeEngine["write"]) {
    this.#write = write;
  }

  get write(): (bytes: Uint8Array, start: number) => { readonly length: number; readonly kind: OutgoingKind } {
    return this.#write;
  }

  receiveRtp(): void {
    this.heard++;
  }

  receiveRtcp(): void {
    this.heard++;
  }

  advance(): void {}

  deadline(): number {
    return NEVER;
  }

  transmit(out: Transmit): boolean {
    if (this.left === 0) return false;
    this.left--;
    const { length, kind } = this.#write(out.bytes, out.start);
    out.length = length;
    this.kind = kind;
    return true;
  }
}

/** Packets of a peer with the right keys, by what is wrong with them. */
const RUDE: Readonly<Record<string, (random: SeededRandom) => RudeEngine["write"]>> = {
  "an SSRC for every packet": (random) => (bytes, start) => {
    setU32(bytes, start, 0x9060_0001);
    setU32(bytes, start + 8, randomU32(random));
    setU32(bytes, start + 12, 0xbede_0001);
    setU32(bytes, start + 16, 0x4030_0000);
    return { length: 40, kind: "rtp" };
  },
  "numbers that jump anywhere": (random) => (bytes, start) => {
    setU32(bytes, start, 0x9060_0000 + (randomU32(random) & 0xffff));
    setU32(bytes, start + 4, randomU32(random));
    setU32(bytes, start + 8, 1234);
    setU32(bytes, start + 12, 0xbede_0002);
    setU32(bytes, start + 16, 0x4030_3100 + (randomU32(random) & 0xff));
    setU32(bytes, start + 20, randomU32(random));
    return { length: 60, kind: "rtp" };
  },
  "extensions of random bytes": (random) => {
    let number = 0;
    return (bytes, start) => {
      const size = randomU32(random) % 200;
      random.fill(bytes.subarray(start + 12, start + 1100));
      setU32(bytes, start, 0x9060_0000 + (number++ & 0xffff));
      setU32(bytes, start + 8, 1234);
      setU16(bytes, start + 12, randomU32(random) % 2 === 0 ? 0xbede : 0x1000);
      setU16(bytes, start + 14, size);
      return { length: 16 + 4 * size + (randomU32(random) % 200), kind: "rtp" };
    };
  },
  "RTCP of random bytes": (random) => (bytes, start) => {
    random.fill(bytes.subarray(start, start + 1100));
    const length = 8 + (randomU32(random) % 1000);
    // Compounds whose packets tell their length, so that more than the first is looked at.
    for (let at = start; at + 4 < start + length; ) {
      const words = randomU32(random) % 12;
      bytes[at] = 0x80 | (randomU32(random) & 0x3f);
      bytes[at + 1] = 192 + (randomU32(random) % 32);
      setU16(bytes, at + 2, words);
      at += 4 + 4 * words;
    }
    return { length, kind: "rtcp" };
  },
  "NACKs of everything, again and again": (random) => (bytes, start) => {
    setU32(bytes, start, 0x81cd_0000 + 2 + 200);
    setU32(bytes, start + 4, 1);
    setU32(bytes, start + 8, 77);
    for (let i = 0; i < 200; i++) setU32(bytes, start + 12 + 4 * i, ((randomU32(random) & 0xffff) << 16) | 0xffff);
    return { length: 12 + 800, kind: "rtcp" };
  },
  "requests for key frames": () => (bytes, start) => {
    for (let i = 0; i < 80; i++) {
      setU32(bytes, start + 12 * i, 0x81ce_0002);
      setU32(bytes, start + 12 * i + 4, 1);
      setU32(bytes, start + 12 * i + 8, 77);
    }
    return { length: 960, kind: "rtcp" };
  },
};

for (const [name, make] of Object.entries(RUDE))
  test(`a peer with the right keys sends ${name}`, () => {
    const { sim, a, b } = pair(5, {}, SEED);
    const rude = new RudeEngine(make(new SeededRandom(SEED).stream(name)));
    a.transport.startMedia(rude);
    const { rtp } = b.transport;
    rtp.congestion.setBitrates({ start: 1e6, min: 1e6 }, sim.now);
    rtp.setReceiver("r", RECEIVE, sim.now);
    rtp.setSender("s", SEND, sim.now);
    tellAll(sim, a, b);
    sim.runUntil(() => isConnected(a) && isConnected(b), { within: 2000 });
    let answered = 0;
    let events = 0;
    for (let round = 0; round < 100; round++) {
      rude.left = 50;
      const payload = new Uint8Array(1000);
      rtp.sendPacket("s", 0, { bytes: payload, start: 0, end: 1000, payloadType: 96, timestamp: round, marker: true }, sim.now);
      sim.runFor(20);
      for (let packet = rtp.takePacket(); packet !== undefined; packet = rtp.takePacket()) answered++;
      events += b.runner.events.length;
      b.runner.events.length = 0;
    }
    const { media, drops } = b.transport.counters();
    const arrived = (media?.rtpReceived ?? 0) + (media?.rtcpReceived ?? 0);
    assert.ok(arrived > 1000, `${arrived} came through SRTP, ${JSON.stringify(drops)}`);
    const streams = [...rtp.router.receivers].flatMap((receiver) => receiver.streams).length;
    assert.ok(streams <= 100, `${streams} streams`);
    // Two seconds of one packet in 20 ms: what is asked for is not sent for ever.
    assert.ok((media?.rtpSent ?? 0) < 3000, `${media?.rtpSent} packets were sent`);
    assert.ok((media?.rtcpSent ?? 0) < 2500, `${media?.rtcpSent} reports`);
    assert.ok(answered <= arrived && events < 500, `${events} events`);
  });

test("strangers' bytes on a known route: nothing is thrown, nothing is kept, and what is right still arrives", () => {
  const { sim, a, b } = pair(5, {}, SEED);
  b.transport.rtp.setReceiver("r", RECEIVE, sim.now);
  a.transport.rtp.setSender("s", SEND, sim.now);
  tellAll(sim, a, b);
  sim.runUntil(() => isConnected(a) && isConnected(b), { within: 2000 });
  const route = b.transport.ice.sendRoute;
  assert.ok(route !== undefined);
  const random = new SeededRandom(SEED).stream("strangers");
  for (let i = 0; i < 20_000; i++) {
    const bytes = new Uint8Array(randomU32(random) % 120);
    random.fill(bytes);
    if (bytes.length > 0) bytes[0] = 0x80 | (randomU32(random) & 0x3f);
    b.transport.receive(bytes, route, sim.now);
  }
  const { drops, media } = b.transport.counters();
  assert.deepEqual(media, { ...media, rtpReceived: 0, rtcpReceived: media?.rtcpReceived });
  const { srtp = {} } = drops;
  assert.ok(Object.values(srtp).reduce((sum, count) => sum + count, 0) > 19_000, JSON.stringify(drops));
  assert.ok([...b.transport.rtp.router.receivers].flatMap(({ streams }) => streams).length <= 1, "none but the one announced");
  a.transport.rtp.sendPacket(
    "s",
    0,
    { bytes: new Uint8Array(100), start: 0, end: 100, payloadType: 96, timestamp: 1, marker: true },
    sim.now,
  );
  sim.runFor(100);
  assert.ok(b.transport.rtp.takePacket() !== undefined);
});
