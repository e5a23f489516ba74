import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { chunkOf, chunksOf, content, dataOf, endOf, Pair, packetOf, RELIABLE, typesOf, words } from "./association-scene.test.ts";

const [DATA, SACK, SHUTDOWN, SHUTDOWN_COMPLETE] = [0, 3, 7, 14];

const has = (packet: Uint8Array, type: number): boolean => chunksOf(packet).some((chunk) => chunk.type === type);

describe("a graceful end", () => {
  test("a lost SHUTDOWN COMPLETE is made up for", () => {
    const it = new Pair().connect();
    it.a.engine.shutdown(it.now);
    let lost = 0;
    it.pass(120_000, (packet) => !has(packet, SHUTDOWN_COMPLETE) || ++lost > 1);
    assert.deepEqual([endOf(it.a), endOf(it.z)], ["", ""]);
    assert.equal(lost, 2);
  });

  test("comes through whichever packets are lost", () => {
    for (let mask = 0; mask < 256; mask++) {
      const it = new Pair().connect();
      it.a.engine.send(1, 53, content(2000), RELIABLE, it.now);
      it.z.engine.send(1, 53, content(3000), RELIABLE, it.now);
      it.a.engine.shutdown(it.now);
      if (mask % 3 === 0) it.z.engine.shutdown(it.now);
      let n = 0;
      it.pass(200_000, () => n > 7 || ((mask >> n++) & 1) === 0);
      assert.deepEqual([endOf(it.a), endOf(it.z)], ["", ""], `mask ${mask}`);
      assert.deepEqual([it.a.messages.length, it.z.messages.length], [1, 1], `mask ${mask}`);
      assert.deepEqual([it.a.engine.deadline(), it.z.engine.deadline()], [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]);
    }
  });

  test("the SHUTDOWN acknowledges what its sender has received", () => {
    const it = new Pair().connect();
    it.a.engine.send(1, 53, content(100), RELIABLE, it.now);
    it.pass(10, (packet) => !has(packet, SACK));
    it.z.engine.shutdown(it.now);
    it.pass(300, (packet) => !has(packet, SACK));
    assert.deepEqual([endOf(it.a), endOf(it.z)], ["", ""]);
    assert.equal(it.a.engine.counters.timeouts, 0);
  });

  test("DATA that comes while SHUTDOWN is out is answered by SHUTDOWN and SACK, for as long as it comes", () => {
    const it = new Pair().connect();
    it.a.engine.shutdown(it.now);
    it.take(it.a);
    const first = it.initialTsn(it.z);
    for (let i = 0; i < 60; i++) {
      it.now += 3000;
      it.give(it.a, packetOf(it.tagOf(it.a), dataOf(first + i, 3, 1, i, content(10))));
      it.a.engine.advance(it.now);
      const chunks = it.take(it.a).flatMap(chunksOf);
      assert.ok(chunks.some(({ type }) => type === SHUTDOWN) && chunks.some(({ type }) => type === SACK));
    }
    assert.equal(endOf(it.a), undefined);
    assert.equal(it.a.messages.length, 60);
  });

  test("SHUTDOWN is given up after a minute or so without an answer", () => {
    const it = new Pair().connect();
    it.a.engine.shutdown(it.now);
    it.pass(110_000, () => false);
    assert.equal(endOf(it.a), "unreachable");
  });

  test("a SACK that was to go out does not keep the clock busy once SHUTDOWN ACK is out", () => {
    const it = new Pair().connect();
    const first = it.initialTsn(it.z);
    const tag = it.tagOf(it.a);
    it.give(it.a, packetOf(tag, dataOf(first, 3, 1, 0, content(10)), chunkOf(SHUTDOWN, 0, words(it.initialTsn(it.a) - 1))));
    assert.deepEqual(typesOf(it.take(it.a)), ["8"]);
    for (let i = 0; i < 8; i++) {
      const due = it.a.engine.deadline();
      assert.ok(due > it.now);
      it.now = due;
      it.a.engine.advance(it.now);
      it.take(it.a);
    }
  });

  test("SHUTDOWN ACK during our own handshake means an association that is no more", () => {
    const it = new Pair();
    it.a.engine.connect(it.now);
    const [init] = it.take(it.a);
    assert.ok(init !== undefined);
    const tag = new DataView(init.buffer, init.byteOffset).getUint32(16);
    it.give(it.a, packetOf(tag, chunkOf(8, 0)));
    const [answer] = it.take(it.a);
    assert.deepEqual(answer && chunksOf(answer).map(({ type, flags }) => [type, flags]), [[SHUTDOWN_COMPLETE, 1]]);
    assert.equal(it.a.engine.state, "connecting");
  });
});

describe("an end that both agreed on", () => {
  test("is not spoilt by packets that come late", () => {
    const it = new Pair().connect();
    it.a.engine.send(1, 53, content(10), RELIABLE, it.now);
    const late = it.take(it.a);
    it.give(it.z, ...late);
    it.pass(100);
    it.a.engine.shutdown(it.now);
    it.z.engine.shutdown(it.now);
    it.give(it.z, ...it.take(it.a));
    it.give(it.a, ...it.take(it.z));
    it.take(it.a); // SHUTDOWN COMPLETE is lost
    assert.deepEqual([endOf(it.a), endOf(it.z)], ["", undefined]);
    it.give(it.a, ...it.z.sent.slice(-3));
    it.give(it.z, ...it.take(it.a), ...late);
    it.pass(5000);
    assert.deepEqual([endOf(it.a), endOf(it.z)], ["", ""]);
  });
});

describe("what arrived before the end", () => {
  test("is delivered although the end arrived with it", () => {
    const it = new Pair().connect();
    it.a.reads = false;
    it.z.engine.send(1, 53, content(500), RELIABLE, it.now);
    const data = it.take(it.z);
    it.z.engine.abort(it.now);
    it.give(it.a, ...data, ...it.take(it.z));
    assert.equal(endOf(it.a), "aborted");
    it.a.reads = true;
    it.a.collect();
    assert.deepEqual(it.a.messages[0]?.data, content(500));
  });
});

describe("an end before the beginning", () => {
  test("is told to a peer that is further than we are", () => {
    const it = new Pair();
    it.a.engine.connect(it.now);
    it.give(it.z, ...it.take(it.a));
    it.give(it.a, ...it.take(it.z));
    it.give(it.z, ...it.take(it.a));
    assert.equal(it.z.engine.state, "established");
    it.a.engine.shutdown(it.now);
    it.give(it.z, ...it.take(it.a));
    assert.equal(endOf(it.z), "aborted");
  });
});

describe("after the end", () => {
  test("packets are answered, last words are not, and two sides that ended fall silent", () => {
    const it = new Pair().connect();
    it.a.engine.abort(it.now);
    it.z.engine.abort(it.now);
    it.exchange();
    assert.deepEqual([endOf(it.a), endOf(it.z)], ["", ""]);
    const answers = (type: number): string[] => {
      it.give(it.a, packetOf(77, chunkOf(type, 0, words(5))));
      return typesOf(it.take(it.a));
    };
    assert.deepEqual(
      [DATA, SACK, SHUTDOWN, 10].map((type) => answers(type)),
      [["6"], ["6"], ["6"], ["6"]],
    );
    assert.deepEqual(
      [6, 9, 11, 14].map((type) => answers(type)),
      [[], [], [], []],
    );
  });
});
