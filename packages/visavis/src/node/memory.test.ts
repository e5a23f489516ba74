import assert from "node:assert/strict";
import { test } from "node:test";
import { keptForLater, memory } from "./memory.ts";

test("large memory is used again, and has a buffer of its own", () => {
  const first = memory.make(65_536);
  assert.equal(first.buffer.byteLength, 65_536);
  const { buffer } = first;
  memory.free(first);
  assert.equal(memory.make(65_536).buffer, buffer);
  assert.notEqual(memory.make(65_536).buffer, buffer);
});

test("what is kept for later is bounded, whatever the lengths", () => {
  for (let length = 5000; length < 50_000; length += 1000)
    for (const bytes of Array.from({ length: 100 }, () => memory.make(length))) memory.free(bytes);
  assert.ok(keptForLater() <= 2 << 20);
  const huge = memory.make(4 << 20);
  memory.free(huge);
  assert.equal(huge.length, 0);
  assert.ok(keptForLater() <= 2 << 20);
});

test("small memory, and what shares its memory with others, is not kept", () => {
  const before = keptForLater();
  memory.free(memory.make(100));
  const shared = new Uint8Array(10_000).subarray(0, 6000);
  memory.free(shared);
  assert.equal(shared.length, 6000);
  assert.equal(keptForLater(), before);
});
