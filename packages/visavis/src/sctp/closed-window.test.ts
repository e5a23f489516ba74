/**
 * A receiver whose owner takes nothing: RFC 9260 §6.1 A (probes of a closed window), §6.2 (what is dropped then).
 */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { AssociationOptions } from "./association-options.ts";
import { chunksOf, content, type End, endOf, Pair, RELIABLE } from "./association-scene.test.ts";

const MINUTE = 60_000;
const KINDS: Readonly<Record<string, Partial<AssociationOptions>>> = {
  DATA: {},
  "I-DATA": { features: {} },
  "a window as large as its buffer": { receiveBufferLimit: 100_000 },
  "another size of packets": { mtu: 576, receiveBufferLimit: 200_000 },
};

/** 4 MiB for a reader who does not read; when the window is closed. */
function stalled(options: Partial<AssociationOptions>): Pair {
  const it = new Pair(options).connect();
  it.z.reads = false;
  for (let i = 0; i < 1024; i++) it.a.engine.send(1, 53, content(4096, i), RELIABLE, it.now);
  it.pass(MINUTE / 2);
  return it;
}

function readAll(it: Pair): void {
  it.z.reads = true;
  for (let i = 0; i < 200 && it.z.messages.length < 1024; i++) {
    it.z.collect();
    it.pass(50);
  }
  assert.equal(it.z.messages.length, 1024);
  for (const [i, { data }] of it.z.messages.entries()) assert.deepEqual(data, content(4096, i));
}

describe("a window that is closed", () => {
  for (const [name, options] of Object.entries(KINDS)) {
    test(`for ten minutes: one probe at a time, at longer and longer intervals, and nothing comes of it; ${name}`, () => {
      const it = stalled(options);
      const held = it.z.engine.heldBytes;
      const waits = it.a.engine.totalBufferedAmount;
      const packets = it.a.sent.length;
      it.pass(10 * MINUTE);
      assert.equal(endOf(it.a), undefined);
      assert.equal(it.z.engine.heldBytes, held);
      assert.ok(held <= 1.6 * Math.min(options.receiveBufferLimit ?? 1 << 20, 1 << 20), `${held} bytes are held`);
      assert.ok(waits - it.a.engine.totalBufferedAmount <= 4096);
      // T3-rtx ends at ten seconds.
      const probes = it.a.sent.slice(packets).filter((packet) => chunksOf(packet).some(({ type }) => type === 0 || type === 64));
      assert.ok(probes.length > 55 && probes.length < 75, `${probes.length} probes`);
      for (const packet of probes) assert.equal(chunksOf(packet).filter(({ type }) => type === 0 || type === 64).length, 1);
      readAll(it);
    });
  }

  test("opens: the sender goes on at once", () => {
    const it = stalled({});
    it.pass(3 * MINUTE);
    const waits = it.a.engine.totalBufferedAmount;
    it.z.reads = true;
    it.z.collect();
    it.exchange();
    assert.ok(waits - it.a.engine.totalBufferedAmount > 4096, "without any time passing");
    readAll(it);
  });

  test("opens, and the SACK that says so is lost: a probe asks again", () => {
    const it = stalled({});
    it.z.reads = true;
    it.z.collect();
    it.pass(20, () => false);
    it.z.reads = false;
    const waits = it.a.engine.totalBufferedAmount;
    it.pass(11_000);
    assert.ok(waits - it.a.engine.totalBufferedAmount > 100_000);
    readAll(it);
  });

  test("does not keep a message that is larger than it from becoming complete", () => {
    const it = new Pair({ maxReceiveMessageSize: 0 }).connect();
    it.z.reads = false;
    it.a.engine.send(1, 53, content(3 << 20), RELIABLE, it.now);
    it.pass(MINUTE);
    it.z.reads = true;
    it.z.collect();
    assert.equal(it.z.messages[0]?.data.length, 3 << 20);
  });

  test("whose sender does not care is as good as shut", () => {
    const it = stalled({});
    const end: End = it.z;
    const before = end.engine.heldBytes;
    // What was sent last, from TSNs on that were never used so far.
    it.a.engine.send(2, 53, content(500), { ordered: false }, it.now);
    const probe = it.a.sent.findLast((packet) => chunksOf(packet).some(({ type }) => type === 0)) as Uint8Array;
    for (let i = 0; i < 5000; i++) it.give(it.z, probe);
    assert.equal(end.engine.heldBytes, before);
    assert.equal(end.engine.drops.of("window-exceeded") > 5000, true);
    assert.ok(it.take(it.z).length <= 16);
  });
});
