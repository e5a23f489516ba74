import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { SocketId, StreamConnection, StreamListener } from "visavis/base";
import { SocketError } from "./errors.ts";
import type { Host } from "./host.ts";
import type { LinkOptions } from "./impairments.ts";
import type { Link } from "./link.ts";
import { Simulation } from "./simulation.ts";
import type { Stream } from "./stream.ts";
import { decodeSegment, encodeSegment, SegmentKind } from "./stream-segment.ts";

/** What one end heard. */
class Ear implements StreamListener {
  bytes: number[] = [];
  pieces = 0;
  closed = false;
  connection: StreamConnection | undefined = undefined;
  readonly onPiece = (piece: Uint8Array): void => {
    this.pieces++;
    for (const byte of piece) this.bytes.push(byte);
  };
  readonly onClosed = (): void => {
    this.closed = true;
  };
}

interface Pair {
  readonly sim: Simulation;
  readonly a: Host;
  readonly z: Host;
  readonly link: Link;
  readonly near: Ear;
  readonly far: Ear;
  readonly outcome: () => Stream | SocketError | undefined;
}

/** Two hosts, one of which listens at port 4000 and the other of which connects. */
function pair(options: LinkOptions, port: number = 4000, seed: number = 1): Pair {
  const sim = new Simulation({ seed });
  const a = sim.host({ name: "a", addresses: ["10.0.0.1"] });
  const z = sim.host({ name: "z", addresses: ["10.0.0.2"] });
  const link = sim.link(a, z, options);
  const [near, far] = [new Ear(), new Ear()];
  z.streams.listen({ address: "10.0.0.2", port: 4000 }, (connection) => {
    far.connection = connection;
    return far;
  });
  let outcome: Stream | SocketError | undefined;
  a.streams.connect({ address: "10.0.0.2", port }, near, (what) => {
    outcome = what;
  });
  return { sim, a, z, link, near, far, outcome: () => outcome };
}

function opened({ outcome }: Pair): Stream {
  const stream = outcome();
  assert.ok(stream !== undefined && !(stream instanceof SocketError), String(stream));
  return stream;
}

function counting(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (i * 7 + (i >> 8)) & 0xff);
}

describe("a stream", () => {
  test("opens in one round trip and carries bytes both ways", () => {
    const scene = pair({ delay: 20 });
    scene.sim.runUntil(() => scene.outcome() !== undefined, { within: 1000 });
    assert.equal(scene.sim.now, 40);
    const stream = opened(scene);
    stream.send(counting(10), 2, 5);
    scene.sim.runFor(20);
    assert.deepEqual(scene.far.bytes, [...counting(10).subarray(2, 7)]);
    assert.equal(scene.far.connection?.remotePort, stream.port);
    scene.far.connection?.send(Uint8Array.of(9), 0, 1, "", 0);
    scene.sim.runFor(20);
    assert.deepEqual(scene.near.bytes, [9]);
  });

  test("brings everything in order whatever the link does, and the same again with the same seed", () => {
    const hashes = [1, 1, 2].map((seed) => {
      const scene = pair({ delay: 20, loss: 0.1, jitter: 30, reorder: 0.1, duplicate: 0.05, corrupt: 0.02 }, 4000, seed);
      scene.sim.runUntil(() => scene.outcome() !== undefined, { within: 9000 });
      const stream = opened(scene);
      const bytes = counting(200_000);
      stream.send(bytes, 0, bytes.length);
      scene.sim.runUntil(() => scene.far.bytes.length >= bytes.length, { within: 60_000 });
      assert.deepEqual(Uint8Array.from(scene.far.bytes), bytes);
      assert.ok(stream.repeated > 0);
      return scene.sim.hash;
    });
    assert.equal(hashes[0], hashes[1]);
    assert.notEqual(hashes[0], hashes[2]);
  });

  test("uses most of the rate of a link", () => {
    const scene = pair({ delay: 20, rate: 8_000_000, queue: 60_000 });
    scene.sim.runUntil(() => scene.outcome() !== undefined, { within: 1000 });
    const bytes = counting(1_000_000);
    opened(scene).send(bytes, 0, bytes.length);
    const from = scene.sim.now;
    scene.sim.runUntil(() => scene.far.bytes.length >= bytes.length, { within: 10_000 });
    assert.ok(scene.sim.now - from < 2000, `${scene.sim.now - from} ms for what takes 1000`);
  });

  test("what finds it full is dropped", () => {
    const scene = pair({ delay: 20 });
    scene.sim.runUntil(() => scene.outcome() !== undefined, { within: 1000 });
    const stream = opened(scene);
    for (let i = 0; i < 40; i++) stream.send(new Uint8Array(65_536), 0, 65_536);
    assert.equal(stream.dropped, 23);
  });

  test("is refused where nobody listens, and not possible where nobody is heard", () => {
    const refused = pair({ delay: 20 }, 4001);
    refused.sim.runUntil(() => refused.outcome() !== undefined, { within: 41 });
    assert.equal((refused.outcome() as SocketError).code, "ECONNREFUSED");
    const silent = pair({ delay: 20, drop: () => true });
    silent.sim.runUntil(() => silent.outcome() !== undefined, { within: 10_001 });
    assert.equal((silent.outcome() as SocketError).code, "ETIMEDOUT");
    assert.deepEqual([silent.a.streams.all.length, silent.z.streams.all.length], [0, 0]);
  });

  test("ends on both sides when one closes it, after all that was sent", () => {
    const scene = pair({ delay: 20, loss: 0.2 }, 4000, 3);
    scene.sim.runUntil(() => scene.outcome() !== undefined, { within: 9000 });
    const stream = opened(scene);
    stream.send(counting(30_000), 0, 30_000);
    stream.close();
    scene.sim.runUntil(() => scene.far.closed, { within: 30_000 });
    assert.equal(scene.far.bytes.length, 30_000);
    assert.equal(scene.near.closed, false);
    scene.sim.runFor(60_000);
    assert.deepEqual([scene.a.streams.all.length, scene.z.streams.all.length], [0, 0]);
  });

  test("a firewall's reset ends it on both sides; so does a host that forgot it", () => {
    const scene = pair({ delay: 20 });
    scene.sim.runUntil(() => scene.outcome() !== undefined, { within: 1000 });
    scene.sim.runFor(20);
    scene.z.streams.reset();
    scene.sim.runFor(20);
    assert.ok(scene.near.closed && scene.far.closed);
  });

  test("a path that is gone for long ends it", () => {
    const scene = pair({ delay: 20 });
    scene.sim.runUntil(() => scene.outcome() !== undefined, { within: 1000 });
    scene.link.down();
    opened(scene).send(counting(10), 0, 10);
    scene.sim.runFor(100_000);
    assert.ok(scene.near.closed);
  });

  test("both sides may open it at the same time", () => {
    const sim = new Simulation({ seed: 1 });
    const a = sim.host({ name: "a", addresses: ["10.0.0.1"] });
    const z = sim.host({ name: "z", addresses: ["10.0.0.2"] });
    sim.link(a, z, { delay: 20 });
    const ears = [new Ear(), new Ear()] as const;
    const streams: (Stream | SocketError)[] = [];
    a.streams.connect({ address: "10.0.0.2", port: 5002, localPort: 5001 }, ears[0], (what) => streams.push(what));
    z.streams.connect({ address: "10.0.0.1", port: 5001, localPort: 5002 }, ears[1], (what) => streams.push(what));
    sim.runUntil(() => streams.length === 2, { within: 1000 });
    const [first] = streams;
    assert.ok(first !== undefined && !(first instanceof SocketError));
    first.send(Uint8Array.of(1), 0, 1);
    sim.runFor(100);
    assert.equal(ears[0].bytes.length + ears[1].bytes.length, 1);
  });

  test("platforms offer it by promises", async () => {
    const sim = new Simulation({ seed: 1 });
    const a = sim.host({ name: "a", addresses: ["10.0.0.1"] });
    const { network } = a.platform;
    assert.ok(network.connectStream !== undefined && network.listenStream !== undefined);
    const ear = new Ear();
    const server = await sim.run({ until: network.listenStream({ address: "127.0.0.1", port: 0 }, () => ear), within: 10 });
    const near = new Ear();
    const to = { address: "127.0.0.1", port: server.port };
    const stream = await sim.run({ until: network.connectStream(to, near), within: 10 });
    assert.notEqual(stream.id as SocketId, server.id);
    stream.send(Uint8Array.of(5), 0, 1, "", 0);
    await sim.run({ within: 10 });
    assert.deepEqual(ear.bytes, [5]);
    server.close();
    await assert.rejects(sim.run({ until: network.connectStream(to, near), within: 10 }), { code: "ECONNREFUSED" });
    await assert.rejects(sim.run({ until: network.connectStream({ ...to, localAddress: "10.0.0.9" }, near), within: 10 }), {
      code: "EADDRNOTAVAIL",
    });
  });
});

test("a segment with a flipped bit is none", () => {
  const bytes = encodeSegment(SegmentKind.DATA, 7, Uint8Array.of(1, 2, 3));
  assert.equal(decodeSegment(bytes)?.number, 7);
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const flipped = bytes.slice();
    flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    assert.equal(decodeSegment(flipped), undefined, `bit ${bit}`);
  }
  for (let length = 0; length < bytes.length; length++) assert.equal(decodeSegment(bytes.subarray(0, length)), undefined);
});
