/**
 * Thresholds of associations on simulated links, in short runs: bench/simulated-links.mjs has the long ones.
 */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { fairness, percentile, runFlows, runLatency, type Scene } from "./links.ts";

const RATE = 50e6;
const LINK: Scene = { seed: 1, rate: RATE, roundTrip: 100, duration: 9000, skip: 3000 };

describe("50 Mbit/s, 100 ms, with a queue of one bandwidth-delay product", () => {
  test("0.1 % loss: at least 90 % of the link", () => {
    const { rates } = runFlows({ ...LINK, loss: 0.001 });
    assert.ok((rates[0] ?? 0) >= 0.9 * RATE, `${rates}`);
  });

  test("1 % loss: at least 3 times what NewReno and fast retransmit alone reach", () => {
    const { rates } = runFlows({ ...LINK, loss: 0.01 });
    const plain = runFlows({ ...LINK, loss: 0.01, options: { congestionControl: "newreno", lossRecovery: "fast-retransmit" } });
    assert.ok((rates[0] ?? 0) >= 3 * (plain.rates[0] ?? 0), `${rates} ${plain.rates}`);
    assert.equal(plain.dropped > 0, true);
  });

  test("two flows share it", () => {
    const { rates } = runFlows({ ...LINK, duration: 20_000, skip: 10_000 }, 2);
    assert.ok(fairness(rates) >= 0.95, `${rates}`);
  });
});

test("50 Mbit/s, 50 ms: a small message beside a bulk flow arrives within two round trips", () => {
  const { times, rate } = runLatency({ ...LINK, roundTrip: 50, duration: 6000, skip: 2000 });
  assert.ok(times.length >= 75 && percentile(times, 0.95) <= 100, `${times}`);
  assert.ok(rate >= 0.85 * RATE, `${rate}`);
});
