import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { AssociationOptions } from "../association-options.ts";
import { connected, content, Pair, packetOf, RELIABLE, type Scene, sackOf } from "../association-scene.test.ts";
import { ReceiveWindow } from "../rx/receive-window.ts";

/** User data of a packet with one I-DATA chunk. */
const WHOLE = 1160 - 12 - 20;

/** Sends `count` messages of one packet each, after a round trip was measured. */
function scene(count: number, drop: (nth: number) => boolean, options: Partial<AssociationOptions> = {}): Scene {
  const it = connected({ delay: 50 }, options);
  it.a.engine.send(1, 53, content(WHOLE), RELIABLE, it.sim.now);
  it.sim.runUntil(() => it.z.messages.length === 1, { within: 1000 });
  it.sim.runFor(1000);
  it.link.set({ forward: { drop: (_, nth) => drop(nth) } });
  for (let i = 0; i < count; i++) it.a.engine.send(1, 53, content(WHOLE, i), RELIABLE, it.sim.now);
  return it;
}

describe("RACK", () => {
  test("packets that are late by less than a quarter of a round trip are not sent again once reordering was seen", () => {
    const it = connected({ delay: 50, forward: { reorder: 0.05, reorderDelay: 15 } });
    for (let i = 0; i < 400; i++) it.a.engine.send(1, 53, content(4000, i), RELIABLE, it.sim.now);
    it.sim.runUntil(() => it.z.messages.length === 400, { within: 60_000 });
    assert.ok(it.link.forward.counts.reordered > 20);
    assert.ok(it.a.engine.counters.chunksRetransmitted < 10, `${it.a.engine.counters.chunksRetransmitted}`);
    const plain = connected(
      { delay: 50, forward: { reorder: 0.05, reorderDelay: 15 } },
      { lossRecovery: "fast-retransmit", congestionControl: "newreno" },
    );
    for (let i = 0; i < 400; i++) plain.a.engine.send(1, 53, content(4000, i), RELIABLE, plain.sim.now);
    plain.sim.runUntil(() => plain.z.messages.length === 400, { within: 60_000 });
    assert.ok(plain.a.engine.counters.chunksRetransmitted > it.a.engine.counters.chunksRetransmitted);
  });

  test("later than that teaches it to wait longer, by the duplicates that are reported", () => {
    const it = connected({ delay: 50, forward: { reorder: 0.03, reorderDelay: 60 } });
    for (let i = 0; i < 1500; i++) it.a.engine.send(1, 53, content(4000, i), RELIABLE, it.sim.now);
    it.sim.runUntil(() => it.z.messages.length >= 750, { within: 120_000 });
    const half = it.a.engine.counters.spuriousRetransmissions;
    it.sim.runUntil(() => it.z.messages.length === 1500, { within: 120_000 });
    const rest = it.a.engine.counters.spuriousRetransmissions - half;
    assert.ok(half > 0 && rest < half, `${half} ${rest}`);
  });
});

describe("the tail loss probe", () => {
  test("repairs the loss of the last packets in two round trips, without T3-rtx", () => {
    const it = scene(5, (nth) => nth >= 4 && nth <= 5);
    const since = it.sim.now;
    it.sim.runUntil(() => it.z.messages.length === 6, { within: 10_000 });
    assert.ok(it.sim.now - since < 500, `${it.sim.now - since}`);
    assert.equal(it.a.engine.counters.timeouts, 0);
    assert.ok(it.a.engine.counters.tailLossProbes >= 1);
    const plain = scene(5, (nth) => nth >= 4 && nth <= 5, { lossRecovery: "fast-retransmit" });
    const begin = plain.sim.now;
    plain.sim.runUntil(() => plain.z.messages.length === 6, { within: 10_000 });
    assert.ok(plain.sim.now - begin > 500 && plain.a.engine.counters.timeouts > 0);
  });

  test("is one packet, and then T3-rtx backs off to ten seconds", () => {
    const it = scene(3, () => true);
    it.sim.runFor(120_000);
    assert.equal(it.a.engine.counters.tailLossProbes, 1);
    assert.ok(it.a.engine.counters.timeouts >= 8 && it.a.engine.counters.timeouts <= 11, `${it.a.engine.counters.timeouts}`);
  });
});

describe("T3-rtx for nothing", () => {
  test("is undone when what was not sent again comes back: nothing else is sent twice, and the window is as it was", () => {
    for (const congestionControl of ["bbr", "cubic", "newreno"] as const) {
      const it = connected({ delay: 50 }, { congestionControl });
      for (let i = 0; i < 30; i++) it.a.engine.send(1, 53, content(WHOLE, i), RELIABLE, it.sim.now);
      it.sim.runUntil(() => it.z.messages.length === 30, { within: 10_000 });
      it.sim.runFor(300);
      const before = it.a.engine.congestionWindow;
      // For a second nothing arrives on the way back, but nothing is lost.
      it.link.set({ backward: { delay: 900 } });
      for (let i = 0; i < 20; i++) it.a.engine.send(1, 53, content(WHOLE, i), RELIABLE, it.sim.now);
      it.sim.runUntil(() => it.a.engine.counters.timeouts > 0, { within: 5000 });
      it.sim.runFor(5000);
      assert.equal(it.z.messages.length, 50);
      assert.ok(
        it.a.engine.counters.chunksRetransmitted <= 4,
        `${congestionControl}: ${it.a.engine.counters.chunksRetransmitted}`,
      );
      assert.ok(it.a.engine.congestionWindow >= before, `${congestionControl}: ${it.a.engine.congestionWindow} < ${before}`);
    }
  });
});

describe("hostile SACKs", () => {
  test("with every second TSN in a gap block, over and over, cost no more than what they say", () => {
    const it = new Pair().connect();
    for (let i = 0; i < 600; i++) it.a.engine.send(1, 53, content(WHOLE), RELIABLE, it.now);
    it.take(it.a);
    const first = it.initialTsn(it.a);
    const cpu = process.cpuUsage();
    for (let round = 0; round < 300; round++) {
      const gaps: number[] = [];
      for (let i = 2 + (round % 2); i < 560; i += 2) gaps.push(i, i);
      it.now += 1;
      it.give(it.a, packetOf(it.tagOf(it.a), sackOf(first - 1, 1 << 20, gaps)));
      it.a.engine.advance(it.now);
    }
    const { user } = process.cpuUsage(cpu);
    assert.ok(user < 2_000_000, `${user} µs`);
    assert.equal(it.a.engine.state, "established");
  });
});

test("TSNs wrap in the middle of losses, probes and repairs", () => {
  const it = connected({ delay: 20, loss: 0.05, reorder: 0.05 }, { faults: { initialTsn: 0xffff_ff80 } });
  for (let i = 0; i < 300; i++) it.a.engine.send(1, 53, content(3000, i), RELIABLE, it.sim.now);
  it.sim.runUntil(() => it.z.messages.length === 300, { within: 120_000 });
  it.z.messages.forEach(({ data }, i) => {
    assert.deepEqual(data, content(3000, i));
  });
});

describe("the receive window", () => {
  test("begins small, grows as the path asks for it, and not beyond its limit", () => {
    const window = new ReceiveWindow(4 << 20);
    assert.equal(window.size, 1 << 20);
    let now = 0;
    for (; now < 1000; now += 10) {
      window.arrived(90_000);
      window.advertise(0, true, 1200, 100, now);
    }
    // 900 kB a round trip: room for two of them.
    assert.ok(window.size > 1.7e6 && window.size < 2e6, `${window.size}`);
    for (; now < 3000; now += 10) {
      window.arrived(900_000);
      window.advertise(0, true, 1200, 100, now);
    }
    assert.equal(window.size, 4 << 20);
  });

  test("does not grow for an application that takes nothing, which closes it", () => {
    const window = new ReceiveWindow(4 << 20);
    for (let held = 0; held < 1 << 20; held += 10_000) window.advertise(held, false, 1200, 100, held / 100);
    assert.equal(window.size, 1 << 20);
    assert.equal(window.advertise((1 << 20) - 500, false, 1200, 100, 90_000), 0);
  });

  test("lets a message in that is longer than it", () => {
    const it = connected({ delay: 50 }, { maxReceiveMessageSize: 1 << 23, sendBufferLimit: 1 << 24 });
    it.a.engine.send(1, 53, content(6_000_000), RELIABLE, it.sim.now);
    const since = it.sim.now;
    it.sim.runUntil(() => it.z.messages.length === 1, { within: 60_000 });
    assert.ok(it.sim.now - since < 3000, `${it.sim.now - since}`);
  });

  test("closed for minutes: nothing is lost, nothing grows, and it goes on when there is room", () => {
    const it = new Pair({ receiveBufferLimit: 50_000 }).connect();
    it.z.reads = false;
    for (let i = 0; i < 100; i++) it.a.engine.send(1, 53, content(2000, i), RELIABLE, it.now);
    it.pass(300_000);
    assert.ok(it.z.engine.heldBytes <= 60_000);
    it.z.reads = true;
    it.z.collect();
    it.pass(20_000);
    assert.equal(it.z.messages.length, 100);
  });
});
