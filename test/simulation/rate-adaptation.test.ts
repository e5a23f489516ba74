/**
 * Thresholds of congestion control of media on simulated links: bench/rate-adaptation.mjs has all cases.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { testSeed } from "@visavis/netsim";
import { type Part, type Report, runCase, type TestCase } from "./rate-adaptation.ts";
import { OURS, RFC_8867 } from "./rfc8867.ts";

const SEED = testSeed(1);

/** Runs a case of a table. */
function run(table: Readonly<Record<string, TestCase>>, name: string, change: Partial<TestCase> = {}): Report {
  return runCase({ ...(table[name] as TestCase), ...change }, SEED);
}

/** Each part against the least use of the capacity, the most time in queues (95th percentile) and the most loss. */
function hold(parts: readonly Part[], limits: readonly (readonly [used: number, queue95: number, loss: number])[]): void {
  assert.equal(parts.length, limits.length);
  limits.forEach(([used, queue95, loss], i) => {
    const part = parts[i] as Part;
    const what = `${part.from} to ${part.to} s, seed ${SEED}: ${JSON.stringify(part)}`;
    assert.ok(part.used >= used, `used: ${what}`);
    assert.ok(part.queue95 <= queue95, `queues: ${what}`);
    assert.ok(part.loss <= loss, `loss: ${what}`);
  });
}

test("RFC 8867 §5.1: one flow follows a capacity that changes", () => {
  const { parts, pacing95 } = run(RFC_8867, "5.1");
  hold(parts, [
    [0.85, 120, 0.02],
    [0.65, 180, 0.02],
    [0.8, 305, 0.15],
    [0.7, 150, 0.03],
  ]);
  assert.ok(pacing95 <= 50, `${pacing95} ms in the pacer`);
});

test("RFC 8867 §5.1: a source that does not follow its target fills the queue, and loses", () => {
  const deaf = { bitrates: { start: 1_500_000, min: 1_500_000, max: 1_500_000 } };
  const { parts } = run(RFC_8867, "5.1", { flows: [deaf] });
  const [first, , third] = parts as [Part, Part, Part, Part];
  assert.ok(first.queue95 > 250 && first.loss > 0.2, JSON.stringify(first));
  assert.ok(third.loss > 0.5, JSON.stringify(third));
});

test("RFC 8867 §5.2: two flows share a capacity that changes, and neither is starved", () => {
  const { whole } = run(RFC_8867, "5.2");
  hold([whole], [[0.75, 180, 0.04]]);
  assert.ok(Math.min(...whole.rates) > 0.25 * Math.max(...whole.rates), `${whole.rates}`);
});

test("RFC 8867 §5.3: congestion on the way back does not spoil the way there", () => {
  const { whole } = run(RFC_8867, "5.3");
  hold([whole], [[0.7, 220, 0.03]]);
});

test("RFC 8867 §5.4, §5.8: flows that come and go share what there is", () => {
  for (const name of ["5.4", "5.8"]) {
    const { whole, fairness } = run(RFC_8867, name);
    hold([whole], [[0.8, 160, 0.02]]);
    assert.ok(fairness >= 0.75, `Jain's index ${fairness} in ${name}`);
  }
});

test("RFC 8867 §5.6: beside a transfer that fills the queue, media goes on", () => {
  const { whole, bulkRate } = run(RFC_8867, "5.6", { seconds: 60 });
  assert.ok((whole.rates[0] ?? 0) > 150_000, `${whole.rates}`);
  assert.ok(bulkRate > 500_000, `${bulkRate}`);
});

test("random loss is borne, and lost feedback too", () => {
  for (const name of ["loss 1 %", "loss 5 %", "feedback 20 %"]) {
    const { whole } = run(OURS, name, { seconds: 30 });
    assert.ok(whole.used > 0.65, `${name}: ${JSON.stringify(whole)}`);
    assert.ok(whole.queue95 < 250, `${name}: ${JSON.stringify(whole)}`);
  }
});

test("probes find the capacity within two seconds, ten times the start", () => {
  const { whole } = run(OURS, "start", { seconds: 4 });
  assert.ok((whole.rates[0] ?? 0) > 1_800_000, JSON.stringify(whole));
});

test("with feedback after RFC 8888, and with REMB, one flow follows a capacity that changes", () => {
  for (const name of ["5.1 RFC 8888", "5.1 REMB"]) {
    const { parts } = run(OURS, name);
    hold(parts, [
      [0.75, 150, 0.02],
      [0.5, 200, 0.02],
      [0.8, 305, 0.25],
      [0.65, 150, 0.04],
    ]);
  }
});

test("equal seeds give equal runs", () => {
  const [one, other] = [run(RFC_8867, "5.1 jitter", { seconds: 20 }), run(RFC_8867, "5.1 jitter", { seconds: 20 })];
  assert.deepEqual(one, other);
});
