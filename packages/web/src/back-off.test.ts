import assert from "node:assert/strict";
import { test } from "node:test";
import { backOff } from "./back-off.ts";

test("pauses double, end at fifteen seconds, and are spread", () => {
  assert.deepEqual(
    [0, 1, 2, 5, 50].map((attempt) => backOff(attempt, 0.5)),
    [500, 1000, 2000, 15_000, 15_000],
  );
  assert.deepEqual([backOff(0, 0), backOff(0, 1)], [375, 625]);
});
