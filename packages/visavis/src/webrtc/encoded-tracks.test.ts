import assert from "node:assert/strict";
import { test } from "node:test";
import type { EncodedFrameInit } from "../media/complete-frame.ts";
import { nodePlatform } from "../node/platform.ts";
import { encodedFrames, onEncodedFrame, requestKeyFrame } from "./encoded-frames.ts";
import { createEncodedTrack } from "./encoded-tracks.ts";
import { slotsOfTrack } from "./media-stream-track.ts";

const platform = nodePlatform();
const task = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const video = (timestamp: number, keyFrame: boolean): EncodedFrameInit => ({
  data: Uint8Array.of(timestamp),
  timestamp,
  keyFrame,
  mimeType: "video/VP8",
});

test("what is written to a track can be read, until it ends", async () => {
  const settings = { width: 64, height: 48 };
  const fed = createEncodedTrack(platform, { kind: "video", label: "mine", id: "camera", settings });
  const { track } = fed;
  assert.deepEqual([track.kind, track.label, track.id, track.getSettings()], ["video", "mine", "camera", settings]);
  const readable = encodedFrames(track);
  fed.write(video(1, true));
  fed.write(video(2, false));
  fed.end();
  const read: number[] = [];
  for await (const { timestamp } of readable) read.push(timestamp);
  assert.deepEqual(read, [1, 2]);
  assert.equal((await encodedFrames(track).getReader().read()).done, true);
});

test("video is read from a key frame on, which is asked for", async () => {
  let requests = 0;
  const fed = createEncodedTrack(platform, { kind: "video", onKeyFrameRequest: () => requests++ });
  const drops: number[] = [];
  const reader = encodedFrames(fed.track, { onDrop: (frames) => drops.push(frames) }).getReader();
  for (let i = 1; i <= 3; i++) fed.write(video(i, i === 3));
  assert.equal((await reader.read()).value?.timestamp, 3);
  await task();
  assert.deepEqual([requests, drops], [1, []]);
  fed.end();
});

test("a slow reader loses frames up to the next key frame, which is asked for", async () => {
  let requests = 0;
  const fed = createEncodedTrack(platform, { kind: "video", onKeyFrameRequest: () => requests++ });
  const drops: number[] = [];
  const reader = encodedFrames(fed.track, { highWaterMark: 2, onDrop: (frames) => drops.push(frames) }).getReader();
  for (let i = 1; i <= 4; i++) fed.write(video(i, i === 1));
  await task();
  assert.deepEqual([requests, drops], [1, [2]]);
  assert.equal((await reader.read()).value?.timestamp, 1);
  assert.equal((await reader.read()).value?.timestamp, 2);
  await task();
  assert.equal(requests, 2, "now that there is room");
  fed.write(video(5, false));
  fed.write(video(6, true));
  assert.equal((await reader.read()).value?.timestamp, 6);
  await task();
  assert.deepEqual([requests, drops], [2, [2, 1]]);
  await reader.cancel();
  assert.equal(fed.write(video(7, true)), false);
  fed.track.stop();
});

test("a writer learns what is wanted, and whether a frame was taken", () => {
  const fed = createEncodedTrack(platform, { kind: "video", mimeType: "video/VP8" });
  assert.equal(fed.wishes.length, 0);
  const key = Uint8Array.of(0x10, 0, 0, 0x9d, 0x01, 0x2a, 64, 0, 48, 0);
  assert.equal(fed.write({ data: key, timestamp: 0 }), false);
  const got: (boolean | undefined)[] = [];
  const sink = (maxBitrate: number, isPaused: boolean) => ({
    wishes: [{ maxBitrate, isPaused, scaleResolutionDownBy: 2 }, { isPaused: true }],
    frame: ({ keyFrame }: { keyFrame: boolean }) => void got.push(keyFrame),
  });
  for (const each of [sink(1, true), sink(300, false), sink(200, false)]) slotsOfTrack(fed.track).addSink(each);
  assert.deepEqual(
    [fed.wishes[0]?.maxBitrate, fed.wishes[0]?.scaleResolutionDownBy, fed.wishes[0]?.isPaused],
    [200, 2, undefined],
  );
  assert.equal(fed.wishes[1]?.isPaused, true);
  assert.equal(fed.write({ data: key, timestamp: 0 }), true);
  assert.equal(fed.write({ data: Uint8Array.of(0x11, 0, 0), timestamp: 3000 }), true);
  assert.equal(fed.write({ data: key, timestamp: 0 }, 1), false);
  assert.deepEqual(got, [true, true, false, false]);
  assert.throws(() => fed.write({ kind: "audio", data: key, timestamp: 0 }), TypeError);
  assert.throws(() => fed.write({ mimeType: "video/unheard-of", data: key, timestamp: 0 }), TypeError);
  assert.throws(() => fed.write({ data: key, timestamp: Number.NaN }), TypeError);
  fed.end();
});

test("a writable waits until somebody takes the frames and has room", async () => {
  const fed = createEncodedTrack(platform, { kind: "video" });
  const writer = fed.writable.getWriter();
  let written = 0;
  for (let i = 1; i <= 5; i++) void writer.write(video(i, i === 1)).then(() => written++);
  await new Promise((resolve) => setTimeout(resolve, 30));
  assert.equal(written, 0);
  const reader = encodedFrames(fed.track, { highWaterMark: 2 }).getReader();
  for (let i = 1; i <= 5; i++) assert.equal((await reader.read()).value?.timestamp, i);
  await writer.close();
  assert.equal((await reader.read()).done, true);
  assert.equal(fed.track.readyState, "ended");
});

test("a writable that nobody takes from arms no timer", async () => {
  let armed = 0;
  const schedule: typeof platform.clock.schedule = (at, callback) => {
    armed++;
    return platform.clock.schedule(at, callback);
  };
  const fed = createEncodedTrack({ ...platform, clock: { ...platform.clock, schedule } }, { kind: "video" });
  const write = fed.writable.getWriter().write(video(1, true));
  await task();
  assert.equal(armed, 0);
  const reader = encodedFrames(fed.track).getReader();
  assert.equal((await reader.read()).value?.timestamp, 1);
  await write;
  fed.end();
});

test("a writable fails when the track is stopped", async () => {
  const fed = createEncodedTrack(platform, { kind: "video" });
  const writer = fed.writable.getWriter();
  const write = writer.write(video(1, true));
  fed.track.stop();
  await assert.rejects(writer.closed, { name: "InvalidStateError" });
  await write.catch(() => undefined);
});

test("a listener hears every frame in a task, also when it throws", async () => {
  const fed = { ...createEncodedTrack(platform, { kind: "audio" }) };
  const heard: number[] = [];
  const stop = onEncodedFrame(fed.track, ({ timestamp }) => heard.push(timestamp));
  fed.write({ data: Uint8Array.of(1), timestamp: 1, mimeType: "audio/opus" });
  fed.write({ data: Uint8Array.of(1), timestamp: 2, mimeType: "audio/opus" });
  assert.deepEqual(heard, []);
  await task();
  assert.deepEqual(heard, [1, 2]);
  fed.write({ data: Uint8Array.of(1), timestamp: 3, mimeType: "audio/opus" });
  stop();
  await task();
  assert.deepEqual(heard, [1, 2]);
});

test("anybody may ask for a key frame; requests of one task are one", async () => {
  const requests: (number | undefined)[] = [];
  const fed = createEncodedTrack(platform, { kind: "video", onKeyFrameRequest: (encoding) => requests.push(encoding) });
  requestKeyFrame(fed.track);
  requestKeyFrame(fed.track);
  await task();
  assert.deepEqual(requests, [undefined]);
});

test("its program hears that a track is stopped", async () => {
  let stopped = 0;
  const { track } = createEncodedTrack(platform, { kind: "audio", onStop: () => stopped++ });
  const copy = track.clone();
  track.stop();
  await task();
  assert.equal(stopped, 0);
  copy.stop();
  await task();
  assert.equal(stopped, 1);
});
