import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  chunksOf,
  connected,
  content,
  endOf,
  Pair,
  type Peer,
  RELIABLE,
  type Scene,
  UNORDERED,
} from "./association-scene.test.ts";

const ETHERNET = { path: { maxMtu: 1432 } };
const LOOPBACK = { path: { maxMtu: 16_384, anySize: true } };

/** Sends so much from `a` in messages of 50,000 bytes, and checks that all of it arrives. @returns how long it took */
function transfer({ sim, a, z }: Scene, bytes: number): number {
  const began = sim.now;
  const count = Math.ceil(bytes / 50_000);
  const before = z.messages.length;
  for (let i = 0; i < count; i++) a.engine.send(1, 53, content(50_000, i), RELIABLE, sim.now);
  sim.runUntil(() => z.messages.length - before >= count || endOf(a) !== undefined, { within: 600_000 });
  assert.equal(endOf(a), undefined);
  for (let i = 0; i < count; i++) assert.deepEqual(z.messages[before + i]?.data, content(50_000, i));
  return sim.now - began;
}

/** When the search of `a` ends, in milliseconds from the first message on. */
function searched(scene: Scene): number {
  const { sim, a } = scene;
  const began = sim.now;
  a.engine.send(1, 53, content(50_000), RELIABLE, sim.now);
  sim.runUntil(() => settled(a), { within: 60_000 });
  return sim.now - began;
}

function settled(peer: Peer): boolean {
  return peer.engine.pathMtuState === "complete" || peer.engine.pathMtuState === "error";
}

describe("links that drop what is too large", () => {
  test("the limit is found exactly while data goes on", () => {
    for (const mtu of [1200, 1240, 1332, 1352, 1400, 1428, 1432]) {
      const scene = connected({ delay: 20, mtu }, ETHERNET);
      scene.a.engine.send(1, 53, content(900_000), RELIABLE, scene.sim.now);
      const time = searched(scene);
      assert.equal(scene.a.engine.mtu, mtu);
      assert.ok(time <= 6000, `${time} ms on ${mtu}`);
      scene.sim.runUntil(() => scene.z.messages.length === 2, { within: 60_000 });
      const { chunksRetransmitted, timeouts } = scene.a.engine.counters;
      assert.deepEqual([chunksRetransmitted, timeouts], [0, 0], "lost probes are no congestion");
      if (mtu < 1432) assert.ok(scene.a.engine.counters.mtuProbesLost > 0);
    }
  });

  test("where nothing is in the way it takes one round trip", () => {
    for (const options of [ETHERNET, LOOPBACK]) {
      const scene = connected({ delay: 25 }, options);
      assert.equal(searched(scene), 50);
      assert.equal(scene.a.engine.mtu, options.path.maxMtu);
      assert.equal(scene.a.engine.counters.mtuProbesSent, 1);
    }
  });

  test("it is found over a lossy link, too", () => {
    const scene = connected({ delay: 10, loss: 0.1, mtu: 1400 }, ETHERNET, 7);
    transfer(scene, 500_000);
    scene.sim.runUntil(() => settled(scene.a), { within: 60_000 });
    assert.ok(scene.a.engine.mtu <= 1400);
    assert.ok(scene.a.engine.mtu >= 1332, `${scene.a.engine.mtu}`);
    assert.ok(scene.link.counts.drops.loss > 0);
  });
});

describe("a black hole", () => {
  test("in the middle of a transfer costs a bounded time and no message", () => {
    for (const options of [ETHERNET, { path: { maxMtu: 8932 } }]) {
      const scene = connected({ delay: 20, rate: 20_000_000 }, options);
      transfer(scene, 500_000);
      assert.equal(scene.a.engine.mtu, options.path.maxMtu);
      const before = scene.link.counts.drops.mtu;
      const { sim, a } = scene;
      sim.after(100, () => scene.link.set({ mtu: 1300 }));
      const time = transfer(scene, 1_000_000);
      assert.ok(scene.link.counts.drops.mtu > before);
      assert.ok(a.engine.counters.blackHolesSuspected >= 1);
      assert.ok(time < 5000, `${time} ms`);
      sim.runUntil(() => settled(a), { within: 60_000 });
      assert.equal(a.engine.mtu, 1300);
    }
  });

  test("small messages that pass do not hide it", () => {
    const scene = connected({ delay: 20 }, ETHERNET);
    transfer(scene, 200_000);
    scene.link.set({ mtu: 1200 });
    const { sim, a, z } = scene;
    const count = z.messages.length;
    a.engine.send(1, 53, content(5000), RELIABLE, sim.now);
    for (let i = 0; i < 40; i++) sim.after(10 * i, () => a.engine.send(2, 53, content(50), UNORDERED, sim.now));
    const began = sim.now;
    sim.runUntil(() => z.messages.length === count + 41, { within: 60_000 });
    assert.ok(sim.now - began < 3000, `${sim.now - began} ms`);
  });

  test("an outage is not taken for one: afterwards packets are as large as before", () => {
    const scene = connected({ delay: 20 }, ETHERNET);
    transfer(scene, 200_000);
    const { sim, a, link } = scene;
    sim.after(10, () => link.down());
    sim.after(3000, () => link.up());
    transfer(scene, 500_000);
    sim.runUntil(() => settled(a), { within: 60_000 });
    assert.equal(a.engine.mtu, 1432);
  });
});

test("a path that fragments carries all sizes; the bound of the platform holds the search", () => {
  const scene = connected({ delay: 20, mtu: 1400, fragment: true }, ETHERNET);
  transfer(scene, 200_000);
  assert.equal(scene.a.engine.mtu, 1432);
  assert.ok(scene.link.counts.fragmented > 0);
});

test("what was cut for packets of any size goes alone, and arrives where it can be fragmented", () => {
  const scene = connected({ delay: 20 }, LOOPBACK);
  transfer(scene, 500_000);
  assert.equal(scene.a.engine.mtu, 16_384);
  const { sim, a } = scene;
  scene.link.set({ mtu: 1472 });
  sim.after(300, () => {
    scene.link.set({ mtu: 1472, fragment: true });
    a.engine.setPath({ maxMtu: 1432 });
  });
  transfer(scene, 500_000);
  assert.ok(a.engine.counters.chunksRetransmitted > 0);
  transfer(scene, 500_000);
  assert.equal(a.engine.mtu, 1432);
  assert.ok(scene.link.counts.fragmented > 0);
});

test("another path begins at the base and finds its own size", () => {
  const scene = connected({ delay: 20 }, ETHERNET);
  transfer(scene, 200_000);
  scene.a.engine.setPath({ maxMtu: 1300 });
  assert.equal(scene.a.engine.mtu, 1160);
  transfer(scene, 200_000);
  assert.equal(scene.a.engine.mtu, 1300);
});

test("packets are held to the base size when that is asked for", () => {
  const scene = connected({ delay: 20 }, { ...LOOPBACK, pathMtuDiscovery: false });
  scene.link.set({ mtu: 1160 });
  transfer(scene, 200_000);
  const { mtuProbesSent } = scene.a.engine.counters;
  assert.deepEqual([scene.a.engine.mtu, scene.a.engine.pathMtuState, mtuProbesSent], [1160, "disabled", 0]);
  assert.equal(scene.link.counts.dropped, 0);
});

test("a probe is a HEARTBEAT and a PAD of the size asked for; larger packets carry even chunks that fit the base", () => {
  const it = new Pair({ path: { maxMtu: 8932 } }).connect();
  it.a.engine.send(1, 53, content(60_000), RELIABLE, it.now);
  it.a.sent.length = 0;
  it.pass(1000);
  const probes = it.a.sent.filter((packet) => packet[12] === 4);
  assert.equal(probes.length, 1);
  assert.equal(probes[0]?.length, 8932);
  assert.deepEqual(
    chunksOf(probes[0] as Uint8Array).map(({ type }) => type),
    [4, 132],
  );
  const large = it.a.sent.filter((packet) => packet[12] === 0 && packet.length > 1160);
  assert.ok(large.length > 0);
  for (const packet of large) {
    for (const { bytes } of chunksOf(packet)) assert.ok(bytes.length <= 1148);
  }
  assert.ok(large.some((packet) => packet.length > 8900 && chunksOf(packet).length === 8));
  assert.equal(it.z.messages.length, 1);
});
