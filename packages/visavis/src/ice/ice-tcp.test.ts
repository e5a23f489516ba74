/**
 * ICE over TCP: where UDP does not get through, who connects, what unknown callers may do, and streams that end.
 */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Host, type LinkOptions, Simulation, type Stream } from "@visavis/netsim";
import type { IceCandidate } from "./candidate.ts";
import type { IceAgentOptions } from "./ice-agent-options.ts";
import { Peer, Scene, type Signalling, twoPeers } from "./ice-scene.test.ts";

/** A firewall that passes TCP only. */
const NO_UDP: LinkOptions = { drop: ({ protocol }) => protocol === "udp" };

const offers = (...tcp: ("active" | "passive" | "so")[]): Partial<IceAgentOptions> => ({ network: { tcp } });

const describePair = (peer: Peer): string => {
  const pair = peer.agent.selectedPair;
  const of = ({ type, protocol, tcpType }: IceCandidate): string => `${type} ${protocol}${tcpType ? ` ${tcpType}` : ""}`;
  return pair === undefined ? "none" : `${of(pair.local)} - ${of(pair.remote)}`;
};

function meet(
  a: Partial<IceAgentOptions>,
  z: Partial<IceAgentOptions>,
  link: LinkOptions = NO_UDP,
  signalling: Partial<Signalling> = {},
): ReturnType<typeof twoPeers> {
  const scene = twoPeers({ a, z, link, signalling });
  scene.start();
  return scene;
}

const completed = ({ a, z }: Scene): boolean => a.agent.state === "completed" && z.agent.state === "completed";

describe("candidates over TCP", () => {
  test("are offered beside each socket when they are asked for, and one that connects is there when it is of use", () => {
    const scene = meet(offers("active"), offers("active", "passive", "so"), {});
    scene.until(() => scene.paired, 5000);
    const [udp, ...rest] = scene.a.candidates;
    assert.equal(udp?.protocol, "udp");
    assert.deepEqual(
      rest.map(({ protocol, port, tcpType, type, address }) => [protocol, port, tcpType, type, address]),
      [["tcp", 9, "active", "host", "10.0.0.1"]],
    );
    const kinds = scene.z.candidates.filter(({ protocol }) => protocol === "tcp");
    assert.deepEqual(new Set(kinds.map(({ tcpType }) => tcpType)), new Set(["active", "passive", "so"]));
    for (const { tcpType, port } of kinds) assert.equal(port === 9, tcpType === "active");
    assert.deepEqual(
      [...kinds].sort((left, right) => right.priority - left.priority).map(({ tcpType }) => tcpType),
      ["active", "passive", "so"],
    );
    for (const { priority } of kinds) assert.ok(priority < (udp?.priority ?? 0));
    const none = meet({}, {}, {});
    none.until(() => none.paired, 5000);
    assert.deepEqual([none.a.candidates.length, none.a.agent.localCandidates.length], [1, 1]);
    const quiet = meet({}, offers("passive"));
    quiet.until(() => completed(quiet), 5000);
    assert.deepEqual([quiet.a.candidates.length, quiet.a.agent.localCandidates.length], [1, 2]);
    assert.equal(describePair(quiet.a), "host tcp active - host tcp passive");
    const refusing = meet(offers(), offers("passive"), {});
    refusing.until(() => completed(refusing), 5000);
    assert.equal(refusing.a.agent.localCandidates.length, 1);
  });

  test("what listens does so in the range of ports that is allowed, and shows the address that is shown", () => {
    const network = { tcp: ["passive"], portRange: { first: 5000, last: 5001 }, nat1To1: [{ external: "203.0.113.7" }] } as const;
    const scene = meet({ network }, {}, {});
    scene.until(() => scene.paired, 5000);
    const [udp, tcp] = scene.a.candidates;
    assert.deepEqual([tcp?.port, tcp?.address, tcp?.tcpType], [udp?.port, "203.0.113.7", "passive"]);
  });

  test("a server that only answers and listens is reached by TCP", () => {
    const scene = meet({}, { network: { tcp: ["passive"], lite: true } });
    scene.until(() => scene.a.agent.state === "completed" && scene.z.connected, 5000);
    assert.deepEqual(
      [describePair(scene.a), describePair(scene.z)],
      ["host tcp active - host tcp passive", "host tcp passive - prflx tcp active"],
    );
    scene.pass(60_000);
    assert.ok(scene.paired);
  });

  test("UDP is preferred where it gets through, and streams that are not used end", () => {
    const scene = meet(offers("active"), offers("passive"), {});
    scene.until(() => completed(scene), 5000);
    assert.equal(describePair(scene.a), "host udp - host udp");
    scene.pass(30_000);
    assert.ok(completed(scene));
    assert.deepEqual([scene.a.host.streams.all.length, scene.z.host.streams.all.length], [0, 0]);
  });
});

describe("where UDP is blocked", () => {
  test("the side that connects reaches the one that listens, whoever controls", () => {
    for (const [a, z, pairs] of [
      [offers("active"), offers("passive"), ["host tcp active - host tcp passive", "host tcp passive - prflx tcp active"]],
      [offers("passive"), offers("active"), ["host tcp passive - prflx tcp active", "host tcp active - host tcp passive"]],
    ] as const) {
      const scene = meet(a, z);
      scene.until(() => completed(scene), 5000);
      // Candidates, connection, check, nomination: 20 ms each way.
      assert.ok(scene.sim.now <= 600, `${scene.sim.now} ms`);
      assert.deepEqual([describePair(scene.a), describePair(scene.z)], pairs);
      scene.assertPath();
      assert.equal(scene.a.host.streams.connections, 1);
    }
  });

  test("two that only connect, or only listen, do not meet", () => {
    for (const kind of ["active", "passive"] as const) {
      const scene = meet(offers(kind), offers(kind));
      scene.until(() => scene.a.agent.state === "failed" && scene.z.agent.state === "failed", 60_000);
      assert.equal(scene.a.host.streams.connections + scene.z.host.streams.connections, 0);
    }
  });

  test("both may open at the same time", () => {
    const scene = meet(offers("so"), offers("so"));
    scene.until(() => completed(scene), 20_000);
    assert.equal(describePair(scene.a), "host tcp so - host tcp so");
    assert.equal(describePair(scene.z), "host tcp so - host tcp so");
  });

  test("with everything offered one stream comes to be used, and consent keeps it for an hour", () => {
    const everything = offers("active", "passive", "so");
    const scene = meet(everything, everything, { ...NO_UDP, loss: 0.05 });
    scene.until(() => completed(scene), 20_000);
    scene.pass(3_600_000);
    assert.ok(completed(scene), `${scene.a.agent.state} ${scene.z.agent.state}`);
    assert.match(describePair(scene.a), /tcp/);
    assert.equal(scene.a.host.streams.all.length, 1);
  });

  test("a connection that is refused or comes to nothing fails its pair, and the next one is taken", () => {
    const wrong = (candidate: IceCandidate): IceCandidate => ({
      ...candidate,
      port: 2,
      foundation: "1",
      priority: candidate.priority + 1,
    });
    const scene = meet(offers("active"), offers("passive"));
    const seen: IceCandidate[] = [];
    scene.until(() => {
      const passive = scene.z.candidates.find(({ tcpType }) => tcpType === "passive");
      if (passive !== undefined && seen.push(passive) === 1) scene.a.agent.addRemoteCandidate(wrong(passive), scene.sim.now);
      return scene.paired;
    }, 5000);
    const pairs = scene.a.agent.stats().pairs.map(({ state }) => state);
    assert.deepEqual(pairs.filter((state) => state === "succeeded" || state === "failed").sort(), ["failed", "succeeded"]);
    assert.equal(scene.a.agent.drops.of("connect-failed"), 1);
  });

  test("a round trip is measured without the time that connecting takes, and requests are not repeated", () => {
    const scene = meet(offers("active"), offers("passive"));
    scene.until(() => scene.a.connected, 5000);
    const pair = scene.a.agent.stats().pairs.find(({ selected }) => selected) ?? assert.fail();
    assert.equal(pair.currentRoundTripTime, 40);
    scene.until(() => completed(scene), 5000);
    const slow = meet(offers("active"), offers("passive"), { ...NO_UDP, delay: 3000 });
    slow.until(() => slow.a.connected, 20_000);
    const checks = slow.a.agent.stats().pairs.find(({ selected }) => selected) ?? assert.fail();
    assert.equal(checks.requestsSent, 1);
  });
});

describe("a stream that ends in the middle", () => {
  test("is opened again while there is consent, without anybody's help", () => {
    for (const [a, z] of [
      ["active", "passive"],
      ["passive", "active"],
    ] as const) {
      const scene = meet(offers(a), offers(z));
      scene.until(() => completed(scene), 5000);
      scene.z.host.streams.reset();
      scene.until(() => scene.a.agent.state === "disconnected", 1000);
      assert.equal(scene.a.agent.sendRoute, undefined, "what is sent now waits");
      scene.until(() => completed(scene), 5000);
      scene.assertPath();
      assert.ok(scene.a.agent.sendRoute !== undefined && scene.z.agent.sendRoute !== undefined);
      scene.pass(60_000);
      assert.ok(completed(scene));
    }
  });

  test("many times over leaves nothing behind", () => {
    const scene = meet(offers("active"), offers("passive"));
    scene.until(() => completed(scene), 5000);
    for (let i = 0; i < 50; i++) {
      scene.a.host.streams.reset();
      scene.until(() => !scene.a.connected, 2000);
      scene.until(() => completed(scene), 5000);
    }
    scene.pass(20_000);
    assert.ok(completed(scene));
    assert.ok(scene.z.agent.remoteCandidates.length < 4, `${scene.z.agent.remoteCandidates.length} candidates`);
    assert.equal(scene.z.host.streams.all.length, 1);
  });

  test("is recovered by a restart, also when nothing gets through for a while", () => {
    const scene = meet(offers("active"), offers("passive"));
    scene.until(() => completed(scene), 5000);
    scene.link.set({ drop: () => true });
    scene.a.host.streams.reset();
    scene.pass(35_000);
    assert.equal(scene.a.agent.state, "failed");
    scene.link.set(NO_UDP);
    for (const { agent } of [scene.a, scene.z]) agent.restart(scene.sim.now);
    scene.a.takeNew();
    scene.z.takeNew();
    scene.start();
    scene.until(() => completed(scene), 20_000);
    scene.assertPath();
  });

  test("a restart of a stream that works goes by it, and does not disturb it", () => {
    const scene = meet(offers("active"), offers("passive"));
    scene.until(() => completed(scene), 5000);
    for (const { agent } of [scene.a, scene.z]) agent.restart(scene.sim.now);
    scene.a.takeNew();
    scene.z.takeNew();
    scene.start();
    scene.until(() => completed(scene), 5000);
    scene.pass(60_000);
    assert.ok(completed(scene));
    assert.equal(scene.a.host.streams.connections, 1);
  });

  test("closing closes all: streams and what listens", () => {
    const scene = meet(offers("active", "passive", "so"), offers("active", "passive", "so"));
    scene.until(() => completed(scene), 20_000);
    scene.a.stop();
    scene.z.stop();
    scene.sim.runFor(60_000);
    for (const { host } of [scene.a, scene.z]) {
      assert.deepEqual([host.streams.all.length, host.streams.listening, host.openSockets], [0, 0, 0]);
    }
  });
});

describe("unknown callers", () => {
  /** A scene whose `z` listens, and someone who connects there. */
  function besieged(): { readonly scene: Scene; readonly call: (count: number) => Stream[] } {
    const sim = new Simulation({ seed: 1 });
    const hosts = ["10.0.0.1", "10.0.0.2", "10.0.0.66"].map((address, i) => sim.host({ name: `${i}`, addresses: [address] }));
    const [a, z, mallory] = hosts as [Host, Host, Host];
    sim.link(a, z, { delay: 20, ...NO_UDP });
    sim.link(mallory, z, { delay: 5 });
    const scene = new Scene(
      sim,
      new Peer(sim, a, "controlling", offers("active")),
      new Peer(sim, z, "controlled", offers("passive")),
    );
    scene.z.gather();
    scene.until(() => scene.z.agent.gatheringState === "complete", 100);
    const { port = 0 } = scene.z.candidates.find(({ tcpType }) => tcpType === "passive") ?? {};
    const call = (count: number): Stream[] => {
      const open: Stream[] = [];
      const heard = { onPiece: (): void => {}, onClosed: (): void => {} };
      for (let i = 0; i < count; i++) {
        mallory.streams.connect({ address: "10.0.0.2", port }, heard, (outcome) => {
          if (!(outcome instanceof Error)) open.push(outcome);
        });
      }
      sim.runFor(50);
      return open;
    };
    return { scene, call };
  }

  const left = (scene: Scene): number => scene.z.host.streams.all.length;

  test("are few at a time and for a short time, and do not keep the peer out", () => {
    const { scene, call } = besieged();
    call(40);
    assert.equal(left(scene), 16);
    assert.equal(scene.z.agent.drops.of("stream-limit"), 24);
    scene.sim.runFor(3000);
    scene.start();
    scene.until(() => completed(scene), 5000);
    scene.sim.runFor(10_000);
    assert.equal(left(scene), 1);
    assert.equal(scene.z.agent.drops.of("unproven-stream"), 16);
    call(30);
    assert.ok(completed(scene));
  });

  test("byte by byte they get no further", () => {
    const { scene, call } = besieged();
    const [slow] = call(1);
    for (let i = 0; i < 30; i++) {
      slow?.send(Uint8Array.of(i === 0 ? 4 : 1), 0, 1);
      scene.sim.runFor(400);
    }
    assert.equal(left(scene), 0);
    assert.equal(scene.z.agent.drops.of("unproven-stream"), 1);
  });

  test("with much data, absurd lengths and what is no STUN they are closed, and it is counted", () => {
    const { scene, call } = besieged();
    const [much, absurd, other] = call(3);
    const datagram = new Uint8Array(1002).fill(0x40);
    datagram.set([1000 >> 8, 1000 & 0xff]);
    for (let i = 0; i < 20; i++) much?.send(datagram, 0, datagram.length);
    absurd?.send(Uint8Array.of(0xff, 0xff, 1, 2, 3), 0, 5);
    other?.send(Uint8Array.of(0, 3, 22, 254, 253), 0, 5);
    scene.sim.runFor(500);
    const { drops } = scene.z.agent;
    assert.equal(left(scene), 1);
    assert.equal(drops.of("bad-frame"), 1);
    assert.equal(drops.of("unproven-stream"), 1);
    assert.ok(drops.of("unproven-data") >= 10);
    assert.equal(scene.z.agent.takeInner(), undefined);
  });

  test("half-open connections are the platform's, and cost the agent nothing", () => {
    const { scene } = besieged();
    assert.equal(scene.z.agent.stats().pairs.length, 0);
    assert.equal(left(scene), 0);
  });
});
