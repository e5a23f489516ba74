import assert from "node:assert/strict";
import { test } from "node:test";
import { twoPeers } from "./ice-scene.test.ts";

test("two hosts find each other within two round trips, and conclude", () => {
  const scene = twoPeers({});
  const { sim, a, z } = scene;
  scene.start();
  scene.until(() => scene.paired, 1000);
  assert.ok(sim.now <= 80, `connected after ${sim.now} ms with a round trip of 40`);
  scene.until(() => a.agent.state === "completed" && z.agent.state === "completed", 1000);
  assert.ok(sim.now <= 160, `completed after ${sim.now} ms`);
  scene.pass(1);
  assert.equal(a.selectedTypes, "host/host");
  assert.deepEqual(a.states, ["checking", "connected", "completed"]);
  assert.deepEqual(z.states, ["checking", "connected", "completed"]);
  scene.assertPath();
  assert.equal(a.agent.drops.total + z.agent.drops.total, 0);
});
