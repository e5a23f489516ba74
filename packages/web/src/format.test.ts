import assert from "node:assert/strict";
import { test } from "node:test";
import { formatBytes, formatDuration, formatRoundTrip } from "./format.ts";

test("sizes", () => {
  for (const [bytes, text] of [
    [0, "0 B"],
    [999, "999 B"],
    [1000, "1 kB"],
    [1234, "1.2 kB"],
    [99_949, "99.9 kB"],
    [123_456, "123 kB"],
    [999_600, "1 MB"],
    [1e9, "1 GB"],
    [5e15, "5000 TB"],
  ] as const) {
    assert.equal(formatBytes(bytes), text);
  }
});

test("times", () => {
  assert.deepEqual([0, 1400, 59_600, 80_000, 3_600_000, 7_500_000].map(formatDuration), [
    "1 s",
    "1 s",
    "1 min",
    "1 min 20 s",
    "1 h 0 min",
    "2 h 5 min",
  ]);
  assert.deepEqual([0.42, 9.99, 42.4].map(formatRoundTrip), ["0.4 ms", "10.0 ms", "42 ms"]);
});
