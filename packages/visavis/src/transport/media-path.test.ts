/**
 * RTP and RTCP over two transports in a simulated network, with engines that count and do no more.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { setU16, setU32, u16 } from "../base/bytes.ts";
import { NEVER } from "../base/instant.ts";
import type { SocketId } from "../base/route.ts";
import { Transmit } from "../base/transmit.ts";
import type { MediaEngine } from "./media-path.ts";
import type { OutgoingKind } from "./rtp-session.ts";
import { type End, isConnected, pair, tellAll, tellDtls, tellIce } from "./transport-pair.test.ts";

/** Sends what is asked for, RTCP first, and notes what comes. */
class CountingEngine implements MediaEngine {
  kind: OutgoingKind = "rtp";
  maxPacketSize = 0;
  readonly rtp: number[] = [];
  reports = 0;
  readonly #waiting: { readonly isRtcp: boolean; readonly number: number; readonly isRepeat: boolean }[] = [];

  sendRtp(number: number, isRepeat: boolean = false): void {
    this.#waiting.push({ isRtcp: false, number: number & 0xffff, isRepeat });
  }

  sendRtcp(): void {
    this.#waiting.push({ isRtcp: true, number: 0, isRepeat: false });
  }

  receiveRtp(bytes: Uint8Array, start: number, end: number): void {
    const number = u16(bytes, start + 2);
    assert.equal(end - start, 12 + (number % 1100));
    assert.ok(bytes.subarray(start + 12, end).every((byte) => byte === (number & 0xff)));
    this.rtp.push(number);
  }

  receiveRtcp(bytes: Uint8Array, start: number, end: number): void {
    assert.equal(end - start, 8);
    assert.equal(u16(bytes, start), 0x80c9);
    this.reports++;
  }

  advance(): void {}

  deadline(): number {
    return NEVER;
  }

  transmit(out: Transmit): boolean {
    const reports = this.#waiting.findIndex((packet) => packet.isRtcp);
    const [packet] = this.#waiting.splice(Math.max(reports, 0), 1);
    if (packet === undefined) return false;
    const { bytes, start } = out;
    if (packet.isRtcp) {
      setU32(bytes, start, 0x80c9_0001);
      setU32(bytes, start + 4, 7);
      out.length = 8;
      this.kind = "rtcp";
      return true;
    }
    const length = packet.number % 1100;
    bytes.fill(0, start, start + 12).fill(packet.number & 0xff, start + 12, start + 12 + length);
    setU16(bytes, start, 0x8060);
    setU16(bytes, start + 2, packet.number);
    setU32(bytes, start + 8, 0xcafe);
    out.length = 12 + length;
    this.kind = packet.isRepeat ? "repeated-rtp" : "rtp";
    return true;
  }
}

/** Both ends get an engine. */
function withMedia(...ends: readonly End[]): CountingEngine[] {
  return ends.map((end) => {
    const engine = new CountingEngine();
    end.transport.startMedia(engine);
    return engine;
  });
}

/** What was dropped on a floor of a transport. */
function dropsOf({ transport }: End, floor: string): Readonly<Record<string, number>> | undefined {
  return transport.counters().drops[floor];
}

/** The kinds of datagrams that a transport writes from now on, by their first and second byte. */
function written(end: End): string[] {
  const kinds: string[] = [];
  const { transport } = end;
  const transmit = transport.transmit.bind(transport);
  transport.transmit = (out, now) => {
    if (!transmit(out, now)) return false;
    const [first = 0, second = 0] = out.view();
    kinds.push(first < 4 ? "stun" : first < 64 ? "dtls" : second >= 192 && second <= 223 ? "rtcp" : "rtp");
    return true;
  };
  return kinds;
}

for (const maxVersion of ["1.2", "1.3"] as const)
  test(`packets go both ways over keys from DTLS ${maxVersion}, RTCP before RTP before SCTP`, () => {
    const { sim, a, b } = pair(10, { dtls: { maxVersion } });
    const [ours, theirs] = withMedia(a, b);
    assert.ok(ours !== undefined && theirs !== undefined);
    const channel = a.transport.channels.create({ label: "x", protocol: "", ordered: true, negotiated: false });
    // What is asked for before there are keys waits.
    for (let i = 0; i < 10; i++) ours.sendRtp(65_530 + i);
    tellAll(sim, a, b);
    sim.runUntil(() => isConnected(a) && isConnected(b), { within: 1000 });
    sim.runFor(100);
    const kinds = written(a);
    a.transport.channels.send(channel, new Uint8Array(5000), "binary", sim.now);
    for (let i = 10; i < 1010; i++) {
      ours.sendRtp(65_530 + i);
      theirs.sendRtp(i);
      if (i % 100 === 0) ours.sendRtcp();
    }
    theirs.sendRtcp();
    sim.runFor(500);
    assert.deepEqual(
      theirs.rtp,
      Array.from({ length: 1010 }, (_, i) => (65_530 + i) & 0xffff),
    );
    assert.equal(ours.rtp.length, 1000);
    assert.deepEqual([ours.reports, theirs.reports], [1, 10]);
    const order = ["rtcp", "rtp", "dtls"].map((kind) => kinds.indexOf(kind));
    assert.ok(order.every((at) => at >= 0) && order.toSorted((x, y) => x - y).every((at, i) => at === order[i]), `${order}`);
    assert.ok(kinds.lastIndexOf("rtp") < kinds.indexOf("dtls"));
    const counters = a.transport.counters();
    assert.deepEqual(counters.media, { rtpSent: 1010, rtcpSent: 10, rtpReceived: 1000, rtcpReceived: 1 });
    assert.deepEqual(dropsOf(a, "srtp"), {});
    assert.equal(a.transport.traffic.bytesSent, b.transport.traffic.bytesReceived);
    assert.equal(a.transport.srtpProfileName, "SRTP_AEAD_AES_128_GCM");
    assert.equal(ours.maxPacketSize, 1180);
  });

test("packets that come before the keys are held, a bounded number of them", () => {
  const { sim, a, b } = pair(10);
  const [ours, theirs] = withMedia(a, b);
  assert.ok(ours !== undefined && theirs !== undefined);
  sim.runFor(100);
  tellIce(sim, a, b);
  tellIce(sim, b, a);
  // b's last flight is late, so a is done when b is not.
  tellDtls(sim, b, a, "server");
  tellDtls(sim, a, b, "client");
  sim.runUntil(() => b.transport.dtlsState === "connecting", { within: 500 });
  const route = b.transport.ice.sendRoute;
  assert.ok(route !== undefined);
  const early = new Uint8Array(60);
  early[0] = 0x80;
  for (let i = 0; i < 100; i++) b.transport.receive(early.slice(), route, sim.now);
  const stranger = b.transport.routes.intern(route.local, "udp", "10.0.0.66", 5);
  b.transport.receive(early.slice(), stranger, sim.now);
  for (let i = 0; i < 30; i++) ours.sendRtp(i);
  sim.runUntil(() => isConnected(a) && isConnected(b), { within: 1000 });
  sim.runFor(50);
  assert.equal(theirs.rtp.length, 30);
  // They were held, and were nobody's.
  assert.deepEqual(dropsOf(b, "media"), { "held-full": 37 });
  assert.deepEqual(dropsOf(b, "srtp"), { forged: 64 });
});

test("media that a later description brings begins by the keys of the handshake that was", () => {
  const { sim, a, b } = pair(10);
  tellAll(sim, a, b);
  sim.runUntil(() => isConnected(a) && isConnected(b), { within: 1000 });
  const [ours, theirs] = withMedia(a, b);
  a.transport.chooseSrtp({ cryptex: true, encryptedExtensions: [1] });
  b.transport.chooseSrtp({ cryptex: true, encryptedExtensions: [1] });
  ours?.sendRtp(5);
  sim.runFor(50);
  assert.deepEqual(theirs?.rtp, [5]);
});

test("replayed, forged and strange packets are dropped and counted; so is what would use a number twice", () => {
  const { sim, a, b } = pair(10);
  const [ours, theirs] = withMedia(a, b);
  assert.ok(ours !== undefined && theirs !== undefined);
  tellAll(sim, a, b);
  sim.runUntil(() => isConnected(a) && isConnected(b), { within: 1000 });
  const packets: Uint8Array[] = [];
  const receive = b.transport.receive.bind(b.transport);
  b.transport.receive = (bytes, route, now, start, end) => {
    if ((bytes[0] ?? 0) >= 128) packets.push(bytes.slice());
    receive(bytes, route, now, start, end);
  };
  for (let i = 0; i < 100; i++) ours.sendRtp(i);
  ours.sendRtcp();
  // Twice the same, said to be so; and another one that is not said to be.
  ours.sendRtp(7, true);
  ours.sendRtp(8);
  sim.runFor(50);
  assert.equal(packets.length, 102);
  assert.equal(theirs.rtp.length, 100);
  assert.deepEqual(dropsOf(b, "srtp"), { replayed: 1 });
  assert.deepEqual(dropsOf(a, "media"), { "not-protected": 1 });
  assert.deepEqual(dropsOf(a, "srtp"), { repeated: 1 });
  const route = b.transport.ice.sendRoute;
  assert.ok(route !== undefined);
  for (const packet of packets) receive(packet.slice(), route, sim.now);
  for (const packet of packets) {
    const forged = packet.slice();
    forged[forged.length - 1] = (forged.at(-1) ?? 0) ^ 1;
    setU16(forged, 2, u16(forged, 2) + 200);
    receive(forged, route, sim.now);
  }
  receive(Uint8Array.of(0x80, 0x60, 1), route, sim.now);
  const stranger = b.transport.routes.intern(route.local as SocketId, "udp", "10.0.0.66", 5);
  receive(packets[0]?.slice() ?? new Uint8Array(), stranger, sim.now);
  assert.equal(theirs.rtp.length, 100);
  assert.equal(theirs.reports, 1);
  assert.deepEqual(dropsOf(b, "srtp"), { replayed: 103, forged: 102, malformed: 1 });
  assert.deepEqual(dropsOf(b, "transport"), { "unknown-route": 1 });
});

test("nothing is taken or sent once DTLS is over", () => {
  const { sim, a, b } = pair(10);
  const [ours, theirs] = withMedia(a, b);
  assert.ok(ours !== undefined && theirs !== undefined);
  tellAll(sim, a, b);
  sim.runUntil(() => isConnected(a) && isConnected(b), { within: 1000 });
  const route = b.transport.ice.sendRoute;
  assert.ok(route !== undefined);
  ours.sendRtcp();
  a.transport.close(sim.now);
  // Its sockets are gone already: what it still has to say is handed over.
  const out = new Transmit();
  for (; a.transport.transmit(out, sim.now); out.reset()) b.transport.receive(out.view().slice(), route, sim.now);
  assert.equal(theirs.reports, 1);
  assert.equal(b.transport.dtlsState, "closed");
  theirs.sendRtp(1);
  b.transport.receive(Uint8Array.of(0x80, 0x60, 1, 2, 3), route, sim.now);
  sim.runFor(50);
  assert.equal(ours.rtp.length, 0);
  assert.deepEqual(dropsOf(b, "media"), { "no-keys": 1 });
});

test("where media is expected no rows of datagrams are asked for", () => {
  for (const hasMedia of [false, true]) {
    const { sim, a, b } = pair(10);
    const asks: boolean[] = [];
    const takeAsk = a.transport.takeAsk.bind(a.transport);
    a.transport.takeAsk = () => {
      const ask = takeAsk();
      if (ask?.type === "coalesce") asks.push(ask.on);
      return ask;
    };
    if (hasMedia) withMedia(a, b);
    tellAll(sim, a, b);
    sim.runUntil(() => isConnected(a) && isConnected(b), { within: 1000 });
    sim.runFor(100);
    assert.deepEqual(asks, hasMedia ? [] : [true]);
    if (!hasMedia) {
      withMedia(a, b);
      sim.runFor(100);
      assert.deepEqual(asks, [true, false]);
    }
  }
});
