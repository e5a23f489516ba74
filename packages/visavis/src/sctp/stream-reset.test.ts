import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { SeededRandom } from "@visavis/netsim";
import { u32 } from "../base/bytes.ts";
import { randomBelow } from "../base/random.ts";
import type { AssociationEvent } from "./association-options.ts";
import { chunkOf, chunksOf, content, dataOf, type End, Pair, packetOf, RELIABLE, SEED, words } from "./association-scene.test.ts";

const [FORWARD_TSN, RE_CONFIG] = [192, 130];
const OUTGOING = 13;

const resets = (end: End): AssociationEvent[] => end.events.filter(({ type }) => type === "incoming-reset");
const answers = (end: End): AssociationEvent[] => end.events.filter(({ type }) => type === "outgoing-reset");

/** An outgoing reset request of `streams` (two of them). */
function request(sequence: number, lastAssigned: number, streams: readonly [number, number]): Uint8Array {
  return chunkOf(
    RE_CONFIG,
    0,
    words((OUTGOING << 16) | 20, sequence, sequence - 1, lastAssigned, (streams[0] << 16) | streams[1]),
  );
}

/** The results in the answers that `from` has to give. */
function results(it: Pair, from: End): number[] {
  return it
    .take(from)
    .flatMap(chunksOf)
    .filter(({ type, bytes }) => type === RE_CONFIG && bytes[5] === 16)
    .map(({ bytes }) => u32(bytes, 12));
}

describe("a reset of the other side", () => {
  test("that waits for data and is asked again under a new number is one reset", () => {
    const it = new Pair().connect();
    const tsn = it.initialTsn(it.z);
    const tag = it.tagOf(it.a);
    it.give(it.a, packetOf(tag, request(tsn, tsn, [3, 4])));
    assert.deepEqual(results(it, it.a), [6]);
    it.give(it.a, packetOf(tag, request(tsn + 1, tsn, [3, 4])));
    assert.deepEqual(results(it, it.a), [6]);
    it.give(it.a, packetOf(tag, dataOf(tsn, 3, 3, 0, content(5))));
    assert.equal(resets(it.a).length, 1);
    it.give(it.a, packetOf(tag, request(tsn + 2, tsn, [3, 4])));
    assert.deepEqual(results(it, it.a), [1]);
    assert.equal(resets(it.a).length, 1);
    // The same again, now that the other side knows: this is another one.
    it.give(it.a, packetOf(tag, request(tsn + 3, tsn, [3, 4])));
    assert.deepEqual([results(it, it.a), resets(it.a).length], [[1], 2]);
  });

  test("asked twice under one number is answered twice and performed once; the one before gets its answer again", () => {
    const it = new Pair().connect();
    const tsn = it.initialTsn(it.z);
    const tag = it.tagOf(it.a);
    const ask = (sequence: number, streams: readonly [number, number]): number[] => {
      it.give(it.a, packetOf(tag, request(sequence, tsn - 1, streams)));
      return results(it, it.a);
    };
    assert.deepEqual([ask(tsn, [3, 4]), ask(tsn, [3, 4]), ask(tsn + 1, [5, 65535]), ask(tsn, [3, 4])], [[1], [1], [3], [1]]);
    assert.deepEqual([ask(tsn + 5, [1, 2]), ask(tsn - 9, [1, 2])], [[5], [5]]);
    assert.equal(resets(it.a).length, 1);
  });

  test("data behind it that comes too early is not lost", () => {
    const it = new Pair().connect();
    const tsn = it.initialTsn(it.z);
    const tag = it.tagOf(it.a);
    it.give(it.a, packetOf(tag, request(tsn, tsn, [3, 4])));
    // Behind the reset: it begins with number 0 again. A stream that is not reset goes on.
    for (const [ahead, stream, ssn, length] of [
      [2, 3, 1, 7],
      [1, 3, 0, 6],
      [3, 5, 0, 8],
    ] as const)
      it.give(it.a, packetOf(tag, dataOf(tsn + ahead, 3, stream, ssn, content(length))));
    assert.deepEqual(
      it.a.messages.map(({ data }) => data.length),
      [8],
    );
    assert.ok(it.a.engine.heldBytes > 0);
    it.give(it.a, packetOf(tag, dataOf(tsn, 3, 3, 0, content(5))));
    assert.deepEqual(
      it.a.messages.map(({ data }) => data.length),
      [8, 5, 6, 7],
      "without being sent again",
    );
    assert.equal(it.a.engine.heldBytes, 0);
  });

  test("data behind it counts against the window", () => {
    const it = new Pair({ receiveBufferLimit: 50_000 }).connect();
    const tsn = it.initialTsn(it.z);
    const tag = it.tagOf(it.a);
    it.give(it.a, packetOf(tag, request(tsn, tsn, [3, 4])));
    for (let i = 1; i < 200; i++) it.give(it.a, packetOf(tag, dataOf(tsn + i, 3, 3, i - 1, content(1000))));
    assert.ok(it.a.engine.heldBytes <= 50_000);
    assert.ok(it.a.engine.drops.of("window-exceeded") > 100);
  });

  test("requests for more streams, and for resets of TSNs, are answered with a refusal, again when asked again", () => {
    const it = new Pair().connect();
    const tsn = it.initialTsn(it.z);
    const tag = it.tagOf(it.a);
    const requests = [
      words((17 << 16) | 12, tsn, (4 << 16) | 0),
      words((18 << 16) | 12, tsn + 1, (4 << 16) | 0),
      words((15 << 16) | 8, tsn + 2),
    ];
    for (const value of requests)
      for (let times = 0; times < 2; times++) {
        it.give(it.a, packetOf(tag, chunkOf(RE_CONFIG, 0, value)));
        assert.deepEqual(results(it, it.a), [2]);
      }
    // The numbers go on behind them.
    it.give(it.a, packetOf(tag, request(tsn + 3, tsn - 1, [3, 4])));
    assert.deepEqual(results(it, it.a), [1]);
  });

  test("a FORWARD-TSN that comes late does not skip in a stream that was reset since", () => {
    const it = new Pair().connect();
    const tsn = it.initialTsn(it.z);
    const tag = it.tagOf(it.a);
    const forward = packetOf(tag, chunkOf(FORWARD_TSN, 0, words(tsn, (3 << 16) | 0)));
    it.give(it.a, forward);
    it.give(it.a, packetOf(tag, request(tsn, tsn, [3, 4])));
    it.give(it.a, forward);
    it.give(it.a, packetOf(tag, dataOf(tsn + 1, 3, 3, 0, content(6))));
    assert.equal(it.a.messages.length, 1);
  });

  test("an incoming reset request for streams that do not exist is refused", () => {
    const it = new Pair({ outboundStreams: 10 }).connect();
    const tag = it.tagOf(it.a);
    it.give(it.a, packetOf(tag, chunkOf(RE_CONFIG, 0, words((14 << 16) | 12, it.initialTsn(it.z), (3 << 16) | 4000))));
    assert.deepEqual(results(it, it.a), [3]);
    it.pass(1000);
    assert.equal(resets(it.z).length, 0);
  });
});

describe("a reset of our own", () => {
  test("waits for its stream alone, while others go on", () => {
    const it = new Pair().connect();
    it.a.engine.send(1, 53, content(900_000), RELIABLE, it.now);
    it.a.engine.send(2, 53, content(100), RELIABLE, it.now);
    it.a.engine.resetStreams([1, 2], it.now);
    it.pass(20_000);
    assert.deepEqual(
      it.z.messages.map(({ stream }) => stream),
      [1, 2],
    );
    assert.deepEqual(
      resets(it.z).flatMap((event) => (event.type === "incoming-reset" ? event.streams : [])),
      [1, 2],
    );
  });

  test("goes on to be asked for as long as the path shows that it lives, and ends with it", () => {
    const isReconfig = (packet: Uint8Array): boolean => chunksOf(packet).some(({ type }) => type === RE_CONFIG);
    const it = new Pair().connect();
    it.a.engine.resetStreams([1], it.now);
    it.pass(300_000, (packet) => !isReconfig(packet));
    assert.equal(it.a.engine.state, "established", "HEARTBEATs are answered");
    it.pass(20_000);
    assert.deepEqual([resets(it.z).length, answers(it.a).length], [1, 1]);
    it.a.engine.resetStreams([2], it.now);
    it.pass(300_000, () => false);
    assert.equal(it.a.engine.state, "ended");
  });

  test("what is sent on the stream in the meantime goes out behind it, and may be reset again", () => {
    const it = new Pair().connect();
    it.a.engine.send(1, 53, content(10), RELIABLE, it.now);
    it.take(it.a); // lost: the reset has to wait
    it.a.engine.resetStreams([1], it.now);
    it.exchange();
    it.a.engine.send(1, 53, content(20), RELIABLE, it.now);
    it.a.engine.resetStreams([1], it.now);
    it.a.engine.resetStreams([1], it.now);
    it.pass(20_000);
    assert.deepEqual(
      it.z.messages.map(({ data }) => data.length),
      [10, 20],
    );
    assert.deepEqual([resets(it.z).length, answers(it.a).length], [2, 2]);
  });

  test("FORWARD-TSN names no stream of before the reset", () => {
    const it = new Pair().connect();
    const partial = { ordered: true, maxRetransmits: 0 };
    // Z gets a message of stream 1 and skips none, but its SACKs are lost; A gives the message up all the same.
    it.a.engine.send(1, 53, content(10), partial, it.now);
    it.give(it.z, ...it.take(it.a));
    it.now += 600;
    it.a.engine.advance(it.now);
    it.take(it.a);
    it.take(it.z);
    it.a.engine.resetStreams([1], it.now);
    const withoutSack = (packet: Uint8Array): boolean => !chunksOf(packet).some(({ type }) => type === 3);
    it.pass(100, withoutSack);
    assert.equal(answers(it.a).length, 1);
    // Now another one is given up, on another stream.
    it.a.engine.send(2, 53, content(10), partial, it.now);
    it.take(it.a);
    it.pass(5000);
    it.a.engine.send(1, 53, content(11), RELIABLE, it.now);
    it.pass(5000);
    assert.deepEqual(
      it.z.messages.map(({ stream, data }) => [stream, data.length]),
      [
        [1, 10],
        [1, 11],
      ],
    );
  });

  test("FORWARD-TSN does not reach over a reset that is performed and not yet known to be", () => {
    const it = new Pair().connect();
    const partial = { ordered: true, maxRetransmits: 0 };
    for (let i = 0; i < 3; i++) it.a.engine.send(1, 53, content(10), partial, it.now);
    it.give(it.z, ...it.take(it.a));
    it.take(it.z); // the SACK is lost
    it.now += 600;
    it.a.engine.advance(it.now);
    it.take(it.a); // the FORWARD-TSN too
    it.a.engine.resetStreams([1], it.now);
    it.a.engine.send(2, 53, content(10), partial, it.now);
    it.give(
      it.z,
      ...it
        .take(it.a)
        .map((packet) =>
          packetOf(it.tagOf(it.z), ...chunksOf(packet).flatMap(({ type, bytes }) => (type === RE_CONFIG ? [bytes] : []))),
        ),
    );
    assert.equal(resets(it.z).length, 1);
    it.take(it.z); // so is the answer, and the message of stream 2
    it.pass(20_000);
    it.a.engine.send(1, 53, content(11), RELIABLE, it.now);
    it.pass(5000);
    assert.equal(it.z.messages.at(-1)?.data.length, 11);
  });

  test("many streams at once fit into packets", () => {
    for (const mtu of [600, 1160]) {
      const it = new Pair({ mtu }).connect();
      const streams = Array.from({ length: 2000 }, (_, i) => i);
      it.a.engine.resetStreams(streams, it.now);
      it.pass(60_000);
      assert.ok(it.a.sent.every(({ length }) => length <= mtu));
      assert.deepEqual(
        resets(it.z).flatMap((event) => (event.type === "incoming-reset" ? event.streams : [])),
        streams,
      );
    }
  });
});

describe("resets of both sides", () => {
  test("under loss: every reset is told once on each side, and messages keep to their side of it", () => {
    const random = new SeededRandom(`resets ${SEED}`);
    for (let round = 0; round < 60; round++) {
      const it = new Pair().connect();
      const loss = randomBelow(random, 3);
      const keeps = (): boolean => randomBelow(random, 10) >= loss;
      const lives = (): boolean => it.a.engine.state === "established" && it.z.engine.state === "established";
      for (let i = 1; i <= 8 && lives(); i++) {
        for (const end of [it.a, it.z]) {
          const count = randomBelow(random, 4);
          for (let k = 0; k < count; k++) end.engine.send(5, 53, content(1 + randomBelow(random, 4000), i), RELIABLE, it.now);
          end.engine.resetStreams([5], it.now);
        }
        it.pass(randomBelow(random, 2) === 0 ? 200_000 : 200, keeps);
      }
      it.pass(400_000);
      // Eleven losses in a row are an end of their own.
      if (!lives()) continue;
      const label = `round ${round} of seed ${SEED}`;
      for (const [one, other] of [
        [it.a, it.z],
        [it.z, it.a],
      ] as const) {
        assert.equal(resets(one).length, answers(other).length, label);
        assert.ok(
          answers(other).every((event) => event.type === "outgoing-reset" && event.performed),
          label,
        );
        assert.equal(other.engine.bufferedAmount(5), 0, label);
      }
    }
  });
});
