/**
 * The contexts of libcrypto against `node:crypto`, byte for byte. Only a runtime with `node:ffi` can run it.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { toHex } from "../base/bytes.ts";
import { randomBelow, randomBytes } from "../base/random.ts";
import { type AeadName, IV_LENGTH, KEY_LENGTH, TAG_LENGTH } from "./aead.ts";
import { AEAD_BACKENDS, createAead, useAeadBackends } from "./aead-backends.ts";
import { createFfiAead, createFfiMask, heldContexts } from "./ffi.ts";
import { nativeCiphers } from "./ffi-cipher.ts";
import { createHeaderMask } from "./header-mask.ts";
import { NodeAead } from "./node-aead.ts";
import { SeededRandom } from "./seeded-random.test.ts";

const skip = nativeCiphers() === undefined ? "this runtime has no node:ffi" : false;
const NAMES = Object.keys(KEY_LENGTH) as AeadName[];

function pair(name: AeadName, random: SeededRandom): { native: NonNullable<ReturnType<typeof createFfiAead>>; plain: NodeAead } {
  const key = randomBytes(random, KEY_LENGTH[name]);
  const iv = randomBytes(random, IV_LENGTH);
  const native = createFfiAead(name, key, iv);
  assert.ok(native);
  return { native, plain: new NodeAead(name, key, iv) };
}

test("it seals and opens what node:crypto seals and opens", { skip }, () => {
  const random = new SeededRandom(3);
  for (const name of NAMES) {
    const { native, plain } = pair(name, random);
    const memory = new Uint8Array(20_000);
    for (let i = 0; i < 300; i++) {
      const length = i < 40 ? i : randomBelow(random, i % 10 === 0 ? 16_500 : 1500);
      const aadLength = randomBelow(random, 70);
      const start = aadLength + randomBelow(random, 9);
      const [high, low] = [randomBelow(random, 0x1_0000), randomBelow(random, 0xffff_ffff)];
      memory.set(randomBytes(random, start + length + TAG_LENGTH));
      const before = Uint8Array.from(memory);
      const expected = Uint8Array.from(memory);
      plain.seal(expected, start, length, high, low, 0, aadLength);
      native.seal(memory, start, length, high, low, 0, aadLength);
      assert.ok(Buffer.from(memory.buffer).equals(expected), `${name} ${length} ${aadLength}`);
      const at = randomBelow(random, length + TAG_LENGTH);
      memory[start + at] = (memory[start + at] as number) ^ 1;
      const forged = Uint8Array.from(memory);
      assert.equal(native.open(memory, start, length + TAG_LENGTH, high, low, 0, aadLength), false);
      assert.ok(Buffer.from(memory.buffer).equals(forged), "a forgery stays as it was");
      assert.ok(native.open(expected, start, length + TAG_LENGTH, high, low, 0, aadLength));
      assert.ok(expected.subarray(0, start + length).every((byte, o) => byte === before[o]));
    }
    native.release();
  }
});

test("its masks are those of node:crypto", { skip }, () => {
  const random = new SeededRandom(4);
  useAeadBackends(["node"]);
  for (const name of NAMES) {
    const key = randomBytes(random, KEY_LENGTH[name]);
    const plain = createHeaderMask(name, key);
    const native = createFfiMask(name, key);
    assert.ok(native);
    for (let i = 0; i < 50; i++) {
      const sample = randomBytes(random, 20);
      assert.equal(native.of(sample, i % 5), plain.of(sample, i % 5));
    }
    native.release();
    plain.release();
  }
  useAeadBackends(AEAD_BACKENDS);
});

test("it is the first choice, and another can be made", { skip }, () => {
  const before = heldContexts();
  const key = new Uint8Array(16);
  const bytes = new Uint8Array(64);
  const aead = createAead("AES-128-GCM", key, new Uint8Array(12));
  aead.seal(bytes, 8, 16, 0, 0, 0, 8);
  assert.equal(heldContexts(), before + 1);
  aead.release();
  useAeadBackends(["node"]);
  createAead("AES-128-GCM", key, new Uint8Array(12)).seal(bytes, 8, 16, 0, 0, 0, 8);
  useAeadBackends(AEAD_BACKENDS);
  assert.equal(heldContexts(), before);
});

test("released keys hold nothing and still work", { skip }, () => {
  const before = heldContexts();
  const { native, plain } = pair("AES-256-GCM", new SeededRandom(5));
  const bytes = new Uint8Array(100);
  native.seal(bytes, 5, 50, 0, 1, 0, 5);
  assert.ok(native.open(bytes, 5, 50 + TAG_LENGTH, 0, 1, 0, 5));
  assert.equal(heldContexts(), before + 2);
  native.release();
  native.release();
  assert.equal(heldContexts(), before);
  const expected = Uint8Array.from(bytes);
  native.seal(bytes, 5, 50, 0, 2, 0, 5);
  plain.seal(expected, 5, 50, 0, 2, 0, 5);
  assert.equal(toHex(bytes), toHex(expected));
  assert.equal(heldContexts(), before);
  for (const name of NAMES) {
    const mask = createFfiMask(name, new Uint8Array(KEY_LENGTH[name]));
    const first = mask?.of(bytes, 0);
    mask?.release();
    // The farewell of a connection is sealed when its keys are released.
    assert.equal(mask?.of(bytes, 0), first);
    assert.equal(heldContexts(), before, name);
  }
});

test("nothing outside of the memory it is given is touched", { skip }, () => {
  const { native } = pair("AES-128-GCM", new SeededRandom(6));
  const bytes = new Uint8Array(100);
  for (const [start, length, aadStart, aadLength] of [
    [0, 85, 0, 5],
    [-1, 10, 0, 5],
    [90, 10, 0, 5],
    [0, -5, 0, 5],
    [0, 10, 96, 5],
    [0, 10, -1, 5],
    [Number.NaN, 10, 0, 5],
    [0, Number.NaN, 0, 5],
  ] as const) {
    assert.throws(() => native.seal(bytes, start, length, 0, 1, aadStart, aadLength), RangeError);
  }
  assert.throws(() => native.open(bytes, 90, 50, 0, 1, 0, 5), RangeError);
  const given = new Uint8Array(100);
  native.seal(given, 5, 50, 0, 1, 0, 5);
  structuredClone(given.buffer, { transfer: [given.buffer] });
  assert.throws(() => native.seal(given, 5, 50, 0, 2, 0, 5), RangeError);
  const mask = createFfiMask("AES-128-GCM", new Uint8Array(16));
  assert.throws(() => mask?.of(bytes, 85), RangeError);
  native.release();
});

test("memory that comes and goes between calls", { skip }, () => {
  const { native, plain } = pair("AES-128-GCM", new SeededRandom(7));
  for (let i = 0; i < 20_000; i++) {
    // Small ones live in V8's own heap, where they move.
    const bytes = new Uint8Array(i % 3 === 0 ? 40 : 1300).fill(i);
    const length = bytes.length - 5 - TAG_LENGTH;
    native.seal(bytes, 5, length, 0, i, 0, 5);
    if (i % 500 === 0) {
      const copy = Uint8Array.from(bytes);
      assert.ok(plain.open(copy, 5, length + TAG_LENGTH, 0, i, 0, 5));
    }
    assert.ok(native.open(bytes, 5, length + TAG_LENGTH, 0, i, 0, 5));
    assert.equal(bytes[7], i & 0xff);
  }
  native.release();
});
