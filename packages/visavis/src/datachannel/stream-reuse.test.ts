/**
 * Streams whose channel is closed are used again at once: RFC 8831 §6.7, where one side knows of the end of both directions before the other.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { announced, connected, options, read, text } from "./table-scene.test.ts";

test("the side that knows first that an id is free uses it: the other side has the new channel, and all its messages", () => {
  const it = connected({ delay: 20, loss: 0.25 }, { outboundStreams: 2, inboundStreams: 2 });
  const { sim, a, z } = it;
  const rounds = 60;
  for (let i = 0; i < rounds; i++) {
    const channel = a.engine.create(options(`channel ${i}`, { partialDelivery: i % 2 === 0 }));
    assert.equal(channel.id, 0);
    for (let k = 0; k < 5; k++) a.engine.send(channel, text(`${i} ${k}`), "string", sim.now);
    if (i % 2 === 0) a.engine.close(channel, sim.now);
    else {
      sim.runUntil(() => announced(z).length === i + 1, { within: 60_000 });
      const there = announced(z)[i];
      assert.ok(there !== undefined);
      z.engine.setPartialDelivery(there, true);
      sim.runUntil(() => z.messages.length === 5 * (i + 1), { within: 60_000 });
      z.engine.close(there, sim.now);
    }
    sim.runUntil(() => channel.state === "closed", { within: 120_000 });
  }
  sim.runFor(60_000);
  assert.equal(announced(z).length, rounds);
  assert.ok(announced(z).every(({ state }) => state === "closed"));
  assert.deepEqual(
    z.messages.map(read),
    Array.from({ length: 5 * rounds }, (_, i) => `${Math.floor(i / 5)} ${i % 5}`),
  );
  assert.equal(z.engine.drops.of("open-on-used-stream"), 0);
  assert.deepEqual([a.engine.channels, z.engine.channels], [[], []]);
});
