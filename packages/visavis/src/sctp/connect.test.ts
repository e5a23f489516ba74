import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { SeededRandom } from "@visavis/netsim";
import { u32 } from "../base/bytes.ts";
import { randomBelow } from "../base/random.ts";
import { Association } from "./association.ts";
import {
  chunkOf,
  chunksOf,
  closing,
  content,
  type End,
  endOf,
  Pair,
  packetOf,
  RELIABLE,
  SEED,
  scene,
  typesOf,
  words,
} from "./association-scene.test.ts";
import { COMMON_HEADER, verificationTag } from "./packet/common-header.ts";

const random = new SeededRandom(`connect ${SEED}`);
const ROUNDS = 800;
const [INIT, INIT_ACK, COOKIE_ECHO, COOKIE_ACK] = [1, 2, 10, 11];

describe("data behind the COOKIE ECHO", () => {
  test("is sent again with it when both are lost, once the handshake is over at the latest", () => {
    const it = new Pair();
    it.a.engine.send(1, 53, content(300), RELIABLE, it.now);
    it.a.engine.connect(it.now);
    let losses = 3;
    it.pass(20_000, (packet) => chunksOf(packet)[0]?.type !== COOKIE_ECHO || --losses < 0);
    assert.deepEqual(
      it.z.messages.map(({ data }) => data),
      [content(300)],
    );
    assert.equal(it.a.engine.counters.timeouts, 0, "T3-rtx has no business in the handshake");
  });

  test("survives a tag of the other side that turns out to be an older one", () => {
    // Z answers A's INIT while it is closed, then begins by itself with another tag (RFC 9260 §5.2.4 B).
    const it = new Pair();
    it.a.engine.send(1, 53, content(300), RELIABLE, it.now);
    it.a.engine.connect(it.now);
    it.give(it.z, ...it.take(it.a));
    const initAck = it.take(it.z);
    it.z.engine.connect(it.now);
    const init = it.take(it.z);
    it.give(it.a, ...init);
    const answer = it.take(it.a);
    it.give(it.a, ...initAck);
    assert.deepEqual(typesOf(it.take(it.a)), ["10+0"]); // lost
    it.give(it.z, ...answer);
    const echo = it.take(it.z);
    assert.deepEqual(typesOf(echo), ["10"]);
    it.give(it.a, ...echo);
    it.pass(5000);
    assert.deepEqual([it.a.engine.state, it.z.engine.state], ["established", "established"]);
    assert.deepEqual(
      it.z.messages.map(({ data }) => data),
      [content(300)],
    );
    it.a.engine.send(1, 53, content(10), RELIABLE, it.now);
    it.pass(100);
    assert.equal(it.z.messages.length, 2);
  });

  test("survives a stale cookie", () => {
    const it = new Pair();
    it.a.engine.send(1, 53, content(300), RELIABLE, it.now);
    it.a.engine.connect(it.now);
    it.give(it.z, ...it.take(it.a));
    const initAck = it.take(it.z);
    it.now += 100;
    it.give(it.a, ...initAck);
    const echo = it.take(it.a);
    it.now += 61_000;
    it.give(it.z, ...echo);
    it.pass(5000);
    assert.deepEqual([it.a.engine.state, it.z.engine.state], ["established", "established"]);
    assert.deepEqual(
      it.z.messages.map(({ data }) => data),
      [content(300)],
    );
  });
});

describe("the handshake", () => {
  test("does not take data before the COOKIE ACK", () => {
    const it = new Pair();
    it.a.engine.connect(it.now);
    it.give(it.z, ...it.take(it.a));
    it.give(it.a, ...it.take(it.z));
    it.give(it.z, ...it.take(it.a));
    it.z.engine.send(1, 53, content(100), RELIABLE, it.now);
    it.take(it.z).forEach((packet) => {
      const [ack, data] = chunksOf(packet);
      assert.deepEqual([ack?.type, data?.type], [COOKIE_ACK, 0]);
      if (data !== undefined) it.give(it.a, packetOf(verificationTag(packet), data.bytes));
    });
    assert.equal(it.a.messages.length, 0);
    assert.ok(it.a.engine.deadline() > it.now, "nothing may be due that cannot be done");
    it.pass(5000);
    assert.equal(it.a.messages.length, 1);
  });

  test("COOKIE ECHO and COOKIE ACK are the first chunks of their packets", () => {
    const it = new Pair();
    it.a.engine.connect(it.now);
    it.give(it.z, ...it.take(it.a));
    it.give(it.a, ...it.take(it.z));
    it.take(it.a); // the first COOKIE ECHO is lost
    const unknown = chunkOf(0xc7, 0, content(8)); // to be reported, which waits with the COOKIE ECHO
    it.give(it.a, packetOf(it.tagOf(it.a), unknown));
    it.now += 600;
    it.a.engine.advance(it.now);
    const packets = it.take(it.a);
    for (const packet of packets) {
      const at = chunksOf(packet).findIndex(({ type }) => type === COOKIE_ECHO);
      assert.ok(at <= 0);
    }
    it.give(it.z, ...packets);
    assert.equal(it.z.engine.state, "established");
  });

  test("an INIT with unknown parameters that no answer could report is answered without them", () => {
    const it = new Pair();
    const unknown = new Uint8Array(1100);
    unknown.set([0xc0, 0x77, unknown.length >> 8, unknown.length & 0xff]);
    const fixed = words(0x1234, 100_000, (10 << 16) | 10, 77);
    const value = new Uint8Array(fixed.length + unknown.length);
    value.set(fixed);
    value.set(unknown, fixed.length);
    it.give(it.z, packetOf(0, chunkOf(INIT, 0, value)));
    const answer = it.take(it.z);
    assert.deepEqual(typesOf(answer), ["2"]);
    assert.ok(answer.every(({ length }) => length <= 1160));
  });

  test("an INIT with terms that make no association is refused; an INIT ACK with such terms is the end", () => {
    const terms = [
      { window: 1499, streams: (10 << 16) | 10, code: "protocol-violation" },
      { window: 1500, streams: 10, code: "protocol-violation" },
      { window: 1500, streams: 10 << 16, code: "protocol-violation" },
    ];
    for (const { window, streams, code } of terms) {
      const it = new Pair();
      it.give(it.z, packetOf(0, chunkOf(INIT, 0, words(7, window, streams, 77))));
      const [answer] = it.take(it.z);
      assert.ok(answer !== undefined && verificationTag(answer) === 7);
      assert.deepEqual([typesOf([answer]), it.z.engine.state], [["6"], "closed"]);
      it.a.engine.connect(it.now);
      const [init] = it.take(it.a);
      assert.ok(init !== undefined);
      const cookie = words((7 << 16) | 8, 5);
      const ack = new Uint8Array([...words(7, window, streams, 77), ...cookie]);
      it.give(it.a, packetOf(u32(init, COMMON_HEADER + 4), chunkOf(INIT_ACK, 0, ack)));
      assert.deepEqual([endOf(it.a), typesOf(it.take(it.a))], [code, ["6"]]);
    }
  });

  test("unknown parameters of an INIT ACK are reported behind the COOKIE ECHO", () => {
    const it = new Pair();
    it.a.engine.connect(it.now);
    const [init] = it.take(it.a);
    assert.ok(init !== undefined);
    const value = words(7, 100_000, (10 << 16) | 10, 77, (7 << 16) | 8, 5, (0xc077 << 16) | 6, 0x0102_0000, (0x8077 << 16) | 4);
    it.give(it.a, packetOf(u32(init, COMMON_HEADER + 4), chunkOf(INIT_ACK, 0, value)));
    const [echo] = it.take(it.a);
    const [first, error] = echo === undefined ? [] : chunksOf(echo);
    assert.equal(first?.type, COOKIE_ECHO);
    assert.deepEqual(error && [...error.bytes], [9, 0, 0, 16, 0, 8, 0, 12, 0xc0, 0x77, 0, 6, 1, 2, 0, 0]);
  });

  test("a cookie too large to be brought back is not taken", () => {
    const it = new Pair();
    it.a.engine.connect(it.now);
    it.take(it.a);
    const cookie = new Uint8Array(3000);
    cookie.set([0, 7, cookie.length >> 8, cookie.length & 0xff]);
    const [init] = it.a.sent;
    assert.ok(init !== undefined);
    const tag = u32(init, COMMON_HEADER + 4);
    const value = new Uint8Array(16 + cookie.length);
    value.set(words(0x1234, 100_000, (10 << 16) | 10, 77));
    value.set(cookie, 16);
    it.give(it.a, packetOf(tag, chunkOf(INIT_ACK, 0, value)));
    it.take(it.a);
    assert.equal(it.a.engine.drops.of("malformed-chunk"), 1);
  });

  test("messages for streams that turn out not to exist are given up and count as drained", () => {
    const it = new Pair({}, { inboundStreams: 4 });
    it.a.engine.send(3, 53, content(100), RELIABLE, it.now);
    it.a.engine.send(4, 53, content(1000), RELIABLE, it.now);
    it.a.engine.send(9, 53, content(200), RELIABLE, it.now);
    it.connect();
    it.pass(1000);
    assert.deepEqual(
      it.z.messages.map(({ stream }) => stream),
      [3],
    );
    const drained = new Map<number, number>();
    for (const event of it.a.events)
      if (event.type === "drained") drained.set(event.stream, (drained.get(event.stream) ?? 0) + event.bytes);
    assert.deepEqual(
      [...drained].sort(([a], [b]) => a - b),
      [
        [3, 100],
        [4, 1000],
        [9, 200],
      ],
    );
    assert.deepEqual([it.a.engine.totalBufferedAmount, it.z.engine.drops.of("invalid-stream")], [0, 0]);
  });

  test("streams wanted reset before it is connected are reset afterwards", () => {
    const it = new Pair();
    it.a.engine.connect(it.now);
    it.a.engine.resetStreams([3], it.now);
    it.give(it.z, ...it.take(it.a));
    it.give(it.a, ...it.take(it.z));
    it.a.engine.resetStreams([4], it.now);
    assert.deepEqual(typesOf(it.take(it.a)), ["10"]);
    it.pass(5000);
    const streams = it.z.events.flatMap((event) => (event.type === "incoming-reset" ? event.streams : []));
    assert.deepEqual(streams, [3, 4]);
  });

  test("whatever is lost, late or twice while one or both begin: one association, no message lost or twice", () => {
    let givenUp = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const delays = Array.from({ length: 24 }, () => {
        const dice = randomBelow(random, 10);
        return dice < 2 ? [] : dice < 5 ? [10 + randomBelow(random, 90)] : dice < 6 ? [20, 20 + randomBelow(random, 700)] : [20];
      });
      const start = randomBelow(random, 3) === 0 ? undefined : randomBelow(random, 120);
      run(round, delays, start);
    }
    assert.ok(givenUp < ROUNDS / 100, `${givenUp} of ${ROUNDS} gave up`);

    /** Every packet travels as `delays` says: not at all, late, or twice; from the 25th on, as it should. */
    function run(round: number, delays: readonly (readonly number[])[], second: number | undefined): void {
      const it = new Pair();
      const way: { at: number; to: End; packet: Uint8Array }[] = [];
      it.now = 0;
      let sent = 0;
      it.a.engine.connect(0);
      it.a.engine.send(1, 53, content(200), RELIABLE, 0);
      it.z.engine.send(2, 53, content(150), RELIABLE, 0);
      const label = `round ${round} of seed ${SEED}: ${JSON.stringify({ delays, second })}`;
      for (let steps = 0; steps < 3000; steps++) {
        for (const [from, to] of [
          [it.a, it.z],
          [it.z, it.a],
        ] as const) {
          for (const packet of it.take(from))
            for (const delay of delays[sent++] ?? [20]) way.push({ at: it.now + delay, to, packet });
        }
        if (it.a.messages.length > 0 && it.z.messages.length > 0 && way.length === 0) break;
        way.sort((one, other) => one.at - other.at);
        const start = second !== undefined && it.now < second ? second : Number.POSITIVE_INFINITY;
        it.now = Math.min(way[0]?.at ?? Number.POSITIVE_INFINITY, it.a.engine.deadline(), it.z.engine.deadline(), start);
        if (it.now > 180_000) break;
        if (it.now === start) it.z.engine.connect(it.now);
        it.a.engine.advance(it.now);
        it.z.engine.advance(it.now);
        while ((way[0]?.at ?? Number.POSITIVE_INFINITY) <= it.now) {
          const arrived = way.shift();
          if (arrived !== undefined) it.give(arrived.to, arrived.packet);
        }
      }
      // Nine tries in a row may fail.
      if (endOf(it.a) === "no-answer" || endOf(it.z) === "no-answer") {
        givenUp++;
        return;
      }
      assert.deepEqual([it.a.engine.state, it.z.engine.state], ["established", "established"], label);
      assert.deepEqual(
        [it.a.messages.map(({ data }) => data), it.z.messages.map(({ data }) => data)],
        [[content(150)], [content(200)]],
        label,
      );
      for (const end of [it.a, it.z]) assert.equal(end.events.filter(({ type }) => type === "connected").length, 1, label);
      it.a.engine.send(1, 53, content(20), RELIABLE, it.now);
      it.z.engine.send(2, 53, content(30), RELIABLE, it.now);
      it.pass(2000);
      assert.deepEqual([it.a.messages.length, it.z.messages.length], [2, 2], label);
    }
  });
});

describe("TSNs that wrap", () => {
  for (const before of [1, 2, 7, 40]) {
    test(`${before} before the end of their range`, () => {
      const options = { maxReceiveMessageSize: 1 << 20 };
      const { sim, link, a, z } = scene();
      link.set({ loss: 0.05, reorder: 0.1, reorderDelay: 30 });
      const [from, to] = link.connect(
        new Association({ ...options, random: sim.random, faults: { initialTsn: -before } }),
        new Association({ ...options, random: sim.random, faults: { initialTsn: -before - 3 } }),
      );
      [a, z].forEach((peer) => {
        peer.stop();
      });
      from.engine.connect(sim.now);
      to.engine.connect(sim.now);
      for (let i = 0; i < 60; i++) {
        from.engine.send(
          i % 3,
          53,
          content(500 + 40 * i, i),
          { ordered: true, ...(i % 5 === 0 ? { maxRetransmits: 0 } : {}) },
          sim.now,
        );
        to.engine.send(i % 3, 53, content(500 + 30 * i, i), RELIABLE, sim.now);
      }
      from.engine.resetStreams([0], sim.now);
      const done = (): boolean => from.messages.length === 60 && from.events.some(({ type }) => type === "outgoing-reset");
      sim.runUntil(done, { within: 120_000 });
      assert.ok(to.messages.length > 50);
      from.engine.shutdown(sim.now);
      sim.runUntil(() => closing(from) !== undefined && closing(to) !== undefined, { within: 120_000 });
      assert.deepEqual([endOf(from), endOf(to)], ["", ""]);
    });
  }
});

describe("after the end", () => {
  test("a peer that begins anew after we ended is told so", () => {
    const it = new Pair().connect();
    it.z.engine.abort(it.now);
    it.take(it.z); // lost
    it.a.engine.send(1, 53, content(10), RELIABLE, it.now);
    it.pass(100);
    assert.equal(endOf(it.a), "aborted");
  });

  test("an INIT is refused", () => {
    const it = new Pair();
    it.z.engine.connect(it.now);
    it.take(it.z);
    it.z.engine.shutdown(it.now);
    it.a.engine.connect(it.now);
    it.pass(100);
    assert.equal(endOf(it.a), "aborted");
  });

  test("a peer that lost its state learns at once that its old association is no more", () => {
    const it = new Pair().connect();
    const reborn = new Pair({ random });
    reborn.a.engine.connect(it.now);
    for (let i = 0; i < 4; i++) {
      it.give(it.z, ...reborn.take(reborn.a));
      reborn.give(reborn.a, ...it.take(it.z));
    }
    assert.equal(endOf(it.z), "restarted");
    assert.equal(endOf(reborn.a), "aborted");
  });
});
