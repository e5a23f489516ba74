import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Channel } from "./channel.ts";
import { announced, connected, eventsOf, options, pair, read, scene, start, text } from "./table-scene.test.ts";

describe("opening", () => {
  test("ids are there once the role is known, before the association is, and stay", () => {
    const it = scene();
    const { a, z } = it;
    const early = [a.engine.create(options("first")), z.engine.create(options("second"))];
    a.engine.assignIds("client");
    z.engine.assignIds("server");
    a.engine.assignIds("client");
    const late = a.engine.create(options("third"));
    const ids = (): (number | undefined)[] => [...early, late].map(({ id }) => id);
    assert.deepEqual(ids(), [0, 1, 2]);
    start(it);
    it.sim.runFor(1000);
    assert.deepEqual(ids(), [0, 1, 2]);
    assert.deepEqual(
      announced(z).map(({ label }) => label),
      ["first", "third"],
    );
  });

  test("channels made before the start get even and odd ids in order, and the other side sees them in that order", () => {
    const it = scene();
    const { sim, a, z } = it;
    const first = a.engine.create(options("first", { protocol: "p", maxRetransmits: 7, ordered: false }));
    a.engine.create(options("agreed", { negotiated: true, id: 2 }));
    z.engine.create(options("agreed", { negotiated: true, id: 2 }));
    a.engine.create(options("second", { maxPacketLifeTime: 300 }));
    z.engine.create(options("third", { priority: 512 }));
    assert.deepEqual([first.id, first.state], [undefined, "connecting"]);
    start(it);
    sim.runFor(1000);
    assert.deepEqual(
      a.engine.channels.map(({ label, id, state }) => [label, id, state]),
      [
        ["first", 0, "open"],
        ["agreed", 2, "open"],
        ["second", 4, "open"],
        ["third", 1, "open"],
      ],
    );
    assert.deepEqual(
      announced(z).map(({ label, protocol, id, ordered, maxRetransmits, maxPacketLifeTime }) => [
        label,
        protocol,
        id,
        ordered,
        maxRetransmits,
        maxPacketLifeTime,
      ]),
      [
        ["first", "p", 0, false, 7, undefined],
        ["second", "", 4, true, undefined, 300],
      ],
    );
    assert.deepEqual(
      announced(a).map(({ label, priority }) => [label, priority]),
      [["third", 512]],
    );
    assert.deepEqual(
      a.events.map(({ type }) => type),
      ["connected", "open", "open", "open", "channel"],
    );
    assert.deepEqual([a.engine.maxChannels, a.engine.drops.total, z.engine.drops.total], [65535, 0, 0]);
  });

  test("the word about a channel travels with the handshake", () => {
    const { sim, a, z } = scene();
    a.engine.create(options("early"));
    z.engine.start({ dtlsRole: "server", maxMessageSize: 0 }, sim.now);
    sim.runFor(25);
    a.engine.start({ dtlsRole: "client", maxMessageSize: 0 }, sim.now);
    sim.runUntil(() => announced(z).length === 1, { within: 1000 });
    assert.ok(sim.now <= 25 + 60, `${sim.now}`);
  });

  test("a channel made later is open at once, and data follows without waiting", () => {
    const it = connected();
    const { sim, a, z } = it;
    const began = sim.now;
    const channel = a.engine.create(options("late"));
    assert.equal(channel.state, "open");
    assert.equal(a.engine.takeEvent()?.type, "open");
    a.engine.send(channel, text("now"), "string", sim.now);
    sim.runUntil(() => z.messages.length === 1, { within: 1000 });
    assert.equal(sim.now - began, 20);
    assert.deepEqual([z.messages[0]?.channel, z.messages[0]?.kind], [announced(z)[0], "string"]);
  });

  test("a hundred channels each way over a bad link", () => {
    const it = connected({ loss: 0.15, jitter: 30, reorder: 0.3, duplicate: 0.2 });
    const { sim, link, a, z } = it;
    for (let i = 0; i < 100; i++) {
      for (const peer of [a, z]) {
        const unordered = i % 2 === 1;
        const channel = peer.engine.create(options(`${peer === a ? "a" : "z"}${i}`, unordered ? { ordered: false } : {}));
        for (let n = 0; n < 3; n++) peer.engine.send(channel, text(`${channel.label}:${n}`), "string", sim.now);
      }
    }
    sim.runUntil(() => a.messages.length === 300 && z.messages.length === 300, { within: 60_000 });
    for (const peer of [a, z]) {
      assert.deepEqual(peer.engine.drops.toJSON(), {});
      const seen = new Map<Channel, number>();
      for (const message of peer.messages) {
        const count = seen.get(message.channel) ?? 0;
        seen.set(message.channel, count + 1);
        const [label, n] = read(message).split(":");
        assert.equal(label, message.channel.label);
        // All of them were sent before the other side's word, hence in order.
        assert.equal(Number(n), count);
      }
    }
    assert.ok(link.counts.dropped > 0 && link.counts.reordered > 0 && link.counts.duplicated > 0, `${link.counts}`);
  });
});

describe("messages", () => {
  test("of all kinds and sizes arrive as they were, and are counted", () => {
    const it = connected();
    const [ours, theirs] = pair(it);
    const { sim, a, z } = it;
    const sent: [Uint8Array, "string" | "binary"][] = [
      [text(""), "string"],
      [new Uint8Array(0), "binary"],
      [text("😀 é"), "string"],
      [Uint8Array.from({ length: 200_000 }, (_, i) => i * 7), "binary"],
      [new Uint8Array(1), "binary"],
    ];
    for (const [data, kind] of sent) a.engine.send(ours, data.slice(), kind, sim.now);
    sim.runUntil(() => z.messages.length === sent.length, { within: 10_000 });
    assert.deepEqual(
      z.messages.map(({ kind, data }) => [kind, data]),
      sent.map(([data, kind]) => [kind, Uint8Array.from(data)]),
    );
    const bytes = sent.reduce((sum, [data]) => sum + data.length, 0);
    assert.deepEqual([ours.messagesSent, ours.bytesSent, ours.messagesReceived, ours.bytesReceived], [5, bytes, 0, 0]);
    assert.deepEqual([theirs.messagesSent, theirs.bytesSent, theirs.messagesReceived, theirs.bytesReceived], [0, 0, 5, bytes]);
  });

  test("the bytes that are reported as drained are those that were given to send", () => {
    const it = connected();
    const { sim, a } = it;
    const channel = a.engine.create(options("a label that is not counted"));
    a.engine.send(channel, new Uint8Array(0), "binary", sim.now);
    a.engine.send(channel, new Uint8Array(100_000), "binary", sim.now);
    a.engine.send(channel, text(""), "string", sim.now);
    a.engine.send(channel, text("abc"), "string", sim.now);
    assert.equal(channel.bufferedAmount, 100_003);
    sim.runUntil(() => channel.bufferedAmount === 0, { within: 10_000 });
    const drained = a.events.flatMap((event) => (event.type === "drained" && event.channel === channel ? [event.bytes] : []));
    assert.equal(
      drained.reduce((sum, bytes) => sum + bytes, 0),
      100_003,
    );
    assert.ok(drained.length > 3, "it drains as the window lets it");
  });

  test("unordered and partially reliable channels lose and overtake, reliable ones do not", () => {
    const it = connected({ loss: 0.2, jitter: 40, reorder: 0.2 });
    const [ordered] = pair(it);
    const [unordered] = pair(it, { ordered: false });
    const [lossy] = pair(it, { ordered: false, maxRetransmits: 0 });
    const { sim, a, z } = it;
    sim.runFor(2000);
    for (let i = 0; i < 200; i++) {
      sim.after(i * 5, () => {
        for (const channel of [ordered, unordered, lossy]) a.engine.send(channel, text(String(i)), "string", sim.now);
      });
    }
    sim.runFor(60_000);
    const got = (channel: Channel): number[] =>
      z.messages.filter((message) => message.channel.id === channel.id).map((message) => Number(read(message)));
    const all = Array.from({ length: 200 }, (_, i) => i);
    assert.deepEqual(got(ordered), all);
    assert.notDeepEqual(got(unordered), all);
    assert.deepEqual(
      [...got(unordered)].sort((x, y) => x - y),
      all,
    );
    assert.ok(got(lossy).length < 200 && got(lossy).length > 50, `${got(lossy).length} arrived`);
  });
});

describe("closing", () => {
  test("sends what was queued, then closes on both sides, and the id is used again", () => {
    const it = connected();
    const [ours, theirs] = pair(it);
    const { sim, a, z } = it;
    for (let i = 0; i < 20; i++) a.engine.send(ours, new Uint8Array(10_000), "binary", sim.now);
    a.engine.close(ours, sim.now);
    a.engine.close(ours, sim.now);
    assert.equal(ours.state, "closing");
    sim.runUntil(() => ours.state === "closed" && theirs.state === "closed", { within: 10_000 });
    sim.runFor(100);
    assert.equal(z.messages.length, 20);
    assert.deepEqual(eventsOf(z, theirs), ["channel", "closing", "closed"]);
    assert.deepEqual(
      eventsOf(a, ours).filter((type) => type !== "drained"),
      ["open", "closed"],
    );
    const [again] = pair(it);
    assert.equal(again.id, ours.id);
    a.engine.send(again, text("new"), "string", sim.now);
    sim.runUntil(() => z.messages.length === 21, { within: 1000 });
    assert.deepEqual([a.engine.drops.total, z.engine.drops.total], [0, 0]);
  });

  test("the other side's queued messages still arrive when it is closed by the peer", () => {
    const it = connected();
    const [ours, theirs] = pair(it);
    const { sim, a, z } = it;
    for (let i = 0; i < 20; i++) z.engine.send(theirs, new Uint8Array(10_000), "binary", sim.now);
    sim.runFor(5);
    a.engine.close(ours, sim.now);
    sim.runUntil(() => ours.state === "closed" && theirs.state === "closed", { within: 10_000 });
    assert.equal(theirs.bufferedAmount, 0);
    // webrtc-pc: a closing channel of ours discards what arrives.
    assert.ok(a.engine.drops.of("closing") > 0);
  });

  test("from both sides at once", () => {
    const it = connected();
    const [ours, theirs] = pair(it);
    const { sim, a, z } = it;
    a.engine.close(ours, sim.now);
    z.engine.close(theirs, sim.now);
    sim.runUntil(() => ours.state === "closed" && theirs.state === "closed", { within: 10_000 });
    sim.runFor(100);
    assert.deepEqual([eventsOf(a, ours).at(-1), eventsOf(z, theirs)], ["closed", ["channel", "closed"]]);
  });

  test("over a bad link, again and again on the same ids", () => {
    const it = connected({ loss: 0.15, jitter: 30, reorder: 0.1, duplicate: 0.1 });
    const { sim, link, a, z } = it;
    for (let round = 0; round < 15; round++) {
      const channels = Array.from({ length: 3 }, (_, i) => a.engine.create(options(`${round}.${i}`, { ordered: i > 0 })));
      for (const channel of channels) {
        assert.ok((channel.id as number) <= 4, "ids are used again");
        for (let n = 0; n < 4; n++) a.engine.send(channel, text(`${channel.label}:${n}`), "string", sim.now);
      }
      // One side, the other side, or both.
      const [first, second, third] = channels as [Channel, Channel, Channel];
      a.engine.close(first, sim.now);
      const twins = (): Channel[] => announced(z).slice(round * 3);
      sim.runUntil(() => twins().length === 3 && z.messages.length === (round + 1) * 12, { within: 60_000 });
      for (const twin of twins()) if (twin.label === second.label || twin.label === third.label) z.engine.close(twin, sim.now);
      a.engine.close(third, sim.now);
      sim.runUntil(() => a.engine.channels.length === 0 && z.engine.channels.length === 0, { within: 60_000 });
    }
    assert.deepEqual([a.engine.drops.toJSON(), z.engine.drops.toJSON()], [{}, {}]);
    assert.ok(link.counts.dropped > 0 && link.counts.reordered > 0, `${link.counts}`);
  });

  test("right after it was made, and before the association is there", () => {
    const it = scene();
    const { sim, a, z } = it;
    const before = a.engine.create(options("before"));
    a.engine.close(before, sim.now);
    assert.equal(before.state, "closed");
    const during = a.engine.create(options("during"));
    start(it);
    sim.runFor(1);
    a.engine.close(during, sim.now);
    sim.runFor(1000);
    assert.equal(during.state, "closed");
    assert.deepEqual(
      announced(z).map(({ label, state }) => [label, state]),
      [["during", "closed"]],
    );
    const after = a.engine.create(options("after"));
    a.engine.close(after, sim.now);
    sim.runFor(1000);
    assert.equal(after.state, "closed");
    assert.deepEqual([a.engine.channels, z.engine.channels, a.engine.drops.total, z.engine.drops.total], [[], [], 0, 0]);
  });

  test("negotiated channels close in the same way", () => {
    const it = connected();
    const { sim, a, z } = it;
    const ours = a.engine.create(options("agreed", { negotiated: true, id: 1000 }));
    const theirs = z.engine.create(options("agreed", { negotiated: true, id: 1000 }));
    a.engine.send(ours, text("hello"), "string", sim.now);
    a.engine.close(ours, sim.now);
    sim.runUntil(() => ours.state === "closed" && theirs.state === "closed", { within: 10_000 });
    sim.runFor(100);
    assert.deepEqual(eventsOf(z, theirs), ["open", "closing", "closed"]);
    assert.deepEqual(z.messages.map(read), ["hello"]);
    assert.equal(a.engine.create(options("again", { negotiated: true, id: 1000 })).state, "open");
  });
});

describe("the end of the association", () => {
  test("by our shutdown closes all channels without an error; the other side learns the reason", () => {
    const it = connected();
    const [ours, theirs] = pair(it);
    const { sim, a, z } = it;
    a.engine.shutdown(sim.now);
    assert.equal(ours.state, "closed");
    sim.runFor(100);
    assert.deepEqual(a.events.slice(-2), [
      { type: "closed", channel: ours, error: undefined },
      { type: "association-closed", error: undefined },
    ]);
    const [closed, last] = z.events.slice(-2);
    assert.ok(closed?.type === "closed" && closed.channel === theirs);
    assert.ok(closed.error?.code === "aborted" && last?.type === "association-closed" && last.error === closed.error);
    assert.throws(() => z.engine.send(theirs, text("x"), "string", sim.now), { code: "not-open" });
    assert.equal(z.engine.create(options("too late")).state, "closed");
    assert.equal(z.engine.deadline(), Number.POSITIVE_INFINITY);
  });

  test("by a dead path closes all channels with an error", () => {
    const it = connected();
    const [ours] = pair(it);
    const { sim, link, a } = it;
    link.down();
    a.engine.send(ours, text("nobody"), "string", sim.now);
    sim.runUntil(() => ours.state === "closed", { within: 3_600_000 });
    sim.runFor(1);
    const closed = a.events.find((event) => event.type === "closed");
    assert.equal(closed?.error?.code, "unreachable");
  });

  test("fewer streams than channels: those above are closed with an error, the rest open", () => {
    const it = scene({}, { inboundStreams: 4, outboundStreams: 4 });
    const { sim, a } = it;
    const channels = Array.from({ length: 4 }, (_, i) => a.engine.create(options(String(i))));
    start(it);
    sim.runFor(1000);
    assert.deepEqual(
      channels.map(({ state }) => state),
      ["open", "open", "closed", "closed"],
    );
    assert.equal(a.engine.maxChannels, 4);
    assert.ok(a.events.some((event) => event.type === "closed" && event.error?.code === "no-id-left"));
    assert.throws(() => a.engine.create(options("more")), { code: "no-id-left" });
    assert.throws(() => a.engine.create(options("more", { negotiated: true, id: 4 })), { code: "no-id-left" });
    assert.equal(a.engine.create(options("fits", { negotiated: true, id: 3 })).state, "open");
  });
});
