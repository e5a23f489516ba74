/**
 * Floods of what a peer may send in an association that stands: whatever it is, memory is bounded, and so is the work for each packet.
 */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { SeededRandom } from "@visavis/netsim";
import { setU16, setU32 } from "../base/bytes.ts";
import { randomBelow, randomU32 } from "../base/random.ts";
import type { AssociationOptions } from "./association-options.ts";
import { chunkOf, content, dataOf, endOf, Pair, packetOf, RELIABLE, SEED, sackOf, words } from "./association-scene.test.ts";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

const LIMIT = 1 << 20;
const INTERLEAVED: Partial<AssociationOptions> = { receiveBufferLimit: LIMIT, features: { zeroChecksum: false } };
const PLAINLY: Partial<AssociationOptions> = { receiveBufferLimit: LIMIT };
/** What is held, and what keeps it, in bytes: three windows of the smallest pieces take several times what is counted. */
const MOST_HELD = 3.2 * LIMIT;
const MOST_HEAP = 40 << 20;
/** Processor time for a packet, in milliseconds; a packet may have a thousand entries. */
const MOST_WORK = 1;

function idataOf(tsn: number, flags: number, stream: number, mid: number, ppidOrFsn: number, payload: Uint8Array): Uint8Array {
  const value = new Uint8Array(16 + payload.length);
  value.set(words(tsn, stream << 16, mid, ppidOrFsn));
  value.set(payload, 16);
  return chunkOf(64, flags, value);
}

interface Flood {
  readonly options?: Partial<AssociationOptions>;
  readonly packets: number;
  /** The chunks of packet `i`; `first` is the TSN that the association expects. */
  readonly chunks: (i: number, first: number, ownFirst: number) => Uint8Array[];
  /** Before it: what the association under attack is doing. */
  readonly before?: (it: Pair) => void;
  /** Whether it may be answered by the end of the association. */
  readonly ends?: boolean;
}

const ONE = Uint8Array.of(1);
const chance = new SeededRandom(`flood ${SEED}`);
const draw = (limit: number): number => randomBelow(chance, limit);
const row = <T>(count: number, make: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i));
const busy = (it: Pair): void => {
  for (let i = 0; i < 2000; i++) it.a.engine.send(i % 50, 53, content(1000, i), RELIABLE, it.now);
  it.take(it.a);
};

/** An outgoing stream reset request: its number, the last TSN before it, streams. */
const resetOf = (sequence: number, lastTsn: number, streams: readonly number[]): Uint8Array => {
  const value = new Uint8Array(16 + 2 * streams.length);
  value.set(words((13 << 16) | value.length, sequence, 0, lastTsn));
  streams.forEach((stream, i) => {
    setU16(value, 16 + 2 * i, stream);
  });
  return chunkOf(130, 0, value);
};

const FLOODS: Readonly<Record<string, Flood>> = {
  "begins messages on all streams, and ends none": {
    options: INTERLEAVED,
    packets: 600,
    chunks: (i, first) => row(40, (k) => idataOf(first + i * 40 + k, 2, (i * 40 + k) % 65_535, 0, 53, ONE)),
  },
  "begins message after message on one stream": {
    options: INTERLEAVED,
    packets: 600,
    chunks: (i, first) => row(40, (k) => idataOf(first + i * 40 + k, 2, 1, i * 40 + k, 53, ONE)),
  },
  "sends fragments with gaps between them, of unordered messages, too": {
    options: INTERLEAVED,
    packets: 600,
    chunks: (i, first) => row(40, (k) => idataOf(first + i * 40 + k, (k & 1) << 2, i % 3, 7, 2 * (i * 40 + k) + 2, ONE)),
  },
  "sends one message without an end": {
    options: { ...INTERLEAVED, maxReceiveMessageSize: 0 },
    packets: 3000,
    chunks: (i, first) => [idataOf(first + i, i === 0 ? 2 : 0, 1, 0, i, content(1000))],
  },
  "completes messages far ahead of the one whose turn it is": {
    options: INTERLEAVED,
    packets: 600,
    chunks: (i, first) => row(40, (k) => idataOf(first + i * 40 + k, 3, 1, 1 + i * 40 + k, 53, ONE)),
  },
  "sends messages of DATA on all streams": {
    packets: 600,
    chunks: (i, first) => row(40, (k) => dataOf(first + i * 40 + k, 3, (i * 40 + k) % 65_535, 0, ONE)),
  },
  "skips all streams, again and again": {
    packets: 600,
    chunks: (i, first) => [
      chunkOf(192, 0, words(first + i, ...row(280, (k) => ((((i * 280 + k) % 65_535) << 16) | (i & 0xffff)) >>> 0))),
    ],
  },
  "skips messages of interleaved streams, forwards and back": {
    options: INTERLEAVED,
    packets: 600,
    chunks: (i, first) => [
      chunkOf(
        194,
        0,
        words(first + i, ...row(140, (k) => [(((i * 140 + k) % 65_535) << 16) | (k & 1), randomU32(chance)]).flat()),
      ),
    ],
  },
  "skips beyond what gaps may be wide, and TSNs that are over": {
    packets: 900,
    chunks: (i, first) => [chunkOf(192, 0, words(first + (i % 2 === 0 ? 0x20_0000 + i : -i)))],
  },
  "resets all streams, one request after another": {
    packets: 900,
    chunks: (i, first) => [resetOf(first + i, first - 1, i % 3 === 0 ? [] : row(500, (k) => (i * 500 + k) % 65_535))],
  },
  "resets streams behind TSNs that never come, and more each time": {
    packets: 900,
    chunks: (i, first) => [
      resetOf(
        first + i,
        first + 1000,
        row(500, (k) => (i * 500 + k) % 65_535),
      ),
    ],
  },
  "sends data behind a reset that waits for ever": {
    packets: 900,
    chunks: (i, first) =>
      i === 0 ? [resetOf(first, first + 1, [])] : row(20, (k) => dataOf(first + 1 + i * 20 + k, 3, k, 0, content(20))),
  },
  "asks for resets of our streams, with numbers right and wrong, twice each": {
    packets: 900,
    chunks: (i, first) => {
      const value = new Uint8Array(8 + 1000);
      value.set(words((14 << 16) | value.length, first + (i >> 1) + (i % 7 === 0 ? 1000 : 0)));
      for (let k = 0; k < 500; k++) setU16(value, 8 + 2 * k, (i * 500 + k) % 65_535);
      return [chunkOf(130, 0, value)];
    },
  },
  "answers resets that nobody asked for": {
    packets: 900,
    chunks: (i, first) => [chunkOf(130, 0, words((16 << 16) | 12, first + draw(100) - 50, i % 8))],
  },
  "reports gaps that overlap, go back, are empty or lie beyond": {
    before: busy,
    packets: 600,
    chunks: (_, __, own) => [sackOf(own - 1, 1 << 20, row(500, () => [draw(3000), draw(3000)]).flat())],
  },
  "reports everything, takes it back, and reports it anew": {
    before: busy,
    packets: 600,
    chunks: (i, _, own) => [sackOf(own - 1, 1 << 20, i % 2 === 0 ? row(280, (k) => [2 + 7 * k, 4 + 7 * k]).flat() : [])],
  },
  "acknowledges in single steps, with windows that open and close": {
    before: busy,
    packets: 600,
    chunks: (i, _, own) => [sackOf(own - 1 + (i >> 7), i % 3 === 0 ? 0 : randomU32(chance))],
  },
  "acknowledges what was never sent": {
    before: busy,
    packets: 10,
    chunks: (_, __, own) => [sackOf(own + 100_000, 1 << 20)],
    ends: true,
  },
  "reports duplicates without number": {
    before: busy,
    packets: 600,
    chunks: (_, __, own) => [chunkOf(3, 0, words(own - 1, 1 << 20, 280, ...row(280, () => own + draw(2000))))],
  },
  pads: { packets: 900, chunks: () => [chunkOf(0x84, 0, content(1000))] },
  "sends HEARTBEATs and answers to none": {
    packets: 900,
    chunks: (i) => [chunkOf(4, 0, words((1 << 16) | 1008, ...row(251, () => i))), chunkOf(5, 0, words((1 << 16) | 14, i, i, 0))],
  },
  "sends unknown chunks and ERRORs": {
    packets: 900,
    chunks: (i) => [chunkOf(0xc0 | (i & 7) | 0x30, 0, content(200)), chunkOf(9, 0, words(((1 + (i % 13)) << 16) | 8, i))],
  },
};

describe("a flood", () => {
  for (const [name, { options = PLAINLY, packets, chunks, before, ends = false }] of Object.entries(FLOODS)) {
    test(name, () => {
      const it = new Pair(options).connect();
      it.a.reads = false;
      before?.(it);
      const tag = it.tagOf(it.a);
      const first = it.initialTsn(it.z);
      const own = it.initialTsn(it.a);
      const flood = row(packets, (i) => packetOf(tag, ...chunks(i, first, own)));
      collectGarbage();
      const heap = process.memoryUsage().heapUsed;
      const cpu = process.cpuUsage();
      for (const [i, packet] of flood.entries()) {
        it.a.engine.receive(packet, it.now);
        it.a.collect();
        if (i % 50 === 0) {
          assert.ok(it.take(it.a).length < 3000);
          it.a.sent.length = 0;
          it.now += 5;
          it.a.engine.advance(it.now);
        }
        assert.ok(it.a.engine.heldBytes <= MOST_HELD, `${it.a.engine.heldBytes} bytes are held`);
        if (it.a.engine.state !== "established") break;
      }
      const { user, system } = process.cpuUsage(cpu);
      // The first packets of a kind find code that was never run.
      assert.ok((user + system) / 1000 < 300 + packets * MOST_WORK, `${(user + system) / 1000 / packets} ms for a packet`);
      collectGarbage();
      const grown = process.memoryUsage().heapUsed - heap;
      assert.ok(grown < MOST_HEAP, `${grown} bytes more`);
      if (ends) assert.notEqual(endOf(it.a), undefined);
      else if (endOf(it.a) !== undefined) assert.match(endOf(it.a) ?? "", /protocol-violation|message-too-large/);
    });
  }

  test("of INITs and COOKIE ECHOs in an association that stands", () => {
    const it = new Pair(PLAINLY).connect();
    for (let i = 0; i < 3000; i++) {
      it.give(it.a, packetOf(0, chunkOf(1, 0, words(i + 1, 1500, (5 << 16) | 5, i))));
      it.give(it.a, packetOf(i, chunkOf(10, 0, content(100, i))));
      if (i % 50 === 0) assert.ok(it.take(it.a).length <= 64);
    }
    it.take(it.a);
    it.a.engine.send(1, 53, content(10), RELIABLE, it.now);
    it.pass(1000);
    assert.equal(it.z.messages.length, 1);
    assert.equal(endOf(it.a), undefined);
  });

  test("of packets without a checksum, where that was not agreed on", () => {
    const it = new Pair(PLAINLY).connect();
    const packet = packetOf(it.tagOf(it.a), dataOf(it.initialTsn(it.z), 3, 1, 0, ONE));
    setU32(packet, 8, 0);
    for (let i = 0; i < 1000; i++) it.give(it.a, packet);
    assert.deepEqual([it.a.messages.length, it.a.engine.drops.of("bad-checksum")], [0, 1000]);
  });
});
