import assert from "node:assert/strict";
import { test } from "node:test";
import { LossBasedRate } from "./loss-based-rate.ts";
import { PacketResults } from "./packet-results.ts";
import { ReportBasedRate } from "./report-based-rate.ts";

/** Seconds of feedback, each 50 ms; the loss at a rate is what `lossAt` says. @returns the rate at the end */
function run(
  loss: LossBasedRate,
  seconds: number,
  delayBased: number,
  lossAt: (rate: number) => number,
  seed = 1,
  from = 0,
): number {
  const results = new PacketResults();
  let state = seed;
  let rate = loss.rate(delayBased);
  for (let now = from * 1000; now < (from + seconds) * 1000; now += 50) {
    results.clear();
    const packets = Math.max(1, Math.round((rate * 50) / 8000 / 1200));
    const bytes = Math.round((rate * 50) / 8000 / packets);
    for (let i = 0; i < packets; i++) {
      state = (state * 48_271) % 0x7fffffff;
      const at = now + (i * 50) / packets;
      if (state / 0x7fffffff < lossAt(rate)) results.addLost(at, bytes);
      else results.addReceived(at, at, bytes, 0);
    }
    loss.update(results, delayBased, rate * (1 - lossAt(rate)));
    rate = loss.rate(delayBased);
  }
  return rate;
}

test("without loss it is what the delay allows", () => {
  const loss = new LossBasedRate();
  assert.equal(
    run(loss, 10, 2e6, () => 0),
    2e6,
  );
  assert.equal(loss.limit, "none");
  assert.equal(loss.averageLoss, 0);
});

test("a loss that no rate cures is borne: 2 % are the path's own", () => {
  for (const seed of [1, 2, 3]) {
    const loss = new LossBasedRate();
    const rate = run(loss, 20, 2e6, () => 0.02, seed);
    assert.ok(rate > 1.6e6, `${rate}`);
    assert.ok(loss.inherentLoss > 0.005 && loss.inherentLoss < 0.05, `${loss.inherentLoss}`);
  }
});

test("a loss that comes of too much brings the rate down to the capacity", () => {
  for (const seed of [1, 2, 3]) {
    const rate = run(new LossBasedRate(), 20, 2e6, (sent) => Math.max(0, (sent - 1e6) / sent), seed);
    assert.ok(rate > 0.7e6 && rate < 1.35e6, `${rate}`);
  }
});

test("a heavy loss brings the rate far down, and when it ends the rate comes back", () => {
  const loss = new LossBasedRate();
  loss.minRate = 50_000;
  const low = run(loss, 20, 2e6, () => 0.3);
  assert.ok(low >= 50_000 && low < 500_000, `${low}`);
  assert.ok(run(loss, 15, 2e6, () => 0, 1, 20) > 1.9e6);
});

test("by reports: it grows below 2 %, stays below 10 %, and falls by half of the loss above", () => {
  const reports = new ReportBasedRate(1e6);
  reports.onReport(0, 100, 0);
  assert.equal(reports.rate, 1.08e6 + 1000);
  reports.onReport(0.05, 100, 1000);
  assert.equal(reports.rate, 1.08e6 + 1000);
  reports.setRate(1e6);
  reports.onReport(0.2, 100, 2000);
  assert.equal(reports.rate, 900_000);
  reports.onReport(0.2, 100, 2100);
  assert.equal(reports.rate, 900_000, "the effect of the first is waited for");
  reports.onReport(0.2, 100, 2400);
  assert.equal(reports.rate, 810_000);
});
