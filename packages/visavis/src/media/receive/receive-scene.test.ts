/**
 * Whole streams in virtual time, over a path that delays, loses, reorders and repeats: what comes out is in decoding order, on time, and
 * nothing that could not be decoded.
 */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { SeededRandom, testSeed } from "@visavis/netsim";
import { setU32, u32 } from "../../base/bytes.ts";
import { type Instant, NEVER } from "../../base/instant.ts";
import type { FrameInfo, PayloadFormat } from "../../rtp/payload/payload-format.ts";
import { payloadFormat } from "../../rtp/payload/registry.ts";
import { ReceivedPacket } from "../../rtp/received-packet.ts";
import { AudioReceiver } from "./audio-receiver.ts";
import type { ReceivedFrame } from "./received-frame.ts";
import { SyncGroup } from "./sync-group.ts";
import { VideoReceiver } from "./video-receiver.ts";

const SEED = testSeed();

/** A path from the sender to the receiver. Times in milliseconds. */
interface Path {
  readonly delay?: number;
  /** From when on how much longer it takes. */
  readonly longer?: readonly [from: Instant, delay: number];
  /** Evenly between 0 and this. */
  readonly jitter?: number;
  readonly loss?: number;
  /** Whether the packet of this number in order is lost, whatever else. */
  readonly loses?: (index: number) => boolean;
  readonly duplication?: number;
  /** Lost packets are sent again so long after they were missed; never without. */
  readonly repairAfter?: number;
  /** Nothing arrives in the spans; what was sent comes at once behind them. */
  readonly stalls?: readonly (readonly [from: Instant, to: Instant])[];
}

interface Layer {
  readonly temporalId: number;
  /** Frames back that it refers to. */
  readonly references: readonly number[];
}

interface VideoOptions extends Path {
  readonly mimeType?: string;
  readonly seconds?: number;
  readonly frameRate?: number;
  readonly frameBytes?: (index: number, keyFrame: boolean) => number;
  /** Key frames come by themselves after so many frames. */
  readonly keyFrameInterval?: number;
  /** Layers that repeat; without, each frame refers to the one before it. */
  readonly layers?: readonly Layer[];
  /** The sender's clock is faster by so many millionths. */
  readonly drift?: number;
  readonly firstSequenceNumber?: number;
  readonly nack?: boolean;
  readonly requested?: number;
  readonly immediate?: boolean;
  /** The first frame is no key frame. */
  readonly joinsLate?: boolean;
  readonly answersRequests?: boolean;
  /** The packets of a frame leave so many milliseconds apart. */
  readonly packetSpacing?: number;
}

interface Emitted {
  readonly at: Instant;
  readonly index: number;
  readonly frame: ReceivedFrame;
}

interface VideoRun {
  readonly receiver: VideoReceiver;
  readonly emitted: readonly Emitted[];
  readonly sent: number;
  readonly lost: number;
  readonly reordered: number;
  readonly duplicated: number;
  readonly requests: readonly Instant[];
}

/** Things to do at their time. */
class Agenda {
  readonly #entries: { readonly at: Instant; readonly order: number; readonly act: (now: Instant) => void }[] = [];
  #order = 0;

  add(at: Instant, act: (now: Instant) => void): void {
    let index = this.#entries.length;
    while (index > 0 && (this.#entries[index - 1]?.at ?? 0) > at) index--;
    this.#entries.splice(index, 0, { at, order: this.#order++, act });
  }

  get next(): Instant {
    return this.#entries[0]?.at ?? NEVER;
  }

  run(now: Instant): void {
    while ((this.#entries[0]?.at ?? NEVER) <= now) this.#entries.shift()?.act(now);
  }
}

/** The path's fate for one packet: when it arrives, once or more; a second time for what was lost and repaired. */
class PathModel {
  readonly #path: Path;
  readonly #random: SeededRandom;
  #index = 0;
  #latest = 0;
  lost = 0;
  reordered = 0;
  duplicated = 0;

  constructor(path: Path, random: SeededRandom) {
    this.#path = path;
    this.#random = random;
  }

  /** Arrival times, and whether each is that of a repetition. */
  arrivals(sentAt: Instant): (readonly [at: Instant, recovered: boolean])[] {
    const { delay = 20, jitter = 0, loss = 0, loses, duplication = 0, repairAfter, stalls = [], longer } = this.#path;
    let at = (longer !== undefined && sentAt >= longer[0] ? longer[1] : 0) + sentAt + delay + this.#random.number() * jitter;
    for (const [from, to] of stalls) if (at >= from && at < to) at = to;
    if (this.#random.chance(loss) || loses?.(this.#index++) === true) {
      this.lost++;
      return repairAfter === undefined ? [] : [[at + repairAfter, true]];
    }
    if (at < this.#latest) this.reordered++;
    this.#latest = Math.max(this.#latest, at);
    if (!this.#random.chance(duplication)) return [[at, false]];
    this.duplicated++;
    return [
      [at, false],
      [at + 5, false],
    ];
  }
}

const PAYLOAD_TYPE = 96;

function formatOf(mimeType: string): PayloadFormat {
  const format = payloadFormat(mimeType);
  assert.ok(format);
  return format;
}

/** An encoded frame that tells its index, and whether it is a key frame in the way of its format. */
function encoded(mimeType: string, index: number, keyFrame: boolean, length: number): Uint8Array {
  const bytes = new Uint8Array(Math.max(32, length)).fill(0x55);
  if (mimeType === "video/VP8") bytes[0] = keyFrame ? 0x10 : 0x11;
  else if (mimeType === "video/H264") {
    bytes.set([0, 0, 0, 1, keyFrame ? 0x67 : 0x61, 0x9a]);
    if (keyFrame) bytes.set([0, 0, 0, 1, 0x65, 0x9a], 14);
  } else if (mimeType === "video/AV1") {
    const header = keyFrame ? [0x0a, 0x01, 0x00, 0x30] : [0x30];
    bytes.set([...header, keyFrame ? 0x10 : 0x30], 0);
  } else bytes[0] = keyFrame ? 0x82 : 0x86;
  // The index in bytes that never look like a start code.
  for (let i = 0; i < 4; i++) bytes[8 + i] = 0x80 | ((index >> (7 * i)) & 0x7f);
  return bytes;
}

function indexOf(data: Uint8Array, mimeType: string): number {
  // AV1 frames get sizes, which come in front of the index.
  const at = mimeType === "video/AV1" ? data.findIndex((byte, i) => i > 6 && byte >= 0x80 && data[i - 1] === 0x55) : 8;
  let index = 0;
  for (let i = 0; i < 4; i++) index |= ((data[at + i] ?? 0) & 0x7f) << (7 * i);
  return index;
}

function runVideo(options: VideoOptions): VideoRun {
  const {
    mimeType = "video/VP8",
    seconds = 10,
    frameRate = 30,
    frameBytes = () => 3000,
    keyFrameInterval = Number.POSITIVE_INFINITY,
  } = options;
  const {
    layers,
    drift = 0,
    firstSequenceNumber = 65_000,
    nack = true,
    requested = 0,
    immediate = false,
    joinsLate = false,
  } = options;
  const format = formatOf(mimeType);
  const parameters = "packetization-mode=1";
  const receiver = new VideoReceiver({ formats: new Map([[PAYLOAD_TYPE, { format, parameters }]]), nack, immediate });
  receiver.playout.setRequested(requested);
  const packetizer = format.packetizer({ parameters, firstPictureId: 0x7ff0 });
  const path = new PathModel(options, new SeededRandom(SEED).stream("path"));
  const agenda = new Agenda();
  const emitted: Emitted[] = [];
  const requests: Instant[] = [];
  let sequenceNumber = firstSequenceNumber;
  let sent = 0;
  let index = joinsLate ? 1 : 0;
  let lastKey = joinsLate ? 0 : -1;
  let wantKey = !joinsLate;

  const sendFrame = (now: Instant): void => {
    const keyFrame = wantKey || index - lastKey >= keyFrameInterval;
    if (keyFrame) [wantKey, lastKey] = [false, index];
    const layer = layers?.[(index - lastKey) % layers.length];
    const info: FrameInfo = {
      keyFrame,
      ...(layer === undefined ? {} : { temporalId: layer.temporalId }),
      frameId: index,
      dependencies: keyFrame ? [] : (layer?.references ?? [1]).map((distance) => index - distance),
    };
    const timestamp = Math.round((now * 90 * (1e6 + drift)) / 1e6) >>> 0;
    packetizer.start(encoded(mimeType, index, keyFrame, frameBytes(index, keyFrame)), info);
    index++;
    let inFrame = 0;
    for (;;) {
      const bytes = new Uint8Array(1300);
      const length = packetizer.next(bytes, 12, 1200);
      if (length <= 0) break;
      const packet = new ReceivedPacket();
      packet.bytes = bytes;
      packet.end = 12 + length;
      packet.payloadStart = 12;
      packet.payloadEnd = 12 + length;
      packet.sequenceNumber = sequenceNumber++;
      packet.timestamp = timestamp;
      packet.marker = packetizer.marker;
      packet.payloadType = PAYLOAD_TYPE;
      packet.ssrc = 1;
      const leaves = now + inFrame++ * (options.packetSpacing ?? 0);
      sent++;
      for (const [at, recovered] of path.arrivals(leaves)) {
        agenda.add(at, (arrival) => {
          packet.arrival = arrival;
          packet.recovered = recovered;
          receiver.insert(packet, arrival);
        });
      }
    }
  };
  for (let i = 0; i < seconds * frameRate; i++) agenda.add(1000 + (i * 1000) / frameRate, sendFrame);

  for (let now = 0; ; ) {
    now = Math.max(now, Math.min(agenda.next, receiver.deadline()));
    if (now === NEVER || now > 1000 + seconds * 1000 + 3000) break;
    agenda.run(now);
    receiver.advance(now);
    for (let frame = receiver.takeFrame(now); frame !== undefined; frame = receiver.takeFrame(now))
      emitted.push({ at: now, index: indexOf(frame.data, mimeType), frame });
    if (receiver.takeKeyFrameRequest()) {
      requests.push(now);
      if (options.answersRequests ?? true)
        agenda.add(now + (options.delay ?? 20), () => {
          wantKey = true;
        });
    }
  }
  const { lost, reordered, duplicated } = path;
  return { receiver, emitted, sent, lost, reordered, duplicated, requests };
}

/** Checks that each frame came behind all that it refers to, once, in order, and after its predecessors in time. */
function assertDecodable({ emitted }: VideoRun, layers?: readonly Layer[]): void {
  const seen = new Set<number>();
  let last = -1;
  let lastKey = -1;
  for (const { index, frame } of emitted) {
    assert.ok(index > last, `frame ${index} behind ${last}; VISAVIS_SEED=${SEED}`);
    last = index;
    if (frame.keyFrame) lastKey = index;
    else {
      const layer = layers?.[(index - lastKey) % layers.length];
      for (const distance of layer?.references ?? [1])
        assert.ok(seen.has(index - distance), `frame ${index} without ${index - distance}; VISAVIS_SEED=${SEED}`);
    }
    seen.add(index);
  }
}

/** The longest time between two frames. */
function longestGap({ emitted }: VideoRun): number {
  let longest = 0;
  for (let i = 1; i < emitted.length; i++) longest = Math.max(longest, (emitted[i]?.at ?? 0) - (emitted[i - 1]?.at ?? 0));
  return longest;
}

const L1T3: readonly Layer[] = [
  { temporalId: 0, references: [4] },
  { temporalId: 2, references: [1] },
  { temporalId: 1, references: [2] },
  { temporalId: 2, references: [1] },
];

describe("a clean path:", () => {
  for (const mimeType of ["video/VP8", "video/VP9", "video/H264", "video/AV1"]) {
    test(`${mimeType}: every frame comes out, evenly, soon`, () => {
      const run = runVideo({ mimeType, seconds: 5 });
      assertDecodable(run);
      assert.equal(run.emitted.length, 150);
      assert.deepEqual(run.requests, []);
      assert.equal(run.receiver.drops.total, 0);
      const { counters } = run.receiver;
      assert.equal(counters.framesReceived, 150);
      assert.equal(counters.keyFramesReceived, 1);
      assert.equal(counters.framesAssembledFromMultiplePackets, 150);
      assert.equal(counters.jitterBufferEmittedCount, 150);
      assert.ok(counters.jitterBufferDelay / 150 <= 10, `${counters.jitterBufferDelay / 150} ms`);
      assert.ok(longestGap(run) < 45, `${longestGap(run)} ms`);
    });
  }

  test("a frame is handed out as soon as it is there where no waiting is wanted", () => {
    const run = runVideo({ seconds: 2, jitter: 40, immediate: true });
    assertDecodable(run);
    assert.equal(run.emitted.length, 60);
    assert.ok(run.reordered > 0);
    for (const { at, frame } of run.emitted) assert.ok(at - frame.receiveTime <= 40);
  });

  test("a wish for delay is followed, and told apart from what the network needs", () => {
    const run = runVideo({ seconds: 3, requested: 300 });
    const { jitterBufferDelay, jitterBufferTargetDelay, jitterBufferMinimumDelay, jitterBufferEmittedCount } =
      run.receiver.counters;
    assert.equal(jitterBufferEmittedCount, 90);
    assert.ok(Math.abs(jitterBufferDelay / 90 - 300) < 5);
    assert.ok(Math.abs(jitterBufferTargetDelay / 90 - 300) < 5);
    assert.ok(jitterBufferMinimumDelay / 90 < 20);
  });
});

describe("a path that reorders and repeats:", () => {
  for (const layers of [undefined, L1T3]) {
    for (const mimeType of ["video/VP8", "video/VP9"]) {
      test(`${mimeType}${layers ? " with temporal layers" : ""}: all frames come out in order, most of them on time`, () => {
        const run = runVideo({ mimeType, jitter: 60, duplication: 0.05, ...(layers && { layers }) });
        assertDecodable(run, layers);
        assert.ok(run.reordered > 50 && run.duplicated > 10, "the path did nothing");
        assert.ok(run.emitted.length >= 297, `${run.emitted.length} of 300`);
        // When the second frame overtakes the first, it looks as if there had been no key frame.
        assert.ok(run.requests.length <= 1, `${run.requests.length} requests`);
        const target = run.receiver.playout.target;
        assert.ok(target >= 30 && target <= 90, `target delay ${target}`);
        const late = run.emitted.filter(({ at, frame }, i) => i > 60 && at - frame.receiveTime <= 0).length;
        assert.ok(late < 30, `${late} frames were late`);
      });
    }
  }
});

describe("a path that loses:", () => {
  for (const mimeType of ["video/VP8", "video/VP9", "video/H264", "video/AV1"]) {
    test(`${mimeType}: what is sent again repairs nearly all, without a key frame`, () => {
      const run = runVideo({ mimeType, loss: 0.05, repairAfter: 60, seconds: 20 });
      assertDecodable(run);
      assert.ok(run.lost > 30, "the path lost nothing");
      assert.ok(run.emitted.length >= 595, `${run.emitted.length} of 600`);
      assert.deepEqual(run.requests, []);
      assert.ok(longestGap(run) < 150, `${longestGap(run)} ms`);
      assert.ok(run.receiver.playout.target >= 55, "it learnt to wait for repairs");
    });

    test(`${mimeType}: what is lost for good costs a key frame`, () => {
      const run = runVideo({ mimeType, loss: 0.01, nack: false, seconds: 20 });
      assertDecodable(run);
      assert.ok(run.lost > 2, "the path lost nothing");
      assert.ok(run.requests.length > 0 && run.requests.length <= run.lost + 2, `${run.requests.length} requests`);
      assert.ok(longestGap(run) < 1500, `${longestGap(run)} ms`);
      assert.ok(run.emitted.length > 300, `${run.emitted.length} of 600`);
    });
  }

  test("a lost frame of the highest temporal layer costs nothing but itself", () => {
    // Frames of one packet: 3, 7, 11 … are of the highest layer.
    const run = runVideo({ layers: L1T3, loses: (index) => index % 8 === 3, frameBytes: () => 500, nack: false, seconds: 5 });
    assertDecodable(run, L1T3);
    assert.equal(run.lost, 19);
    assert.equal(run.emitted.length, 150 - 19);
    assert.deepEqual(run.requests, []);
  });

  test("when what a frame refers to was passed over, a key frame is asked for at once", () => {
    // The third frame of each group is lost, and what comes behind it goes on; the seventh refers to it.
    const layers: readonly Layer[] = [1, 1, 1, 2, 1, 1, 4, 2].map((distance, index) => ({
      temporalId: index === 0 ? 0 : 1,
      references: [distance],
    }));
    const run = runVideo({ mimeType: "video/VP9", layers, loses: (index) => index === 2, frameBytes: () => 500, seconds: 2 });
    assertDecodable(run, layers);
    assert.equal(run.requests.length, 1);
    const [asked = 0] = run.requests;
    const hopeless = 1000 + (6 * 1000) / 30 + 20;
    assert.ok(asked >= hopeless && asked < hopeless + 40, `asked at ${asked}, hopeless at ${hopeless}`);
  });

  test("a burst: everything for half a second", () => {
    const run = runVideo({ loses: (index) => index > 300 && index < 345, seconds: 8 });
    assertDecodable(run);
    assert.ok(run.requests.length >= 1 && run.requests.length <= 2, `${run.requests.length} requests`);
    assert.ok(longestGap(run) < 1000, `${longestGap(run)} ms`);
  });

  test("a key frame that is lost is asked for again, more and more seldom", () => {
    const run = runVideo({ loses: (index) => index === 1, answersRequests: false, nack: false, seconds: 20 });
    assert.equal(run.emitted.length, 0);
    const gaps = run.requests.slice(1).map((at, index) => at - (run.requests[index] ?? 0));
    assert.ok(run.requests.length >= 6 && run.requests.length <= 12, `${run.requests.length} requests`);
    assert.ok(
      gaps.every((gap, index) => gap >= 290 && (index === 0 || gap >= (gaps[index - 1] ?? 0) - 50)),
      gaps.join(" "),
    );
  });

  test("who joins in the middle asks for a key frame at once and begins with it", () => {
    const run = runVideo({ joinsLate: true, seconds: 2 });
    assertDecodable(run);
    assert.ok((run.requests[0] ?? NEVER) < 1030, `asked at ${run.requests[0]}`);
    assert.equal(run.requests.length, 1);
    assert.equal(run.emitted[0]?.frame.keyFrame, true);
    assert.ok((run.emitted[0]?.at ?? NEVER) < 1150);
  });
});

describe("time:", () => {
  for (const drift of [-300, 300]) {
    test(`a sender's clock that is wrong by ${drift} millionths is followed for ten minutes`, () => {
      const run = runVideo({ drift, jitter: 20, seconds: 600, frameRate: 10, frameBytes: () => 100 });
      assertDecodable(run);
      assert.ok(run.emitted.length >= 5990, `${run.emitted.length} of 6000`);
      const last = run.emitted.at(-1);
      const waited = (last?.at ?? NEVER) - (last?.frame.receiveTime ?? 0);
      assert.ok(waited < 60, `the last frame waited ${waited} ms`);
      assert.ok(run.receiver.playout.target < 60, `target ${run.receiver.playout.target}`);
    });
  }

  test("a stall is waited out, what comes behind it at once is handed out, and the delay goes back", () => {
    const run = runVideo({ stalls: [[4000, 4600]], seconds: 30 });
    assertDecodable(run);
    assert.equal(run.emitted.length, 900);
    assert.deepEqual(run.requests, []);
    assert.ok(run.receiver.playout.target < 100, `target ${run.receiver.playout.target}`);
  });

  for (const by of [300, 3000]) {
    test(`a path that becomes longer by ${by} ms is followed within two seconds, and nothing waits longer for it`, () => {
      const run = runVideo({ longer: [5000, by], jitter: 10, seconds: 10 + by / 1000 });
      assertDecodable(run);
      const later = run.emitted.filter(({ at }) => at > 7500 + by);
      assert.ok(later.length > 50);
      for (const { at, frame } of later) assert.ok(at - frame.receiveTime < 60, `a frame waited ${at - frame.receiveTime} ms`);
      assert.ok(run.receiver.playout.target < 60, `target ${run.receiver.playout.target}`);
    });
  }

  test("a large key frame that takes long to arrive is not taken for loss", () => {
    // 100 packets, one each 10 ms; the frames behind it wait their turn.
    const frameBytes = (_: number, keyFrame: boolean): number => (keyFrame ? 118_000 : 500);
    const run = runVideo({ frameBytes, seconds: 3, packetSpacing: 10, frameRate: 1 });
    assert.equal(run.emitted.length, 3);
    assert.ok((run.emitted[0]?.at ?? 0) > 1950, `the first came at ${run.emitted[0]?.at}`);
    assert.deepEqual(run.requests, []);
  });
});

interface AudioOptions extends Path {
  readonly seconds?: number;
  readonly requested?: number;
  readonly drift?: number;
}

function runAudio(options: AudioOptions): { receiver: AudioReceiver; emitted: Emitted[]; path: PathModel; sent: number } {
  const { seconds = 10, requested = 0, drift = 0 } = options;
  const receiver = new AudioReceiver({ formats: new Map([[111, { format: formatOf("audio/opus") }]]) });
  receiver.playout.setRequested(requested);
  const path = new PathModel(options, new SeededRandom(SEED).stream("audio"));
  const agenda = new Agenda();
  const emitted: Emitted[] = [];
  const sent = seconds * 50;
  for (let i = 0; i < sent; i++) {
    const at = 1000 + i * 20;
    agenda.add(at, (now) => {
      const packet = new ReceivedPacket();
      packet.bytes = new Uint8Array(32);
      packet.bytes[12] = 0x78;
      setU32(packet.bytes, 13, i);
      packet.end = 32;
      packet.payloadStart = 12;
      packet.payloadEnd = 32;
      packet.sequenceNumber = 65_500 + i;
      packet.timestamp = Math.round(((i * 960 + 0xffff_0000) * (1e6 + drift)) / 1e6) >>> 0;
      packet.payloadType = 111;
      packet.audioLevel = 20;
      packet.marker = i === 0;
      for (const [arrivesAt, recovered] of path.arrivals(now)) {
        agenda.add(arrivesAt, (arrival) => {
          packet.arrival = arrival;
          packet.recovered = recovered;
          receiver.insert(packet, arrival);
        });
      }
    });
  }
  for (let now = 0; ; ) {
    now = Math.max(now, Math.min(agenda.next, receiver.deadline()));
    if (now === NEVER) break;
    agenda.run(now);
    for (let frame = receiver.takeFrame(now); frame !== undefined; frame = receiver.takeFrame(now))
      emitted.push({ at: now, index: u32(frame.data, 1), frame });
  }
  return { receiver, emitted, path, sent };
}

describe("audio:", () => {
  test("in order, 20 ms apart, with what the packets say", () => {
    const { receiver, emitted } = runAudio({});
    assert.deepEqual(
      emitted.map(({ index }) => index),
      Array.from({ length: 500 }, (_, index) => index),
    );
    const first = emitted[0]?.frame;
    assert.deepEqual(
      [first?.kind, first?.duration, first?.sequenceNumber, first?.talkSpurt, emitted[1]?.frame.talkSpurt],
      ["audio", 20, 65_500, true, false],
    );
    assert.ok(Math.abs((first?.audioLevel ?? 0) - 0.1) < 1e-9);
    assert.equal(receiver.counters.jitterBufferEmittedCount, 500 * 960);
    assert.ok(receiver.counters.jitterBufferDelay / receiver.counters.jitterBufferEmittedCount < 11);
  });

  test("jitter and loss: what is there comes in order and on time, what is missing is passed over", () => {
    const { receiver, emitted, path, sent } = runAudio({ jitter: 80, loss: 0.05, duplication: 0.02, seconds: 30 });
    assert.ok(path.lost > 40 && path.reordered > 40 && path.duplicated > 10, "the path did nothing");
    for (let i = 1; i < emitted.length; i++) assert.ok((emitted[i]?.index ?? 0) > (emitted[i - 1]?.index ?? 0));
    const missing = sent - path.lost - emitted.length;
    assert.ok(missing <= 0.04 * sent, `${missing} of ${sent} came too late`);
    assert.ok(receiver.counters.packetsDiscarded >= path.duplicated);
    assert.ok(receiver.playout.target >= 70 && receiver.playout.target <= 100, `target ${receiver.playout.target}`);
    const gaps = emitted
      .slice(1)
      .filter(({ at, index }, i) => at - (emitted[i]?.at ?? 0) > 20 * (index - (emitted[i]?.index ?? 0)) + 15);
    assert.ok(gaps.length < 10, `${gaps.length} frames were late`);
  });

  test("a wish for delay is followed", () => {
    const { receiver } = runAudio({ requested: 200, jitter: 10, seconds: 5 });
    const { jitterBufferDelay, jitterBufferEmittedCount } = receiver.counters;
    assert.ok(Math.abs(jitterBufferDelay / jitterBufferEmittedCount - 195) < 10);
  });
});

describe("in step:", () => {
  test("the stream whose path is shorter waits for the other, step by step, and no longer once it is alone", () => {
    const formats = new Map([
      [111, { format: formatOf("audio/opus") }],
      [96, { format: formatOf("video/VP8") }],
    ]);
    const audio = new AudioReceiver({ formats });
    const video = new VideoReceiver({ formats });
    const group = new SyncGroup();
    group.add(audio.playout, 0);
    group.add(video.playout, 0);
    assert.equal(group.deadline(), 1000);
    const packetOf = (
      payloadType: number,
      sequenceNumber: number,
      timestamp: number,
      arrival: number,
      bytes: number[],
    ): ReceivedPacket => {
      const packet = new ReceivedPacket();
      Object.assign(packet, { payloadType, sequenceNumber, timestamp: timestamp >>> 0, arrival, marker: true });
      packet.bytes = Uint8Array.from(bytes);
      packet.payloadEnd = bytes.length;
      return packet;
    };
    // The sender's wall clock is local time plus 5 000 000; audio takes 30 ms, video 250 ms.
    let [lastAudio, lastVideo] = [0, 0];
    for (let now = 0; now < 12_000; now += 10) {
      if (now % 20 === 0) {
        audio.insert(packetOf(111, 1 + now / 20, now * 48 + 777, now + 30, [0x78, 1]), now + 30);
        video.insert(
          packetOf(96, 1 + now / 20, now * 90 + 99, now + 250, [0x90, 0x80, (now / 20) & 0x7f, now === 0 ? 0x10 : 0x11]),
          now + 250,
        );
      }
      if (now === 500) {
        audio.playout.onSenderReport(5_000_500, 500 * 48 + 777);
        video.playout.onSenderReport(5_000_500, 500 * 90 + 99);
      }
      if (now >= group.deadline()) group.advance(now);
      for (let frame = audio.takeFrame(now); frame; frame = audio.takeFrame(now)) lastAudio = now - (frame.timestamp - 777) / 48;
      for (let frame = video.takeFrame(now); frame; frame = video.takeFrame(now)) lastVideo = now - (frame.timestamp - 99) / 90;
      if (now === 1500) assert.ok(lastVideo - lastAudio > 100, "it steps, it does not jump");
    }
    assert.ok(lastVideo >= 250 && lastVideo < 290, `video ${lastVideo}`);
    assert.ok(Math.abs(lastVideo - lastAudio) <= 20, `audio ${lastAudio}, video ${lastVideo}`);
    const playing = audio.playout.playingWallTime(12_000);
    assert.ok(Math.abs(playing - (5_012_000 - lastAudio)) < 25, `${playing}`);
    group.remove(video.playout);
    assert.equal(group.deadline(), NEVER);
    assert.ok(audio.playout.target <= 30);
  });
});
