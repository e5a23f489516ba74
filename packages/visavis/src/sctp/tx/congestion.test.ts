import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { SeededRandom } from "@visavis/netsim";
import { connected, content, RELIABLE, SEED } from "../association-scene.test.ts";
import { Bbr, type BbrPhase } from "./bbr.ts";
import { Acknowledgement, type CongestionControl } from "./congestion-control.ts";
import { createCongestionControl } from "./congestion-controls.ts";
import { Cubic, cubicTime, cubicWindow } from "./cubic.ts";
import { HyStart } from "./hystart.ts";
import { NewReno } from "./newreno.ts";

const MTU = 1000;

/** Gives `control` the SACKs of one round trip in which its window was in use and all of it arrived. */
function roundTrip(control: CongestionControl, sample: Acknowledgement, time: number, inUse = true): void {
  const packets = Math.max(1, Math.floor(control.window / MTU));
  const sentAt = sample.delivered;
  for (let i = 0; i < packets; i++) {
    sample.now += time / packets;
    sample.acknowledged = MTU;
    sample.delivered += MTU;
    sample.priorDelivered = sentAt;
    sample.deliveredInSample = sample.delivered - sentAt;
    sample.rate = (packets * MTU) / time;
    sample.flightPeak = inUse ? control.window : MTU;
    sample.flightBefore = sample.flightPeak;
    sample.inFlight = sample.flightPeak;
    sample.flightAtSend = sample.flightPeak;
    sample.advanced = true;
    sample.roundTripTime = time;
    sample.smoothedRoundTripTime = time;
    control.onAcknowledged(sample);
  }
}

describe("CUBIC", () => {
  test("the curve of RFC 9438 §4.2: concave to the plateau after K seconds, convex behind it", () => {
    // After a loss at 100 packets: 70 are left, and K is the cube root of 30 / 0.4.
    const k = cubicTime(100, 70);
    assert.ok(Math.abs(k - 4.217) < 0.001, `${k}`);
    assert.ok(Math.abs(cubicWindow(0, k, 100) - 70) < 1e-9);
    assert.ok(Math.abs(cubicWindow(k, k, 100) - 100) < 1e-9);
    assert.ok(Math.abs(cubicWindow(2 * k, k, 100) - 130) < 1e-9);
    assert.ok(cubicWindow(k / 2, k, 100) - 70 > 100 - cubicWindow(k / 2, k, 100));
  });

  test("a reduction leaves 0.7, and the plateau is reached again in K seconds", () => {
    const control = new Cubic(MTU);
    const sample = new Acknowledgement();
    while (control.window < 1000 * MTU) roundTrip(control, sample, 100);
    const before = control.window / MTU;
    control.onFastRetransmit();
    assert.ok(Math.abs(control.window / MTU - 0.7 * before) < 1e-6);
    const since = sample.now;
    while (control.window / MTU < 0.999 * before) roundTrip(control, sample, 100);
    const took = (sample.now - since) / 1000;
    const k = cubicTime(before, 0.7 * before);
    assert.ok(took > 0.75 * k && took < 1.05 * k, `${took} of ${k} s`);
  });

  test("with short round trips it grows at least as a Reno flow with its beta (§4.3)", () => {
    const control = new Cubic(MTU);
    const sample = new Acknowledgement();
    while (control.window < 40 * MTU) roundTrip(control, sample, 5);
    control.onFastRetransmit();
    const before = control.window / MTU;
    for (let i = 0; i < 20; i++) roundTrip(control, sample, 5);
    const grown = control.window / MTU - before;
    assert.ok(grown > 20 * 0.529 * 0.9, `${grown}`);
  });

  test("fast convergence: who loses below the last plateau aims lower (§4.7)", () => {
    const [proud, humble] = [new Cubic(MTU), new Cubic(MTU)];
    for (const control of [proud, humble]) {
      const sample = new Acknowledgement();
      while (control.window < 200 * MTU) roundTrip(control, sample, 50);
      control.onFastRetransmit();
      if (control === humble) control.onFastRetransmit();
      const since = sample.now;
      while (sample.now - since < 6000) roundTrip(control, sample, 50);
    }
    assert.ok(humble.window < 0.9 * proud.window);
  });

  test("a window that is not in use does not grow, whatever time passes (§5.8)", () => {
    const control = new Cubic(MTU);
    const sample = new Acknowledgement();
    while (control.window < 100 * MTU) roundTrip(control, sample, 50);
    control.onFastRetransmit();
    const before = control.window;
    for (let i = 0; i < 50; i++) roundTrip(control, sample, 50, false);
    assert.equal(control.window, before);
  });

  test("a reduction for nothing is undone", () => {
    for (const name of ["cubic", "newreno"] as const) {
      const control = createCongestionControl(name, MTU, new SeededRandom(SEED));
      const sample = new Acknowledgement();
      while (control.window < 100 * MTU) roundTrip(control, sample, 50);
      const before = control.window;
      control.onTimeout(sample.now);
      assert.equal(control.window, MTU);
      control.onSpurious(sample.now);
      assert.equal(control.window, before);
    }
  });
});

describe("HyStart++", () => {
  function play(roundTrips: readonly number[]): HyStart {
    const hystart = new HyStart();
    roundTrips.forEach((time, round) => {
      for (let i = 0; i < 10; i++) hystart.onAcknowledged(time, (round + 1) * 1000, round * 1000);
    });
    return hystart;
  }

  test("slow start goes on while round trips stay as they are", () => {
    assert.equal(play([100, 101, 103, 104, 100, 106]).phase, "slow-start");
  });

  test("an eighth more makes it careful, and five such round trips end it", () => {
    const careful = play([100, 100, 113]);
    assert.deepEqual([careful.phase, careful.growthDivisor], ["conservative", 4]);
    assert.equal(play([100, 100, 113, 114, 114, 115, 116, 117]).phase, "over");
  });

  test("a delay that goes away was jitter", () => {
    assert.equal(play([100, 100, 113, 100]).phase, "slow-start");
  });
});

describe("NewReno", () => {
  test("doubles, halves, and grows by one packet each round trip", () => {
    const control = new NewReno(MTU);
    const sample = new Acknowledgement();
    roundTrip(control, sample, 50);
    assert.equal(control.window, 20 * MTU);
    control.onFastRetransmit();
    assert.equal(control.window, 10 * MTU);
    const before = control.window;
    for (let i = 0; i < 10; i++) roundTrip(control, sample, 50);
    assert.ok(Math.abs(control.window - before - 10 * MTU) <= MTU, `${control.window}`);
  });
});

describe("BBR", () => {
  test("finds the bandwidth of a link, keeps its queue short, and goes round", () => {
    const rate = 10e6;
    const { sim, a, z } = connected({ delay: 25, forward: { rate, queue: 250_000 } });
    const control = bbrOf(a.engine);
    const phases = new Set<BbrPhase>();
    let longest = 0;
    for (let t = 0; t < 12_000; t += 10) {
      while (a.engine.totalBufferedAmount < 100_000) a.engine.send(1, 53, content(10_000), RELIABLE, sim.now);
      sim.runFor(10);
      phases.add(control.phase);
      if (t > 2000) longest = Math.max(longest, a.engine.smoothedRoundTripTime ?? 0);
      z.messages.length = 0;
    }
    assert.ok(Math.abs((control.bandwidth * 8000) / rate - 1) < 0.1, `${control.bandwidth}`);
    assert.ok(control.shortestRoundTrip < 52, `${control.shortestRoundTrip}`);
    assert.ok(longest < 70, `${longest}`);
    for (const phase of ["startup", "down", "cruise", "refill", "up"] as const) assert.ok(phases.has(phase), phase);
  });

  test("follows a link that becomes slower, and one that becomes faster", () => {
    const { sim, link, a, z } = connected({ delay: 25, forward: { rate: 20e6, queue: 250_000 } });
    const control = bbrOf(a.engine);
    const run = (time: number): void => {
      for (let t = 0; t < time; t += 5) {
        while (a.engine.totalBufferedAmount < 100_000) a.engine.send(1, 53, content(10_000), RELIABLE, sim.now);
        sim.runFor(5);
        z.messages.length = 0;
      }
    };
    run(4000);
    link.set({ forward: { rate: 5e6 } });
    run(8000);
    assert.ok(Math.abs((control.bandwidth * 8000) / 5e6 - 1) < 0.2, `${control.bandwidth}`);
    link.set({ forward: { rate: 20e6 } });
    run(25_000);
    assert.ok(control.bandwidth * 8000 > 15e6, `${control.bandwidth}`);
  });

  test("losses that may be chance change nothing", () => {
    const { sim, a, z } = connected({ delay: 25, forward: { rate: 10e6, queue: 60_000, loss: 0.01 } });
    let received = 0;
    for (let t = 0; t < 8000; t += 10) {
      while (a.engine.totalBufferedAmount < 100_000) a.engine.send(1, 53, content(10_000), RELIABLE, sim.now);
      sim.runFor(10);
      if (t > 3000) for (const { data } of z.messages) received += data.length;
      z.messages.length = 0;
    }
    assert.ok((received * 8) / 5 / 1e6 > 8.5, `${received}`);
  });

  function bbrOf(engine: { readonly congestionControl: CongestionControl }): Bbr {
    assert.ok(engine.congestionControl instanceof Bbr);
    return engine.congestionControl;
  }
});
