import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { SeededRandom } from "@visavis/netsim";
import { decodeBase64 } from "../base/base64.ts";
import { type Random, randomBelow } from "../base/random.ts";
import type { AssociationOptions } from "./association-options.ts";
import { content, endOf, Pair, RELIABLE, SEED, typesOf } from "./association-scene.test.ts";
import { createToldInit, isToldInit, termsOf } from "./terms.ts";

/** The example of draft-hancke-tsvwg-snap §7, offer and answer. */
const OFFERED = decodeBase64("AQAAHols3R0AUAAA/////+B5ZR3AAAAEgAgABoLA") as Uint8Array;
const ANSWERED = decodeBase64("AQAAHl+zdHQAUAAA/////6Gq3HTAAAAEgAgABoLA") as Uint8Array;

function random(name: string): Random {
  return new SeededRandom(`${SEED} ${name}`);
}

/** Two associations of which each was told the other's INIT. */
function told(
  a: Partial<AssociationOptions> = {},
  z: Partial<AssociationOptions> = a,
  change: (inits: { a: Uint8Array; z: Uint8Array }) => { a: Uint8Array; z: Uint8Array } = (inits) => inits,
): Pair {
  const own = { a: createToldInit({ random: random("a"), ...a }), z: createToldInit({ random: random("z"), ...z }) };
  const seen = change(own);
  return new Pair({ ...a, inits: { local: own.a, remote: seen.z } }, { ...z, inits: { local: own.z, remote: seen.a } });
}

test("the example of the draft is read", () => {
  const terms = termsOf({ random: random("x"), maxReceiveMessageSize: 0 }, OFFERED, ANSWERED);
  assert.deepEqual(terms, {
    localTag: 0x896cdd1d,
    remoteTag: 0x5fb37474,
    localInitialTsn: 0xe079651d,
    remoteInitialTsn: 0xa1aadc74,
    remoteWindow: 0x500000,
    outboundStreams: 65535,
    inboundStreams: 65535,
    interleaving: false,
    partialReliability: true,
    reconfiguration: true,
    zeroChecksum: false,
  });
});

test("an INIT that is told is one chunk without padding, and says what one that is sent says", () => {
  const bytes = createToldInit({ random: random("x") });
  assert.ok(isToldInit(bytes));
  const it = new Pair({ features: {} });
  it.a.engine.connect(it.now);
  const [packet] = it.take(it.a);
  assert.deepEqual(bytes.subarray(20), packet?.subarray(32, 32 + bytes.length - 20));
  assert.notDeepEqual(bytes.subarray(4, 8), createToldInit({ random: random("y") }).subarray(4, 8));
});

test("two sides that know each other's INIT are connected without a packet", () => {
  for (const features of [{}, { interleaving: false, zeroChecksum: false }]) {
    const it = told({ features });
    it.a.engine.connect(it.now);
    it.z.engine.connect(it.now);
    assert.deepEqual([it.a.engine.state, it.z.engine.state], ["established", "established"]);
    assert.deepEqual([it.a.engine.counters.handshakesSkipped, it.z.engine.counters.handshakesSkipped], [1, 1]);
    assert.equal(it.a.engine.negotiated?.interleaving, features.interleaving !== false);
    it.a.engine.send(1, 53, content(20_000), RELIABLE, it.now);
    it.z.engine.send(2, 53, content(20_000), RELIABLE, it.now);
    it.pass(1000);
    assert.deepEqual(it.z.messages[0]?.data, content(20_000));
    assert.deepEqual(it.a.messages[0]?.data, content(20_000));
    const types = new Set([...typesOf(it.a.sent), ...typesOf(it.z.sent)].flatMap((each) => each.split("+")));
    for (const type of ["1", "2", "10", "11"]) assert.ok(!types.has(type), `a chunk of type ${type}`);
    it.a.engine.resetStreams([1], it.now);
    it.pass(1000);
    assert.ok(it.a.events.some((event) => event.type === "outgoing-reset" && event.performed));
    it.a.engine.shutdown(it.now);
    it.pass(1000);
    assert.deepEqual([endOf(it.a), endOf(it.z)], ["", ""]);
  }
});

describe("whoever cannot use what it was told begins with the classic handshake", () => {
  const cases: Readonly<Record<string, (init: Uint8Array) => Uint8Array>> = {
    "its own, given back": (init) => init,
    nothing: () => new Uint8Array(0),
    "a cut one": (init) => init.subarray(0, init.length - 1),
    "one with more behind it": (init) => Uint8Array.of(...init, 0, 0, 0, 0),
    "an INIT ACK": (init) => init.with(0, 2),
    "a tag of 0": (init) => Uint8Array.from(init).fill(0, 4, 8),
    "no window": (init) => Uint8Array.from(init).fill(0, 8, 12),
    "no streams": (init) => Uint8Array.from(init).fill(0, 12, 14),
    "a parameter that is too long": (init) => init.with(22, 0xff),
    "a length of its own": (init) => init.with(2, 0xff),
  };
  for (const [name, change] of Object.entries(cases)) {
    for (const both of [true, false]) {
      test(`${name}, ${both ? "both sides" : "while the other side is connected already"}`, () => {
        const it = told({}, {}, ({ a, z }) => ({
          a: both ? change(name.startsWith("its own") ? z : a) : a,
          z: change(name.startsWith("its own") ? a : z),
        }));
        it.a.engine.connect(it.now);
        it.z.engine.connect(it.now);
        assert.equal(it.a.engine.state, "connecting");
        assert.equal(it.z.engine.state, both ? "connecting" : "established");
        it.a.engine.send(1, 53, content(20_000), RELIABLE, it.now);
        it.z.engine.send(2, 53, content(20_000), RELIABLE, it.now);
        it.pass(5000);
        assert.deepEqual([it.a.engine.state, it.z.engine.state], ["established", "established"]);
        assert.deepEqual(
          it.z.messages.map(({ data }) => data),
          [content(20_000)],
        );
        assert.deepEqual(
          it.a.messages.map(({ data }) => data),
          [content(20_000)],
        );
        assert.equal(it.a.engine.counters.handshakesSkipped, 0);
        assert.equal(it.z.events.filter(({ type }) => type === "connected").length, 1);
      });
    }
  }
});

test("an INIT does not disturb an association that has proven itself", () => {
  const it = told();
  it.a.engine.connect(it.now);
  it.z.engine.connect(it.now);
  it.a.engine.send(1, 53, content(100), RELIABLE, it.now);
  it.exchange();
  const stranger = new Pair();
  stranger.a.engine.connect(stranger.now);
  it.give(it.z, ...stranger.take(stranger.a));
  stranger.give(stranger.a, ...it.take(it.z));
  it.give(it.z, ...stranger.take(stranger.a));
  assert.equal(endOf(it.z), "restarted");
});

test("bent bytes are refused or read, never more", () => {
  const chance = random("bent");
  const good = createToldInit({ random: chance });
  for (let i = 0; i < 5000; i++) {
    const bytes = good.slice(0, randomBelow(chance, 4) === 0 ? randomBelow(chance, good.length + 1) : good.length);
    for (let k = randomBelow(chance, 4); k > 0 && bytes.length > 0; k--)
      bytes[randomBelow(chance, bytes.length)] = randomBelow(chance, 256);
    const terms = termsOf({ random: chance, maxReceiveMessageSize: 0 }, good, bytes);
    assert.equal(terms !== undefined, isToldInit(bytes) && Buffer.compare(bytes, good) !== 0);
  }
});
