/**
 * Scenes of idle paths: RFC 9260 §8.1 to §8.3.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { connected, endOf, RELIABLE } from "./association-scene.test.ts";

test("a path that grows longer than the retransmission timeout while it is idle does not end the association", () => {
  const it = connected({ delay: 5 });
  it.a.engine.send(1, 53, new Uint8Array(100), RELIABLE, it.sim.now);
  it.sim.runFor(1000);
  it.link.set({ delay: 700 });
  it.sim.runFor(3_600_000);
  assert.deepEqual([endOf(it.a), endOf(it.z)], [undefined, undefined]);
  assert.ok((it.a.engine.smoothedRoundTripTime ?? 0) > 1000, "late answers are measured");
  assert.equal(it.a.engine.drops.of("unexpected-chunk"), 0);
});

test("a path that answers no HEARTBEAT ends the association after eleven of them", () => {
  const it = connected({ delay: 5 });
  it.link.down();
  it.sim.runFor(9 * 33_000);
  assert.equal(endOf(it.a), undefined);
  it.sim.runFor(3 * 33_000);
  assert.equal(endOf(it.a), "unreachable");
});
