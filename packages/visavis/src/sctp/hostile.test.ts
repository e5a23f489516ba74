import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { SeededRandom } from "@visavis/netsim";
import { setU16, setU32, u16, u32 } from "../base/bytes.ts";
import { type Random, randomBelow, randomU32 } from "../base/random.ts";
import type { AssociationOptions } from "./association-options.ts";
import {
  chunkOf,
  chunksOf,
  content,
  dataOf,
  type End,
  endOf,
  Pair,
  PLAIN,
  packetOf,
  RELIABLE,
  SEED,
  sackOf,
  words,
} from "./association-scene.test.ts";
import { verificationTag } from "./packet/common-header.ts";

const LIMIT = 200_000;
const LARGEST = 100_000;
const OPTIONS = { receiveBufferLimit: LIMIT, maxReceiveMessageSize: LARGEST };
const KINDS = {
  DATA: { ...OPTIONS, features: PLAIN },
  "I-DATA": { ...OPTIONS, features: { interleaving: true, zeroChecksum: true } },
};

/** Ways to a state of A, always by the same tags and TSNs. */
const statesOf = (OPTIONS: Partial<AssociationOptions>): Readonly<Record<string, () => Pair>> => ({
  closed: () => new Pair(OPTIONS),
  "cookie-wait": () => {
    const it = new Pair(OPTIONS);
    it.a.engine.connect(it.now);
    it.take(it.a);
    return it;
  },
  "cookie-echoed": () => {
    const it = new Pair(OPTIONS);
    it.a.engine.connect(it.now);
    it.a.engine.send(1, 53, content(100), RELIABLE, it.now);
    it.give(it.z, ...it.take(it.a));
    it.give(it.a, ...it.take(it.z));
    it.take(it.a);
    return it;
  },
  established: () => new Pair(OPTIONS).connect(),
  busy: () => {
    const it = new Pair(OPTIONS).connect();
    for (let i = 0; i < 30; i++) {
      it.a.engine.send(i % 4, 53, content(3000), { ordered: i % 2 === 0, ...(i % 3 === 0 ? { maxRetransmits: 1 } : {}) }, it.now);
      it.z.engine.send(i % 4, 53, content(3000), { ordered: i % 2 === 0, ...(i % 3 === 0 ? { maxRetransmits: 0 } : {}) }, it.now);
    }
    it.a.engine.resetStreams([7], it.now);
    it.z.engine.resetStreams([8, 9], it.now);
    it.give(it.a, ...it.take(it.z).filter((_, i) => i % 3 !== 1));
    it.take(it.a);
    return it;
  },
  "shutdown-pending": () => {
    const it = new Pair(OPTIONS).connect();
    it.a.engine.send(1, 53, content(5000), RELIABLE, it.now);
    it.take(it.a);
    it.a.engine.shutdown(it.now);
    return it;
  },
  "shutdown-sent": () => {
    const it = new Pair(OPTIONS).connect();
    it.a.engine.shutdown(it.now);
    it.take(it.a);
    return it;
  },
  "shutdown-received": () => {
    const it = new Pair(OPTIONS).connect();
    it.a.engine.send(1, 53, content(5000), RELIABLE, it.now);
    it.take(it.a);
    it.z.engine.shutdown(it.now);
    it.give(it.a, ...it.take(it.z));
    return it;
  },
  "shutdown-ack-sent": () => {
    const it = new Pair(OPTIONS).connect();
    it.z.engine.shutdown(it.now);
    it.give(it.a, ...it.take(it.z));
    it.take(it.a);
    return it;
  },
  ended: () => {
    const it = new Pair(OPTIONS).connect();
    it.a.engine.abort(it.now);
    it.take(it.a);
    return it;
  },
});

/** Chunks that a real Z has for A in the course of a life, with the tags and TSNs of `STATES`. */
function corpus(OPTIONS: Partial<AssociationOptions>): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  const begun = (): Pair => {
    const it = new Pair(OPTIONS);
    it.z.engine.connect(it.now);
    it.a.engine.connect(it.now);
    return it;
  };
  for (const make of [...Object.values(statesOf(OPTIONS)), begun]) {
    const it = make();
    if (it.z.engine.state === "established") it.z.engine.send(3, 53, content(2000), { ordered: true, maxRetransmits: 0 }, it.now);
    let n = 0;
    it.pass(3000, () => n++ % 4 !== 3);
    it.z.engine.resetStreams([3], it.now);
    it.pass(40_000);
    it.z.engine.shutdown(it.now);
    it.pass(3000);
    for (const packet of it.z.sent) for (const { bytes } of chunksOf(packet)) chunks.push(bytes.slice());
  }
  chunks.push(
    chunkOf(6, 0),
    chunkOf(9, 0, words((3 << 16) | 8, 5)),
    chunkOf(0x40, 0, content(9)),
    chunkOf(0xc5, 3, content(600)),
  );
  const kinds = new Map<number, Uint8Array[]>();
  for (const chunk of chunks) kinds.set(chunk[0] ?? 0, [...(kinds.get(chunk[0] ?? 0) ?? []), chunk]);
  assert.ok(kinds.size >= 16, `${[...kinds.keys()]}`);
  // As many of each kind, so that rare ones have their turn.
  return [...kinds.values()].flatMap((same) => Array.from({ length: 40 }, (_, i) => same[i % same.length] as Uint8Array));
}

const NUMBERS = [0, 1, 2, 3, 4, 5, 0x7f, 0xff, 0x100, 0x7fff, 0x8000, 0xffff, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff];

function pick<T>(random: Random, from: readonly T[]): T {
  return from[randomBelow(random, from.length)] as T;
}

/** A chunk that is not quite what it was. */
function mutate(random: Random, original: Uint8Array): Uint8Array {
  let chunk = original.slice();
  for (let times = randomBelow(random, 4); times > 0; times--) {
    const at = randomBelow(random, chunk.length);
    switch (randomBelow(random, 8)) {
      case 0:
        chunk[at] = randomU32(random);
        break;
      case 1:
        if (at + 2 <= chunk.length) setU16(chunk, at & ~1, pick(random, NUMBERS));
        break;
      case 2:
        if ((at & ~3) + 4 <= chunk.length) setU32(chunk, at & ~3, pick(random, NUMBERS));
        break;
      case 3:
        // Nearly the right number: TSNs, sequence numbers, tags.
        if ((at & ~3) + 4 <= chunk.length) setU32(chunk, at & ~3, (u32(chunk, at & ~3) + randomBelow(random, 40) - 20) >>> 0);
        break;
      case 4:
        chunk = chunk.slice(0, Math.max(4, at));
        if (randomBelow(random, 3) > 0) setU16(chunk, 2, chunk.length);
        break;
      case 5: {
        const longer = new Uint8Array(chunk.length + 4 * (1 + randomBelow(random, 30)));
        longer.set(chunk);
        random.fill(longer, chunk.length);
        if (randomBelow(random, 3) > 0) setU16(longer, 2, longer.length);
        chunk = longer;
        break;
      }
      case 6:
        setU16(chunk, 2, u16(chunk, 2) + randomBelow(random, 9) - 4);
        break;
      default:
        chunk[0] = randomU32(random);
    }
  }
  return chunk;
}

/** What holds of A whatever it was given. */
function check(it: Pair, label: string): void {
  const out = it.take(it.a);
  assert.ok(out.length <= 200, `${label}: ${out.length} packets`);
  for (const packet of out) assert.ok(packet.length <= 1160 && chunksOf(packet).length > 0, label);
  assert.ok(it.a.events.filter(({ type }) => type === "closed").length <= 1, label);
  assert.ok(it.a.events.filter(({ type }) => type === "connected").length <= 1, label);
  assert.ok(it.a.engine.heldBytes <= 4.5 * LIMIT + LARGEST, `${label}: holds ${it.a.engine.heldBytes}`);
  assert.ok(it.a.engine.deadline() > it.now, `${label}: something is due that is never done`);
}

describe("a hostile peer", () => {
  const corpora = { DATA: corpus(KINDS.DATA), "I-DATA": corpus(KINDS["I-DATA"]) };
  for (const [kind, name, make] of Object.entries(KINDS).flatMap(([kind, options]) =>
    Object.entries(statesOf(options)).map(([name, make]) => [kind, name, make] as const),
  )) {
    test(`sends mutated traffic of ${kind}: ${name}`, () => {
      const all = corpora[kind as keyof typeof KINDS];
      // What ends an association ends most rounds soon: others go without it, to get further.
      const lasting = all.filter((chunk) => ![1, 2, 6, 7, 8, 14].includes(chunk[0] ?? 0));
      const random = new SeededRandom(`${name} ${SEED}`);
      for (let round = 0; round < 100; round++) {
        const it = make();
        it.a.reads = randomBelow(random, 2) === 0;
        const chunks = round % 2 === 0 ? all : lasting;
        const label = `${name}, round ${round} of seed ${SEED}`;
        const tags = [0, ...it.z.sent.map(verificationTag), ...it.a.sent.map(verificationTag)];
        const right = it.z.sent.length > 0 ? verificationTag(it.z.sent.at(-1) as Uint8Array) : (tags.at(-1) ?? 0);
        for (let i = 0; i < 25; i++) {
          const tag = randomBelow(random, 6) === 0 ? pick(random, [...tags, randomU32(random)]) : right;
          const count = randomBelow(random, 3) === 0 ? 1 + randomBelow(random, 4) : 1;
          it.give(it.a, packetOf(tag, ...Array.from({ length: count }, () => mutate(random, pick(random, chunks)))));
          if (randomBelow(random, 3) === 0) check(it, label);
          if (randomBelow(random, 8) === 0) {
            it.now += randomBelow(random, 2000);
            it.a.engine.advance(it.now);
          }
          if (randomBelow(random, 10) === 0 && it.a.engine.state === "established") {
            it.a.engine.send(randomBelow(random, 4), 53, content(2000), { ordered: true, maxRetransmits: 1 }, it.now);
            it.a.engine.resetStreams([randomBelow(random, 4)], it.now);
          }
        }
        check(it, label);
        // Left alone, it comes to an end or to rest.
        it.pass(400_000, () => false);
        check(it, label);
        assert.notEqual(it.a.engine.state, "connecting", label);
      }
    });
  }

  test("floods with INITs: each is answered alike, and nothing is kept", () => {
    const it = new Pair();
    for (let round = 0; round < 30; round++) {
      for (let i = 0; i < 100; i++) it.give(it.z, packetOf(0, chunkOf(1, 0, words(i + 1, 1500, (5 << 16) | 5, i))));
      assert.ok(it.take(it.z).length <= 64);
    }
    assert.equal(it.z.engine.state, "closed");
    it.connect();
  });

  test("floods with HEARTBEATs, unknown chunks, requests, SHUTDOWN ACKs and DATA for streams that do not exist", () => {
    const it = new Pair({ inboundStreams: 5 }).connect();
    const tag = it.tagOf(it.a);
    const first = it.initialTsn(it.z);
    const floods: readonly ((i: number) => Uint8Array)[] = [
      (i) => chunkOf(4, 0, words((1 << 16) | 1008, i, ...Array<number>(250).fill(7))),
      (i) => chunkOf(0xc7, 0, content(900, i)),
      (i) => chunkOf(130, 0, words((13 << 16) | 16, first + i * 7, 0, first - 1)),
      (i) => chunkOf(130, 0, words((14 << 16) | 12, first + i, (3 << 16) | 4)),
      () => chunkOf(8, 0),
      (i) => dataOf(first + i, 3, 9, 0, content(5)),
      () => chunkOf(11, 0),
      (i) => chunkOf(9, 0, words((3 << 16) | 8, i)),
    ];
    for (const flood of floods) {
      for (let i = 0; i < 500; i++) it.give(it.a, packetOf(tag, flood(i)));
      const out = it.take(it.a);
      const bytes = out.reduce((sum, packet) => sum + packet.length, 0);
      assert.ok(bytes < 70 * 1160, `${bytes} bytes wait`);
    }
    assert.equal(endOf(it.a), undefined);
    it.a.engine.send(1, 53, content(10), RELIABLE, it.now);
    it.pass(1000);
    assert.equal(it.z.messages.length, 1);
  });

  test("acknowledges in the most laborious way: the work stays in proportion", () => {
    const it = new Pair({ mtu: 1160 }).connect();
    const first = it.initialTsn(it.a);
    for (let i = 0; i < 4000; i++) it.a.engine.send(1, 53, content(8), RELIABLE, it.now);
    it.take(it.a);
    const overlapping = Array.from({ length: 8000 }, (_, i) => (i % 2 === 0 ? 2 : 65_535));
    const single = Array.from({ length: 4000 }, (_, i) => 2 + 2 * (i >> 1));
    const tag = it.tagOf(it.a);
    const started = process.hrtime.bigint();
    for (let i = 0; i < 100; i++) {
      it.give(it.a, packetOf(tag, sackOf(first - 1, 1 << 20, overlapping)));
      it.give(it.a, packetOf(tag, sackOf(first - 1, 1 << 20, single)));
    }
    const elapsed = Number(process.hrtime.bigint() - started) / 1e6;
    assert.ok(elapsed < 3000, `${elapsed} ms`);
  });

  test("skips in the most laborious way: the work stays in proportion", () => {
    const it = new Pair({ receiveBufferLimit: 1 << 24 }).connect();
    const tag = it.tagOf(it.a);
    const first = it.initialTsn(it.z);
    for (let i = 0; i < 20_000; i++) it.give(it.a, packetOf(tag, dataOf(first + i, 3, 1, 1 + i, content(1))));
    const started = process.hrtime.bigint();
    for (let i = 0; i < 100; i++) {
      const skipped = Array.from({ length: 3000 }, (_, k) => (1 << 16) | (i * 100 + (k % 100)));
      it.give(it.a, packetOf(tag, chunkOf(192, 0, words(first + 20_000 + i, ...skipped))));
    }
    const elapsed = Number(process.hrtime.bigint() - started) / 1e6;
    assert.ok(elapsed < 3000, `${elapsed} ms`);
    assert.ok(it.a.messages.length > 9000);
  });

  test("sends a million tiny fragments of messages that never end", () => {
    const it = new Pair({ ...OPTIONS, maxReceiveMessageSize: 0 }).connect();
    const tag = it.tagOf(it.a);
    const first = it.initialTsn(it.z);
    const one = Uint8Array.of(1);
    let tsn = 0;
    for (let packet = 0; packet < 5000 && endOf(it.a) === undefined; packet++) {
      const fragments: Uint8Array[] = [];
      for (let i = 0; i < 200; i++, tsn += 2) fragments.push(dataOf(first + 1 + (tsn % 60_000), 0, tsn & 0xff, 0, one));
      it.give(it.a, packetOf(tag, ...fragments));
      if (packet % 100 === 0) check(it, `packet ${packet}`);
    }
    check(it, "at the end");
  });

  test("resets, skips and forgets streams that it never used, all of them, again and again", () => {
    const it = new Pair().connect();
    const tag = it.tagOf(it.a);
    const first = it.initialTsn(it.z);
    const all = Array.from({ length: 500 }, (_, i) => (((2 * i) << 16) | (2 * i + 1)) >>> 0);
    for (let i = 0; i < 300; i++) {
      const streams = i % 2 === 0 ? all : [];
      const ahead = i % 3 === 0 ? 50 : -1;
      it.give(
        it.a,
        packetOf(tag, chunkOf(130, 0, words((13 << 16) | (16 + 4 * streams.length), first + i, 0, first + ahead, ...streams))),
        packetOf(tag, chunkOf(192, 0, words(first + i, ...all.map((pair) => (pair & 0xffff_0000) | (i & 7))))),
      );
      it.take(it.a);
    }
    assert.equal(endOf(it.a), undefined);
  });
});

describe("a peer that is merely slow", () => {
  test("to read: the sender waits, for an hour, and then goes on", () => {
    const it = new Pair(OPTIONS).connect();
    const end: End = it.z;
    end.reads = false;
    for (let i = 0; i < 400; i++) it.a.engine.send(1, 53, content(1000, i), RELIABLE, it.now);
    it.pass(3_600_000);
    assert.equal(endOf(it.a), undefined);
    end.reads = true;
    end.collect();
    for (let i = 0; i < 20; i++) {
      it.pass(500);
      end.collect();
    }
    assert.equal(end.messages.length, 400);
  });
});
