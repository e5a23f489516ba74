import assert from "node:assert/strict";
import * as crypto from "node:crypto";
import { test } from "node:test";
import { markAsUntransferable } from "node:worker_threads";
import { freeMemory } from "./free-memory.ts";

test("memory of its own is given back at once", async () => {
  freeMemory(new Uint8Array(8));
  // The port learns in a later turn that its other side is closed; until then what is posted waits.
  await new Promise((resolve) => setTimeout(resolve, 10));
  const before = process.memoryUsage().arrayBuffers;
  for (let i = 0; i < 200; i++) {
    const bytes = new Uint8Array(1 << 20);
    freeMemory(bytes);
    assert.equal(bytes.length, 0);
  }
  assert.ok(process.memoryUsage().arrayBuffers - before < 20 << 20);
});

test("what a cipher gives out is freed", () => {
  const cipher = crypto.createCipheriv("aes-128-ecb", new Uint8Array(16), null);
  const bytes = cipher.update(new Uint8Array(4096));
  freeMemory(bytes);
  assert.equal(bytes.length, 0);
});

test("what the runtime does not let go is left alone", () => {
  const kept = new Uint8Array(64).fill(1);
  markAsUntransferable(kept.buffer);
  freeMemory(kept);
  assert.equal(kept[63], 1);
});

test("what shares its memory is left alone", () => {
  const whole = new Uint8Array(64).fill(1);
  freeMemory(whole.subarray(8, 16));
  assert.equal(whole[8], 1);
  const pooled = Buffer.from("of a pool");
  freeMemory(pooled);
  assert.equal(pooled.toString(), "of a pool");
  const shared = new Uint8Array(new SharedArrayBuffer(8));
  freeMemory(shared);
  assert.equal(shared.length, 8);
});
