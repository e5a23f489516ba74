import assert from "node:assert/strict";
import { test } from "node:test";
import { PRIORITY_TYPE, priorityNumber, priorityOf } from "./channel-priority.ts";

test("each priority has its number, and numbers between them go with the greater one", () => {
  const numbers = { "very-low": 128, low: 256, medium: 512, high: 1024 } as const;
  for (const type of ["very-low", "low", "medium", "high"] as const) {
    assert.equal(priorityNumber(type), numbers[type]);
    assert.equal(priorityOf(numbers[type]), type);
  }
  const between = [0, 127, 129, 257, 513, 1023, 1025, 65_535].map(priorityOf);
  assert.deepEqual(between, ["very-low", "very-low", "low", "medium", "high", "high", "high", "high"]);
});

test("another word is a TypeError", () => {
  assert.throws(() => PRIORITY_TYPE("urgent", "here"), TypeError);
});
