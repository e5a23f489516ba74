/**
 * Two RTP sessions at the ends of a link in virtual time, without encryption: what one sends the other hands up.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type Endpoint, type Link, type LinkOptions, SeededRandom, Simulation, testSeed } from "@visavis/netsim";
import { randomBytes } from "../base/random.ts";
import type { Transmit } from "../base/transmit.ts";
import type { EncodedFrame } from "../rtp/frame.ts";
import { writeRtpHeader } from "../rtp/packet.ts";
import { payloadFormat } from "../rtp/payload/registry.ts";
import { writeRedBlockHeader, writeRedLastHeader } from "../rtp/red.ts";
import type { RtpEvent } from "./rtp-event.ts";
import type { RtpCodec, RtpReceiveParameters, RtpSendParameters } from "./rtp-parameters.ts";
import { RtpSession } from "./rtp-session.ts";

const SEED = testSeed(11);

const EXTENSIONS = [
  { uri: "urn:ietf:params:rtp-hdrext:sdes:mid", id: 4 },
  { uri: "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id", id: 10 },
  { uri: "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id", id: 11 },
  { uri: "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time", id: 2 },
  { uri: "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01", id: 3 },
  { uri: "urn:ietf:params:rtp-hdrext:ssrc-audio-level", id: 1 },
  { uri: "urn:3gpp:video-orientation", id: 13 },
] as const;

const VP8: RtpCodec = {
  payloadType: 96,
  mimeType: "video/VP8",
  clockRate: 90_000,
  parameters: "",
  feedback: ["nack", "nack pli", "ccm fir", "goog-remb", "transport-cc"],
};
const RTX: RtpCodec = {
  payloadType: 97,
  mimeType: "video/rtx",
  clockRate: 90_000,
  parameters: "apt=96",
  feedback: [],
  repairs: 96,
};
const OPUS: RtpCodec = {
  payloadType: 111,
  mimeType: "audio/opus",
  clockRate: 48_000,
  channels: 2,
  parameters: "minptime=10",
  feedback: ["transport-cc"],
};

function sending(kind: "audio" | "video", more: Partial<RtpSendParameters> = {}): RtpSendParameters {
  return {
    mid: kind === "video" ? "1" : "0",
    kind,
    cname: "somebody",
    codecs: kind === "video" ? [VP8, RTX] : [OPUS],
    extensions: EXTENSIONS,
    encodings: [kind === "video" ? { ssrc: 1001, rtxSsrc: 1002, active: true } : { ssrc: 2001, active: true }],
    reducedSize: true,
    ...more,
  };
}

function receiving({ mid, kind, codecs, extensions, reducedSize }: RtpSendParameters, rids: string[] = []): RtpReceiveParameters {
  return { mid, kind, codecs, extensions, rids, ssrcs: [], reducedSize };
}

interface Handed {
  readonly id: string;
  readonly rid: string | undefined;
  readonly ssrc: number;
  readonly sequenceNumber: number;
  readonly timestamp: number;
  readonly marker: boolean;
  readonly payload: Uint8Array;
  readonly recovered: boolean;
  readonly audioLevel: number;
  readonly rotation: number;
  readonly at: number;
}

/** A session as an engine of its own: the first bytes tell RTP from RTCP (RFC 5761 §4). */
class Ends {
  readonly session: RtpSession;
  readonly handed: Handed[] = [];
  readonly sent = { rtp: 0, "repeated-rtp": 0, rtcp: 0 };
  readonly told: RtpEvent[] = [];
  /** Frames to be sent: the oldest first. */
  readonly script: { readonly at: number; readonly run: (now: number) => void }[] = [];

  constructor(session: RtpSession) {
    this.session = session;
  }

  receive(bytes: Uint8Array, now: number): void {
    const type = bytes[1] as number;
    if (type >= 192 && type <= 223) this.session.receiveRtcp(bytes, 0, bytes.length, now);
    else this.session.receiveRtp(bytes, 0, bytes.length, now);
    for (let packet = this.session.takePacket(); packet !== undefined; packet = this.session.takePacket()) {
      const { id, stream, ssrc, sequenceNumber, timestamp, marker, recovered, audioLevel, rotation } = packet;
      const payload = packet.bytes.slice(packet.payloadStart, packet.payloadEnd);
      const rid = stream?.rid;
      this.handed.push({ id, rid, ssrc, sequenceNumber, timestamp, marker, payload, recovered, audioLevel, rotation, at: now });
    }
  }

  advance(now: number): void {
    while ((this.script[0]?.at ?? Number.POSITIVE_INFINITY) <= now) this.script.shift()?.run(now);
    this.session.advance(now);
  }

  deadline(): number {
    return Math.min(this.script[0]?.at ?? Number.POSITIVE_INFINITY, this.session.deadline());
  }

  transmit(out: Transmit, now: number): boolean {
    if (!this.session.transmit(out, now)) return false;
    this.sent[this.session.kind]++;
    return true;
  }

  takeEvent(): RtpEvent | undefined {
    const event = this.session.takeEvent();
    if (event !== undefined) this.told.push(event);
    return event;
  }
}

interface Pair {
  readonly sim: Simulation;
  readonly a: Ends;
  readonly z: Ends;
  readonly link: Link;
}

function pair(options: LinkOptions, seed: typeof SEED = SEED): Pair {
  const sim = new Simulation({ seed });
  const link = sim.link(options);
  const make = (name: string): Ends => new Ends(new RtpSession({ random: new SeededRandom(seed).stream(name), epoch: 1.7e12 }));
  const [a, z]: [Endpoint<Ends>, Endpoint<Ends>] = link.connect(make("a"), make("z"));
  return { sim, a: a.engine, z: z.engine, link };
}

/** A frame that a VP8 depacketizer takes: the first bit says whether it is a key frame. */
function videoFrame(index: number, size: number, keyFrame: boolean = index === 0): EncodedFrame {
  const data = randomBytes(new SeededRandom(`${SEED}-${index}`), size);
  data[0] = keyFrame ? (data[0] as number) & 0xfe : (data[0] as number) | 1;
  return { kind: "video", data, timestamp: (1000 + index * 3000) >>> 0, keyFrame, width: 640, height: 360 };
}

/** Sends `count` frames, one each `interval` milliseconds, beginning at `from`. */
function play(
  ends: Ends,
  frames: readonly EncodedFrame[],
  from: number,
  interval: number,
  id: string,
  encoding: number = 0,
): void {
  for (const [index, frame] of frames.entries()) {
    ends.script.push({
      at: from + index * interval,
      run: (now) => assert.ok(ends.session.sendFrame(id, encoding, frame, now), `frame ${index} is refused`),
    });
  }
  ends.script.sort((one, other) => one.at - other.at);
}

/** Puts the frames together again, in order; what is not whole is left out. */
function framesOf(handed: readonly Handed[], mimeType: string = "video/VP8"): Uint8Array[] {
  const depacketizer = payloadFormat(mimeType)?.depacketizer();
  assert.ok(depacketizer !== undefined);
  // What carries nothing fills gaps in the numbers that are none.
  const sorted = handed.toSorted((one, other) => one.sequenceNumber - other.sequenceNumber);
  const frames: Uint8Array[] = [];
  for (let i = 0; i < sorted.length; ) {
    let next = i + 1;
    while (sorted[next]?.timestamp === sorted[i]?.timestamp) next++;
    const packets = sorted.slice(i, next).filter(({ payload }) => payload.length > 0);
    const isWhole = packets.every((one, at) => one.sequenceNumber === (packets[0]?.sequenceNumber ?? 0) + at);
    depacketizer.begin();
    const fits = packets.every(({ payload }) => depacketizer.append(payload, 0, payload.length));
    const frame = packets.length > 0 && isWhole && fits && packets.at(-1)?.marker ? depacketizer.finish() : undefined;
    if (frame !== undefined) frames.push(frame);
    i = next;
  }
  return frames;
}

test("frames become packets, packets streams, and frames again", () => {
  const { sim, a, z } = pair({ delay: 20 });
  a.session.setSender("s", sending("video"), sim.now);
  z.session.setReceiver("r", receiving(sending("video")), sim.now);
  const frames = Array.from({ length: 60 }, (_, index) => videoFrame(index, 200 + index * 50));
  play(a, frames, 10, 33, "s");
  sim.runFor(4000);
  assert.deepEqual(
    framesOf(z.handed),
    frames.map(({ data }) => data),
  );
  assert.deepEqual(
    z.told.filter(({ type }) => type === "stream"),
    [{ type: "stream", id: "r", ssrc: 1001, rid: undefined }],
  );
  const { counts, remote } = a.session.senders.stream("s", 0) ?? assert.fail();
  const stream = z.session.router.entry(1001)?.stream ?? assert.fail();
  assert.equal(counts.packets, stream.reception.packets);
  assert.equal(counts.bytes, stream.reception.bytes);
  assert.equal(counts.headerBytes, stream.reception.headerBytes);
  assert.deepEqual([counts.frames, counts.keyFrames, counts.droppedFrames], [60, 1, 0]);
  assert.equal(stream.cname, "somebody");
  assert.ok(remote.reports > 1);
  assert.equal(remote.block?.packetsLost, 0);
  assert.ok(Math.abs(remote.roundTrip - 40) < 1, `${remote.roundTrip} ms`);
  assert.ok(stream.sending.reports > 1);
  assert.equal(z.session.router.drops.total + z.session.drops.total + z.session.rtcpReader.drops.total, 0);
});

for (const [name, codecs, encoding] of [
  ["repetitions of their own", [VP8, RTX], { ssrc: 1001, rtxSsrc: 1002, active: true }],
  ["the same packets again", [VP8], { ssrc: 1001, active: true }],
] as const) {
  test(`one packet in ten is lost: NACKs bring all of them back, by ${name}`, () => {
    const { sim, a, z, link } = pair({ delay: 25, jitter: 2 });
    const parameters = sending("video", { codecs, encodings: [encoding] });
    a.session.setSender("s", parameters, sim.now);
    z.session.setReceiver("r", receiving(parameters), sim.now);
    const frames = Array.from({ length: 150 }, (_, index) => videoFrame(index, 2500));
    play(a, frames, 10, 33, "s");
    // Of a loss before everything else, or behind it, nothing tells.
    a.script.push({ at: 25, run: () => link.set({ loss: 0.1 }) }, { at: 10 + 148.5 * 33, run: () => link.set({ loss: 0 }) });
    a.script.sort((one, other) => one.at - other.at);
    sim.runFor(10_000);
    assert.ok(link.counts.dropped > 50, "nothing was lost");
    assert.deepEqual(
      framesOf(z.handed),
      frames.map(({ data }) => data),
    );
    const numbers = z.handed.map(({ sequenceNumber }) => sequenceNumber);
    assert.equal(new Set(numbers).size, numbers.length, "a packet was handed up twice");
    const sender = a.session.senders.stream("s", 0)?.counts ?? assert.fail();
    const stream = z.session.router.entry(1001)?.stream ?? assert.fail();
    assert.ok(sender.nacks > 10 && stream.counts.nacks >= sender.nacks);
    assert.ok(sender.repeatedPackets > 20);
    assert.equal(a.sent["repeated-rtp"] > 0, codecs.length === 1);
    assert.equal(stream.counts.repeatedPackets > 0, codecs.length === 2);
    assert.equal(stream.missing.size, 0);
  });
}

test("without what asks for packets the losses stay, and reports tell of them", () => {
  const { sim, a, z, link } = pair({ delay: 25, forward: { loss: 0.1 } });
  const codecs = [{ ...VP8, feedback: ["transport-cc"] }];
  a.session.setSender("s", sending("video", { codecs }), sim.now);
  z.session.setReceiver("r", receiving(sending("video", { codecs })), sim.now);
  play(
    a,
    Array.from({ length: 150 }, (_, index) => videoFrame(index, 2500)),
    10,
    33,
    "s",
  );
  sim.runFor(7000);
  const stream = z.session.router.entry(1001)?.stream ?? assert.fail();
  const { remote } = a.session.senders.stream("s", 0) ?? assert.fail();
  assert.ok(link.counts.dropped > 20);
  assert.ok(stream.reception.lost > 20);
  assert.ok(Math.abs((remote.block?.packetsLost ?? 0) - stream.reception.lost) <= stream.reception.lost / 2);
  assert.ok(framesOf(z.handed).length < 150);
});

test("audio keeps its levels, and goes before video", () => {
  const { sim, a, z } = pair({ delay: 10 });
  a.session.setSender("v", sending("video"), sim.now);
  a.session.setSender("a", sending("audio"), sim.now);
  z.session.setReceiver("rv", receiving(sending("video")), sim.now);
  z.session.setReceiver("ra", receiving(sending("audio")), sim.now);
  const audio = Array.from({ length: 100 }, (_, index): EncodedFrame => {
    const data = Uint8Array.of(0xfc, index, 1, 2);
    return { kind: "audio", data, timestamp: index * 960, keyFrame: true, audioLevel: 0.1, voiceActivity: true };
  });
  play(a, [videoFrame(0, 60_000), videoFrame(1, 60_000)], 10, 500, "v");
  play(a, audio, 12, 20, "a");
  sim.runFor(6000);
  const heard = z.handed.filter(({ id }) => id === "ra");
  assert.deepEqual(
    heard.map(({ payload }) => payload[1]),
    audio.map((_, index) => index),
  );
  assert.ok(heard.every(({ audioLevel }) => audioLevel === 20));
  // Each waited for nobody: 60 kB of video take longer than 20 ms at any rate that it begins with.
  assert.ok(heard.every(({ at }, index) => Math.abs(at - (12 + index * 20 + 10)) < 1));
  assert.equal(framesOf(z.handed.filter(({ id }) => id === "rv")).length, 2);
});

test("three encodings of simulcast are told apart by rid, their repetitions too, while packets are lost", () => {
  const { sim, a, z, link } = pair({ delay: 15 });
  const rids = ["q", "h", "f"];
  const encodings = rids.map((rid, index) => ({ rid, ssrc: 100 + index, rtxSsrc: 200 + index, active: true }));
  const parameters = sending("video", { encodings });
  a.session.setSender("s", parameters, sim.now);
  z.session.setReceiver("r", receiving(parameters, rids), sim.now);
  a.session.congestion.setBitrates({ start: 3_000_000 }, sim.now);
  const frames = Array.from({ length: 60 }, (_, index) => videoFrame(index, 1500));
  for (const index of rids.keys()) {
    const own = frames.map((frame) => ({ ...frame, data: frame.data.slice(0, 1000 * (index + 1)) }));
    play(a, own, 10 + index, 33, "s", index);
  }
  a.script.push({ at: 25, run: () => link.set({ loss: 0.05 }) }, { at: 10 + 58.5 * 33, run: () => link.set({ loss: 0 }) });
  a.script.sort((one, other) => one.at - other.at);
  sim.runFor(5000);
  assert.ok(link.counts.dropped > 10);
  for (const [index, rid] of rids.entries()) {
    const own = z.handed.filter((one) => one.rid === rid);
    assert.deepEqual(
      framesOf(own),
      frames.map(({ data }) => data.slice(0, 1000 * (index + 1))),
      rid,
    );
    assert.equal(z.session.router.entry(200 + index)?.stream.rid, rid);
  }
});

test("a key frame is asked for by PLI, or by FIR where only that is understood, and not too often", () => {
  for (const [feedback, count] of [
    [["nack", "nack pli"], "pictureLosses"],
    [["ccm fir"], "intraRequests"],
  ] as const) {
    const { sim, a, z } = pair({ delay: 10 });
    const codecs = [{ ...VP8, feedback }];
    a.session.setSender("s", sending("video", { codecs }), sim.now);
    z.session.setReceiver("r", receiving(sending("video", { codecs })), sim.now);
    play(a, [videoFrame(0, 500)], 10, 33, "s");
    for (let at = 100; at < 1100; at += 10) z.script.push({ at, run: () => z.session.requestKeyFrame("r") });
    sim.runFor(2000);
    const requests = a.told.filter(({ type }) => type === "key-frame-requested");
    assert.ok(requests.length >= 4 && requests.length <= 6, `${requests.length} requests`);
    assert.deepEqual(requests[0], { type: "key-frame-requested", id: "s", encodingIndex: 0, rid: undefined });
    assert.equal(a.session.senders.stream("s", 0)?.counts[count], requests.length);
    assert.equal(z.session.router.entry(1001)?.stream.counts[count], requests.length);
  }
});

test("a sender that is taken away says good-bye; one that falls silent is missed", () => {
  const { sim, a, z } = pair({ delay: 10 });
  a.session.setSender("s", sending("video"), sim.now);
  a.session.setSender("t", sending("audio"), sim.now);
  z.session.setReceiver("r", receiving(sending("video")), sim.now);
  z.session.setReceiver("q", receiving(sending("audio")), sim.now);
  play(a, [videoFrame(0, 500)], 10, 33, "s");
  play(a, [{ kind: "audio", data: Uint8Array.of(0xfc, 1), timestamp: 0, keyFrame: true }], 10, 20, "t");
  a.script.push({ at: 500, run: (now) => a.session.setSender("s", undefined, now) });
  sim.runFor(60_000);
  assert.deepEqual(
    z.told.filter(({ type }) => type === "bye"),
    [{ type: "bye", id: "r", ssrc: 1001, rid: undefined }],
  );
  assert.equal(z.session.router.entry(1001), undefined);
  assert.deepEqual(
    z.told.filter(({ type }) => type === "timeout"),
    [{ type: "timeout", id: "q", ssrc: 2001, rid: undefined }],
  );
});

test("a negotiation in mid-call leaves no hole in the picture ids: a receiver would wait for the missing", () => {
  const { sim, a, z } = pair({ delay: 10 });
  z.session.setReceiver("r", receiving(sending("video")), sim.now);
  a.session.setSender("s", sending("video"), sim.now);
  play(
    a,
    Array.from({ length: 20 }, (_, index) => videoFrame(index, 500)),
    10,
    33,
    "s",
  );
  for (const at of [100, 300, 500]) {
    a.script.push({ at, run: (now) => a.session.setSender("s", sending("video", { reducedSize: at === 300 }), now) });
  }
  a.script.sort((one, other) => one.at - other.at);
  sim.runFor(1000);
  const ids = z.handed
    .filter(({ payload }) => payload.length > 0)
    .map(({ payload }) => ((payload[2] ?? 0) & 0x7f) * 256 + (payload[3] ?? 0));
  assert.equal(ids.length, 20);
  assert.deepEqual(
    ids,
    ids.map((_, index) => ((ids[0] ?? 0) + index) & 0x7fff),
  );
});

test("a sender that comes back goes on with its numbers, which SRTP wants to grow", () => {
  const { sim, a, z } = pair({ delay: 10 });
  z.session.setReceiver("r", receiving(sending("video")), sim.now);
  for (let round = 0; round < 20; round++) {
    a.session.setSender("s", sending("video"), sim.now);
    assert.ok(a.session.sendFrame("s", 0, videoFrame(round, 500, true), sim.now));
    sim.runFor(50);
    a.session.setSender("s", undefined, sim.now);
    sim.runFor(50);
  }
  const numbers = z.handed.map(({ sequenceNumber }) => sequenceNumber & 0xffff);
  assert.deepEqual(
    numbers,
    numbers.map((_, index) => ((numbers[0] ?? 0) + index) & 0xffff),
  );
  assert.equal(numbers.length, 20);
  a.session.setSender("s", sending("video"), sim.now);
  z.told.length = 0;
  a.session.sendFrame("s", 0, videoFrame(0, 500), sim.now);
  sim.runFor(50);
  a.session.close(sim.now);
  sim.runFor(50);
  assert.deepEqual(
    z.told.map(({ type }) => type),
    ["stream", "bye"],
  );
});

test("packets that others made keep their header extensions", () => {
  const { sim, a, z } = pair({ delay: 10 });
  const uri = "https://aomediacodec.github.io/av1-rtp-spec/#dependency-descriptor-rtp-header-extension";
  const extensions = [...EXTENSIONS, { uri, id: 12 }];
  a.session.setSender("s", sending("video", { extensions }), sim.now);
  z.session.setReceiver("r", receiving(sending("video", { extensions })), sim.now);
  const elements = [
    { uri, value: Uint8Array.of(0xc0, 0, 1) },
    { uri: "urn:not-negotiated", value: Uint8Array.of(1) },
    { uri, value: new Uint8Array(17) },
  ];
  const bytes = Uint8Array.of(9, 9, 0x10, 1, 2, 9);
  const packet = { bytes, start: 2, end: 5, payloadType: 96, timestamp: 7, marker: true, sequenceNumber: 40_000, elements };
  assert.ok(a.session.sendPacket("s", 0, packet, sim.now));
  const descriptors: number[][] = [];
  const take = z.session.takePacket.bind(z.session);
  z.session.takePacket = () => {
    const taken = take();
    if (taken !== undefined) {
      descriptors.push([...taken.bytes.subarray(taken.dependencyDescriptorStart, taken.dependencyDescriptorEnd)]);
    }
    return taken;
  };
  sim.runFor(100);
  assert.deepEqual(descriptors, [[0xc0, 0, 1]]);
  const [one] = z.handed;
  assert.deepEqual(
    [one?.sequenceNumber, one?.timestamp, one?.marker, one?.payload],
    [105_536, 7, true, Uint8Array.of(0x10, 1, 2)],
  );
});

test("a packet of others that is too large is counted, and leaves no gap", () => {
  const { sim, a, z } = pair({ delay: 10 });
  a.session.setSender("s", sending("video"), sim.now);
  z.session.setReceiver("r", receiving(sending("video")), sim.now);
  for (const [index, size] of [100, 1500, 100].entries()) {
    const packet = {
      bytes: new Uint8Array(size).fill(0x10),
      start: 0,
      end: size,
      payloadType: 96,
      timestamp: index,
      marker: true,
    };
    assert.ok(a.session.sendPacket("s", 0, packet, sim.now));
  }
  sim.runFor(100);
  const [first, second, ...more] = z.handed.map(({ sequenceNumber }) => sequenceNumber);
  assert.ok(first !== undefined && second === first + 1 && more.length === 0);
  assert.equal(a.session.senders.stream("s", 0)?.counts.oversizePackets, 1);
});

test("the target falls when the path narrows, and encodings are told", () => {
  const { sim, a, z } = pair({ delay: 30, rate: 1_000_000, queue: 100_000 });
  a.session.setSender("s", sending("video"), sim.now);
  z.session.setReceiver("r", receiving(sending("video")), sim.now);
  let target = 300_000;
  for (let i = 0; i < 600; i++) {
    a.script.push({
      at: 10 + i * 33,
      run: (now) => {
        for (const event of a.told) if (event.type === "target-bitrate") target = event.bitrate;
        a.session.sendFrame("s", 0, videoFrame(i, Math.max(100, Math.floor((target * 0.033) / 8))), now);
      },
    });
  }
  sim.runFor(20_000);
  assert.ok(a.told.filter(({ type }) => type === "target-bitrate").length > 5);
  assert.ok(target > 500_000 && target < 1_050_000, `${target} bit/s`);
});

test("a compound is sent to those who want one, every time", () => {
  const { sim, a, z, link } = pair({ delay: 25 });
  const parameters = sending("video", { reducedSize: false });
  a.session.setSender("s", parameters, sim.now);
  z.session.setReceiver("r", receiving(parameters), sim.now);
  const types: number[] = [];
  const receive = a.session.receiveRtcp.bind(a.session);
  a.session.receiveRtcp = (bytes, start, end, now) => {
    types.push(bytes[start + 1] as number);
    receive(bytes, start, end, now);
  };
  const frames = Array.from({ length: 60 }, (_, index) => videoFrame(index, 2500));
  play(a, frames, 10, 33, "s");
  a.script.push({ at: 25, run: () => link.set({ loss: 0.05 }) }, { at: 10 + 58.5 * 33, run: () => link.set({ loss: 0 }) });
  a.script.sort((one, other) => one.at - other.at);
  sim.runFor(4000);
  assert.ok(types.length > 10 && types.every((type) => type === 200 || type === 201), `${types}`);
  assert.deepEqual(
    framesOf(z.handed),
    frames.map(({ data }) => data),
  );
});

test("the statistics of both sides agree, retransmissions and padding included", () => {
  const { sim, a, z, link } = pair({ delay: 25 });
  const codecs = [{ ...VP8, feedback: [...VP8.feedback, "rrtr"] }, RTX];
  a.session.setSender("s", sending("video", { codecs }), sim.now);
  z.session.setReceiver("r", receiving(sending("video", { codecs })), sim.now);
  play(
    a,
    Array.from({ length: 150 }, (_, index) => videoFrame(index, 2500)),
    10,
    33,
    "s",
  );
  a.script.push({ at: 25, run: () => link.set({ loss: 0.05 }) }, { at: 10 + 148.5 * 33, run: () => link.set({ loss: 0 }) });
  a.script.sort((one, other) => one.at - other.at);
  sim.runFor(8000);
  const [outbound, ...others] = a.session.stats().outbound;
  const [inbound] = z.session.stats().inbound;
  assert.ok(outbound !== undefined && inbound !== undefined && others.length === 0);
  assert.equal(outbound.packetsSent, a.sent.rtp + a.sent["repeated-rtp"]);
  assert.ok(outbound.retransmittedPacketsSent > 5 && inbound.retransmittedPacketsReceived > 5);
  assert.equal(outbound.framesSent, 150);
  assert.equal(inbound.rtxSsrc, 1002);
  const { nackCount, packetsReceived, packetsLost, payloadType } = inbound;
  assert.ok(nackCount >= outbound.nackCount && outbound.nackCount > 0);
  assert.ok(packetsReceived <= outbound.packetsSent && packetsReceived > outbound.packetsSent * 0.9);
  assert.ok(packetsLost > 5 && payloadType === 96);
  const [remoteInbound] = a.session.stats().remoteInbound;
  const [remoteOutbound] = z.session.stats().remoteOutbound;
  assert.ok(Math.abs((remoteInbound?.roundTripTime ?? 0) - 0.05) < 0.001);
  assert.equal(remoteInbound?.packetsLost, packetsLost);
  assert.ok(Math.abs((remoteOutbound?.roundTripTime ?? 0) - 0.05) < 0.001, "RRTR and DLRR tell the receiver");
  assert.ok((remoteOutbound?.packetsSent ?? 0) <= 450 && (remoteOutbound?.packetsSent ?? 0) > 300);
  assert.deepEqual([z.session.stats().outbound, a.session.stats().inbound], [[], []]);
});

test("tones go between audio, with its clock, and are heard whatever is lost; long ones in segments", () => {
  const { sim, a, z, link } = pair({ delay: 10 });
  const codecs: RtpCodec[] = [OPUS, { ...OPUS, payloadType: 126, mimeType: "audio/telephone-event" }];
  a.session.setSender("s", sending("audio", { codecs }), sim.now);
  z.session.setReceiver("r", receiving(sending("audio", { codecs })), sim.now);
  assert.ok(a.session.canInsertDtmf("s") && !a.session.canInsertDtmf("t"));
  const audio = Array.from({ length: 250 }, (_, index): EncodedFrame => {
    return { kind: "audio", data: Uint8Array.of(0xfc, index), timestamp: 5000 + index * 960, keyFrame: true };
  });
  play(a, audio, 10, 20, "s");
  const dial = (at: number, tone: string, duration: number): void => {
    a.script.push({ at, run: (now) => assert.ok(a.session.insertDtmf("s", tone, duration, now)) });
  };
  dial(505, "1", 100);
  dial(805, "d", 40);
  dial(1005, "#", 3000);
  a.script.push({ at: 900, run: () => link.set({ loss: 0.2 }) });
  a.script.sort((one, other) => one.at - other.at);
  sim.runFor(6000);
  const tones = z.told.filter((event) => event.type === "dtmf");
  assert.deepEqual(
    tones.map(({ tone }) => tone),
    ["1", "D", "#"],
  );
  assert.deepEqual(
    tones.map(({ duration }) => Math.round(duration)),
    [100, 40, Math.round(3000 - (2 * 0xffff) / 48)],
  );
  // The first packet of a tone is marked, and has the time of its beginning.
  const first = z.handed.filter(({ payload }) => payload.length === 4 && payload[0] === 1);
  assert.equal(first[0]?.marker, true);
  assert.ok(first.every(({ timestamp, marker }, index) => timestamp === first[0]?.timestamp && marker === (index === 0)));
  assert.equal(first[0]?.timestamp, 5000 + 24 * 960 + 48 * 15);
  assert.equal(first.length, 2 + 3);
  assert.equal(a.session.insertDtmf("s", "x", 100, sim.now), false);
  const jitter = z.session.stats().inbound[0]?.jitter ?? 1;
  assert.ok(jitter < 0.001, `${jitter} s of jitter: tones are none`);
});

const RED: RtpCodec = { payloadType: 100, mimeType: "video/red", clockRate: 90_000, parameters: "", feedback: [] };
const ULPFEC: RtpCodec = { payloadType: 101, mimeType: "video/ulpfec", clockRate: 90_000, parameters: "", feedback: [] };
const FLEXFEC_03: RtpCodec = { payloadType: 102, mimeType: "video/flexfec-03", clockRate: 90_000, parameters: "", feedback: [] };
const FLEXFEC: RtpCodec = { ...FLEXFEC_03, mimeType: "video/flexfec" };

for (const [name, repair] of [
  ["ULPFEC inside RED", [RED, ULPFEC]],
  ["FlexFEC of the third draft", [FLEXFEC_03]],
  ["FlexFEC", [FLEXFEC]],
] as const) {
  test(`${name} brings packets back when the way is long and nobody asks for them`, () => {
    const { sim, a, z, link } = pair({ delay: 100 });
    const encodings = [{ ssrc: 1001, rtxSsrc: 1002, fecSsrc: 1003, active: true }];
    const parameters = sending("video", { codecs: [VP8, RTX, ...repair], encodings });
    a.session.setSender("s", parameters, sim.now);
    // Here it does not ask for packets again.
    const codecs = [{ ...VP8, feedback: ["transport-cc"] }, RTX, ...repair];
    z.session.setReceiver("r", { ...receiving(parameters), codecs }, sim.now);
    a.session.congestion.setBitrates({ start: 3_000_000 }, sim.now);
    const frames = Array.from({ length: 400 }, (_, index) => videoFrame(index, 3000));
    play(a, frames, 10, 33, "s");
    a.script.push({ at: 25, run: () => link.set({ forward: { loss: 0.05 } }) });
    a.script.sort((one, other) => one.at - other.at);
    sim.runFor(16_000);
    const stream = z.session.router.entry(1001)?.stream ?? assert.fail();
    const sent = a.session.senders.stream("s", 0)?.counts ?? assert.fail();
    assert.ok(sent.parityPackets > 50, `${sent.parityPackets} packets of parity`);
    assert.ok(link.counts.dropped > 30 && stream.counts.nacks === 0);
    assert.ok(stream.counts.recovered > 20, `${stream.counts.recovered} brought back of ${link.counts.dropped}`);
    const whole = framesOf(z.handed);
    const originals = new Set(frames.map(({ data }) => data.toString()));
    assert.ok(
      whole.every((frame) => originals.has(frame.toString())),
      "a frame is not what was sent",
    );
    const direct = framesOf(z.handed.filter(({ recovered }) => !recovered)).length;
    assert.ok(whole.length > direct + 10, `${whole.length} frames, and ${direct} without FEC`);
    const late = z.handed.filter(({ recovered }) => recovered);
    assert.ok(late.length === stream.counts.recovered);
    const empty = z.handed.filter(({ payload }) => payload.length === 0).length;
    assert.equal(empty > 0, name.startsWith("ULPFEC"), "parity inside the stream leaves no gap");
    assert.equal(z.session.receiving.drops.total, 0, JSON.stringify(z.session.receiving.drops));
    assert.equal(stream.counts.fecDiscarded, 0);
  });
}

test("redundant audio fills gaps with the payloads of the packets before, once each", () => {
  const { sim, z } = pair({});
  const red: RtpCodec = { ...OPUS, payloadType: 63, mimeType: "audio/red", parameters: "111/111" };
  z.session.setReceiver("r", receiving(sending("audio", { codecs: [red, OPUS] })), sim.now);
  // Each packet has the payload before it; the second, fifth and sixth are lost.
  for (const index of [0, 2, 3, 6, 7]) {
    const bytes = new Uint8Array(100);
    let o = writeRtpHeader(bytes, 0, false, 63, 500 + index, 9600 + 960 * index, 2001);
    o = writeRedBlockHeader(bytes, o, 111, 960, 3);
    o = writeRedLastHeader(bytes, o, 111);
    bytes.set([0xfc, index - 1, 9, 0xfc, index, 9], o);
    z.receive(bytes.slice(0, o + 6), sim.now);
  }
  assert.deepEqual(
    z.handed.map(({ payload, sequenceNumber, timestamp, recovered }) => [
      payload[1],
      sequenceNumber & 0xffff,
      timestamp,
      recovered,
    ]),
    [
      [255, 499, 8640, true],
      [0, 500, 9600, false],
      [1, 501, 10_560, true],
      [2, 502, 11_520, false],
      [3, 503, 12_480, false],
      [5, 505, 14_400, true],
      [6, 506, 15_360, false],
      [7, 507, 16_320, false],
    ],
  );
  assert.ok(z.handed.every(({ payload }) => payload.length === 3));
});

test("audio with redundancy outlives the loss of every other packet", () => {
  const { sim, a, z } = pair({ delay: 10 });
  const red: RtpCodec = { ...OPUS, payloadType: 63, mimeType: "audio/red", parameters: "111/111" };
  const parameters = sending("audio", { codecs: [red, OPUS] });
  a.session.setSender("s", parameters, sim.now);
  z.session.setReceiver("r", receiving(parameters), sim.now);
  const receive = z.session.receiveRtp.bind(z.session);
  let count = 0;
  z.session.receiveRtp = (bytes, start, end, now) => {
    if (count++ % 2 === 0) receive(bytes, start, end, now);
  };
  const audio = Array.from({ length: 101 }, (_, index): EncodedFrame => {
    return { kind: "audio", data: Uint8Array.of(0xfc, index), timestamp: index * 960, keyFrame: true };
  });
  play(a, audio, 10, 20, "s");
  sim.runFor(3000);
  assert.deepEqual(
    z.handed.map(({ payload, timestamp }) => [payload[1], timestamp]),
    audio.map((frame, index) => [index, frame.timestamp]),
  );
  assert.equal(z.handed.filter(({ recovered }) => recovered).length, 50);
  assert.equal(z.session.stats().inbound[0]?.payloadType, 111);
});
