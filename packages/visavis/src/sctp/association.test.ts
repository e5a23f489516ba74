import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type LinkOptions, Simulation } from "@visavis/netsim";
import { fromHex } from "../base/bytes.ts";
import { Transmit } from "../base/transmit.ts";
import { Association } from "./association.ts";
import type { AssociationOptions, SctpMessage } from "./association-options.ts";
import { closing, connected, content, type Peer, RELIABLE, SEED, scene, UNORDERED } from "./association-scene.test.ts";

describe("the handshake", () => {
  test("takes two round trips from one side, and both learn the streams", () => {
    const { sim, a, z } = scene({}, { outboundStreams: 100, inboundStreams: 50 });
    a.engine.connect(sim.now);
    sim.runUntil(() => a.engine.state === "established", { within: 1000 });
    assert.equal(sim.now, 80);
    sim.runFor(1);
    assert.deepEqual([a.engine.outboundStreams, a.engine.inboundStreams, z.engine.state], [50, 50, "established"]);
    assert.deepEqual(a.events[0], { type: "connected", inboundStreams: 50, outboundStreams: 50 });
  });

  test("data rides behind the COOKIE ECHO", () => {
    const { sim, a, z } = scene();
    a.engine.connect(sim.now);
    a.engine.send(1, 51, content(10), RELIABLE, sim.now);
    sim.runUntil(() => z.messages.length === 1, { within: 1000 });
    assert.equal(sim.now, 60);
  });

  test("survives the loss of any of its first packets", () => {
    for (const lost of [[1], [2], [3], [4], [1, 2], [2, 3]]) {
      const { sim, a, z } = scene({ drop: lost });
      a.engine.connect(sim.now);
      a.engine.send(1, 51, content(10), RELIABLE, sim.now);
      sim.runUntil(() => a.engine.state === "established" && z.messages.length === 1, { within: 20_000 });
    }
  });

  test("both sides at once become one association, whatever is lost", () => {
    for (let i = 0; i <= 8; i++) {
      const { sim, a, z } = scene(i === 0 ? {} : { drop: [i] });
      a.engine.connect(sim.now);
      z.engine.connect(sim.now);
      a.engine.send(0, 51, content(5), RELIABLE, sim.now);
      z.engine.send(1, 51, content(6), RELIABLE, sim.now);
      sim.runUntil(() => a.messages.length === 1 && z.messages.length === 1, { within: 20_000 });
      assert.equal(a.events.filter(({ type }) => type === "connected").length, 1);
      assert.equal(z.events.filter(({ type }) => type === "connected").length, 1);
    }
  });

  test("gives up when nobody answers", () => {
    const { sim, a } = scene({ loss: 1 });
    a.engine.connect(sim.now);
    sim.runUntil(() => closing(a) !== undefined, { within: 600_000 });
    const event = closing(a);
    assert.equal(event?.type === "closed" && event.error?.code, "no-answer");
  });

  test("a peer that begins anew ends the association it left", () => {
    const { sim, a, z } = connected();
    const random = sim.random;
    const reborn = new Association({ random, maxReceiveMessageSize: 1 << 20 });
    const out = new Transmit();
    const carry = (from: Association, to: Association): void => {
      for (out.reset(); from.transmit(out, sim.now); out.reset()) to.receive(out.view().slice(), sim.now);
    };
    reborn.connect(sim.now);
    for (let i = 0; i < 4; i++) {
      carry(reborn, z.engine);
      carry(z.engine, reborn);
    }
    sim.runFor(1);
    const event = closing(z);
    assert.equal(event?.type === "closed" && event.error?.code, "restarted");
    assert.equal(a.engine.state, "established");
  });
});

describe("transfer", () => {
  const storms: readonly LinkOptions[] = [
    {},
    { loss: 0.05 },
    { loss: 0.2 },
    { reorder: 0.2, reorderDelay: 30 },
    { duplicate: 0.2 },
    { jitter: 15 },
    { loss: 0.1, reorder: 0.1, reorderDelay: 25, duplicate: 0.1, corrupt: 0.05 },
  ];
  for (const storm of storms) {
    test(`messages arrive whole and in order: ${JSON.stringify(storm)}`, () => {
      const { sim, a, z } = connected(storm);
      const sizes = [1, 100, 1100, 1143, 1144, 1145, 5000, 70_000, 3, 200_000, 17];
      for (const size of sizes) a.engine.send(2, 53, content(size), RELIABLE, sim.now);
      for (const size of sizes) z.engine.send(2, 53, content(size, 9), RELIABLE, sim.now);
      sim.runUntil(() => a.messages.length === sizes.length && z.messages.length === sizes.length, { within: 600_000 });
      assert.deepEqual(
        z.messages.map(({ data }) => data),
        sizes.map((size) => content(size)),
      );
      assert.deepEqual(
        a.messages.map(({ data }) => data),
        sizes.map((size) => content(size, 9)),
      );
    });
  }

  test("unordered messages do not wait for a lost one", () => {
    const { sim, link, a, z } = connected();
    sim.runFor(500);
    link.set({ forward: { drop: [1] } });
    for (let i = 0; i < 8; i++) a.engine.send(1, 53, content(1000, i), UNORDERED, sim.now);
    sim.runUntil(() => z.messages.length === 8, { within: 5000 });
    assert.deepEqual(z.messages.at(-1)?.data, content(1000, 0));
  });

  test("a lost chunk is sent again by missing reports, without T3-rtx", () => {
    const { sim, link, a, z } = connected();
    for (let i = 0; i < 20; i++) a.engine.send(1, 53, content(1000, i), RELIABLE, sim.now);
    link.set({ forward: { drop: [3] } });
    sim.runUntil(() => z.messages.length === 20, { within: 5000 });
    assert.equal(a.engine.counters.timeouts, 0);
    assert.equal(a.engine.counters.fastRecoveries, 1);
    assert.equal(a.engine.counters.chunksRetransmitted, 1);
  });

  test("the last chunk is sent again by T3-rtx", () => {
    const { sim, link, a, z } = connected();
    a.engine.send(1, 53, content(100), RELIABLE, sim.now);
    link.set({ forward: { drop: [1] } });
    sim.runUntil(() => z.messages.length === 1, { within: 5000 });
    assert.equal(a.engine.counters.timeouts, 1);
  });

  test("SSNs wrap", () => {
    const { sim, a, z } = connected({ delay: 1 });
    for (let i = 0; i < 70_000; i++) a.engine.send(1, 53, Uint8Array.of(i >> 16, i >> 8, i), RELIABLE, sim.now);
    sim.runUntil(() => z.messages.length === 70_000, { within: 60_000 });
    z.messages.forEach(({ data }, i) => {
      assert.equal(((data[0] ?? 0) << 16) | ((data[1] ?? 0) << 8) | (data[2] ?? 0), i);
    });
  });

  test("a window that closes opens again", () => {
    const sim = new Simulation({ seed: SEED });
    const random = sim.random;
    const a = new Association({ random, maxReceiveMessageSize: 1 << 20 });
    const z = new Association({ random, maxReceiveMessageSize: 1 << 20, receiveBufferLimit: 20_000 });
    const out = new Transmit();
    let now = 0;
    const step = (): void => {
      for (const [from, to] of [
        [a, z],
        [z, a],
      ] as const) {
        from.advance(now);
        for (out.reset(); from.transmit(out, now); out.reset()) to.receive(out.view().slice(), now);
      }
    };
    a.connect(now);
    for (; now < 300; now += 10) step();
    for (let i = 0; i < 100; i++) a.send(1, 53, content(1000, i), RELIABLE, now);
    for (; now < 5000; now += 10) step();
    assert.ok(a.totalBufferedAmount > 70_000, "the window should hold it back");
    const messages: SctpMessage[] = [];
    for (; now < 60_000; now += 10) {
      for (let message = z.takeMessage(); message !== undefined; message = z.takeMessage()) messages.push(message);
      step();
    }
    assert.deepEqual(
      messages.map(({ data }) => data),
      Array.from({ length: 100 }, (_, i) => content(1000, i)),
    );
  });

  test("a message larger than announced ends the association", () => {
    const { sim, a, z } = connected({}, { maxReceiveMessageSize: 10_000 });
    a.engine.send(1, 53, content(10_001), RELIABLE, sim.now);
    sim.runUntil(() => closing(a) !== undefined && closing(z) !== undefined, { within: 5000 });
    const [here, there] = [closing(z), closing(a)];
    assert.equal(here?.type === "closed" && here.error?.code, "message-too-large");
    assert.equal(there?.type === "closed" && there.error?.code, "aborted");
    assert.equal(there?.type === "closed" && there.error?.causeCode, 13);
  });

  test("the send buffer is bounded, and says when it drains", () => {
    const { sim, a } = connected({}, { sendBufferLimit: 5000 });
    a.engine.send(1, 53, content(5000), RELIABLE, sim.now);
    assert.throws(() => a.engine.send(1, 53, content(1), RELIABLE, sim.now), { code: "queue-full" });
    sim.runFor(1000);
    assert.equal(a.engine.bufferedAmount(1), 0);
    const drained = a.events.reduce((sum, event) => sum + (event.type === "drained" && event.stream === 1 ? event.bytes : 0), 0);
    assert.equal(drained, 5000);
  });
});

describe("partial reliability", () => {
  test("maxRetransmits 0: what is lost is skipped, and what follows arrives", () => {
    const { sim, link, a, z } = connected();
    sim.runFor(200);
    link.set({ forward: { drop: [2] } });
    for (let i = 0; i < 10; i++) a.engine.send(1, 53, content(1000, i), { ordered: true, maxRetransmits: 0 }, sim.now);
    sim.runUntil(() => z.messages.length === 9, { within: 10_000 });
    sim.runFor(2000);
    assert.equal(z.messages.length, 9);
    assert.equal(a.engine.counters.messagesAbandoned, 1);
    assert.equal(a.engine.counters.chunksRetransmitted, 0);
  });

  test("a lifetime ends a message that is still on its way, and its unsent rest", () => {
    const { sim, link, a, z } = connected();
    link.set({ loss: 1 });
    a.engine.send(1, 53, content(100_000), { ordered: true, lifetime: 300 }, sim.now);
    sim.runFor(1500);
    link.set({ loss: 0 });
    a.engine.send(1, 53, content(10), RELIABLE, sim.now);
    sim.runUntil(() => z.messages.length === 1, { within: 20_000 });
    assert.deepEqual(z.messages[0]?.data, content(10));
    assert.equal(a.engine.bufferedAmount(1), 0);
  });

  test("a storm of partially reliable messages beside reliable ones loses only its own", () => {
    const { sim, a, z } = connected({ loss: 0.2 });
    for (let i = 0; i < 200; i++) {
      a.engine.send(1, 53, content(500, i), { ordered: i % 2 === 0, maxRetransmits: i % 3 }, sim.now);
      a.engine.send(2, 53, Uint8Array.of(i), RELIABLE, sim.now);
    }
    const reliable = (): SctpMessage[] => z.messages.filter(({ stream }) => stream === 2);
    sim.runUntil(() => reliable().length === 200 && a.engine.totalBufferedAmount === 0, { within: 600_000 });
    sim.runFor(20_000);
    assert.deepEqual(
      reliable().map(({ data }) => data[0]),
      Array.from({ length: 200 }, (_, i) => i),
    );
    const partial = z.messages.length - 200;
    assert.ok(partial > 150 && partial < 200, `${partial} of 200`);
  });
});

describe("stream reset", () => {
  for (const loss of [0, 0.3]) {
    test(`streams are reset after their data, and start over (loss ${loss})`, () => {
      const { sim, a, z } = connected({ loss });
      for (let i = 0; i < 5; i++) a.engine.send(7, 53, content(3000, i), RELIABLE, sim.now);
      a.engine.resetStreams([7], sim.now);
      sim.runUntil(() => a.events.some(({ type }) => type === "outgoing-reset"), { within: 120_000 });
      assert.equal(z.messages.length, 5);
      assert.deepEqual(
        z.events.filter(({ type }) => type === "incoming-reset"),
        [{ type: "incoming-reset", streams: [7] }],
      );
      assert.deepEqual(
        a.events.filter(({ type }) => type === "outgoing-reset"),
        [{ type: "outgoing-reset", streams: [7], performed: true }],
      );
      a.engine.send(7, 53, content(10), RELIABLE, sim.now);
      sim.runUntil(() => z.messages.length === 6, { within: 60_000 });
    });
  }

  test("both sides reset the same stream at once, again and again", () => {
    const { sim, a, z } = connected({ loss: 0.1, jitter: 10 });
    for (let round = 1; round <= 10; round++) {
      for (const peer of [a, z]) {
        peer.engine.send(3, 53, content(2000, round), RELIABLE, sim.now);
        peer.engine.resetStreams([3], sim.now);
      }
      const resets = (peer: Peer): number => peer.events.filter(({ type }) => type === "incoming-reset").length;
      const answers = (peer: Peer): number => peer.events.filter(({ type }) => type === "outgoing-reset").length;
      sim.runUntil(() => [a, z].every((peer) => resets(peer) === round && answers(peer) === round), { within: 120_000 });
    }
    assert.deepEqual([a.messages.length, z.messages.length], [10, 10]);
  });
});

describe("the end", () => {
  test("a shutdown delivers everything first, under loss too", () => {
    for (const loss of [0, 0.2]) {
      const { sim, a, z } = connected({ loss });
      for (let i = 0; i < 30; i++) a.engine.send(1, 53, content(1000, i), RELIABLE, sim.now);
      a.engine.shutdown(sim.now);
      sim.runUntil(() => closing(a) !== undefined && z.messages.length === 30, { within: 120_000 });
      assert.deepEqual(closing(a), { type: "closed", error: undefined });
    }
  });

  test("both sides shut down at once", () => {
    const { sim, a, z } = connected();
    a.engine.shutdown(sim.now);
    z.engine.shutdown(sim.now);
    sim.runUntil(() => closing(a) !== undefined && closing(z) !== undefined, { within: 5000 });
    assert.throws(() => a.engine.send(1, 53, content(1), RELIABLE, sim.now), { code: "closed" });
    assert.equal(a.engine.deadline(), Number.POSITIVE_INFINITY);
  });

  test("an abort is told to the other side", () => {
    const { sim, a, z } = connected();
    a.engine.abort(sim.now);
    sim.runUntil(() => closing(z) !== undefined, { within: 5000 });
    const event = closing(z);
    assert.equal(event?.type === "closed" && event.error?.causeCode, 12);
  });

  test("a peer that vanishes in mid-transfer is noticed", () => {
    const { sim, link, a } = connected();
    a.engine.send(1, 53, content(100_000), RELIABLE, sim.now);
    sim.runFor(30);
    link.down();
    sim.runUntil(() => closing(a) !== undefined, { within: 300_000 });
    const event = closing(a);
    assert.equal(event?.type === "closed" && event.error?.code, "unreachable");
  });

  test("a peer that vanishes from an idle association is noticed by heartbeats", () => {
    const { sim, link, a } = connected();
    sim.runFor(100_000);
    assert.equal(a.engine.state, "established");
    link.down();
    sim.runUntil(() => closing(a) !== undefined, { within: 1_000_000 });
  });
});

describe("mechanisms switched off", () => {
  const storm: LinkOptions = { loss: 0.05, reorder: 0.1, reorderDelay: 60, duplicate: 0.1 };
  const run = (faults: AssociationOptions["faults"]): { got: Uint8Array[]; sent: Uint8Array[] } => {
    const { sim, a, z } = connected(storm, faults === undefined ? {} : { faults });
    const sent = Array.from({ length: 300 }, (_, i) => content(i % 7 === 0 ? 4000 : 200 + i, i));
    for (const message of sent) a.engine.send(1, 53, message.slice(), RELIABLE, sim.now);
    sim.runFor(60_000);
    return { got: z.messages.map(({ data }) => data), sent };
  };

  test("nothing is off: everything arrives", () => {
    const { got, sent } = run(undefined);
    assert.deepEqual(got, sent);
  });
  for (const fault of ["noRetransmission", "noReorderRepair", "noDuplicateDetection"] as const) {
    test(`${fault} shows`, () => {
      const { got, sent } = run({ [fault]: true });
      assert.notDeepEqual(got, sent);
      if (fault === "noRetransmission") assert.ok(got.length < sent.length);
    });
  }
});

describe("hostile input", () => {
  test("rubbish in every state is dropped, counted and never thrown", () => {
    const { sim, a, z } = connected({ corrupt: 0.3, corruptBits: 8 });
    for (let i = 0; i < 50; i++) a.engine.send(i % 5, 53, content(i * 40 + 1), RELIABLE, sim.now);
    sim.runUntil(() => z.messages.length === 50, { within: 600_000 });
    assert.ok(z.engine.drops.of("bad-checksum") > 0);
    const random = sim.random;
    const bytes = new Uint8Array(200);
    for (let i = 0; i < 2000; i++) {
      random.fill(bytes);
      z.engine.receive(bytes.slice(0, (bytes[0] ?? 0) % 200), sim.now);
    }
    assert.equal(z.engine.state, "established");
    assert.ok(z.engine.drops.total > 2000);
  });

  test("captured packets of another stack that are not ours change nothing", () => {
    const { sim, z } = connected();
    const packet = fromHex("1388138800000000e0e0f2ff0100001e94f1f4fa0002000000100800abcd1234c0000004800800068200");
    z.engine.receive(packet, sim.now);
    assert.equal(z.engine.state, "established");
  });
});
