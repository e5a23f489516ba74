/** What a hostile or broken sender can do to a receiver: memory and work stay bounded, everything is counted, nothing is thrown. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { SeededRandom, testSeed } from "@visavis/netsim";
import { fromHex } from "../../base/bytes.ts";
import { payloadFormat } from "../../rtp/payload/registry.ts";
import { ReceivedPacket } from "../../rtp/received-packet.ts";
import { createReceiver } from "./create-receiver.ts";
import type { ReceiveFormat, StreamReceiver } from "./stream-receiver.ts";

const SEED = testSeed();

const FORMATS: ReadonlyMap<number, ReceiveFormat> = new Map(
  ["video/VP8", "video/VP9", "video/H264", "video/H265", "video/AV1", "audio/opus", "audio/PCMU"].map((mimeType, index) => {
    const format = payloadFormat(mimeType);
    assert.ok(format);
    return [96 + index, { format }];
  }),
);
const [VP8, VP9, H264] = [96, 97, 98];

function packet(payloadType: number, sequenceNumber: number, timestamp: number, hex: string, marker = false): ReceivedPacket {
  const made = new ReceivedPacket();
  made.bytes = fromHex(hex.replaceAll(" ", ""));
  made.payloadEnd = made.bytes.length;
  made.end = made.bytes.length;
  Object.assign(made, { payloadType, sequenceNumber, timestamp, marker });
  return made;
}

/** Puts a packet in and takes all frames out; how many there were. */
function feed(receiver: StreamReceiver, given: ReceivedPacket, now: number): number {
  given.arrival = now;
  receiver.insert(given, now);
  receiver.advance(now);
  receiver.takeKeyFrameRequest();
  let count = 0;
  while (receiver.takeFrame(now) !== undefined) count++;
  assert.ok(receiver.deadline() > now || receiver.deadline() === now || Number.isFinite(receiver.deadline()));
  return count;
}

const KEY = "9080 01 10 0000 9d012a 8002 e001 00";
const delta = (pictureId: number): string => `9080 ${(pictureId & 0x7f).toString(16).padStart(2, "0")} 11 0000`;

describe("video:", () => {
  test("a frame without an end is given up when it is too long, and a key frame is asked for", () => {
    const receiver = createReceiver("video", { formats: FORMATS });
    feed(receiver, packet(VP8, 1, 0, KEY), 0);
    for (let i = 2; i < 10_000; i++) feed(receiver, packet(VP8, i, 0, "8080 01 aaaa"), i / 10);
    assert.ok(receiver.drops.of("packet-buffer-full") >= 4);
    assert.ok(receiver.counters.packetsDiscarded > 7000);
    assert.ok(receiver.counters.keyFramesRequested >= 1 && receiver.counters.keyFramesRequested < 10);
    assert.equal(receiver.counters.framesReceived, 0);
    // And it goes on with the next key frame.
    feed(receiver, packet(VP8, 10_000, 9000, KEY, true), 1000);
    assert.equal(receiver.counters.framesReceived, 1);
    assert.equal(feed(receiver, packet(VP8, 10_001, 12_000, delta(2), true), 1040), 1);
  });

  test("frames that refer to what never comes do not pile up", () => {
    const receiver = createReceiver("video", { formats: FORMATS });
    assert.equal(feed(receiver, packet(VP8, 1, 0, KEY, true), 0) + feed(receiver, packet(VP8, 2, 900, delta(2), true), 15), 1);
    for (let i = 10; i < 5000; i++) {
      feed(receiver, packet(VP8, i, i * 900, delta(i), true), i * 10);
      assert.ok(receiver.pendingFrames <= 513, `${receiver.pendingFrames} frames`);
    }
    assert.ok(receiver.drops.of("frame-buffer-full") > 0);
    assert.ok(receiver.counters.keyFramesRequested > 5);
  });

  test("frames that wait to learn what they refer to are few", () => {
    const receiver = createReceiver("video", { formats: FORMATS });
    for (let i = 0; i < 1000; i += 2) {
      feed(receiver, packet(H264, i, i * 900, "41ff", true), i);
      assert.ok(receiver.pendingFrames <= 65, `${receiver.pendingFrames} frames`);
    }
  });

  test("sequence numbers and timestamps that jump to and fro", () => {
    const chance = new SeededRandom(SEED).stream("jumps");
    const receiver = createReceiver("video", { formats: FORMATS });
    const before = performance.now();
    for (let i = 0; i < 20_000; i++) {
      const sequenceNumber = chance.below(2) * 1_000_000 + chance.below(40_000);
      feed(
        receiver,
        packet(VP8, sequenceNumber, chance.below(0xffff_ffff), chance.chance(0.3) ? KEY : delta(i), chance.chance(0.5)),
        i,
      );
      assert.ok(receiver.pendingFrames <= 600);
    }
    assert.ok(performance.now() - before < 20_000, "it took too long");
  });

  test("a sender that begins anew, with lower numbers, is heard after a few packets", () => {
    const receiver = createReceiver("video", { formats: FORMATS });
    feed(receiver, packet(VP8, 100_000, 5_000_000, KEY, true), 0);
    for (let i = 1; i < 50; i++) feed(receiver, packet(VP8, 100_000 + i, 5_000_000 + i * 3000, delta(1 + i), true), i * 33);
    assert.ok(receiver.counters.jitterBufferEmittedCount >= 49);
    let came = 0;
    for (let i = 0; i < 60; i++) {
      const now = 2000 + i * 33;
      came += feed(receiver, packet(VP8, 70_000 + i, 77 + i * 3000, i % 20 === 0 ? KEY : delta((i % 20) + 1), true), now);
    }
    assert.equal(receiver.drops.of("restart"), 1);
    assert.ok(receiver.counters.keyFramesRequested >= 1);
    assert.ok(came >= 30, `${came} frames`);
  });

  test("duplicates, unknown payload types, payloads that cannot be read, padding alone", () => {
    const receiver = createReceiver("video", { formats: FORMATS });
    feed(receiver, packet(VP8, 1, 0, KEY, true), 0);
    feed(receiver, packet(VP8, 2, 3000, delta(2)), 5);
    feed(receiver, packet(VP8, 2, 3000, delta(2)), 6);
    feed(receiver, packet(33, 3, 3000, "00"), 7);
    feed(receiver, packet(101, 3, 3000, "78aa"), 7);
    feed(receiver, packet(VP8, 4, 3000, "90"), 8);
    feed(receiver, packet(VP8, 5, 3000, ""), 9);
    assert.deepEqual(receiver.drops.toJSON(), { "duplicate-packet": 1, "payload-type": 2, payload: 1 });
    assert.equal(receiver.counters.packetsDiscarded, 2);
  });

  test("rubbish in every format", () => {
    const chance = new SeededRandom(SEED).stream("rubbish");
    for (const [payloadType, { format }] of FORMATS) {
      const receiver = createReceiver(format.kind, { formats: FORMATS });
      for (let i = 0; i < 5000; i++) {
        const made = new ReceivedPacket();
        made.bytes = new Uint8Array(chance.below(40));
        chance.fill(made.bytes);
        made.payloadEnd = made.bytes.length;
        made.dependencyDescriptorEnd = chance.chance(0.1) ? Math.min(made.bytes.length, chance.below(12)) : 0;
        made.payloadType = payloadType;
        made.sequenceNumber = 1000 + i - chance.below(20) + (chance.chance(0.001) ? 60_000 : 0);
        made.timestamp = i * 100 - chance.below(300);
        made.marker = chance.chance(0.4);
        made.csrcCount = chance.chance(0.1) ? chance.below(16) : 0;
        feed(receiver, made, i);
        assert.ok(receiver.pendingFrames < 1100);
      }
    }
  });

  test("an end without a beginning, and a beginning twice", () => {
    const receiver = createReceiver("video", { formats: FORMATS });
    feed(receiver, packet(VP9, 5, 0, "84 81 aa", true), 0);
    feed(receiver, packet(VP9, 4, 0, "88 01 aa"), 1);
    feed(receiver, packet(VP9, 6, 3000, "88 02 aa"), 2);
    feed(receiver, packet(VP9, 7, 3000, "8c 02 aa", true), 3);
    assert.equal(receiver.counters.framesReceived, 1);
  });
});

describe("audio:", () => {
  test("packets that wait are few, however long they are to wait", () => {
    const receiver = createReceiver("audio", { formats: FORMATS });
    receiver.playout.setRequested(10_000);
    for (let i = 0; i < 5000; i++) {
      feed(receiver, packet(101, i * 3, i * 48, "78aa"), i);
      assert.ok(receiver.pendingFrames <= 512);
    }
    assert.ok(receiver.drops.of("packet-buffer-full") > 0);
  });

  test("a sender that begins anew is heard after a few packets", () => {
    const receiver = createReceiver("audio", { formats: FORMATS });
    let came = 0;
    for (let i = 0; i < 100; i++) came += feed(receiver, packet(101, 90_000 + i, 1_000_000 + i * 960, "78aa"), i * 20);
    for (let i = 0; i < 100; i++) came += feed(receiver, packet(101, 70_000 + i, 77 + i * 960, "78aa"), 2000 + i * 20);
    assert.equal(receiver.drops.of("restart"), 1);
    assert.ok(came > 185, `${came} frames`);
  });

  test("a codec of another clock rate begins anew", () => {
    const receiver = createReceiver("audio", { formats: FORMATS });
    let came = 0;
    for (let i = 0; i < 50; i++) came += feed(receiver, packet(101, i, 5_000_000 + i * 960, "78aa"), i * 20);
    for (let i = 50; i < 100; i++) came += feed(receiver, packet(102, i, 70 + i * 160, "d5".repeat(160)), i * 20);
    for (let i = 100; i < 150; i++) came += feed(receiver, packet(101, i, 9 + i * 960, "78aa"), i * 20);
    assert.ok(came > 140, `${came} frames`);
  });
});
