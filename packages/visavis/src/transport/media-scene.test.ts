/**
 * RTP sessions over two transports and a bad network, all protected: every packet that one side sends the other gets, once and as it
 * was, whatever the network loses, repeats, reorders and corrupts, and whatever a stranger adds.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type LinkOptions, SeededRandom, type Simulation, testSeed } from "@visavis/netsim";
import { setU16, setU32, u16, u32 } from "../base/bytes.ts";
import { randomBytes, randomU32 } from "../base/random.ts";
import type { EncodedFrame } from "../rtp/frame.ts";
import { payloadFormat } from "../rtp/payload/registry.ts";
import type { RtpCodec, RtpReceiveParameters, RtpSendParameters } from "./rtp-parameters.ts";
import { type End, isConnected, pair, tellAll } from "./transport-pair.test.ts";

const SEED = testSeed(4);

const EXTENSIONS = [
  { uri: "urn:ietf:params:rtp-hdrext:sdes:mid", id: 4 },
  { uri: "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id", id: 10 },
  { uri: "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id", id: 11 },
  { uri: "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01", id: 3 },
];
const VP8: RtpCodec = {
  payloadType: 96,
  mimeType: "video/VP8",
  clockRate: 90_000,
  parameters: "",
  feedback: ["nack", "nack pli", "transport-cc"],
};
const RTX: RtpCodec = {
  payloadType: 97,
  mimeType: "video/rtx",
  clockRate: 90_000,
  parameters: "apt=96",
  feedback: [],
  repairs: 96,
};

interface Way {
  readonly from: End;
  readonly to: End;
  /** What was sent, by its number, and what came of it. */
  readonly sent: Uint8Array[];
  readonly came: Map<number, number>;
}

/** A section of video from one end to the other. */
function video(from: End, to: End, sim: Simulation, withRtx: boolean): Way {
  const common = { kind: "video", codecs: withRtx ? [VP8, RTX] : [VP8], extensions: EXTENSIONS, reducedSize: true } as const;
  const mid = from.host.name;
  const ssrc = 1000 + mid.charCodeAt(0) * 10;
  const encoding = withRtx ? { ssrc, rtxSsrc: ssrc + 1, active: true } : { ssrc, active: true };
  const sending: RtpSendParameters = { ...common, mid, cname: mid, encodings: [encoding] };
  const receiving: RtpReceiveParameters = { ...common, mid, rids: [], ssrcs: [] };
  from.transport.rtp.congestion.setBitrates({ start: 3e6, min: 3e6 }, sim.now);
  from.transport.rtp.setSender("s", sending, sim.now);
  to.transport.rtp.setReceiver("r", receiving, sim.now);
  return { from, to, sent: [], came: new Map() };
}

/** Sends so many packets, some together and some later, of random bytes. */
function send(way: Way, count: number, random: SeededRandom, sim: Simulation): void {
  for (let i = 0; i < count; i++) {
    const bytes = randomBytes(random, 100 + (randomU32(random) % 1000));
    setU32(bytes, 0, way.sent.length);
    way.sent.push(Uint8Array.from(bytes));
    const timestamp = Math.round(sim.now * 90) >>> 0;
    const packet = { bytes, start: 0, end: bytes.length, payloadType: 96, timestamp, marker: i === count - 1 };
    assert.ok(way.from.transport.rtp.sendPacket("s", 0, packet, sim.now));
  }
}

/** Takes what came, and holds it against what was sent. */
function take(way: Way): void {
  const { rtp } = way.to.transport;
  for (let packet = rtp.takePacket(); packet !== undefined; packet = rtp.takePacket()) {
    const payload = packet.bytes.subarray(packet.payloadStart, packet.payloadEnd);
    if (payload.length === 0) continue;
    const number = u32(payload, 0);
    assert.deepEqual(payload, way.sent[number], `packet ${number}`);
    way.came.set(number, (way.came.get(number) ?? 0) + 1);
  }
}

/** Repeats and forges RTP and RTCP that arrives at an end; returns how much of each, and how to stop. */
function attack(end: End, random: SeededRandom): { replayed: number; forged: number; stop: () => void } {
  const { transport } = end;
  const receive = transport.receive.bind(transport);
  const counts = {
    replayed: 0,
    forged: 0,
    stop() {
      transport.receive = receive;
    },
  };
  transport.receive = (bytes, route, now, start = 0, stop = bytes.length) => {
    const packet = bytes.slice(start, stop);
    receive(bytes, route, now, start, stop);
    if ((packet[0] ?? 0) < 128 || randomU32(random) % 4 > 0) return;
    receive(packet.slice(), route, now);
    counts.replayed++;
    // A packet that was never sent, with a number that follows.
    const forged = packet.slice();
    const at = 12 + (randomU32(random) % Math.max(1, forged.length - 12));
    forged[at] = (forged[at] ?? 0) ^ 0x10;
    const isRtp = (forged[1] ?? 0) < 192 || (forged[1] ?? 0) > 223;
    if (isRtp) setU16(forged, 2, u16(forged, 2) + 1 + (randomU32(random) % 100));
    receive(forged, route, now);
    counts.forged++;
  };
  return counts;
}

const NETWORKS: readonly { readonly name: string; readonly link: LinkOptions; readonly withRtx: boolean }[] = [
  { name: "5 % lost, with RTX", link: { delay: 20, loss: 0.05 }, withRtx: true },
  { name: "5 % lost, without RTX", link: { delay: 20, loss: 0.05 }, withRtx: false },
  {
    name: "lost in bursts, repeated, reordered and corrupted",
    link: {
      delay: 30,
      jitter: 10,
      loss: { toBad: 0.01, toGood: 0.3 },
      duplicate: 0.02,
      reorder: 0.03,
      reorderDelay: 25,
      corrupt: 0.02,
    },
    withRtx: true,
  },
];

for (const { name, link, withRtx } of NETWORKS)
  test(`what is sent arrives, once and as it was: ${name}`, () => {
    const { sim, a, b, link: path } = pair(20, {}, SEED);
    const random = new SeededRandom(SEED).stream("payloads");
    const ways = [video(a, b, sim, withRtx), video(b, a, sim, withRtx)];
    tellAll(sim, a, b);
    sim.runUntil(() => isConnected(a) && isConnected(b), { within: 2000 });
    // Whoever has not heard of a stream cannot miss its first packets.
    for (const way of ways) send(way, 1, random, sim);
    sim.runFor(100);
    path.set(link);
    const attacks = [attack(a, random), attack(b, random)];
    for (let frame = 0; frame < 300; frame++) {
      for (const way of ways) send(way, 1 + (randomU32(random) % 6), random, sim);
      sim.runFor(10);
      for (const way of ways) take(way);
    }
    // What is lost shows by what follows.
    const counted = ways.map((way) => way.sent.length);
    for (let frame = 0; frame < 20; frame++) {
      for (const way of ways) send(way, 1, random, sim);
      sim.runFor(150);
      for (const way of ways) take(way);
    }
    for (const [index, way] of ways.entries()) {
      const missing = Array.from({ length: counted[index] ?? 0 }, (_, number) => number).filter(
        (number) => !way.came.has(number),
      );
      assert.deepEqual(missing, [], `${name}, seed ${SEED}: packets that did not come`);
      for (const [number, times] of way.came) assert.equal(times, 1, `packet ${number}`);
      // The repair was at work.
      const stream = way.from.transport.rtp.senders.stream("s", 0);
      assert.ok((stream?.counts.repeatedPackets ?? 0) > way.sent.length / 100, "packets were sent again");
    }
    assert.ok(sim.counts.dropped > 50, "packets were lost");
    for (const [index, end] of [a, b].entries()) {
      const { replayed, forged } = attacks[index] ?? { replayed: 0, forged: 0 };
      const { srtp = {} } = end.transport.counters().drops;
      const { replayed: droppedReplays = 0, "too-late": late = 0, forged: droppedForgeries = 0, ...others } = srtp;
      assert.ok(replayed > 100 && forged > 100);
      assert.ok(droppedReplays + late >= replayed, `${droppedReplays} of ${replayed} replays`);
      // Some forgeries have a number that was there, or has come since.
      assert.ok(droppedForgeries > forged / 4, `${droppedForgeries} of ${forged} forgeries`);
      const all = Object.values(srtp).reduce((sum, count) => sum + count, 0);
      assert.ok(all >= replayed + forged, `${replayed} replays and ${forged} forgeries, of which ${all} were dropped`);
      assert.ok(Object.keys(others).every((reason) => reason === "malformed" || reason === "unencrypted"));
    }
  });

/** A frame of VP8 of random bytes; the first bit says whether it is a key frame (RFC 6386 §9.1). */
function frameOf(index: number, random: SeededRandom): EncodedFrame {
  const data = randomBytes(random, 200 + (randomU32(random) % 9000));
  const keyFrame = index === 0;
  data[0] = ((data[0] ?? 0) & 0xfe) | (keyFrame ? 0 : 1);
  return { kind: "video", data, timestamp: index * 3000, keyFrame, mimeType: "video/VP8" };
}

test("frames that go in come out, both ways, while a tenth of all datagrams is lost", () => {
  const { sim, a, b, link } = pair(20, { dtls: { maxVersion: "1.2" } }, SEED);
  const ways = [video(a, b, sim, true), video(b, a, sim, true)];
  for (const { from, to } of ways) {
    for (const end of [from, to]) end.transport.chooseSrtp({ cryptex: true, encryptedExtensions: [] });
  }
  tellAll(sim, a, b);
  sim.runUntil(() => isConnected(a) && isConnected(b), { within: 2000 });
  const random = new SeededRandom(SEED).stream("frames");
  const received = ways.map(() => new Map<number, { readonly timestamp: number; readonly payload: Uint8Array }>());
  const frames = ways.map(() => Array.from({ length: 121 }, (_, index) => frameOf(index, random)));
  const collect = (): void => {
    for (const [index, way] of ways.entries()) {
      const { rtp } = way.to.transport;
      for (let packet = rtp.takePacket(); packet !== undefined; packet = rtp.takePacket()) {
        const payload = packet.bytes.slice(packet.payloadStart, packet.payloadEnd);
        if (payload.length > 0) received[index]?.set(packet.sequenceNumber, { timestamp: packet.timestamp, payload });
      }
    }
  };
  for (let turn = 0; turn < 121; turn++) {
    // The first frame is heard by all; the last one is behind what counts.
    link.set({ loss: turn === 0 ? 0 : 0.1 });
    for (const [index, way] of ways.entries()) {
      const frame = frames[index]?.[turn];
      assert.ok(frame !== undefined && way.from.transport.rtp.sendFrame("s", 0, frame, sim.now));
    }
    sim.runFor(turn === 0 ? 200 : 33);
    collect();
  }
  sim.runFor(3000);
  collect();
  for (const [index, packets] of received.entries()) {
    const inOrder = [...packets].sort(([x], [y]) => x - y).map(([, packet]) => packet);
    const depacketizer = payloadFormat("video/VP8")?.depacketizer();
    assert.ok(depacketizer !== undefined);
    for (const { data, timestamp } of frames[index]?.slice(0, 120) ?? []) {
      depacketizer.begin();
      for (const packet of inOrder) {
        // Timestamps begin anywhere.
        const own = (packet.timestamp - (inOrder[0]?.timestamp ?? 0)) >>> 0;
        if (own === timestamp) depacketizer.append(packet.payload, 0, packet.payload.length);
      }
      assert.deepEqual(depacketizer.finish(), data, `seed ${SEED}, way ${index}, frame at ${timestamp}`);
    }
  }
  assert.ok(sim.counts.drops.loss > 100);
  for (const end of [a, b]) {
    const { srtp } = end.transport.counters().drops;
    assert.deepEqual(srtp, {});
  }
});
