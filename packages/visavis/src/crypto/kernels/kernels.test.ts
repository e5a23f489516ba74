import assert from "node:assert/strict";
import { test } from "node:test";
import { concatBytes, fromHex, toHex } from "../../base/bytes.ts";
import { randomBytes, randomU32 } from "../../base/random.ts";
import { SeededRandom } from "../seeded-random.test.ts";
import { Kernels, loadKernels, STREAM_LENGTH, TABLES_LENGTH } from "./kernels.ts";
import { encryptBlock, hash } from "./plain-twin.test.ts";
import { SlotPool } from "./slot-pool.ts";

function kernels(): Kernels {
  const loaded = loadKernels();
  assert.ok(loaded instanceof Kernels, "this runtime has no WebAssembly with SIMD");
  assert.equal(loadKernels(), loaded);
  return loaded;
}

const tenant = { evict(): void {} };

test("the twin is AES: FIPS 197 appendix B and C.3", () => {
  const key = fromHex("2b7e151628aed2a6abf7158809cf4f3c");
  assert.equal(toHex(encryptBlock(key, fromHex("3243f6a8885a308d313198a2e0370734"))), "3925841d02dc09fbdc118597196a0b32");
  const long = Uint8Array.from({ length: 32 }, (_, i) => i);
  assert.equal(toHex(encryptBlock(long, fromHex("00112233445566778899aabbccddeeff"))), "8ea2b7ca516745bfeafc49904b496089");
});

test("AES of a block equals the twin's", () => {
  const random = new SeededRandom(1);
  const schedule = kernels().keys.take(tenant);
  for (let i = 0; i < 60; i++) {
    const key = randomBytes(random, i % 2 === 0 ? 16 : 32);
    const bytes = randomBytes(random, 20);
    kernels().expandKey(schedule, key);
    const mask = encryptBlock(key, bytes.subarray(3, 19));
    assert.equal(kernels().aesMaskOf(schedule, key.length / 4 + 6, bytes, 3), ((mask[0] ?? 0) << 8) | (mask[1] ?? 0));
  }
  kernels().keys.give(schedule);
});

test("XOR, hash and tag equal the twin's, for every length of the last block and of additional data", () => {
  const random = new SeededRandom(2);
  const tables = kernels().streams.take(tenant);
  const stream = tables + TABLES_LENGTH;
  for (let length = 0; length < 200; length++) {
    const [key, additional] = [randomBytes(random, 16), randomBytes(random, length % 41)];
    const keyStream = randomBytes(random, 16 + Math.ceil(length / 16) * 16);
    const plaintext = randomBytes(random, length);
    kernels().prepareHash(tables, key);
    kernels().putStream(keyStream, stream);
    const ciphertext = plaintext.map((byte, i) => byte ^ (keyStream[16 + i] ?? 0));
    const tag = hash(key, additional, ciphertext).map((byte, i) => byte ^ (keyStream[i] ?? 0));
    const bytes = concatBytes(additional, plaintext, new Uint8Array(16), fromHex("eeee"));
    const start = additional.length;
    kernels().seal(tables, stream, bytes, start, length, 0, start);
    assert.deepEqual(bytes, concatBytes(additional, ciphertext, tag, fromHex("eeee")), `${length} bytes`);
    const bent = bytes.slice();
    const at = randomU32(random) % (start + length + 16);
    bent[at] = (bent[at] ?? 0) ^ 1;
    const before = bent.slice();
    assert.equal(kernels().open(tables, stream, bent, start, length, 0, start), false);
    assert.deepEqual(bent, before);
    assert.equal(kernels().open(tables, stream, bytes, start, length, 0, start), true);
    assert.deepEqual(bytes, concatBytes(additional, plaintext, tag, fromHex("eeee")));
  }
  kernels().streams.give(tables);
});

test("counter blocks: the nonce with the number in it, and a counter from 1", () => {
  const blocks = kernels().counters([0x01020304, 0x05060708, 0x090a0b0c], 0xffff0000, 0x000000ff, 2, 3);
  assert.equal(
    toHex(blocks),
    [1, 2, 3].map((i) => `01020304faf90708090a0bf30000000${i}`).join("") +
      [1, 2, 3].map((i) => `01020304faf90708090a0a0c0000000${i}`).join(""),
  );
  assert.equal(kernels().counters([1, 2, 3], 0, 0, 16, STREAM_LENGTH / 256).length, STREAM_LENGTH);
});

test("packets in long arrays are found, wherever they are", () => {
  const random = new SeededRandom(3);
  const tables = kernels().streams.take(tenant);
  const stream = tables + TABLES_LENGTH;
  const [key, keyStream] = [randomBytes(random, 16), randomBytes(random, 4200)];
  kernels().prepareHash(tables, key);
  kernels().putStream(keyStream, stream);
  const array = randomBytes(random, 70_000);
  for (let i = 0; i < 300; i++) {
    const length = randomU32(random) % 4097;
    const start = i % 3 === 0 ? array.length - length - 16 : 64 + (randomU32(random) % 4) * 1200;
    const aad = start - 13;
    const before = array.slice();
    kernels().seal(tables, stream, array, start, length, aad, 13);
    const ciphertext = before.slice(start, start + length).map((byte, j) => byte ^ (keyStream[16 + j] ?? 0));
    assert.equal(toHex(array.subarray(start, start + length)), toHex(ciphertext));
    if (i % 50 === 0) {
      const tag = hash(key, before.subarray(aad, start), ciphertext).map((byte, j) => byte ^ (keyStream[j] ?? 0));
      assert.deepEqual(array.subarray(start + length, start + length + 16), tag);
    }
    assert.ok(kernels().open(tables, stream, array, start, length, aad, 13));
    before.set(array.subarray(start + length, start + length + 16), start + length);
    assert.deepEqual(array, before);
  }
  kernels().streams.give(tables);
});

test("the memory has room for every slot", () => {
  const { streams } = kernels();
  const slots = Array.from({ length: 200 }, () => streams.take(tenant));
  const last = Math.max(...slots) + TABLES_LENGTH;
  assert.equal(new Set(slots).size, 128);
  kernels().putStream(new Uint8Array(STREAM_LENGTH), last);
  assert.throws(() => kernels().putStream(new Uint8Array(STREAM_LENGTH + 1), last), RangeError);
  for (const slot of slots) streams.give(slot);
});

test("a slot goes to whoever asks, at the cost of who used his longest ago", () => {
  const evicted: number[] = [];
  const pool = new SlotPool(1000, 10, 3);
  const take = (id: number): number => pool.take({ evict: () => evicted.push(id) });
  assert.deepEqual([take(0), take(1), take(2)], [1000, 1010, 1020]);
  pool.touch(1000);
  assert.equal(take(3), 1010);
  assert.deepEqual(evicted, [1]);
  pool.give(1020);
  assert.equal(pool.lent, 2);
  assert.equal(take(4), 1020);
  assert.deepEqual(evicted, [1]);
  assert.equal(take(5), 1000);
  assert.deepEqual(evicted, [1, 0]);
  assert.equal(pool.lent, 3);
});
