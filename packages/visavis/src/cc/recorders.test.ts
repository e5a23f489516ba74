import assert from "node:assert/strict";
import { test } from "node:test";
import { NEVER } from "../base/instant.ts";
import { decodeCongestionFeedback } from "../rtp/rtcp/congestion-feedback.ts";
import { decodeTransportFeedback, type TransportFeedback } from "../rtp/rtcp/transport-feedback.ts";
import { CongestionFeedbackRecorder } from "./congestion-feedback-recorder.ts";
import { FeedbackRecorder } from "./feedback-recorder.ts";

const OUT = new Uint8Array(1500);

/** What the recorder writes: numbers and times of arrival, NaN for what did not arrive. */
function take(
  recorder: FeedbackRecorder,
  now: number,
  room = 1200,
): { feedback: TransportFeedback; arrivals: [number, number][] } {
  const end = recorder.write(OUT, 0, room, now);
  assert.ok(end > 0 && end <= room, `${end} bytes`);
  const feedback = decodeTransportFeedback(OUT, 0, end);
  assert.ok(feedback !== undefined);
  const arrivals = Array.from({ length: feedback.count }, (_, i): [number, number] => [
    (feedback.baseSequenceNumber + i) & 0xffff,
    feedback.referenceTime * 64 + (feedback.arrivals[i] as number),
  ]);
  return { feedback, arrivals };
}

test("what arrived, and what did not, is told once, 100 ms after the first packet", () => {
  const recorder = new FeedbackRecorder();
  recorder.senderSsrc = 0x01020304;
  assert.equal(recorder.deadline(), NEVER);
  assert.equal(recorder.write(OUT, 0, 1200, 0), 0);
  recorder.onPacket(0xfffe, 1200, 5, 1000);
  recorder.onPacket(0xffff, 1200, 5, 1010);
  recorder.onPacket(0x0001, 1200, 7, 1020.25);
  assert.equal(recorder.deadline(), 1100);
  const { feedback, arrivals } = take(recorder, 1100);
  assert.deepEqual(arrivals, [
    [0xfffe, 1000],
    [0xffff, 1010],
    [0, Number.NaN],
    [1, 1020.25],
  ]);
  assert.equal(feedback.senderSsrc, 0x01020304);
  assert.equal(feedback.mediaSsrc, 7);
  assert.equal(recorder.deadline(), NEVER);
  recorder.onPacket(2, 1200, 5, 1200);
  const next = take(recorder, 1300);
  assert.deepEqual(next.arrivals, [[2, 1200]]);
  assert.equal(next.feedback.feedbackCount, 1);
});

test("a packet that comes late is told after all; one that comes twice is not", () => {
  const recorder = new FeedbackRecorder();
  for (const number of [10, 11, 13]) recorder.onPacket(number, 1200, 1, 1000 + number);
  take(recorder, 1100);
  recorder.onPacket(13, 1200, 1, 1110);
  assert.equal(recorder.deadline(), NEVER);
  recorder.onPacket(12, 1200, 1, 1120);
  assert.deepEqual(take(recorder, 1200).arrivals, [
    [12, 1120],
    [13, 1013],
  ]);
});

test("it comes each 50 ms of fast media, each 250 ms of slow", () => {
  for (const [gap, interval] of [
    [2, 50],
    [1000, 250],
    [150, 170],
  ] as const) {
    const recorder = new FeedbackRecorder();
    let number = 0;
    for (let now = 0; now < 20_000; now += gap) {
      while (recorder.deadline() <= now) recorder.write(OUT, 0, 1200, recorder.deadline());
      recorder.onPacket(number++ & 0xffff, 1200, 1, now);
    }
    assert.ok(Math.abs(recorder.interval - interval) <= 15, `${recorder.interval} and not ${interval}`);
  }
});

test("what does not fit follows at once", () => {
  const recorder = new FeedbackRecorder();
  for (let i = 0; i < 1000; i++) if (i % 3 !== 1) recorder.onPacket(i, 100, 1, i * 1.5);
  const all: [number, number][] = [];
  let packets = 0;
  while (recorder.deadline() <= 2000) {
    all.push(...take(recorder, 2000, 200).arrivals);
    packets++;
  }
  assert.ok(packets > 4);
  assert.equal(all.length, 1000);
  all.forEach(([number, at], i) => {
    assert.equal(number, i);
    if (i % 3 === 1) assert.ok(Number.isNaN(at));
    else assert.ok(Math.abs(at - i * 1.5) <= 0.25);
  });
});

test("a jump of the numbers takes bounded memory and time", () => {
  const recorder = new FeedbackRecorder();
  recorder.onPacket(0, 100, 1, 0);
  for (let i = 1; i < 200; i++) recorder.onPacket((i * 32_000) & 0xffff, 100, 1, i);
  let packets = 0;
  while (recorder.deadline() <= 1000 && packets < 1000) {
    take(recorder, 1000, 1200);
    packets++;
  }
  assert.ok(packets < 100, `${packets} packets`);
});

test("RFC 8888: each stream with its own numbers, ages and gaps", () => {
  const recorder = new CongestionFeedbackRecorder();
  recorder.senderSsrc = 9;
  recorder.onPacket(1, 0xffff, 1200, 1000);
  recorder.onPacket(2, 500, 1200, 1005);
  recorder.onPacket(1, 1, 1200, 1010);
  assert.equal(recorder.deadline(), 1100);
  const feedback = decodeCongestionFeedback(OUT, 0, recorder.write(OUT, 0, 1200, 0x12345678, 1100));
  assert.equal(feedback?.timestamp, 0x12345678);
  assert.equal(feedback?.senderSsrc, 9);
  const seen = feedback?.streams.map(({ ssrc, beginSequenceNumber, packets }) => [
    ssrc,
    beginSequenceNumber,
    ...packets.map(({ received, age }) => (received ? Math.round(age) : "lost")),
  ]);
  assert.deepEqual(seen, [
    [1, 0xffff, 100, "lost", 90],
    [2, 500, 95],
  ]);
  assert.equal(recorder.deadline(), NEVER);
});

test("RFC 8888: what does not fit follows at once, and there are no more streams than a bound", () => {
  const recorder = new CongestionFeedbackRecorder();
  for (let ssrc = 0; ssrc < 1000; ssrc++) recorder.onPacket(ssrc, 1, 100, 0);
  for (let i = 2; i < 300; i++) recorder.onPacket(3, i, 100, i);
  let packets = 0;
  const told = new Map<number, number>();
  while (recorder.deadline() <= 500) {
    const end = recorder.write(OUT, 0, 200, 0, 500);
    assert.ok(end <= 200);
    for (const stream of decodeCongestionFeedback(OUT, 0, end)?.streams ?? [])
      told.set(stream.ssrc, (told.get(stream.ssrc) ?? 0) + stream.packets.length);
    packets++;
  }
  assert.ok(packets > 6 && packets < 30, `${packets}`);
  assert.equal(told.size, 64);
  assert.equal(told.get(3), 299);
});
