/**
 * RFC 8260: I-DATA and its schedulers; RFC 9653: packets without a checksum. Each with and without the other side.
 */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { SeededRandom } from "@visavis/netsim";
import { setU32, u32 } from "../base/bytes.ts";
import { randomBelow } from "../base/random.ts";
import { serial } from "../base/serial.ts";
import type { AssociationOptions, SctpFeatures, SctpMessage } from "./association-options.ts";
import {
  chunkOf,
  chunksOf,
  connected,
  content,
  dataOf,
  endOf,
  Pair,
  PLAIN,
  packetOf,
  RELIABLE,
  SEED,
  scene,
  typesOf,
  UNORDERED,
  words,
} from "./association-scene.test.ts";
import { checksumMatches, writtenChecksum } from "./packet/common-header.ts";
import { ReassemblyQueue } from "./rx/reassembly-queue.ts";
import type { SchedulerName } from "./tx/stream-scheduler.ts";

const ON: SctpFeatures = { interleaving: true, zeroChecksum: true };
const WHOLE = 3;
const BEGIN = 2;
const MIDDLE = 0;
const END = 1;
const UNORDERED_FLAG = 4;

/** An I-DATA chunk. */
function idataOf(tsn: number, flags: number, stream: number, mid: number, ppidOrFsn: number, payload: Uint8Array): Uint8Array {
  const value = new Uint8Array(16 + payload.length);
  value.set(words(tsn, stream << 16, mid, ppidOrFsn));
  value.set(payload, 16);
  return chunkOf(64, flags, value);
}

function iforwardOf(tsn: number, ...skipped: (readonly [stream: number, unordered: boolean, mid: number])[]): Uint8Array {
  return chunkOf(
    194,
    0,
    words(tsn, ...skipped.flatMap(([stream, unordered, mid]) => [((stream << 16) | (unordered ? 1 : 0)) >>> 0, mid])),
  );
}

/** A, connected, and what makes chunks of Z by hand. */
class Fed {
  readonly it: Pair;
  readonly #first: number;
  readonly #tag: number;

  constructor(options: Partial<AssociationOptions> = {}) {
    this.it = new Pair({ features: ON, ...options }).connect();
    this.#first = this.it.initialTsn(this.it.z);
    this.#tag = this.it.tagOf(this.it.a);
  }

  give(...chunks: readonly Uint8Array[]): void {
    this.it.give(this.it.a, packetOf(this.#tag, ...chunks));
  }

  data(tsn: number, flags: number, stream: number, mid: number, fsn: number, length: number): void {
    this.give(idataOf(this.#first + tsn, flags, stream, mid, flags & BEGIN ? 53 : fsn, content(length)));
  }

  forward(tsn: number, ...skipped: (readonly [number, boolean, number])[]): void {
    this.give(iforwardOf(this.#first + tsn, ...skipped));
  }

  get lengths(): number[] {
    return this.it.a.messages.map(({ data }) => data.length);
  }
}

describe("what both sides turn out to have", () => {
  const choices = [true, false];
  for (const mine of choices)
    for (const theirs of choices) {
      test(`interleaving ${mine} and ${theirs}: I-DATA only when both offer it`, () => {
        const it = new Pair(
          { features: { ...PLAIN, interleaving: mine } },
          { features: { ...PLAIN, interleaving: theirs } },
        ).connect();
        for (const end of [it.a, it.z]) {
          assert.equal(end.engine.negotiated?.interleaving, mine && theirs);
          assert.equal(end.engine.negotiated?.partialReliability, true);
          end.engine.send(1, 53, content(3000), RELIABLE, it.now);
          end.engine.send(2, 53, content(10), { ordered: false, maxRetransmits: 0 }, it.now);
        }
        it.pass(1000);
        for (const end of [it.a, it.z]) {
          assert.deepEqual(end.messages.map(({ data }) => data.length).sort(), [10, 3000]);
          const types = typesOf(end.sent).join("+").split("+");
          assert.equal(types.includes("64"), mine && theirs);
          assert.equal(types.includes("0"), !(mine && theirs));
        }
      });

      test(`zero checksum ${mine} and ${theirs}: sent to who takes it, and taken by who offers it`, () => {
        const it = new Pair(
          { features: { ...PLAIN, zeroChecksum: mine } },
          { features: { ...PLAIN, zeroChecksum: theirs } },
        ).connect();
        for (const end of [it.a, it.z]) end.engine.send(1, 53, content(3000), RELIABLE, it.now);
        it.pass(1000);
        for (const end of [it.a, it.z]) {
          assert.equal(end.messages.length, 1);
          assert.equal(end.engine.negotiated?.zeroChecksumSent, mine && theirs);
          assert.equal(end.engine.negotiated?.zeroChecksumReceived, mine && theirs);
          for (const packet of end.sent) {
            const types = chunksOf(packet).map(({ type }) => type);
            // RFC 9653 §5.2: INIT and COOKIE ECHO always; of the rest, those before the terms are known.
            const checked = !(mine && theirs) || types.some((type) => [1, 2, 10].includes(type));
            assert.equal(writtenChecksum(packet) !== 0, checked, `${types}`);
            if (checked) assert.ok(checksumMatches(packet));
          }
        }
      });
    }

  test("an INIT and a COOKIE ECHO without a checksum are not taken, nor is anything by who did not offer it", () => {
    const it = new Pair({ features: ON });
    it.a.engine.connect(it.now);
    const bare = (packet: Uint8Array): Uint8Array => {
      setU32(packet, 8, 0);
      return packet;
    };
    const [init] = it.take(it.a);
    it.give(it.z, bare((init as Uint8Array).slice()));
    assert.equal(it.take(it.z).length, 0);
    it.give(it.z, init as Uint8Array);
    it.give(it.a, ...it.take(it.z));
    const [echo] = it.take(it.a);
    it.give(it.z, bare((echo as Uint8Array).slice()));
    assert.equal(it.z.engine.state, "closed");
    it.give(it.z, echo as Uint8Array);
    assert.equal(it.z.engine.state, "established");
    const plain = new Pair().connect();
    plain.z.engine.send(1, 53, content(10), RELIABLE, plain.now);
    plain.give(plain.a, ...plain.take(plain.z).map(bare));
    assert.deepEqual([plain.a.messages.length, plain.a.engine.drops.of("bad-checksum")], [0, 1]);
  });

  test("another error detection method than that of DTLS counts as none", () => {
    const it = new Pair({ features: ON });
    it.z.engine.connect(it.now);
    const [init] = it.take(it.z);
    const packet = init as Uint8Array;
    for (let o = 0; o + 8 <= packet.length; o += 4) if (u32(packet, o) === 0x8001_0008) setU32(packet, o + 4, 2);
    const [chunk] = chunksOf(packet);
    it.give(it.a, packetOf(0, chunk?.bytes as Uint8Array));
    it.exchange();
    assert.deepEqual([it.a.engine.negotiated?.zeroChecksumSent, it.z.engine.negotiated?.zeroChecksumSent], [false, true]);
  });
});

describe("I-DATA", () => {
  test("fragments of several messages, in any order and late, become their messages in the order of their streams", () => {
    const random = new SeededRandom(`idata ${SEED}`);
    for (let round = 0; round < 300; round++) {
      const queue = new ReassemblyQueue({
        interleaving: true,
        partial: new Set(),
        bufferLimit: 1 << 20,
        maxMessageSize: 0,
        repairOrder: true,
        detectDuplicates: true,
      });
      const first = randomBelow(random, 2) === 0 ? 0 : 0xffff_fffd;
      const streams = 1 + randomBelow(random, 4);
      const expected: string[][] = [];
      const fragments: (() => string)[] = [];
      for (let stream = 0; stream < streams; stream++) {
        // The order of a stream begins with 0; what lies before the end of the range was skipped.
        const unordered = stream % 2 === 1;
        if (first > 0 && !unordered) {
          for (const mid of [0x7fff_ffff, 0xffff_fff0, first - 1])
            queue.forwardInterleaved([{ stream, unordered, messageIdentifier: serial(mid) }]);
        }
        expected.push([]);
        for (let m = 0; m < 1 + randomBelow(random, 5); m++) {
          const count = 1 + randomBelow(random, 4);
          const data = content(count * 7, 100 * round + 10 * stream + m);
          expected[stream]?.push(data.join());
          for (let f = 0; f < count; f++) {
            const flags = (f === 0 ? BEGIN : 0) | (f === count - 1 ? END : 0) | (unordered ? UNORDERED_FLAG : 0);
            const mid = serial(first + m);
            fragments.push(() => queue.addInterleaved(flags, stream, mid, serial(f), f === 0 ? 50 + stream : 0, data, 7 * f, 7));
          }
        }
      }
      for (let i = fragments.length; i > 0; i--) {
        const [add] = fragments.splice(randomBelow(random, i), 1);
        assert.equal(add?.(), "taken");
      }
      const got: string[][] = expected.map(() => []);
      for (let message: SctpMessage | undefined = queue.take(); message !== undefined; message = queue.take()) {
        assert.equal(message.ppid, 50 + message.stream);
        got[message.stream]?.push(message.data.join());
      }
      got.forEach((messages, stream) => {
        if (stream % 2 === 1) assert.deepEqual(messages.sort(), expected[stream]?.sort());
        else assert.deepEqual(messages, expected[stream]);
      });
      assert.equal(queue.heldBytes, 0);
    }
  });

  test("a first fragment has number 0 and no other has; none comes twice, nor behind the last", () => {
    const cases: (readonly (readonly [flags: number, fsn: number])[])[] = [
      [[MIDDLE, 0]],
      [
        [BEGIN, 0],
        [BEGIN, 0],
      ],
      [
        [MIDDLE, 1],
        [MIDDLE, 1],
      ],
      [
        [BEGIN, 0],
        [MIDDLE, 2],
        [WHOLE, 0],
      ],
      [
        [END, 2],
        [MIDDLE, 3],
      ],
    ];
    for (const [i, chunks] of cases.entries()) {
      const fed = new Fed();
      chunks.forEach(([flags, fsn], tsn) => {
        fed.data(tsn, flags, 1, 0, fsn, 10);
      });
      assert.equal(endOf(fed.it.a), "protocol-violation", `case ${i}`);
    }
  });

  test("DATA and FORWARD-TSN end an association of I-DATA", () => {
    for (const chunk of [dataOf(0, WHOLE, 1, 0, content(5)), chunkOf(192, 0, words(0))]) {
      const fed = new Fed();
      fed.give(chunk);
      assert.equal(endOf(fed.it.a), "protocol-violation");
    }
  });

  test("I-DATA is unknown to an association of DATA, and said to be so; I-FORWARD-TSN too", () => {
    for (const chunk of [idataOf(0, WHOLE, 1, 0, 53, content(5)), iforwardOf(0)]) {
      const fed = new Fed({ features: PLAIN });
      fed.give(chunk);
      assert.equal(endOf(fed.it.a), undefined);
      assert.equal(fed.it.a.engine.drops.of("unknown-chunk"), 1);
      assert.deepEqual(typesOf(fed.it.take(fed.it.a)), ["9"]);
    }
  });
});

describe("I-FORWARD-TSN", () => {
  test("forgets what is not complete, goes on behind it, and takes no late fragment of it", () => {
    const fed = new Fed();
    fed.data(0, BEGIN, 1, 0, 0, 10); // given up
    fed.data(1, BEGIN | UNORDERED_FLAG, 2, 0, 0, 20); // given up
    fed.data(3, WHOLE, 1, 1, 0, 30);
    fed.data(4, WHOLE | UNORDERED_FLAG, 2, 1, 0, 40);
    fed.data(5, WHOLE, 3, 1, 0, 50); // waits for number 0 of its stream
    assert.deepEqual(fed.lengths, [40]);
    fed.forward(2, [1, false, 0], [2, true, 0], [3, false, 0]);
    assert.deepEqual(fed.lengths, [40, 30, 50]);
    assert.equal(fed.it.a.engine.heldBytes, 0);
    fed.data(6, END, 1, 0, 1, 10);
    fed.data(7, END | UNORDERED_FLAG, 2, 0, 1, 10);
    assert.deepEqual([fed.it.a.engine.heldBytes, endOf(fed.it.a)], [0, undefined]);
    fed.data(8, WHOLE | UNORDERED_FLAG, 2, 2, 0, 60);
    assert.deepEqual(fed.lengths, [40, 30, 50, 60]);
  });

  test("messages of several streams are given up at once, and others between them live", () => {
    const it = new Pair({ features: ON }).connect();
    for (let round = 0; round < 3; round++)
      for (let stream = 0; stream < 6; stream++) {
        const partial = stream % 3 === 0 ? {} : stream % 3 === 1 ? { maxRetransmits: 0 } : { lifetime: 50 };
        it.a.engine.send(stream, 53, content(3000 + 10 * stream + round), { ordered: stream < 3, ...partial }, it.now);
      }
    // The first flight is lost, and with it all that is not reliable.
    it.take(it.a);
    it.pass(20_000);
    const lengths = it.z.messages.map(({ data }) => data.length);
    for (const stream of [0, 3])
      assert.deepEqual(
        lengths.filter((length) => Math.floor((length - 3000) / 10) === stream),
        [0, 1, 2].map((round) => 3000 + 10 * stream + round),
      );
    assert.ok(it.a.engine.counters.messagesAbandoned >= 4, `${it.a.engine.counters.messagesAbandoned}`);
    assert.ok(typesOf(it.a.sent).some((types) => types.includes("194")));
    assert.equal(it.z.engine.heldBytes, 0);
    for (let stream = 0; stream < 6; stream++) it.a.engine.send(stream, 53, content(7), RELIABLE, it.now);
    it.pass(1000);
    assert.equal(it.z.messages.length, lengths.length + 6);
  });
});

describe("schedulers", () => {
  /** Bytes that arrived on each stream until `time`, over a bottleneck of 2 Mbit/s, each stream with more to send than fits. */
  function shares(scheduler: SchedulerName, interleaving: boolean, weights: readonly number[], size: number): number[] {
    const it = connected({ delay: 10, rate: 2_000_000, queue: 50_000 }, { features: { interleaving, scheduler } });
    weights.forEach((priority, stream) => {
      for (let sent = 0; sent < 4_000_000; sent += size)
        it.a.engine.send(stream, 53, content(size, stream), { ordered: true, priority }, it.sim.now);
    });
    it.sim.runFor(8000);
    const bytes = weights.map(() => 0);
    for (const { stream, data } of it.z.messages) bytes[stream] = (bytes[stream] ?? 0) + data.length;
    return bytes;
  }

  for (const interleaving of [true, false])
    test(`weighted: shares are those of the weights, interleaving ${interleaving}`, () => {
      const bytes = shares("weighted", interleaving, [128, 256, 512, 1024], 4000);
      const unit = bytes.reduce((sum, one) => sum + one) / 15;
      bytes.forEach((got, i) => {
        assert.ok(Math.abs(got / unit / 2 ** i - 1) < 0.1, `${bytes}`);
      });
    });

  for (const scheduler of ["round-robin", "round-robin-packets"] as const)
    test(`${scheduler}: equal turns, whatever the weights`, () => {
      const bytes = shares(scheduler, true, [128, 1024, 256], 4000);
      for (const got of bytes) assert.ok(Math.abs((3 * got) / bytes.reduce((sum, one) => sum + one) - 1) < 0.1, `${bytes}`);
    });

  test("first-come: messages leave in the order in which they were queued", () => {
    const it = new Pair({ features: { ...ON, scheduler: "first-come" } }).connect();
    const order = [3, 1, 1, 2, 3, 1].map((stream, i) => [stream, 1500 + i] as const);
    for (const [stream, length] of order) it.a.engine.send(stream, 53, content(length), RELIABLE, it.now);
    it.pass(1000);
    assert.deepEqual(
      it.z.messages.map(({ data }) => data.length),
      order.map(([, length]) => length),
    );
  });

  test("a stream that was idle neither waits nor makes up for lost time", () => {
    const it = new Pair({ features: ON }).connect();
    for (let i = 0; i < 400; i++) it.a.engine.send(1, 53, content(1000), RELIABLE, it.now);
    it.take(it.a, 5);
    for (let i = 0; i < 4; i++) it.a.engine.send(2, 53, content(900), RELIABLE, it.now);
    const seen = it.take(it.a, 5).flatMap((packet) => chunksOf(packet).map(({ bytes }) => (u32(bytes, 8) >>> 16) - 1));
    assert.ok(seen.slice(0, 2).includes(1), `${seen}`);
    assert.ok(seen.slice(0, 4).includes(0), `${seen}`);
  });

  test("messages of which only the beginnings would fill the other side's window are not begun", () => {
    const it = scene({ delay: 5 }, { receiveBufferLimit: 100_000 });
    it.a.engine.connect(it.sim.now);
    for (let stream = 0; stream < 40; stream++) it.a.engine.send(stream, 53, content(60_000, stream), RELIABLE, it.sim.now);
    it.sim.runUntil(() => it.z.messages.length === 40, { within: 20_000 });
    assert.equal(it.a.engine.counters.timeouts, 0);
  });

  test("with DATA, a message that was begun is finished first", () => {
    const it = new Pair().connect();
    it.a.engine.send(1, 53, content(6000), RELIABLE, it.now);
    it.a.engine.send(2, 53, content(100), UNORDERED, it.now);
    it.pass(1000);
    assert.deepEqual(
      it.z.messages.map(({ stream }) => stream),
      [1, 2],
    );
  });
});

test("a short message beside a bulk transfer arrives within two round trips, 50 Mbit/s and 50 ms", () => {
  const it = connected({ delay: 25, rate: 50_000_000 }, {});
  const bulk = new Uint8Array(256 * 1024);
  const fill = (): void => {
    while (it.a.engine.totalBufferedAmount < 2_000_000) it.a.engine.send(1, 53, bulk, RELIABLE, it.sim.now);
  };
  const waits: number[] = [];
  fill();
  it.sim.runFor(2000);
  for (let i = 0; i < 60; i++) {
    fill();
    const sent = it.sim.now;
    const before = it.z.messages.filter(({ stream }) => stream === 2).length;
    it.a.engine.send(2, 53, content(100), RELIABLE, it.sim.now);
    it.sim.runUntil(() => it.z.messages.filter(({ stream }) => stream === 2).length > before, { within: 5000 });
    waits.push(it.sim.now - sent);
    it.sim.runFor(37);
  }
  waits.sort((a, b) => a - b);
  const p95 = waits[Math.floor(waits.length * 0.95)] as number;
  assert.ok(p95 <= 100, `p95 ${p95} ms of ${waits}`);
});
