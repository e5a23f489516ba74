import assert from "node:assert/strict";
import { test } from "node:test";
import { chunkInitOf, frameOfChunk } from "./chunk.ts";

test("frames become chunks of WebCodecs and frames again", () => {
  const frame = {
    kind: "video",
    mimeType: "video/VP8",
    data: Uint8Array.of(1, 2, 3),
    timestamp: 4_294_965_000,
    keyFrame: false,
    duration: 40,
  } as const;
  const init = chunkInitOf(frame);
  assert.deepEqual(init, { type: "delta", timestamp: 47_721_833_333, duration: 40_000, data: frame.data });
  const chunk = { ...init, byteLength: 3, copyTo: (into: Uint8Array) => into.set(init.data) };
  assert.deepEqual(frameOfChunk(chunk, "video/VP8"), frame);
  assert.equal(frameOfChunk({ ...chunk, timestamp: 47_721_858_845 + 40_000 }, "video/VP8").timestamp, 3600, "they wrap");
  assert.equal(frameOfChunk({ ...chunk, timestamp: 20_000, duration: null }, "audio/opus").timestamp, 960);
  assert.throws(() => chunkInitOf({ ...frame, mimeType: "video/unheard-of" }), RangeError);
});
