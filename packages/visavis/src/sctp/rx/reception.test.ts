import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { SeededRandom } from "@visavis/netsim";
import { randomBelow } from "../../base/random.ts";
import { serial, serialOf16 } from "../../base/serial.ts";
import { chunkOf, chunksOf, content, dataOf, endOf, Pair, packetOf, SEED, words } from "../association-scene.test.ts";
import { decodeSackChunk } from "../packet/sack-chunk.ts";
import { DataTracker } from "./data-tracker.ts";
import { ReassemblyQueue } from "./reassembly-queue.ts";

const [WHOLE, BEGIN, MIDDLE, END, UNORDERED] = [3, 2, 0, 1, 4];
const OPTIONS = {
  interleaving: false,
  partial: new Set<number>(),
  bufferLimit: 1 << 20,
  maxMessageSize: 0,
  repairOrder: true,
  detectDuplicates: true,
};

/** A connected pair whose A is fed by hand: DATA with TSNs counted from 0. */
class Fed {
  readonly it: Pair;
  readonly #first: number;
  readonly #tag: number;

  constructor(options: ConstructorParameters<typeof Pair>[0] = {}) {
    this.it = new Pair(options).connect();
    this.#first = this.it.initialTsn(this.it.z);
    this.#tag = this.it.tagOf(this.it.a);
  }

  data(tsn: number, flags: number, stream: number, ssn: number, payload: Uint8Array): void {
    this.it.give(this.it.a, packetOf(this.#tag, dataOf(this.#first + tsn, flags, stream, ssn, payload)));
  }

  forward(tsn: number, ...skipped: (readonly [number, number])[]): void {
    const pairs = skipped.map(([stream, ssn]) => (stream << 16) | ssn);
    this.it.give(this.it.a, packetOf(this.#tag, chunkOf(192, 0, words(this.#first + tsn, ...pairs))));
  }

  /** The last SACK that A has to send, with TSNs counted from 0. */
  sack(): { cumulative: number; window: number; gaps: number[][]; duplicates: number[] } {
    for (const packet of this.it.take(this.it.a).reverse()) {
      for (const { type, bytes } of chunksOf(packet)) {
        const sack = type === 3 ? decodeSackChunk(bytes, 0, bytes.length) : undefined;
        if (sack === undefined) continue;
        return {
          cumulative: (sack.cumulativeTsnAck - this.#first) | 0,
          window: sack.advertisedWindow,
          gaps: sack.gapBlocks.map(({ start, end }) => [start, end]),
          duplicates: sack.duplicates.map((tsn) => (tsn - this.#first) | 0),
        };
      }
    }
    return assert.fail("there is no SACK");
  }

  get lengths(): number[] {
    return this.it.a.messages.map(({ data }) => data.length);
  }
}

describe("fragments", () => {
  test("in any order become their message", () => {
    const random = new SeededRandom(`fragments ${SEED}`);
    for (let round = 0; round < 200; round++) {
      const queue = new ReassemblyQueue(OPTIONS);
      const first = randomBelow(random, 4) === 0 ? 0xffff_fffa : randomBelow(random, 0xffff_ffff);
      const count = 2 + randomBelow(random, 12);
      const whole = content(count * 10, round);
      const order = Array.from({ length: count }, (_, i) => i);
      for (let i = count - 1; i > 0; i--) {
        const j = randomBelow(random, i + 1);
        [order[i], order[j]] = [order[j] as number, order[i] as number];
      }
      for (const i of order) {
        const flags = (i === 0 ? BEGIN : 0) | (i === count - 1 ? END : 0);
        assert.equal(queue.add(serial(first + i), flags, 1, serialOf16(0), 53, whole, 10 * i, 10), "taken");
      }
      assert.deepEqual(queue.take()?.data, whole);
      assert.equal(queue.heldBytes, 0);
    }
  });

  test("sixty thousand of them backwards cost no more than forwards", () => {
    const queue = new ReassemblyQueue(OPTIONS);
    const count = 60_000;
    for (let i = count - 1; i >= 0; i--) {
      const flags = (i === 0 ? BEGIN : 0) | (i === count - 1 ? END : 0);
      queue.add(serial(i), flags, 1, serialOf16(0), 53, Uint8Array.of(i), 0, 1);
    }
    assert.equal(queue.take()?.data.length, count);
    assert.equal(queue.heldBytes, 0);
  });

  test("that cannot be of one message end the association", () => {
    const cases: readonly (readonly [number, number, number, number])[][] = [
      [
        [0, BEGIN, 1, 0],
        [1, MIDDLE, 2, 0],
      ],
      [
        [0, BEGIN, 1, 0],
        [1, MIDDLE, 1, 1],
      ],
      [
        [0, BEGIN, 1, 0],
        [1, MIDDLE | UNORDERED, 1, 0],
      ],
      [
        [0, BEGIN, 1, 0],
        [1, BEGIN, 2, 0],
      ],
      [
        [0, BEGIN, 1, 0],
        [1, WHOLE, 2, 0],
      ],
      [
        [1, MIDDLE, 1, 0],
        [0, WHOLE, 1, 0],
      ],
      [
        [2, BEGIN, 1, 0],
        [1, MIDDLE, 1, 0],
      ],
    ];
    for (const [i, chunks] of cases.entries()) {
      const fed = new Fed();
      for (const [tsn, flags, stream, ssn] of chunks) fed.data(tsn, flags, stream, ssn, content(10));
      assert.equal(endOf(fed.it.a), "protocol-violation", `case ${i}`);
    }
  });

  test("without user data end the association, with the cause that says so", () => {
    const fed = new Fed();
    fed.data(0, WHOLE, 1, 0, content(0));
    const end = fed.it.a.events.find((event) => event.type === "closed");
    assert.equal(end?.type === "closed" && end.error?.causeCode, 9);
  });

  test("keep no large datagram in memory", () => {
    const queue = new ReassemblyQueue(OPTIONS);
    const datagram = new Uint8Array(16_000);
    queue.add(serial(0), WHOLE, 1, serialOf16(0), 53, datagram, 20, 1000);
    queue.add(serial(1), WHOLE, 1, serialOf16(1), 53, datagram, 1020, 13_980);
    assert.deepEqual([queue.take()?.data.buffer.byteLength, queue.take()?.data.buffer.byteLength], [1000, 13_980]);
  });
});

describe("FORWARD-TSN", () => {
  test("delivers what arrived among the skipped, in order", () => {
    const fed = new Fed();
    for (const ssn of [3, 1, 4, 7, 9]) fed.data(ssn, WHOLE, 1, ssn, content(10 + ssn));
    fed.forward(5, [1, 5]);
    assert.deepEqual(fed.lengths, [11, 13, 14]);
    fed.forward(6, [1, 6]);
    assert.deepEqual(fed.lengths, [11, 13, 14, 17]);
    fed.data(8, WHOLE, 1, 8, content(18));
    assert.deepEqual(fed.lengths, [11, 13, 14, 17, 18, 19]);
    assert.equal(fed.it.a.engine.heldBytes, 0);
  });

  test("across the end of the range of SSNs, with few and with many waiting", () => {
    for (const many of [false, true]) {
      const queue = new ReassemblyQueue(OPTIONS);
      queue.forward(serial(0), [{ stream: 1, ssn: serialOf16(30_000) }]);
      queue.forward(serial(0), [{ stream: 1, ssn: serialOf16(60_000) }]);
      queue.forward(serial(0), [{ stream: 1, ssn: serialOf16(65_520) }]);
      const waiting = many ? Array.from({ length: 30 }, (_, i) => 65_523 + i) : [65_530, 3, 40];
      waiting.forEach((ssn, i) => {
        queue.add(serial(10 + 2 * i), WHOLE, 1, serialOf16(ssn), 53, content(1 + i), 0, 1 + i);
      });
      queue.forward(serial(100), [{ stream: 1, ssn: serialOf16(5) }]);
      const taken: number[] = [];
      for (let message = queue.take(); message !== undefined; message = queue.take()) taken.push(message.data.length);
      assert.deepEqual(taken, many ? waiting.map((_, i) => i + 1) : [1, 2]);
    }
  });

  test("forgets fragments, and leaves those behind it", () => {
    const fed = new Fed();
    fed.data(0, BEGIN, 1, 0, content(100));
    fed.data(2, BEGIN, 1, 1, content(50));
    fed.forward(1, [1, 0]);
    fed.data(3, END, 1, 1, content(51));
    assert.deepEqual(fed.lengths, [101]);
    assert.equal(fed.it.a.engine.heldBytes, 0);
  });

  test("in the middle of a message skips the rest of it, too", () => {
    for (const order of [
      [2, 3, 4],
      [4, 3, 2],
      [3, 2, 4],
    ]) {
      const fed = new Fed();
      fed.data(0, BEGIN, 1, 0, content(100));
      fed.data(order[0] as number, order[0] === 4 ? END : MIDDLE, 1, 0, content(50));
      fed.forward(1, [1, 0]);
      for (const tsn of order.slice(1)) fed.data(tsn, tsn === 4 ? END : MIDDLE, 1, 0, content(50));
      assert.equal(fed.it.a.engine.heldBytes, 0);
      fed.data(5, BEGIN, 1, 1, content(50));
      fed.data(6, END, 1, 1, content(50));
      assert.deepEqual(fed.lengths, [100]);
    }
  });

  test("for streams that do not exist, or too far ahead, changes nothing", () => {
    const fed = new Fed({ inboundStreams: 10 });
    fed.forward(0, [4000, 5]);
    fed.forward(70_000, [1, 5]);
    fed.data(1, WHOLE, 1, 0, content(5));
    assert.deepEqual(fed.lengths, [5]);
    assert.equal(fed.sack().cumulative, 1);
  });
});

describe("SACKs", () => {
  test("come at once behind a gap, a duplicate, every second packet and on demand, and else within 50 ms", () => {
    const fed = new Fed();
    fed.data(0, WHOLE, 1, 0, content(5));
    assert.equal(fed.it.take(fed.it.a).length, 0);
    assert.equal(fed.it.a.engine.deadline(), fed.it.now + 50);
    fed.data(1, WHOLE, 1, 1, content(5));
    assert.equal(fed.sack().cumulative, 1);
    fed.data(2, WHOLE | 8, 1, 2, content(5));
    assert.equal(fed.sack().cumulative, 2);
    fed.data(4, WHOLE, 1, 4, content(5));
    assert.deepEqual(fed.sack().gaps, [[2, 2]]);
    fed.data(4, WHOLE, 1, 4, content(5));
    fed.data(1, WHOLE, 1, 1, content(5));
    assert.deepEqual(fed.sack().duplicates, [4, 1]);
    fed.data(3, WHOLE, 1, 3, content(5));
    fed.it.now += 50;
    assert.equal(fed.sack().cumulative, 4);
  });

  test("say what a plain book of TSNs says", () => {
    const random = new SeededRandom(`tracker ${SEED}`);
    for (let round = 0; round < 60; round++) {
      const first = randomBelow(random, 2) === 0 ? 0xffff_fff0 : 77;
      const tracker = new DataTracker(serial(first));
      const seen = new Set<number>();
      let cumulative = -1;
      for (let i = 0; i < 120; i++) {
        const tsn = Math.max(0, cumulative - 3) + randomBelow(random, 40);
        if (randomBelow(random, 30) === 0) {
          assert.equal(tracker.forward(serial(first + tsn)), tsn > cumulative);
          for (let t = 0; t <= tsn; t++) seen.add(t);
        } else {
          assert.equal(tracker.observe(serial(first + tsn)), seen.has(tsn) || tsn <= cumulative ? "duplicate" : "new");
          seen.add(tsn);
        }
        while (seen.has(cumulative + 1)) cumulative++;
        assert.equal(tracker.cumulativeTsn, serial(first + cumulative));
      }
      const out = new Uint8Array(2000);
      const end = tracker.writeSack(out, 0, 2000, 5);
      const blocks = decodeSackChunk(out, 0, end)?.gapBlocks ?? [];
      const told = blocks.flatMap(({ start, end: last }) =>
        Array.from({ length: last - start + 1 }, (_, i) => cumulative + start + i),
      );
      assert.deepEqual(
        told,
        [...seen].filter((tsn) => tsn > cumulative).sort((a, b) => a - b),
      );
    }
  });

  test("wait a moment for more where packets come in long rows, and not where they are few", () => {
    const tracker = new DataTracker(serial(0));
    let tsn = 0;
    const arrive = (packets: number, now: number): void => {
      for (let i = 0; i < packets; i++) {
        tracker.observe(serial(tsn++));
        tracker.packetReceived(false, now);
      }
    };
    const answer = (): void => {
      while (tracker.sackPending) tracker.writeSack(new Uint8Array(200), 0, 100, 0);
    };
    arrive(200, 0);
    answer();
    arrive(20, 10);
    assert.ok(tracker.sackDue(10), "a short row");
    answer();
    arrive(40, 11);
    assert.ok(!tracker.sackDue(11), "a long one");
    assert.equal(tracker.deadline, 12);
    assert.ok(tracker.sackDue(12), "that does not go on");
    arrive(56, 11.5);
    assert.ok(tracker.sackDue(11.5), "that is long enough");
    answer();
    arrive(40, 20);
    tsn++;
    arrive(1, 20);
    assert.ok(tracker.sackDue(20), "with a gap");
  });

  test("are as long as they were said to be, however little room there is", () => {
    for (let room = 16; room <= 120; room += 4) {
      const tracker = new DataTracker(serial(0));
      for (let i = 0; i < 20; i++) tracker.observe(serial(2 * i + 1));
      for (let i = 0; i < 7; i++) tracker.observe(serial(1));
      const length = tracker.sackLength(room);
      assert.ok(length <= room);
      assert.equal(tracker.writeSack(new Uint8Array(200), 0, length, 0), length);
    }
  });
});

describe("memory", () => {
  const limit = 100_000;

  test("a peer that leaves a message incomplete holds no more than the window", () => {
    const fed = new Fed({ receiveBufferLimit: limit, maxReceiveMessageSize: 300_000 });
    for (let i = 1; i < 1000; i++) fed.data(i, MIDDLE, 1, 0, content(1000));
    assert.ok(fed.it.a.engine.heldBytes <= 1.25 * limit);
    assert.equal(fed.sack().window, Math.max(0, limit - fed.it.a.engine.heldBytes));
  });

  test("a message larger than the window arrives, as long as it is announced", () => {
    const fed = new Fed({ receiveBufferLimit: limit, maxReceiveMessageSize: 300_000 });
    for (let i = 0; i < 300; i++) fed.data(i, i === 0 ? BEGIN : i === 299 ? END : MIDDLE, 1, 0, content(1000));
    assert.deepEqual(fed.lengths, [300_000]);
  });

  test("messages behind an SSN that never comes are bounded, although no TSN is missing", () => {
    const fed = new Fed({ receiveBufferLimit: limit });
    for (let i = 0; i < 1000; i++) fed.data(i, WHOLE, 1, i + 1, content(1000));
    assert.ok(fed.it.a.engine.heldBytes <= limit + 1064);
  });

  test("gaps that are filled one by one are bounded", () => {
    const fed = new Fed({ receiveBufferLimit: limit });
    fed.data(60_000, MIDDLE, 1, 0, content(10));
    for (let i = 0; i < 1000; i++) fed.data(i, i === 0 ? BEGIN : MIDDLE, 1, 0, content(1000));
    assert.ok(fed.it.a.engine.heldBytes <= 3.3 * limit);
  });

  test("single bytes are counted with what they cost", () => {
    const fed = new Fed({ receiveBufferLimit: limit });
    fed.it.a.reads = false;
    for (let i = 0; i < 5000; i++) fed.data(i + 1, WHOLE, i % 60_000, 0, content(1));
    assert.ok(fed.it.a.engine.heldBytes <= 1.25 * limit);
    assert.equal(fed.sack().cumulative, -1);
  });

  test("more than 512 gaps are not remembered: what would need one more comes again", () => {
    const fed = new Fed();
    for (let i = 0; i < 2000; i++) fed.data(2 * i + 1, WHOLE | UNORDERED, 1, 0, content(1));
    assert.equal(fed.it.a.engine.drops.of("window-exceeded"), 2000 - 512);
    for (let i = 0; i < 4000; i++) fed.data(i, WHOLE | UNORDERED, 1, 0, content(1));
    assert.equal(fed.sack().cumulative, 3999);
    assert.equal(fed.lengths.length, 4000);
  });
});
