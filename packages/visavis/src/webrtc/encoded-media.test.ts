import assert from "node:assert/strict";
import { test } from "node:test";
import type { EncodedFrame } from "../media/encoded-frame.ts";
import { nodePlatform } from "../node/platform.ts";
import { createEncodedTrack, readFrames } from "./encoded-media.ts";

const video = (timestamp: number, keyFrame: boolean): EncodedFrame => ({
  kind: "video",
  data: Uint8Array.of(timestamp),
  timestamp,
  keyFrame,
  mimeType: "video/VP8",
});

test("what is written to a track can be read, until it ends", async () => {
  const { track, write, end } = createEncodedTrack(nodePlatform(), { kind: "video", label: "mine", width: 64, height: 48 });
  assert.deepEqual([track.kind, track.label, track.getSettings()], ["video", "mine", { width: 64, height: 48 }]);
  const { readable } = readFrames(track);
  write(video(1, true));
  write(video(2, false));
  end();
  const read: number[] = [];
  for await (const { timestamp } of readable) read.push(timestamp);
  assert.deepEqual(read, [1, 2]);
});

test("a slow reader loses frames up to the next key frame, which is asked for", async () => {
  let requests = 0;
  const { track, write } = createEncodedTrack(nodePlatform(), { kind: "video", onKeyFrameRequest: () => requests++ });
  const reader = readFrames(track, { highWaterMark: 2 });
  for (let i = 1; i <= 4; i++) write(video(i, i === 1));
  const stream = reader.readable.getReader();
  assert.equal((await stream.read()).value?.timestamp, 1);
  assert.equal((await stream.read()).value?.timestamp, 2);
  write(video(5, false));
  write(video(6, true));
  assert.equal((await stream.read()).value?.timestamp, 6);
  assert.equal(reader.dropped, 3);
  await new Promise(setImmediate);
  assert.equal(requests, 2);
  await stream.cancel();
  track.stop();
});

test("its program hears that a track is stopped", async () => {
  let stopped = 0;
  const { track } = createEncodedTrack(nodePlatform(), { kind: "audio", onStop: () => stopped++ });
  const copy = track.clone();
  track.stop();
  await new Promise(setImmediate);
  assert.equal(stopped, 0);
  copy.stop();
  await new Promise(setImmediate);
  assert.equal(stopped, 1);
});
