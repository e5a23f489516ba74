import assert from "node:assert/strict";
import { test } from "node:test";
import { NEVER } from "../base/instant.ts";
import { PacketResults } from "./packet-results.ts";
import { createProbeCluster } from "./probe-cluster.ts";
import { ProbeEstimate } from "./probe-estimate.ts";
import { ProbePlan } from "./probe-plan.ts";

const rates = (plan: ProbePlan): number[] => {
  const all: number[] = [];
  for (let cluster = plan.take(); cluster !== undefined; cluster = plan.take()) all.push(cluster.bitrate);
  return all;
};

test("the first probes are 3 and 6 times the start; as long as they find it, twice what was found", () => {
  const plan = new ProbePlan();
  plan.start(300_000, 0);
  assert.deepEqual(rates(plan), [900_000, 1_800_000]);
  plan.setEstimate(850_000, false, false, 100);
  assert.deepEqual(rates(plan), [], "less than 70 % of the second");
  plan.setEstimate(1_750_000, false, false, 120);
  assert.deepEqual(rates(plan), [3_500_000]);
  plan.setEstimate(3_400_000, false, false, 240);
  assert.deepEqual(rates(plan), [5_000_000], "probes have a limit");
  plan.setEstimate(5_000_000, false, false, 400);
  assert.deepEqual(rates(plan), []);
});

test("the first probes are repeated while nothing is heard of them, three times", () => {
  const plan = new ProbePlan();
  plan.start(300_000, 0);
  for (let second = 0; second < 4; second++) {
    assert.deepEqual(rates(plan), [900_000, 1_800_000]);
    assert.equal(plan.deadline(), 1000 * (second + 1));
    plan.advance(1000 * (second + 1));
  }
  assert.deepEqual(rates(plan), []);
  assert.equal(plan.deadline(), NEVER);
});

test("a probe without enough of a result is given up after a second", () => {
  const plan = new ProbePlan();
  plan.start(300_000, 0);
  rates(plan);
  plan.onResult();
  assert.equal(plan.deadline(), 1000);
  plan.advance(1000);
  assert.equal(plan.deadline(), NEVER);
  plan.setEstimate(1_750_000, false, false, 1100);
  assert.deepEqual(rates(plan), []);
});

test("no probe goes beyond what the application allows, or twice what streams can use", () => {
  const limited = new ProbePlan();
  limited.setMaxRate(1_000_000, 0);
  limited.start(300_000, 0);
  assert.deepEqual(rates(limited), [900_000, 1_000_000]);
  const modest = new ProbePlan();
  modest.setWanted(200_000, 0);
  modest.start(300_000, 0);
  assert.deepEqual(rates(modest), [400_000, 400_000]);
});

test("while the source is limited it probes every five seconds, for as long as more would be of use", () => {
  const plan = new ProbePlan();
  plan.start(300_000, 0);
  plan.onResult();
  plan.advance(1000);
  rates(plan);
  plan.setEstimate(500_000, false, false, 2000);
  plan.setLimitedSince(2000, 2000);
  assert.equal(plan.deadline(), 7000);
  plan.advance(6999);
  assert.deepEqual(rates(plan), []);
  plan.advance(7000);
  assert.deepEqual(rates(plan), [1_000_000]);
  plan.advance(8000);
  assert.equal(plan.deadline(), 12_000);
  plan.setWanted(500_000, 9000);
  assert.equal(plan.deadline(), NEVER);
});

test("after a large drop that is over, what there was before is tried, if the source was limited", () => {
  for (const limited of [false, true]) {
    const plan = new ProbePlan();
    plan.start(2_000_000, 0);
    plan.onResult();
    plan.advance(1000);
    rates(plan);
    if (limited) plan.setLimitedSince(1500, 1500);
    plan.setEstimate(1_000_000, false, false, 2000);
    plan.onRecovery(3000);
    assert.deepEqual(rates(plan), limited ? [1_700_000] : []);
  }
});

test("while losses bring the rate down nothing is probed", () => {
  const plan = new ProbePlan();
  plan.start(300_000, 0);
  plan.setEstimate(1_750_000, true, true, 100);
  assert.deepEqual(rates(plan), []);
});

test("when the application allows more, more is looked for", () => {
  const plan = new ProbePlan();
  plan.setMaxRate(1_000_000, 0);
  plan.start(500_000, 0);
  plan.onResult();
  plan.advance(1000);
  rates(plan);
  plan.setEstimate(1_000_000, false, false, 1500);
  plan.setMaxRate(3_000_000, 2000);
  assert.deepEqual(rates(plan), [2_000_000]);
});

/** What a cluster of packets of 1000 bytes, sent and received so many milliseconds apart, measures; in kbit/s. */
function measure(packets: number, sendGap: number, receiveGap: number, cluster = createProbeCluster(1, 2_000_000)): number {
  const estimate = new ProbeEstimate();
  estimate.expect(cluster);
  const results = new PacketResults();
  for (let i = 0; i < packets; i++) results.addReceived(i * sendGap, 50 + i * receiveGap, 1000, 1);
  return Math.round(estimate.update(results) / 1000);
}

test("a cluster measures the lesser of the rates at which it was sent and arrived", () => {
  assert.equal(measure(5, 4, 4), 2000);
  assert.equal(measure(5, 4, 3.8), 2000);
  assert.equal(measure(5, 4, 4.2), 1905);
  assert.equal(measure(5, 4, 8), 950, "the link was full: a little below what arrived");
  assert.ok(Number.isNaN(measure(5, 4, 1)), "compressed on the way: it tells nothing");
  assert.ok(Number.isNaN(measure(3, 4, 4)), "too little of it arrived");
  assert.ok(Number.isNaN(measure(5, 0, 4)));
  assert.ok(Number.isNaN(measure(5, 400, 400)), "too long");
});

test("packets of clusters that are not known are passed over", () => {
  const estimate = new ProbeEstimate();
  for (let id = 1; id <= 20; id++) estimate.expect(createProbeCluster(id, 2e6));
  const results = new PacketResults();
  for (let i = 0; i < 10; i++) results.addReceived(i * 4, i * 4, 1000, 3);
  assert.ok(Number.isNaN(estimate.update(results)));
});

test("when clearly more arrives than the link was thought to carry, twice of it is tried, each five seconds at the most", () => {
  const plan = new ProbePlan();
  plan.start(300_000, 0);
  plan.onResult();
  plan.advance(1000);
  rates(plan);
  plan.setEstimate(1_000_000, false, false, 2000);
  plan.onCapacityExceeded(3000);
  assert.deepEqual(rates(plan), []);
  plan.onCapacityExceeded(6000);
  assert.deepEqual(rates(plan), [2_000_000]);
});
