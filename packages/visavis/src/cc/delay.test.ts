import assert from "node:assert/strict";
import { test } from "node:test";
import { InterArrival } from "./inter-arrival.ts";
import { LinkCapacity } from "./link-capacity.ts";
import { RateControl } from "./rate-control.ts";
import { type PathUse, Trendline } from "./trendline.ts";

test("packets that were sent within 5 ms are a group", () => {
  const arrivals = new InterArrival();
  const complete: [number, number][] = [];
  // Groups of three packets, 20 ms apart; from the third on each takes 2 ms longer.
  for (let group = 0; group < 6; group++) {
    for (let i = 0; i < 3; i++) {
      const sent = group * 20 + i * 2;
      const received = sent + 40 + Math.max(0, group - 1) * 2 + i * 4;
      if (arrivals.add(sent, received, received)) complete.push([arrivals.sendDelta, arrivals.arrivalDelta]);
    }
  }
  assert.deepEqual(complete, [
    [20, 20],
    [20, 22],
    [20, 22],
    [20, 22],
  ]);
});

test("packets that arrive together although they were sent apart are a group", () => {
  const arrivals = new InterArrival();
  let groups = 0;
  // Ten packets sent 10 ms apart arrive within 3 ms, every 100 ms.
  for (let burst = 0; burst < 10; burst++) {
    for (let i = 0; i < 10; i++) {
      if (arrivals.add(burst * 100 + i * 10, burst * 100 + 100 + i * 0.3, 0)) {
        groups++;
        assert.equal(arrivals.sendDelta, 100);
      }
    }
  }
  assert.equal(groups, 8);
});

test("packets out of order say nothing; a clock that jumps begins anew", () => {
  const arrivals = new InterArrival();
  let complete = 0;
  for (let i = 0; i < 100; i++) {
    if (arrivals.add(i * 10, i * 10 + 50, i * 10)) complete++;
    if (i > 0 && arrivals.add((i - 1) * 10, i * 10 + 51, i * 10)) assert.fail("a packet of an earlier group");
  }
  assert.equal(complete, 98);
  assert.equal(arrivals.add(1000, 1_001_050, 1000), true);
  assert.equal(arrivals.add(1010, 1_001_060, 1010), false, "the receiver's clock went on by a quarter of an hour");
  assert.equal(arrivals.add(1020, 1_001_070, 1020), false);
  assert.equal(arrivals.add(1030, 1_001_080, 1030), true);
});

/** What the trend says when the queue grows by `growth` ms with each group of 20 ms, with jitter. */
function trendOf(growth: number, jitter: number, groups = 200): Record<PathUse, number> {
  const trend = new Trendline();
  const seen = { normal: 0, overuse: 0, underuse: 0 };
  let state = 7;
  let now = 0;
  let before = 0;
  for (let i = 0; i < groups; i++) {
    state = (state * 48_271) % 0x7fffffff;
    const noise = jitter * (state / 0x7fffffff - 0.5);
    now += 20 + growth;
    trend.update(20 + growth + noise - before, 20, now);
    before = noise;
    seen[trend.state]++;
  }
  return seen;
}

test("a growing queue is overuse, one that is drained underuse, jitter neither", () => {
  assert.deepEqual(trendOf(0, 0), { normal: 200, overuse: 0, underuse: 0 });
  const growing = trendOf(2, 1);
  assert.ok(growing.overuse > 20, JSON.stringify(growing));
  const drained = trendOf(-2, 1);
  assert.ok(drained.underuse > 100 && drained.overuse === 0, JSON.stringify(drained));
  assert.ok(trendOf(0, 2).overuse === 0);
});

test("the threshold follows jitter, so that it is taken for overuse less and less", () => {
  const early = trendOf(0, 20, 150).overuse;
  const late = trendOf(0, 20, 600).overuse - early;
  assert.ok(late / 450 <= early / 150, `${early} of the first 150, ${late} of the next 450`);
});

test("the capacity of the link is an average with a spread", () => {
  const capacity = new LinkCapacity();
  assert.equal(capacity.known, false);
  assert.equal(capacity.upper, Number.POSITIVE_INFINITY);
  for (let i = 0; i < 100; i++) capacity.onOveruse(1e6 + (i % 2) * 20_000);
  assert.ok(Math.abs(capacity.estimate - 1.01e6) < 10_000);
  assert.ok(capacity.upper > 1.05e6 && capacity.upper < 1.2e6);
  assert.ok(capacity.lower < 0.97e6 && capacity.lower > 0.8e6);
  capacity.onProbe(2e6);
  assert.ok(capacity.estimate > 1.5e6);
});

test("the rate grows by 8 % a second, falls to 85 % of what arrives, and then grows by a packet a response time", () => {
  const control = new RateControl(1e6, 30_000);
  control.roundTrip = 100;
  for (let now = 0; now <= 1000; now += 50) control.update("normal", 2e6, now);
  assert.ok(Math.abs(control.rate - 1.08e6) < 25_000, `${control.rate}`);
  control.update("overuse", 1e6, 1050);
  assert.equal(control.rate, 850_000);
  assert.equal(control.mayReduce(1e6, 1100), false);
  assert.equal(control.mayReduce(1e6, 1150), true);
  assert.equal(control.mayReduce(400_000, 1060), true, "less than half arrives");
  control.update("underuse", 850_000, 1200);
  assert.equal(control.rate, 850_000, "held while the queue is drained");
  for (let now = 1250; now <= 3250; now += 50) control.update("normal", 900_000, now);
  // Frames of 28 kbit go in three packets of 9444 bit; the response time is 200 ms.
  // Above 864 kbit/s they go in four, of 7200 bit or a little more.
  assert.ok(control.rate > 850_000 + 2 * 36_000 && control.rate < 850_000 + 2 * 47_300, `${control.rate}`);
});

test("the rate stays within one and a half of what arrives, and above the minimum", () => {
  const control = new RateControl(300_000, 50_000);
  for (let now = 0; now <= 60_000; now += 50) control.update("normal", 300_000, now);
  assert.equal(control.rate, 460_000);
  for (let now = 60_000; now <= 70_000; now += 50) control.update("overuse", 1000, now);
  assert.equal(control.rate, 50_000);
});
