/**
 * Whatever the other side says, the target stays within its limits, time and memory are bounded, and nothing is thrown.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { SeededRandom, testSeed } from "@visavis/netsim";
import { TransportFeedback } from "../rtp/rtcp/transport-feedback.ts";
import { SendSideController } from "./send-side-controller.ts";

const SEED = testSeed(1);

test("random feedback, reports and times", () => {
  const random = new SeededRandom(SEED).stream("hostile");
  const message = new TransportFeedback();
  for (let run = 0; run < 40; run++) {
    const controller = new SendSideController({ start: 500_000, min: 50_000, max: 8_000_000 });
    let now = random.number() * 1e9;
    let number = 0;
    for (let step = 0; step < 400; step++) {
      now += random.chance(0.05) ? random.number() * 20_000 : random.number() * 40;
      switch (random.below(8)) {
        case 0:
          controller.onRemb(random.chance(0.5) ? random.number() * 1e19 : random.number() * 1e6, now);
          break;
        case 1:
          controller.onReceiverReport(random.number(), random.chance(0.2) ? Number.NaN : random.number() * 70_000, now);
          break;
        case 2:
          controller.setDemand({ min: random.number() * 1e6, max: random.number() * 1e7, padding: random.number() * 1e6 }, now);
          break;
        case 3:
          if (random.chance(0.1)) controller.onPathChange(now);
          controller.advance(now);
          break;
        case 4:
        case 5:
          message.count = 1 + random.below(random.chance(0.05) ? 0xffff : 60);
          message.reserve(message.count);
          message.baseSequenceNumber = random.chance(0.8) ? (number - random.below(100)) & 0xffff : random.below(0x1_0000);
          message.referenceTime = random.below(0x100_0000) - 0x80_0000;
          for (let i = 0; i < message.count; i++)
            message.arrivals[i] = random.chance(0.3) ? Number.NaN : (random.below(0x1_0000) - 0x8000) / 4;
          controller.onFeedback(message, now);
          break;
        default:
          for (let i = random.below(30); i > 0; i--) {
            const bytes = 1 + random.below(1500);
            assert.ok(!Number.isNaN(controller.pacer.timeOfNext(bytes, now)));
            assert.ok(controller.pacer.paddingBytes(now) >= 0);
            controller.onPacketSent(number++, bytes, now, controller.pacer.onSent(bytes, now));
          }
      }
      const { targetBitrate, pacingRate, bytesInFlight } = controller;
      const event = controller.takeEvent();
      const what = `seed ${SEED}, run ${run}, step ${step}: ${targetBitrate}, ${pacingRate}, ${bytesInFlight}`;
      // Too much in flight holds sources back below the minimum of the path, not below 30 kbit/s.
      assert.ok(targetBitrate >= 30_000 && targetBitrate <= 8_000_000, what);
      assert.ok(pacingRate > 0 && pacingRate < 1e9 && bytesInFlight >= 0, what);
      assert.ok(!Number.isNaN(controller.deadline()), what);
      if (event !== undefined) assert.ok(event.bitrate > 0 && event.loss >= 0 && event.loss <= 1, what);
    }
  }
});
