import assert from "node:assert/strict";
import { test } from "node:test";
import type { InnerEngine, Instant, Transmit } from "visavis/base";
import type { Impairments } from "./impairments.ts";
import { Simulation } from "./simulation.ts";
import { testSeed } from "./test-seed.ts";

interface Arrival {
  readonly number: number;
  readonly at: Instant;
  readonly bytes: Uint8Array;
}

/** Sends numbered datagrams at fixed times and notes what arrives. */
class Numbered implements InnerEngine<never> {
  readonly arrivals: Arrival[] = [];
  readonly #length: number;
  readonly #interval: number;
  #left: number;
  #next: Instant = 0;
  #sent = 0;

  constructor(count: number, interval: number, length: number = 100) {
    this.#left = count;
    this.#interval = interval;
    this.#length = length;
  }

  receive(bytes: Uint8Array, now: Instant): void {
    this.arrivals.push({ number: ((bytes[0] ?? 0) << 16) | ((bytes[1] ?? 0) << 8) | (bytes[2] ?? 0), at: now, bytes });
  }

  advance(): void {}

  deadline(): Instant {
    return this.#left > 0 ? this.#next : Number.POSITIVE_INFINITY;
  }

  transmit(out: Transmit, now: Instant): boolean {
    if (this.#left === 0 || now < this.#next) return false;
    this.#left--;
    this.#sent++;
    this.#next += this.#interval;
    out.bytes.fill(0, out.start, out.start + this.#length);
    out.bytes[out.start] = this.#sent >> 16;
    out.bytes[out.start + 1] = this.#sent >> 8;
    out.bytes[out.start + 2] = this.#sent;
    out.length = this.#length;
    return true;
  }

  takeEvent(): undefined {
    return undefined;
  }
}

const SEED = testSeed(7);

/** Sends `count` datagrams through a link with these impairments. */
function through(options: Impairments, count: number, interval: number = 1, length: number = 100) {
  const sim = new Simulation({ seed: SEED });
  const link = sim.link({ forward: options });
  const [, z] = link.connect(new Numbered(count, interval, length), new Numbered(0, 1));
  sim.runFor(count * interval + 100_000);
  return { sim, counts: link.forward.counts, arrivals: z.engine.arrivals };
}

const numbers = (arrivals: readonly Arrival[]): number[] => arrivals.map(({ number }) => number);

/** Five standard deviations of a binomial count. */
function assertAbout(actual: number, count: number, probability: number): void {
  const bound = 5 * Math.sqrt(count * probability * (1 - probability));
  const expected = count * probability;
  assert.ok(Math.abs(actual - expected) <= bound, `${actual} is not ${expected} ± ${bound} (seed ${SEED})`);
}

test("a perfect link delivers everything at once and in order", () => {
  const { counts, arrivals } = through({}, 50);
  assert.equal(counts.delivered, 50);
  assert.equal(counts.bytesDelivered, 5000);
  assert.deepEqual(
    numbers(arrivals),
    Array.from({ length: 50 }, (_, i) => i + 1),
  );
  assert.deepEqual(
    arrivals.map(({ at }) => at),
    Array.from({ length: 50 }, (_, i) => i),
  );
});

test("delay is exact, jitter stays within its bound and keeps the order", () => {
  const { arrivals } = through({ delay: 40, jitter: 10 }, 2000);
  const delays = arrivals.map(({ number, at }) => at - (number - 1));
  assert.ok(Math.min(...delays) >= 40 && Math.max(...delays) <= 50);
  assert.ok(Math.max(...delays) - Math.min(...delays) > 8);
  assert.deepEqual(
    numbers(arrivals),
    Array.from({ length: 2000 }, (_, i) => i + 1),
  );
});

test("Bernoulli loss has its probability and no memory", () => {
  const { counts, arrivals } = through({ loss: 0.2 }, 20_000);
  assertAbout(counts.drops.loss, 20_000, 0.2);
  assert.equal(counts.delivered + counts.dropped, 20_000);
  const lost = new Set(Array.from({ length: 20_000 }, (_, i) => i + 1));
  for (const number of numbers(arrivals)) lost.delete(number);
  const pairs = [...lost].filter((number) => lost.has(number + 1)).length;
  assertAbout(pairs, lost.size, 0.2);
});

test("Gilbert-Elliott loss comes in bursts of the expected mean length", () => {
  const count = 50_000;
  const { counts, arrivals } = through({ loss: { toBad: 0.02, toGood: 0.25 } }, count);
  const arrived = new Set(numbers(arrivals));
  let bursts = 0;
  for (let n = 2; n <= count; n++) if (!arrived.has(n) && arrived.has(n - 1)) bursts++;
  const mean = counts.drops.loss / bursts;
  assert.ok(Math.abs(mean - 4) < 0.4, `mean burst ${mean} (seed ${SEED})`);
  const share = counts.drops.loss / count;
  assert.ok(Math.abs(share - 0.02 / 0.27) < 0.012, `share ${share} (seed ${SEED})`);
});

test("Gilbert-Elliott states have loss probabilities of their own", () => {
  const { counts } = through({ loss: { toBad: 0.5, toGood: 0.5, lossInGood: 0.1, lossInBad: 0.5 } }, 20_000);
  assert.ok(Math.abs(counts.drops.loss / 20_000 - 0.3) < 0.025, `${counts} (seed ${SEED})`);
});

test("drop rules drop exactly what they say", () => {
  assert.deepEqual(numbers(through({ drop: [1, 4] }, 6).arrivals), [2, 3, 5, 6]);
  assert.deepEqual(numbers(through({ drop: "..x" }, 7).arrivals), [1, 2, 4, 5, 7]);
  assert.deepEqual(numbers(through({ drop: (datagram, nth) => nth > 2 && datagram.bytes.length === 100 }, 5).arrivals), [1, 2]);
  assert.equal(through({ drop: "..x" }, 9).counts.drops.rule, 3);
});

test("reordering holds some back and is counted when it shows", () => {
  const { counts, arrivals } = through({ delay: 5, reorder: 0.1, reorderDelay: 3.5 }, 5000);
  assertAbout(counts.reordered, 5000, 0.1);
  const delays = new Set(arrivals.map(({ number, at }) => at - (number - 1)));
  assert.deepEqual([...delays].sort(), [5, 8.5]);
  assert.deepEqual(through({ reorder: 1, reorderDelay: 3 }, 100).counts.reordered, 0);
});

test("duplicates arrive twice, in buffers of their own", () => {
  const { counts, arrivals } = through({ duplicate: 0.1 }, 5000);
  assertAbout(counts.duplicated, 5000, 0.1);
  assert.equal(arrivals.length, 5000 + counts.duplicated);
  assert.equal(new Set(arrivals.map(({ bytes }) => bytes.buffer)).size, arrivals.length);
  assert.equal(counts.reordered, 0);
});

test("corruption flips the given number of bits", () => {
  const { counts, arrivals } = through({ corrupt: 0.5, corruptBits: 1 }, 2000);
  assertAbout(counts.corrupted, 2000, 0.5);
  let flipped = 0;
  for (const [i, { bytes }] of arrivals.entries()) {
    const original = new Uint8Array(100);
    original.set([(i + 1) >> 16, (i + 1) >> 8, i + 1]);
    for (const [k, byte] of bytes.entries()) {
      for (let x = byte ^ (original[k] as number); x > 0; x &= x - 1) flipped++;
    }
  }
  assert.equal(flipped, counts.corrupted);
});

test("the size limit drops what is larger and nothing else", () => {
  assert.equal(through({ mtu: 100 }, 10, 1, 100).counts.delivered, 10);
  assert.equal(through({ mtu: 100 }, 10, 1, 101).counts.drops.mtu, 10);
});

test("a link that fragments delivers large datagrams whole or not at all, and loses more of them", () => {
  const small = through({ mtu: 100, fragment: true, loss: 0.1 }, 2000, 1, 100);
  assert.equal(small.counts.fragmented, 0);
  assertAbout(small.counts.drops.loss, 2000, 0.1);
  const large = through({ mtu: 100, fragment: true, loss: 0.1 }, 2000, 1, 450);
  assert.equal(large.counts.fragmented, 2000);
  assertAbout(large.counts.drops.loss, 2000, 1 - 0.9 ** 5);
  assert.equal(large.counts.drops.mtu, 0);
  assert.ok(large.arrivals.every(({ bytes }) => bytes.length === 450));
});

test("a rate spaces datagrams exactly and a full queue drops at the tail", () => {
  // 1000 B at 1 Mbit/s take 8 ms; all 10 are sent at once, and 4 fit.
  const { counts, arrivals } = through({ rate: 1_000_000, queue: 4000, delay: 5 }, 10, 0, 1000);
  assert.deepEqual(
    arrivals.map(({ number, at }) => [number, at]),
    [
      [1, 13],
      [2, 21],
      [3, 29],
      [4, 37],
    ],
  );
  assert.equal(counts.drops.queue, 6);
});

test("a queue empties at the rate of the link", () => {
  // A datagram every 4 ms, 8 ms each: after the queue has filled, every second one finds room.
  const { counts, arrivals } = through({ rate: 1_000_000, queue: 3000 }, 100, 4, 1000);
  assert.equal(counts.delivered + counts.drops.queue, 100);
  for (let i = 1; i < arrivals.length; i++) assert.equal((arrivals[i] as Arrival).at - (arrivals[i - 1] as Arrival).at, 8);
  assert.ok(Math.abs(counts.delivered - 52) <= 1, String(counts));
});

test("a datagram larger than the queue passes when the link is idle", () => {
  assert.equal(through({ rate: 1_000_000, queue: 10 }, 3, 100, 1000).counts.delivered, 3);
});

test("links change while they run", () => {
  const sim = new Simulation({ seed: SEED });
  const link = sim.link({ delay: 10, backward: { delay: 30 } });
  const [a, z] = link.connect(new Numbered(100, 1), new Numbered(100, 1));
  sim.after(50.5, () => link.down());
  sim.after(70.5, () => {
    link.up();
    link.forward.set({ delay: 1 });
  });
  sim.runFor(1000);
  const arrived = numbers(z.engine.arrivals);
  assert.deepEqual(arrived.slice(39, 43), [40, 41, 72, 73], "what was on its way when the link was cut is lost");
  assert.equal(link.forward.counts.drops.down, 30);
  assert.equal(z.engine.arrivals.find(({ number }) => number === 72)?.at, 72);
  assert.equal(a.engine.arrivals[0]?.at, 30);
  assert.equal(link.counts.sent, 200);
  assert.equal(link.counts.inFlight, 0);
});

test("options that make no sense are refused", () => {
  const sim = new Simulation();
  for (const options of [{ loss: 1.5 }, { delay: -1 }, { rate: 0 }, { drop: "xo" }, { jitter: Number.NaN }, { corruptBits: 0 }]) {
    assert.throws(() => sim.link(options), RangeError, JSON.stringify(options));
  }
});

test("one seed gives one packet log, another seed another", () => {
  const options: Impairments = { delay: 20, jitter: 5, loss: 0.1, reorder: 0.05, duplicate: 0.05, corrupt: 0.01 };
  const hash = (seed: number, change: Impairments = {}): string => {
    const sim = new Simulation({ seed });
    sim.link({ ...options, ...change }).connect(new Numbered(500, 1), new Numbered(500, 2));
    sim.runFor(2000);
    assert.ok(sim.counts.dropped > 0 && sim.counts.reordered > 0 && sim.counts.duplicated > 0);
    return sim.hash;
  };
  assert.equal(hash(1), hash(1));
  assert.notEqual(hash(1), hash(2));
});

test("a change in one impairment does not shift the chance of the others", () => {
  const plain = numbers(through({ loss: 0.1 }, 300).arrivals);
  const more = numbers(through({ loss: 0.1, jitter: 0.5, duplicate: 0.5, reorder: 0.2, reorderDelay: 5 }, 300).arrivals);
  assert.deepEqual(
    [...new Set(more)].sort((x, y) => x - y),
    plain,
  );
});

test("ten megabytes cost a fraction of a second", () => {
  const before = process.cpuUsage();
  const { counts } = through({ delay: 40, jitter: 5, loss: 0.05, reorder: 0.05, duplicate: 0.05 }, 8800, 0.1, 1200);
  const { user, system } = process.cpuUsage(before);
  assert.equal(counts.bytesSent, 10_560_000);
  assert.ok(user + system < 1_000_000, `${user + system} µs`);
});
