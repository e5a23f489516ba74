import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { u32 } from "../../base/bytes.ts";
import type { AssociationOptions } from "../association-options.ts";
import {
  chunksOf,
  connected,
  content,
  type End,
  endOf,
  Pair,
  packetOf,
  RELIABLE,
  sackOf,
  typesOf,
} from "../association-scene.test.ts";

const [DATA, SACK, FORWARD_TSN] = [0, 3, 192];
const WINDOW = 1 << 20;
/** User data of a packet with one chunk. */
const WHOLE = 1160 - 12 - 16;

/** TSNs of the DATA in packets. */
function tsnsOf(packets: readonly Uint8Array[]): number[] {
  return packets
    .flatMap(chunksOf)
    .filter(({ type }) => type === DATA)
    .map(({ bytes }) => u32(bytes, 4));
}

/** Gives `to` a SACK that the other side might have written. */
function acknowledge(it: Pair, to: End, cumulative: number, gaps: readonly number[] = [], window: number = WINDOW): void {
  it.give(to, packetOf(it.tagOf(to), sackOf(cumulative, window, gaps)));
}

/** A pair in which A has sent `count` packets of one chunk each that nothing has answered yet. */
function inFlight(count: number, options: Partial<AssociationOptions> = {}): { it: Pair; first: number } {
  const it = new Pair(options).connect();
  for (let i = 0; i < count; i++) it.a.engine.send(1, 53, content(WHOLE), RELIABLE, it.now);
  const first = it.initialTsn(it.a);
  assert.deepEqual(
    tsnsOf(it.take(it.a)),
    Array.from({ length: count }, (_, i) => (first + i) >>> 0),
  );
  return { it, first };
}

describe("T3-rtx", () => {
  test("is not put off by reports that others arrived", () => {
    const { it, first } = inFlight(8);
    // The first is lost, and so is what is sent instead of it by the missing reports.
    for (let i = 1; i < 8; i++) {
      it.now += 100;
      acknowledge(it, it.a, first - 1, [2, i + 1]);
      it.a.engine.advance(it.now);
      it.take(it.a);
    }
    it.now += 200;
    it.a.engine.advance(it.now);
    assert.equal(it.a.engine.counters.timeouts, 1);
  });

  test("starts again when the first chunk is sent again", () => {
    const { it, first } = inFlight(8);
    const due = it.a.engine.deadline();
    it.now += 400;
    acknowledge(it, it.a, first - 1, [2, 5]);
    assert.deepEqual(tsnsOf(it.take(it.a)), [first]);
    assert.ok(it.a.engine.deadline() > due);
  });

  test("stops with the last chunk, and then only the heartbeat is left", () => {
    const { it, first } = inFlight(3);
    acknowledge(it, it.a, first + 2);
    assert.ok(it.a.engine.deadline() > it.now + 10_000);
  });

  test("ends in the end", () => {
    const { it } = inFlight(3);
    it.pass(300_000, () => false);
    assert.equal(endOf(it.a), "unreachable");
    assert.equal(it.a.engine.deadline(), Number.POSITIVE_INFINITY);
  });
});

describe("loss", () => {
  test("a chunk that is overtaken by two packets with data, and by SACKs, is not taken for lost", () => {
    const it = new Pair().connect();
    const first = it.initialTsn(it.a);
    const other = it.initialTsn(it.z);
    it.a.engine.send(1, 53, content(WHOLE), RELIABLE, it.now);
    it.take(it.a);
    for (let i = 0; i < 8; i++) {
      it.z.engine.send(1, 53, content(10), RELIABLE, it.now);
      it.give(it.a, ...it.take(it.z));
      it.take(it.a); // SACKs
    }
    assert.ok(other >= 0);
    it.a.engine.send(1, 53, content(WHOLE), RELIABLE, it.now);
    it.take(it.a);
    acknowledge(it, it.a, first - 1, [2, 2]);
    assert.deepEqual(tsnsOf(it.take(it.a)), []);
    assert.equal(it.a.engine.counters.fastRecoveries, 0);
  });

  test("a first transmission that comes late does not speak against all that was sent before the second", () => {
    const { it, first } = inFlight(8);
    it.now += 100;
    acknowledge(it, it.a, first - 1, [2, 5]);
    assert.deepEqual(tsnsOf(it.take(it.a)), [first]);
    it.now += 1;
    // It was only late. 6 to 8 are still on their way, with a later one reported.
    acknowledge(it, it.a, first + 4, [3, 3]);
    assert.deepEqual(tsnsOf(it.take(it.a)), []);
    assert.equal(it.a.engine.counters.chunksRetransmitted, 1);
  });

  test("a chunk that was sent again and lost again is seen without T3-rtx", () => {
    const { it, first } = inFlight(8);
    it.now += 100;
    acknowledge(it, it.a, first - 1, [2, 8]);
    assert.deepEqual(tsnsOf(it.take(it.a)), [first]);
    for (let i = 0; i < 4; i++) it.a.engine.send(1, 53, content(WHOLE), RELIABLE, it.now);
    assert.equal(tsnsOf(it.take(it.a)).length, 4);
    it.now += 100;
    acknowledge(it, it.a, first - 1, [2, 12]);
    assert.deepEqual(tsnsOf(it.take(it.a)), [first]);
    assert.equal(it.a.engine.counters.timeouts, 0);
  });

  test("is repaired at once by one packet, however full the congestion window is", () => {
    const it = new Pair({ congestionControl: "newreno" }).connect();
    for (let i = 0; i < 100; i++) it.a.engine.send(1, 53, content(WHOLE), RELIABLE, it.now);
    const sent = tsnsOf(it.take(it.a));
    it.now += 100;
    acknowledge(it, it.a, (sent[0] ?? 0) - 1, [2, 4]);
    assert.deepEqual(tsnsOf(it.take(it.a)), sent.slice(0, 1));
  });

  test("is repaired although a SACK waits for company", () => {
    const { it, first } = inFlight(8);
    it.now += 100;
    it.z.engine.send(1, 53, content(10), RELIABLE, it.now);
    it.give(it.a, ...it.take(it.z));
    acknowledge(it, it.a, first - 1, [2, 5]);
    assert.deepEqual(tsnsOf(it.take(it.a)), [first]);
  });

  test("what was reported and then dropped by the other side is sent again", () => {
    const { it, first } = inFlight(4);
    acknowledge(it, it.a, first - 1, [2, 4]);
    it.take(it.a);
    acknowledge(it, it.a, first);
    it.pass(5000);
    assert.ok(it.a.engine.counters.chunksRetransmitted >= 3);
  });

  test("chunks that were cut for larger packets are sent again in packets of their own", () => {
    const { it, first } = inFlight(3);
    it.a.engine.setMtu(600);
    it.now += 1000;
    it.a.engine.advance(it.now);
    it.pass(5000);
    assert.equal(it.z.messages.length, 3);
    assert.ok(first >= 0);
  });
});

describe("a SACK", () => {
  test("with blocks that overlap, go back, are empty or huge counts what it can", () => {
    const { it, first } = inFlight(8);
    acknowledge(it, it.a, first - 1, [3, 4, 2, 5, 5, 3, 0, 0, 4, 65535, 1, 1]);
    assert.equal(it.a.engine.state, "established");
    assert.deepEqual(tsnsOf(it.take(it.a)), [first, first + 1]);
    acknowledge(it, it.a, first + 7);
    assert.ok(it.a.engine.deadline() > it.now + 10_000);
  });

  test("older than the last one changes nothing, and one for what was never sent ends the association", () => {
    const { it, first } = inFlight(8);
    acknowledge(it, it.a, first + 3);
    acknowledge(it, it.a, first + 1, [2, 6], 0);
    assert.equal(it.a.engine.drops.of("stale-sack"), 1);
    acknowledge(it, it.a, first + 8);
    assert.equal(endOf(it.a), "protocol-violation");
  });

  test("is one measurement of the round trip", () => {
    const { it, first } = inFlight(8, { lossRecovery: "fast-retransmit" });
    it.now += 400;
    acknowledge(it, it.a, first + 7);
    assert.equal(it.a.engine.smoothedRoundTripTime, 400);
    it.a.engine.send(1, 53, content(100), RELIABLE, it.now);
    it.take(it.a);
    // 400 + 4 * 200: more of them would have shown an even path.
    assert.equal(it.a.engine.deadline(), it.now + 1200);
  });
});

describe("the window of the other side", () => {
  test("too small for a packet and never opened: the association lives, and goes on as soon as there is room", () => {
    const it = new Pair({}, { receiveBufferLimit: 20_000 }).connect();
    it.z.reads = false;
    for (let i = 0; i < 40; i++) it.a.engine.send(1, 53, content(1000, i), RELIABLE, it.now);
    it.pass(600_000);
    assert.equal(endOf(it.a), undefined);
    const waiting = it.a.engine.totalBufferedAmount;
    assert.ok(waiting > 15_000);
    it.z.reads = true;
    it.z.collect();
    it.pass(200);
    assert.equal(it.z.messages.length, 40);
    assert.ok(it.a.engine.congestionWindow >= 5000, "a closed window says nothing about the path");
  });

  test("is not asked for more than it has room for", () => {
    const it = new Pair({}, { receiveBufferLimit: 5000 }).connect();
    it.z.reads = false;
    for (let i = 0; i < 40; i++) it.a.engine.send(1, 53, content(1000, i), RELIABLE, it.now);
    assert.equal(tsnsOf(it.take(it.a)).length, 5);
  });

  test("a small message goes out although the room would not hold a packet", () => {
    const it = new Pair().connect();
    const first = it.initialTsn(it.a);
    for (let i = 0; i < 4; i++) it.a.engine.send(1, 53, content(WHOLE), RELIABLE, it.now);
    it.take(it.a);
    acknowledge(it, it.a, first, [], 3 * WHOLE + 500);
    it.a.engine.send(1, 53, content(400), RELIABLE, it.now);
    assert.equal(tsnsOf(it.take(it.a)).length, 1);
    it.a.engine.send(1, 53, content(400), RELIABLE, it.now);
    assert.equal(tsnsOf(it.take(it.a)).length, 0);
  });
});

describe("the congestion window", () => {
  test("is forgotten by halves while nothing is sent", () => {
    const { sim, a, z } = connected({}, { congestionControl: "newreno" });
    for (let i = 0; i < 400; i++) a.engine.send(1, 53, content(10_000), RELIABLE, sim.now);
    sim.runUntil(() => z.messages.length === 400, { within: 60_000 });
    sim.runFor(1000);
    const before = a.engine.congestionWindow;
    assert.ok(before > 100_000);
    sim.runFor(60_000);
    a.engine.send(1, 53, content(10), RELIABLE, sim.now);
    sim.runFor(1);
    assert.equal(a.engine.congestionWindow, 10 * 1160);
  });

  test("no more than 4096 TSNs are out to a peer with little room, however small the chunks", () => {
    const it = new Pair({ receiveBufferLimit: WINDOW }).connect();
    it.a.engine.setMtu(1160);
    let cumulative = it.initialTsn(it.a) - 1;
    for (let i = 0; i < 30_000; i++) it.a.engine.send(1, 53, content(1), RELIABLE, it.now);
    let most = 0;
    for (let i = 0; i < 12; i++) {
      const sent = tsnsOf(it.take(it.a));
      most = Math.max(most, sent.length);
      if (sent.length > 0) cumulative = sent.at(-1) ?? cumulative;
      it.now += 50;
      acknowledge(it, it.a, cumulative);
    }
    assert.ok(most <= 4096, `${most}`);
  });
});

describe("given up", () => {
  test("half sent, although the other side has all that was sent: it does not wait for the rest", () => {
    const it = new Pair().connect();
    it.a.engine.send(1, 53, content(100_000), { ordered: true, lifetime: 300 }, it.now);
    it.a.engine.send(1, 53, content(10), RELIABLE, it.now);
    it.give(it.z, ...it.take(it.a));
    it.take(it.z); // the SACKs are lost
    it.pass(500, (packet) => !chunksOf(packet).some(({ type }) => type === SACK));
    it.pass(20_000);
    assert.deepEqual(
      it.z.messages.map(({ data }) => data.length),
      [10],
    );
    assert.equal(it.a.engine.counters.messagesAbandoned, 1);
    const drained = it.a.events.reduce((sum, event) => sum + (event.type === "drained" ? event.bytes : 0), 0);
    assert.equal(drained, 100_010);
  });

  test("before any of it was sent: it takes no number of its stream", () => {
    const it = new Pair().connect();
    for (let i = 0; i < 60; i++) it.a.engine.send(1, 53, content(WHOLE, i), { ordered: true, lifetime: 100 }, it.now);
    it.a.engine.send(1, 53, content(10), RELIABLE, it.now);
    const out = it.take(it.a);
    it.now += 200;
    it.give(it.z, ...out);
    it.pass(20_000);
    assert.ok(it.z.messages.length < 60);
    assert.deepEqual(it.z.messages.at(-1)?.data, content(10));
    assert.ok(it.a.engine.counters.messagesAbandoned > 20);
  });

  test("a lifetime of 0 has its chance in the next turn", () => {
    const it = new Pair().connect();
    it.a.engine.send(1, 53, content(10), { ordered: true, lifetime: 0 }, it.now);
    it.now += 0.5;
    it.pass(100);
    assert.equal(it.z.messages.length, 1);
  });

  test("a FORWARD-TSN that is lost is sent again until it is followed", () => {
    const it = new Pair().connect();
    it.a.engine.send(1, 53, content(10), { ordered: true, maxRetransmits: 0 }, it.now);
    it.take(it.a);
    let forwards = 0;
    it.pass(20_000, (packet) => !chunksOf(packet).some(({ type }) => type === FORWARD_TSN) || ++forwards > 3);
    assert.equal(forwards, 4);
    it.a.engine.send(1, 53, content(11), RELIABLE, it.now);
    it.pass(100);
    assert.equal(it.z.messages.length, 1);
  });

  test("on more streams than one FORWARD-TSN can name", () => {
    const it = new Pair().connect();
    for (let i = 0; i < 600; i++) it.a.engine.send(i, 53, content(4), { ordered: true, maxRetransmits: 0 }, it.now);
    it.take(it.a);
    it.pass(20_000);
    for (let i = 0; i < 600; i++) it.a.engine.send(i, 53, content(5), RELIABLE, it.now);
    it.pass(20_000);
    assert.equal(it.z.messages.length, 600);
    assert.ok(it.a.sent.every(({ length }) => length <= 1160));
  });

  test("nothing is given up against a peer that does not know FORWARD-TSN", () => {
    const it = new Pair();
    it.a.engine.connect(it.now);
    const [init] = it.take(it.a);
    assert.ok(init !== undefined);
    // The INIT without its parameters.
    const bare = chunksOf(init)[0]?.bytes.slice(0, 20);
    assert.ok(bare !== undefined);
    bare[3] = 20;
    it.give(it.z, packetOf(0, bare));
    it.give(it.a, ...it.take(it.z));
    it.exchange();
    it.z.engine.send(1, 53, content(10), { ordered: true, maxRetransmits: 0 }, it.now);
    it.take(it.z);
    it.pass(5000);
    assert.equal(it.a.messages.length, 1);
  });
});

describe("the I bit", () => {
  test("is set where a delayed SACK would only delay", () => {
    const it = new Pair().connect();
    const flags = (): number[] =>
      it
        .take(it.a)
        .flatMap(chunksOf)
        .filter(({ type }) => type === DATA)
        .map((chunk) => chunk.flags & 8);
    it.a.engine.send(1, 53, content(10), RELIABLE, it.now);
    assert.deepEqual(flags(), [0]);
    it.now += 1000;
    it.a.engine.advance(it.now);
    assert.deepEqual(flags(), [8]); // a window of one packet, after T3-rtx
    const other = new Pair().connect();
    other.a.engine.send(1, 53, content(10), RELIABLE, other.now);
    other.a.engine.shutdown(other.now);
    other.pass(45);
    assert.deepEqual([endOf(other.a), endOf(other.z)], ["", ""]);
  });
});

describe("packets", () => {
  test("are never larger than the MTU, whatever they carry", () => {
    for (const mtu of [300, 576, 1160, 16_000]) {
      const { sim, a, z } = connected({ loss: 0.2, duplicate: 0.1 }, { mtu });
      const tap: number[] = [];
      const { transmit } = a.engine;
      a.engine.transmit = (target, now) => {
        const more = transmit.call(a.engine, target, now);
        if (more) tap.push(target.length);
        return more;
      };
      for (let i = 0; i < 60; i++) {
        a.engine.send(i % 7, 53, content(1 + ((i * 977) % 5000), i), { ordered: i % 2 === 0, maxRetransmits: i % 4 }, sim.now);
        z.engine.send(i % 7, 53, content(1 + ((i * 577) % 5000), i), RELIABLE, sim.now);
      }
      sim.runUntil(() => a.messages.length === 60 && a.engine.totalBufferedAmount === 0, { within: 600_000 });
      assert.ok(tap.length > 5 && Math.max(...tap) <= mtu, `${Math.max(...tap)} > ${mtu}`);
    }
  });

  test("several small messages share one", () => {
    const it = new Pair().connect();
    for (let i = 0; i < 20; i++) it.a.engine.send(1, 53, content(30), RELIABLE, it.now);
    assert.deepEqual(typesOf(it.take(it.a)), [Array(20).fill(0).join("+")]);
  });
});
