import assert from "node:assert/strict";
import { test } from "node:test";
import { NEVER } from "../base/instant.ts";
import { ClipSource } from "./clip-source.ts";
import type { EncodedFrame } from "./encoded-frame.ts";
import { FAKE_DEVICES } from "./fake-devices.ts";
import type { EncodingWish, FrameSink, TrackSource } from "./track-source.ts";

class Recorder implements FrameSink {
  readonly wishes: EncodingWish[];
  readonly frames: (EncodedFrame & { readonly encoding: number })[] = [];

  constructor(...wishes: EncodingWish[]) {
    this.wishes = wishes;
  }

  frame(frame: EncodedFrame, encoding: number): void {
    this.frames.push({ ...frame, encoding });
  }

  of(encoding: number): EncodedFrame[] {
    return this.frames.filter((frame) => frame.encoding === encoding);
  }
}

function open(kind: "audio" | "video"): ClipSource {
  const device = FAKE_DEVICES.find((one) => one.kind === kind);
  assert.ok(device !== undefined);
  const source: TrackSource = device.open(device.candidates[0]?.settings ?? {});
  assert.ok(source instanceof ClipSource);
  return source;
}

/** Advances a source from one of its deadlines to the next. */
function run(source: ClipSource, from: number, to: number): void {
  for (let now = from; now < to; now = source.deadline()) source.advance(Math.max(now, from), 1e12 + now);
}

test("the camera gives 30 frames a second, a key frame every two seconds", () => {
  const source = open("video");
  assert.equal(source.deadline(), NEVER);
  const sink = new Recorder({});
  source.addSink(sink);
  assert.equal(source.deadline(), 0);
  run(source, 1000, 3990);
  assert.equal(sink.frames.length, 90);
  assert.deepEqual(
    sink.frames.flatMap(({ keyFrame }, i) => (keyFrame ? [i] : [])),
    [0, 60],
  );
  assert.deepEqual(
    [...new Set(sink.frames.map(({ mimeType, width, height }) => `${mimeType} ${width}x${height}`))],
    ["video/VP8 640x480"],
  );
  assert.equal((sink.frames[1]?.timestamp ?? 0) - (sink.frames[0]?.timestamp ?? 0), 3000);
  // What each needs is told: receivers of layers wait for that, and for nothing else.
  const back = sink.frames.slice(0, 6).map(({ frameId = 0, dependencies = [] }) => dependencies.map((id) => frameId - id));
  assert.deepEqual(back, [[], [1], [2], [1, 3], [4], [1]]);
  // The first partition of a VP8 key frame says so, and names the size (RFC 6386 §9.1).
  const [first] = sink.frames;
  assert.deepEqual([...(first?.data.subarray(3, 6) ?? [])], [0x9d, 0x01, 0x2a]);
  source.removeSink(sink);
  assert.equal(source.deadline(), NEVER);
});

test("encodings get the clip nearest to their size, and lower rates by leaving layers out", () => {
  const source = open("video");
  const sink = new Recorder(
    {},
    { scaleResolutionDownBy: 2, maxFramerate: 15 },
    { scaleResolutionDownBy: 4, maxFramerate: 10 },
    { isPaused: true },
    { maxFramerate: 1 },
  );
  source.addSink(sink);
  run(source, 0, 2000);
  assert.deepEqual(
    [0, 1, 2, 3, 4].map((i) => sink.of(i).length),
    [60, 30, 15, 0, 2],
  );
  assert.deepEqual(
    [0, 1, 2].map((i) => sink.of(i)[0]?.width),
    [640, 320, 160],
  );
  assert.ok(sink.of(1).every(({ temporalId }) => temporalId !== 2));
  assert.ok(sink.of(2).every(({ temporalId }) => temporalId === 0));
  assert.ok(sink.of(4).every(({ keyFrame }) => keyFrame));
});

test("a key frame that is asked for comes next, for that encoding alone", () => {
  const source = open("video");
  const sink = new Recorder({}, { scaleResolutionDownBy: 2 });
  source.addSink(sink);
  run(source, 0, 500);
  const before = sink.frames.length;
  source.requestKeyFrame(sink, 1);
  source.advance(source.deadline(), 0);
  assert.deepEqual(
    sink.frames.slice(before).map(({ keyFrame }) => keyFrame),
    [false, true],
  );
});

test("a codec that there is no clip of gives nothing; others are in other formats", () => {
  const source = open("video");
  const sink = new Recorder(
    ...["video/H265", "video/H264", "video/VP9", "video/av1"].map((mimeType): EncodingWish => ({ mimeType })),
  );
  source.addSink(sink);
  run(source, 0, 1000);
  assert.deepEqual(
    [0, 1, 2, 3].map((i) => sink.of(i).length),
    [0, 30, 30, 30],
  );
  assert.deepEqual([...(sink.of(1)[0]?.data.subarray(0, 5) ?? [])], [0, 0, 0, 1, 0x67]);
});

test("the microphone gives Opus, µ-law and A-law of 20 ms", () => {
  const source = open("audio");
  const sink = new Recorder({ mimeType: "audio/opus" }, { mimeType: "audio/PCMU" }, { mimeType: "audio/PCMA" });
  source.addSink(sink);
  run(source, 0, 1000);
  assert.deepEqual(
    [0, 1, 2].map((i) => sink.of(i).length),
    [50, 50, 50],
  );
  assert.deepEqual(
    [0, 1, 2].map((i) => (sink.of(i)[1]?.timestamp ?? 0) - (sink.of(i)[0]?.timestamp ?? 0)),
    [960, 160, 160],
  );
});

test("frames that are late by far are given up", () => {
  const source = open("video");
  const sink = new Recorder({});
  source.addSink(sink);
  source.advance(0, 0);
  source.advance(60_000, 0);
  assert.ok(sink.frames.length <= 3);
  assert.ok(source.deadline() > 60_000 && source.deadline() <= 60_034);
});

test("a source whose last watcher left has ended", () => {
  const source = open("video");
  const watcher = { sourceMuted: () => {}, sourceEnded: () => {} };
  source.watch(watcher);
  source.unwatch(watcher);
  assert.ok(source.isEnded);
});
