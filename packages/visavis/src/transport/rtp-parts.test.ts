/**
 * The small parts of an RTP session by themselves: what was sent, what is missing, how it arrives, and when reports are due.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { SeededRandom } from "@visavis/netsim";
import fc from "fast-check";
import { RtcpInterval } from "./rtp-interval.ts";
import { MissingPackets } from "./rtp-missing-packets.ts";
import { PacketHistory } from "./rtp-packet-history.ts";
import { Reception } from "./rtp-reception.ts";
import { awayFromWrapping } from "./rtp-repeats.ts";

/** A packet that says its number in every byte. */
const packet = (number: number, length: number): Uint8Array => new Uint8Array(length).fill(number & 0xff);

function assertKept(history: PacketHistory, number: number, length: number): void {
  assert.ok(history.find(number), `${number} is gone`);
  assert.deepEqual(history.bytes.slice(history.start, history.end), packet(number, length), `${number}`);
}

test("the history keeps a second of packets, whatever their sizes, and less when that is too much", () => {
  const length = (number: number): number => 20 + ((number * 37) % 1180);
  const history = new PacketHistory();
  for (let number = 65_000; number < 69_000; number++) {
    history.add(number, packet(number, length(number)), 0, length(number), number);
    for (const back of [0, 1, 100, 999]) if (number - back >= 65_000) assertKept(history, number - back, length(number - back));
  }
  assert.ok(history.bytes.length <= 1 << 21, `${history.bytes.length} bytes`);
  const flood = new PacketHistory();
  for (let number = 0; number < 20_000; number++) flood.add(number, packet(number, 1200), 0, 1200, number / 1000);
  assert.ok(flood.bytes.length <= 1 << 22);
  assertKept(flood, 19_999, 1200);
  assertKept(flood, 17_000, 1200);
  assert.ok(!flood.find(1000) && !flood.find(20_000));
  flood.clear();
  assert.ok(!flood.find(19_999));
});

test("a packet is not sent again twice within a round trip, nor without end", () => {
  const history = new PacketHistory();
  history.add(5, packet(5, 10), 0, 10, 0);
  assert.ok(history.find(5) && history.mayRepeat(5, 100, 0));
  history.repeated(5, 0);
  assert.ok(!history.mayRepeat(5, 100, 99));
  for (let now = 100; now < 1000; now += 100) history.repeated(5, now);
  assert.ok(!history.mayRepeat(5, 100, 10_000));
});

const taken = (missing: MissingPackets, now: number, roundTrip: number = 50): number[] => {
  const out = new Uint16Array(2000);
  return [...out.subarray(0, missing.take(out, roundTrip, now))];
};

test("a gap is asked for at once, again after a round trip, and ten times at most", () => {
  const missing = new MissingPackets(true);
  assert.equal(missing.arrived(100_000, false, 0), "new");
  assert.equal(missing.arrived(100_003, false, 10), "new");
  assert.equal(missing.deadline, 10);
  assert.deepEqual(taken(missing, 10), [100_001 & 0xffff, 100_002 & 0xffff]);
  assert.deepEqual(taken(missing, 59), []);
  assert.equal(missing.arrived(100_001, true, 59), "late");
  assert.equal(missing.arrived(100_001, true, 59), "duplicate");
  for (let now = 60; now < 510; now += 50) assert.deepEqual(taken(missing, now), [100_002 & 0xffff], `${now}`);
  assert.deepEqual(taken(missing, 560), []);
  assert.ok(missing.gaveUp);
  assert.equal(missing.size, 0);
  assert.equal(missing.deadline, Number.POSITIVE_INFINITY);
  // It may still come.
  assert.equal(missing.arrived(100_002, true, 600), "late");
});

test("what reordering closes by itself is waited for, for as long as that takes", () => {
  const missing = new MissingPackets(true);
  missing.arrived(1, false, 0);
  missing.arrived(3, false, 10);
  missing.arrived(2, false, 18);
  missing.arrived(5, false, 20);
  assert.deepEqual(taken(missing, 20), []);
  assert.equal(missing.deadline, 28);
  assert.deepEqual(taken(missing, 28), [4]);
});

test("too large a gap is given up, and so is what too many small ones make", () => {
  const missing = new MissingPackets(true);
  missing.arrived(1, false, 0);
  missing.arrived(2500, false, 1);
  assert.ok(missing.gaveUp && missing.size === 0);
  assert.equal(missing.arrived(2000, true, 2), "late", "it was not there yet");
  missing.gaveUp = false;
  for (let number = 2502; number < 5000; number += 2) missing.arrived(number, false, 3);
  assert.ok(missing.gaveUp && missing.size <= 1000, `${missing.size}`);
  assert.equal(missing.arrived(200, false, 4), "old");
});

test("whatever comes in whatever order, each number counts once and only gaps are asked for", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(60), { maxLength: 200 }), (offsets) => {
      const missing = new MissingPackets(true);
      const seen = new Set<number>();
      let newest = -1;
      for (const [step, offset] of offsets.entries()) {
        const number = 70_000 + step + offset;
        const arrival = missing.arrived(number, false, step);
        assert.equal(arrival === "duplicate", seen.has(number));
        // What was before the first packet is nobody's gap.
        seen.add(number);
        newest = Math.max(newest, number);
        const first = 70_000 + (offsets[0] ?? 0);
        let gaps = 0;
        for (let one = first; one <= newest; one++) if (!seen.has(one)) gaps++;
        assert.equal(missing.size, gaps);
        for (const wanted of taken(missing, step)) assert.ok(!seen.has(65_536 + wanted), `${wanted}`);
      }
    }),
  );
});

test("reception: losses, wrapping, and jumps that count only when they were meant", () => {
  const reception = new Reception();
  const receive = (value: number): number => {
    const number = reception.unwrap(value);
    if (number >= 0) reception.count(100, 12, value * 960, 48_000, value * 20);
    return number;
  };
  assert.deepEqual([65_534, 65_535, 2].map(receive), [131_070, 131_071, 131_074]);
  assert.equal(reception.lost, 2);
  const block = reception.report(7, 0, 0, 1000);
  assert.deepEqual([block.fractionLost, block.packetsLost, block.extendedHighestSequenceNumber], [102, 2, 65_538]);
  assert.equal(receive(30_000), -1, "one that is far off is not believed");
  assert.equal(receive(3), 131_075);
  assert.equal(receive(30_000), -1);
  assert.equal(receive(30_001), 131_075 + 29_998, "two in a row are");
  assert.equal(reception.restarts, 1);
  assert.equal(receive(30_002), 131_075 + 29_999);
  assert.equal(reception.expected, 6 + 2);
});

test("jitter is that of RFC 3550, and of packets on time it is none", () => {
  const even = new Reception();
  const uneven = new Reception();
  for (let i = 0; i < 500; i++) {
    even.unwrap(i);
    even.count(100, 12, i * 3000, 90_000, (i * 3000) / 90);
    uneven.unwrap(i);
    uneven.count(100, 12, i * 3000, 90_000, (i * 3000) / 90 + (i % 2) * 10);
  }
  assert.ok(even.jitter <= 1);
  assert.ok(Math.abs(uneven.jitterSeconds - 0.01) < 0.001, `${uneven.jitterSeconds}`);
});

test("reports keep to their share, to the minimum, and to chance", () => {
  const times = (bandwidth: number, hasVideo: boolean, size: number): number[] => {
    const interval = new RtcpInterval(new SeededRandom(1));
    interval.start(bandwidth, 2, hasVideo, 0);
    const sent: number[] = [];
    while (sent.length < 300) {
      const now = interval.next;
      if (!interval.isDue(bandwidth, 2, hasVideo, now)) continue;
      interval.onPacket(size);
      interval.sent(now);
      sent.push(now);
    }
    return sent.map((at, index) => at - (sent[index - 1] ?? 0)).slice(1);
  };
  const mean = (list: readonly number[]): number => list.reduce((sum, one) => sum + one, 0) / list.length;
  for (const [bandwidth, hasVideo, size, expected] of [
    [300_000, true, 100, 1000],
    [3_600_000, true, 100, 200],
    [64_000, false, 100, 5000],
    [64_000, true, 600, (628 * 8 * 2 * 1000) / 3200],
  ] as const) {
    const intervals = times(bandwidth, hasVideo, size);
    assert.ok(Math.abs(mean(intervals) / expected - 1) < 0.25, `${mean(intervals)} ms, not ${expected}`);
    assert.ok(Math.max(...intervals) - Math.min(...intervals) > expected / 3, "all the same");
  }
});

test("numbers that go on with new keys do not wrap before one of them has arrived", () => {
  assert.deepEqual([0, 1, 0x8000, 0xfbff].map(awayFromWrapping), [0, 1, 0x8000, 0xfbff]);
  assert.deepEqual([0xfc00, 0xfffe, 0xffff].map(awayFromWrapping), [0xffff, 0xffff, 0xffff]);
});
