import assert from "node:assert/strict";
import { test } from "node:test";
import { RtpTimeline } from "./rtp-timeline.ts";

const frame = (timestamp: number) => ({ kind: "video" as const, data: new Uint8Array(0), timestamp, keyFrame: true });

test("a source keeps its timestamps, and another goes on behind it", () => {
  const line = new RtpTimeline();
  assert.equal(line.of(frame(5000), 0), 5000);
  assert.equal(line.of(frame(8000), 33), 8000);
  line.restart();
  assert.equal(line.of(frame(77), 100), 8000 + 67 * 90);
  assert.equal(line.of(frame(77 + 3000), 133), 8000 + 67 * 90 + 3000);
});

test("timestamps wrap at 32 bits, and what is first is left alone", () => {
  const line = new RtpTimeline();
  line.restart();
  assert.equal(line.of(frame(0xffff_ff00), 0), 0xffff_ff00);
  line.restart();
  assert.equal(line.of(frame(0), 10), (0xffff_ff00 + 900) >>> 0);
});
