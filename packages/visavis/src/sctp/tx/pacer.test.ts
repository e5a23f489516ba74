import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { connected, content, RELIABLE } from "../association-scene.test.ts";
import { Pacer } from "./pacer.ts";

const MTU = 1200;

describe("the pacer", () => {
  test("spreads what is sent: the rate is kept, in bursts of two milliseconds", () => {
    const pacer = new Pacer();
    const rate = 3000;
    let [now, sent, bursts] = [0, 0, 0];
    while (now < 1000) {
      pacer.begin();
      if (pacer.allows({ pacingRate: rate }, 50, MTU, now)) {
        pacer.sent(MTU);
        sent += MTU;
        continue;
      }
      assert.ok(pacer.deadline > now);
      bursts++;
      now = pacer.deadline;
    }
    assert.ok(Math.abs(sent / 1000 / rate - 1) < 0.02, `${sent}`);
    assert.ok(bursts > 400 && bursts < 600, `${bursts}`);
  });

  test("a timer that is a few milliseconds late costs nothing", () => {
    const pacer = new Pacer();
    let sent = 0;
    for (let now = 0; now <= 1000; now += 5) {
      while (pacer.allows({ pacingRate: 3000 }, 50, MTU, now)) {
        pacer.sent(MTU);
        sent += MTU;
      }
    }
    assert.ok(sent > 0.98 * 3000 * 1000, `${sent}`);
  });

  test("a pause is no licence for more than ten packets at once", () => {
    const pacer = new Pacer();
    let packets = 0;
    while (pacer.allows({ pacingRate: 100 }, 50, MTU, 60_000)) {
      pacer.sent(MTU);
      packets++;
    }
    assert.equal(packets, 10);
  });

  test("paths shorter than its timers are not paced, nor are those without a measurement", () => {
    const pacer = new Pacer();
    for (const [rate, shortest] of [
      [100, 0.2],
      [Number.POSITIVE_INFINITY, 50],
    ] as const) {
      for (let i = 0; i < 1000; i++) {
        assert.ok(pacer.allows({ pacingRate: rate }, shortest, MTU, 0));
        pacer.sent(MTU);
      }
    }
    assert.equal(pacer.deadline, Number.POSITIVE_INFINITY);
  });

  test("no burst of an association is longer than its queue can take, and everything arrives", () => {
    const { sim, link, a, z } = connected({ delay: 50, forward: { rate: 20e6, queue: 300_000 } });
    for (let i = 0; i < 100; i++) a.engine.send(1, 53, content(20_000, i), RELIABLE, sim.now);
    sim.runUntil(() => z.messages.length === 100, { within: 60_000 });
    const { queue = 0 } = link.forward.counts.drops;
    assert.ok(queue === 0, `${queue} dropped`);
    assert.equal(a.engine.counters.timeouts, 0);
  });
});
