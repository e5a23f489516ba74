import assert from "node:assert/strict";
import { test } from "node:test";
import { EventQueue, Task } from "./event-queue.ts";
import { PacketHash } from "./packet-hash.ts";
import { SeededRandom } from "./random.ts";
import { testSeed } from "./test-seed.ts";

const SEED = testSeed(11);

test("equal seeds give equal bytes, other seeds and streams others", () => {
  const bytes = (random: SeededRandom): string => {
    const out = new Uint8Array(64);
    random.fill(out);
    return out.join();
  };
  assert.equal(bytes(new SeededRandom(1)), bytes(new SeededRandom("1")));
  const parent = new SeededRandom(1);
  const all = [new SeededRandom(1), new SeededRandom(2), new SeededRandom(12), parent.stream("a"), parent.stream("b")];
  assert.equal(new Set(all.map(bytes)).size, all.length);
  parent.u32();
  assert.equal(bytes(parent.stream("a")), bytes(new SeededRandom(1).stream("a")), "a stream does not depend on draws");
  assert.equal(new Set(Array.from({ length: 2000 }, (_, i) => new SeededRandom(i).u32())).size, 2000);
});

test("bytes, bits and numbers are even", () => {
  const random = new SeededRandom(SEED);
  const bytes = new Uint8Array(256 * 400);
  random.fill(bytes);
  const counts = new Uint32Array(256);
  for (const byte of bytes) counts[byte] = (counts[byte] as number) + 1;
  // χ² with 255 degrees of freedom: mean 255, standard deviation 22.6.
  let chi = 0;
  for (const count of counts) chi += (count - 400) ** 2 / 400;
  assert.ok(chi > 140 && chi < 370, `χ² ${chi} (seed ${SEED})`);
  const bits = new Float64Array(32);
  for (let i = 0; i < 10_000; i++) {
    const word = random.u32();
    for (let bit = 0; bit < 32; bit++) bits[bit] = (bits[bit] as number) + ((word >>> bit) & 1);
  }
  for (const [bit, count] of bits.entries()) assert.ok(Math.abs(count - 5000) < 250, `bit ${bit}: ${count} (seed ${SEED})`);
  let sum = 0;
  for (let i = 0; i < 10_000; i++) sum += random.number();
  assert.ok(Math.abs(sum - 5000) < 145, `${sum} (seed ${SEED})`);
  assert.ok(Array.from({ length: 1000 }, () => random.below(6)).every((n) => n >= 0 && n < 6));
});

test("fill writes its range only", () => {
  const out = new Uint8Array(9);
  new SeededRandom(3).fill(out, 2, 7);
  assert.deepEqual([out[0], out[1], out[7], out[8]], [0, 0, 0, 0]);
  assert.ok(out.subarray(2, 7).some((byte) => byte !== 0));
});

test("the queue agrees with sorting, whatever is cancelled or moved", () => {
  const random = new SeededRandom(SEED);
  for (let round = 0; round < 50; round++) {
    const queue = new EventQueue();
    const tasks = Array.from({ length: 200 }, () => new Task(() => {}));
    const model = new Map<Task, { at: number; order: number }>();
    for (let i = 0; i < 600; i++) {
      const task = tasks[random.below(tasks.length)] as Task;
      if (random.chance(0.3)) {
        queue.cancel(task);
        model.delete(task);
      } else {
        const at = random.below(50);
        queue.plan(task, at);
        model.set(task, { at, order: i });
      }
      assert.equal(queue.size, model.size);
    }
    const sorted = [...model].sort(([, a], [, b]) => a.at - b.at || a.order - b.order).map(([task]) => task);
    for (const task of sorted) assert.equal(queue.take(), task, `seed ${SEED}`);
    assert.equal(queue.take(), undefined);
  }
});

test("the hash notices every bit, every length and every order", () => {
  const digest = (...parts: readonly (Uint8Array | number | string)[]): string => {
    const hash = new PacketHash();
    for (const part of parts) {
      if (typeof part === "number") hash.number(part);
      else if (typeof part === "string") hash.text(part);
      else hash.bytes(part);
    }
    return hash.digest();
  };
  const seen = new Set<string>();
  let count = 0;
  for (let length = 0; length < 20; length++) {
    seen.add(digest(new Uint8Array(length)));
    count++;
    for (let bit = 0; bit < 8 * length; bit++) {
      const bytes = new Uint8Array(length);
      bytes[bit >> 3] = 1 << (bit & 7);
      seen.add(digest(bytes));
      count++;
    }
  }
  assert.equal(seen.size, count);
  assert.match(digest(), /^[0-9a-f]{16}$/);
  assert.notEqual(digest(1, 2), digest(2, 1));
  assert.notEqual(digest(0.1 + 0.2), digest(0.3));
  assert.notEqual(digest("ab", "c"), digest("a", "bc"));
});

test("the seed of a test comes from the environment first", () => {
  assert.equal(testSeed(5, { VISAVIS_SEED: "from outside" }), "from outside");
  assert.equal(testSeed(5, { VISAVIS_SEED: "" }), "5");
  assert.match(testSeed(undefined, {}), /^\d+$/);
});
