import assert from "node:assert/strict";
import { test } from "node:test";
import { NEVER } from "../base/instant.ts";
import type { CongestionFeedback } from "../rtp/rtcp/congestion-feedback.ts";
import { TransportFeedback } from "../rtp/rtcp/transport-feedback.ts";
import type { BitrateOptions } from "./bitrate-options.ts";
import { SendSideController } from "./send-side-controller.ts";

/** A path without a simulation: packets go at the target, and each 50 ms there is feedback. */
class Path {
  readonly controller: SendSideController;
  now = 0;
  number = 0;
  /** Milliseconds one way, and how many each packet waits longer than the one before. */
  delay = 50;
  growth = 0;
  /** Every so many packets one is lost. */
  lossEvery = NEVER;
  /** The part of the target that the source uses. */
  use = 1;
  feedback: "transport" | "rfc8888" | "none" = "transport";
  readonly #message = new TransportFeedback();
  #left = 0;

  constructor(options: BitrateOptions = {}) {
    this.controller = new SendSideController(options);
  }

  run(seconds: number): void {
    for (const end = this.now + seconds * 1000; this.now < end; this.now += 50) this.#turn();
  }

  #turn(): void {
    const { controller } = this;
    const first = this.number;
    const arrivals: number[] = [];
    this.#left += (controller.targetBitrate * this.use * 50) / 8000;
    const count = Math.max(1, Math.floor(this.#left / 1000));
    this.#left = Math.max(0, this.#left - count * 1000);
    for (let i = 0; i < count; i++) {
      const at = this.now + (i * 50) / count;
      controller.pacer.timeOfNext(1000, at);
      const probe = controller.pacer.onSent(1000, at);
      controller.onPacketSent(this.number, 1000, at, probe);
      controller.onRtpPacketSent(7, this.number & 0xffff, this.number);
      this.delay += this.growth;
      arrivals.push(this.number % this.lossEvery === 0 ? Number.NaN : at + this.delay);
      this.number++;
    }
    const now = this.now + 50 + 2 * this.delay;
    if (controller.deadline() <= this.now) controller.advance(this.now);
    if (this.feedback === "transport") controller.onFeedback(this.#fill(first, arrivals), now);
    else if (this.feedback === "rfc8888") controller.onCongestionFeedback(this.#report(first, arrivals, now), now);
  }

  #fill(first: number, arrivals: readonly number[]): TransportFeedback {
    const message = this.#message;
    message.baseSequenceNumber = first & 0xffff;
    message.count = arrivals.length;
    message.reserve(arrivals.length);
    const reference = Math.floor((arrivals.find((at) => !Number.isNaN(at)) ?? 0) / 64);
    message.referenceTime = (reference << 8) >> 8;
    arrivals.forEach((at, i) => {
      message.arrivals[i] = Math.round((at - reference * 64) * 4) / 4;
    });
    return message;
  }

  #report(first: number, arrivals: readonly number[], now: number): CongestionFeedback {
    const packets = arrivals.map((at) => ({ received: !Number.isNaN(at), ecn: 0 as const, age: now - at }));
    const stream = { ssrc: 7, beginSequenceNumber: first & 0xffff, packets };
    return { senderSsrc: 1, streams: [stream], timestamp: Math.round((now * 65_536) / 1000) >>> 0 };
  }
}

test("before any feedback the target is the start, told once", () => {
  const controller = new SendSideController({ start: 500_000 });
  controller.start(0);
  assert.deepEqual(controller.takeEvent(), { type: "target", bitrate: 500_000, roundTrip: Number.NaN, loss: 0 });
  assert.equal(controller.takeEvent(), undefined);
  assert.equal(controller.pacingRate, 1_250_000);
  assert.equal(controller.pacer.rate, 1_250_000);
});

for (const feedback of ["transport", "rfc8888"] as const) {
  test(`the target grows while nothing is in its way, up to its maximum (feedback: ${feedback})`, () => {
    const path = new Path({ start: 300_000, max: 2_000_000 });
    path.feedback = feedback;
    path.run(5);
    assert.ok(path.controller.targetBitrate > 400_000, `${path.controller.targetBitrate}`);
    path.run(25);
    assert.equal(path.controller.targetBitrate, 2_000_000);
    assert.ok(Math.abs(path.controller.acknowledgedBitrate - 2e6) < 200_000, `${path.controller.acknowledgedBitrate}`);
    assert.ok(Math.abs(path.controller.roundTrip - 100) < 60, `${path.controller.roundTrip}`);
    assert.equal(path.controller.loss, 0);
    assert.equal(path.controller.bytesInFlight, 0);
    let last = 0;
    for (let event = path.controller.takeEvent(); event !== undefined; event = path.controller.takeEvent()) last = event.bitrate;
    assert.equal(last, 2_000_000);
  });

  test(`a growing queue brings the target below what arrives (feedback: ${feedback})`, () => {
    const path = new Path({ start: 1_000_000, max: 1_000_000 });
    path.feedback = feedback;
    path.run(3);
    assert.equal(path.controller.pathUse, "normal");
    path.growth = 1;
    path.run(2);
    assert.ok(path.controller.targetBitrate < 900_000, `${path.controller.targetBitrate}`);
  });

  test(`losses bring it down (feedback: ${feedback})`, () => {
    const path = new Path({ start: 1_000_000, max: 1_000_000 });
    path.feedback = feedback;
    path.run(3);
    path.lossEvery = 4;
    path.run(10);
    assert.ok(path.controller.loss > 0.2 && path.controller.loss < 0.3, `${path.controller.loss}`);
    assert.ok(path.controller.limitedByLoss);
    assert.ok(path.controller.targetBitrate < 700_000, `${path.controller.targetBitrate}`);
  });
}

test("a source that sends little is limited, and its target does not run away", () => {
  const path = new Path({ start: 300_000 });
  path.run(2);
  path.use = 0.2;
  path.run(60);
  assert.ok(path.controller.limitedBySource);
  assert.ok(path.controller.targetBitrate < 6_000_000, `${path.controller.targetBitrate}`);
});

test("when feedback ceases the target falls, in time to the minimum; when it comes back, so does the target", () => {
  const path = new Path({ start: 1_000_000, max: 1_000_000, min: 50_000 });
  path.run(5);
  path.feedback = "none";
  path.run(1.5);
  assert.ok(path.controller.targetBitrate < 500_000, "too much is in flight");
  path.run(8);
  assert.ok(path.controller.targetBitrate < 100_000, `${path.controller.targetBitrate}`);
  path.run(60);
  path.feedback = "transport";
  path.run(50);
  assert.ok(path.controller.targetBitrate > 700_000, `${path.controller.targetBitrate}`);
});

test("feedback that is lost leaves nothing in flight", () => {
  const path = new Path({ start: 1_000_000, max: 1_000_000 });
  path.run(2);
  path.feedback = "none";
  path.run(0.2);
  assert.ok(path.controller.bytesInFlight > 0);
  path.feedback = "transport";
  path.run(0.1);
  assert.equal(path.controller.bytesInFlight, 0);
});

test("the receiver's maximum (REMB) holds, and at the start it is believed upwards, too", () => {
  const controller = new SendSideController({ start: 300_000 });
  controller.start(0);
  controller.onRemb(1_500_000, 500);
  assert.equal(controller.targetBitrate, 1_500_000);
  controller.onRemb(400_000, 3000);
  assert.equal(controller.targetBitrate, 400_000);
  controller.onRemb(5_000_000, 4000);
  assert.equal(controller.targetBitrate, 1_500_000);
});

test("without feedback on packets receiver reports rule", () => {
  const controller = new SendSideController({ start: 300_000, max: 1_000_000 });
  const report = (loss: number, from: number, to: number): void => {
    for (let now = from; now < to; now += 1000) {
      for (let i = 0; i < 50; i++) controller.onPacketSent(now + i, controller.targetBitrate / 400, now + i * 20);
      controller.onReceiverReport(loss, 80, now + 1000);
    }
  };
  report(0, 0, 10_000);
  assert.ok(controller.targetBitrate > 550_000, `${controller.targetBitrate}`);
  report(0, 10_000, 40_000);
  assert.equal(controller.targetBitrate, 1_000_000);
  report(0.05, 40_000, 50_000);
  assert.equal(controller.targetBitrate, 1_000_000);
  report(0.2, 50_000, 53_000);
  assert.ok(Math.abs(controller.targetBitrate - 729_000) < 1000, `${controller.targetBitrate}`);
  assert.equal(controller.loss, 0.2);
  assert.equal(controller.roundTrip, 80);
});

test("a change of the path forgets what was learnt of the old one", () => {
  const path = new Path({ start: 300_000, max: 4_000_000 });
  path.run(60);
  assert.equal(path.controller.targetBitrate, 4_000_000);
  path.controller.onPathChange(path.now);
  assert.equal(path.controller.targetBitrate, 300_000);
  assert.equal(path.controller.bytesInFlight, 0);
  assert.ok(Number.isNaN(path.controller.acknowledgedBitrate));
  path.run(20);
  assert.ok(path.controller.targetBitrate > 600_000);
});

test("a packet without a number is not waited for", () => {
  const controller = new SendSideController();
  controller.onPacketSent(-1, 1200, 0);
  assert.equal(controller.bytesInFlight, 0);
  controller.onPacketSent(0, 1200, 0);
  assert.equal(controller.bytesInFlight, 1200);
});

test("limits can be changed at any time", () => {
  const path = new Path({ start: 300_000 });
  path.run(5);
  path.controller.setBitrates({ max: 200_000 }, path.now);
  assert.equal(path.controller.targetBitrate, 200_000);
  path.controller.setBitrates({ min: 250_000 }, path.now);
  assert.equal(path.controller.targetBitrate, 250_000);
  path.controller.setBitrates({ start: 1_000_000, max: 3_000_000 }, path.now);
  assert.equal(path.controller.targetBitrate, 1_000_000);
});

test("feedback on what was never sent, or in absurd amounts, changes nothing", () => {
  const path = new Path({ start: 300_000 });
  path.run(1);
  const before = path.controller.targetBitrate;
  const message = new TransportFeedback();
  message.count = 0xffff;
  message.reserve(0xffff);
  message.arrivals.fill(Number.NaN);
  for (let i = 0; i < 20; i++) {
    message.baseSequenceNumber = i * 3000;
    path.controller.onFeedback(message, path.now);
  }
  assert.equal(path.controller.targetBitrate, before);
});
