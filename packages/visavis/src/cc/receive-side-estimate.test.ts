import assert from "node:assert/strict";
import { test } from "node:test";
import { NEVER } from "../base/instant.ts";
import { ReceiveSideEstimate } from "./receive-side-estimate.ts";

const TICKS = 262.144;

/** A sender that follows what it is told, over a queue; @returns the mean of what was told in the last half, and the longest time in the queue */
function run(capacity: (now: number) => number, seconds: number, start = 300_000): { told: number; queue: number } {
  const estimate = new ReceiveSideEstimate();
  let rate = start;
  let free = 0;
  let queue = 0;
  const told: number[] = [];
  for (let now = 0, sent = 0; now < seconds * 1000; now += 5) {
    sent += (rate * 5) / 8000;
    for (; sent >= 1000; sent -= 1000) {
      free = Math.max(free, now) + 8_000_000 / capacity(now);
      queue = Math.max(queue, free - now);
      estimate.onPacket(Math.floor(now * TICKS) & 0xff_ffff, 1000, free + 20);
    }
    const next = estimate.take(Math.max(now, free + 20));
    if (next === undefined) continue;
    rate = next;
    if (now > seconds * 500) told.push(next);
  }
  return { told: told.reduce((sum, one) => sum + one, 0) / told.length, queue };
}

test("nothing is said before half a second of media", () => {
  const estimate = new ReceiveSideEstimate();
  assert.equal(estimate.deadline(), NEVER);
  for (let now = 0; now < 500; now += 10) estimate.onPacket((now * TICKS) & 0xff_ffff, 1000, now);
  assert.equal(estimate.bitrate, undefined);
  estimate.onPacket((500 * TICKS) & 0xff_ffff, 1000, 500);
  assert.ok(Math.abs((estimate.bitrate ?? 0) - 816_000) < 20_000, `${estimate.bitrate}`);
  assert.equal(estimate.deadline(), 500);
  assert.equal(estimate.take(500), estimate.bitrate);
  assert.equal(estimate.deadline(), NEVER);
  assert.equal(estimate.take(500), undefined);
});

test("the estimate settles a little below what the path carries, over the wrap of the times of sending", () => {
  const { told, queue } = run(() => 1_000_000, 150);
  assert.ok(told > 750_000 && told < 1_050_000, `${told}`);
  assert.ok(queue < 300, `${queue} ms in the queue`);
});

test("when the capacity falls the estimate follows", () => {
  const { told } = run((now) => (now < 40_000 ? 1_000_000 : 400_000), 100);
  assert.ok(told > 280_000 && told < 430_000, `${told}`);
});

test("a fall is told at once, other news each second", () => {
  const estimate = new ReceiveSideEstimate();
  let delay = 0;
  let now = 0;
  const times: number[] = [];
  for (; now < 6000; now += 10) {
    if (now > 5000) delay += 5;
    estimate.onPacket(Math.floor(now * TICKS) & 0xff_ffff, 1000, now + delay);
    if (estimate.take(now + delay) !== undefined) times.push(now);
  }
  const steady = times.filter((time) => time <= 5000);
  assert.deepEqual(steady, [500, 1500, 2500, 3500, 4500]);
  assert.ok((times[5] ?? 0) < 5400, `${times}`);
});
