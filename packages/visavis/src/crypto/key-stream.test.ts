import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { StreamWindow } from "./key-stream.ts";

/** One packet as a key sees it: from the stream when it is there or may be made, else by the plain path. */
function take(window: StreamWindow, high: number, low: number, blocks: number, right = true): "stream" | "plain" {
  if (window.find(high, low, blocks) >= 0) return "stream";
  if (window.advance(high, low, blocks)) {
    assert.ok(window.find(high, low, blocks) >= 0);
    return "stream";
  }
  if (right) window.follow(high, low, blocks);
  return "plain";
}

test("batches double while they are used, up to sixteen, and fit the capacity", () => {
  const window = new StreamWindow(1280);
  const counts = new Set<number>();
  assert.equal(take(window, 0, 7, 76), "plain");
  for (let low = 8; low < 200; low++) {
    assert.equal(take(window, 0, low, 76), "stream");
    counts.add(window.count);
  }
  assert.deepEqual([...counts], [4, 8, 16]);
  assert.equal(take(window, 0, 200, 400), "plain");
  assert.equal(take(window, 0, 201, 400), "stream");
  assert.equal(window.count, 3);
});

test("batches shrink when most of them is skipped", () => {
  const window = new StreamWindow(1280);
  for (let low = 0; low < 100; low++) take(window, 0, low, 10);
  assert.equal(window.count, 16);
  for (let low = 1000; low < 100_000; low += 1000) {
    take(window, 0, low, 10);
    take(window, 0, low + 1, 10);
  }
  assert.ok(window.count <= 2, `${window.count}`);
});

test("numbers that are not vouched for move it by less than a batch, whatever they are", () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ high: fc.nat(3), low: fc.nat(2 ** 32 - 1), near: fc.nat(64) }), { maxLength: 50 }),
      (wild) => {
        const window = new StreamWindow(1280);
        for (let low = 0; low < 100; low++) take(window, 1, low, 20);
        const before = window.base + window.count;
        for (const { high, low } of wild) take(window, high, low, 20, false);
        assert.ok(window.high === 1 && window.base <= before + 16);
        for (const { near } of wild) {
          const [base, end] = [window.base, window.base + window.count];
          take(window, 1, base - 32 + near, 20, false);
          assert.ok(window.base === base || window.base === end);
        }
      },
    ),
  );
});

test("a number's stream is found only where its number is, and never across the end of a half", () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.record({ step: fc.integer({ min: -20, max: 40 }), blocks: fc.integer({ min: 1, max: 1280 }), evict: fc.nat(30) }),
        {
          maxLength: 200,
        },
      ),
      fc.constantFrom(0, 1000, 2 ** 31 - 50, 2 ** 32 - 100),
      (steps, from) => {
        const window = new StreamWindow(1280);
        let number = from;
        for (const { step, blocks, evict } of steps) {
          number = Math.max(0, number + (step > 30 ? step - 30 : 1) + (step < -10 ? step : 0));
          const [high, low] = [Math.floor(number / 2 ** 32), number % 2 ** 32];
          const way = take(window, high, low, evict > 20 ? blocks : (blocks % 76) + 1);
          if (way === "stream") {
            assert.equal(window.high, high);
            assert.ok(low >= window.base && low < window.base + window.count);
          }
          assert.ok(window.base + window.count <= 2 ** 32);
          assert.ok(window.count <= 16 && window.count * window.blocks <= 1280);
          if (evict === 0) window.clear();
        }
      },
    ),
  );
});

test("after the end of a half the next one begins", () => {
  const window = new StreamWindow(1280);
  const ways: string[] = [];
  for (let i = -40; i < 40; i++) {
    const number = 2 ** 32 + i;
    ways.push(take(window, Math.floor(number / 2 ** 32), number % 2 ** 32, 10));
  }
  assert.equal(ways.filter((way) => way === "plain").length, 2);
});
