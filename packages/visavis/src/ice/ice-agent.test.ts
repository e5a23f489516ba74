/**
 * Two agents find each other: families, roles, trickle, loss.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type Host, Simulation } from "@visavis/netsim";
import { AttributeType } from "../stun/attribute-type.ts";
import { BindingClient } from "../stun/binding-client.ts";
import { createTransactionId, decodeMessage, findAttribute, StunClass } from "../stun/message.ts";
import { shortTermKey } from "../stun/password-algorithm.ts";
import type { IceCandidate } from "./candidate.ts";
import { encodeCheckRequest, encodeCheckSuccess } from "./connectivity-check.ts";
import { Peer, Scene, twoPeers } from "./ice-scene.test.ts";

test("two hosts find each other within two round trips, and conclude", () => {
  const scene = twoPeers({});
  const { sim, a, z } = scene;
  scene.start();
  scene.until(() => scene.paired, 1000);
  assert.ok(sim.now <= 80, `connected after ${sim.now} ms with a round trip of 40`);
  scene.until(() => a.agent.state === "completed" && z.agent.state === "completed", 1000);
  assert.ok(sim.now <= 160, `completed after ${sim.now} ms`);
  scene.pass(1);
  assert.equal(a.selectedTypes, "host/host");
  assert.deepEqual(a.states, ["checking", "connected", "completed"]);
  assert.deepEqual(z.states, ["checking", "connected", "completed"]);
  scene.assertPath();
  assert.equal(a.agent.drops.total + z.agent.drops.total, 0);
  // One check of each side, one nomination, three answers; nothing is said twice.
  assert.equal(scene.link.counts.sent, 6);
});

test("IPv6, dual stack and link-local addresses work, IPv6 first", () => {
  for (const [addresses, expected] of [
    [[["fd00::1"], ["fd00::2"]], "fd00::1"],
    [
      [
        ["10.0.0.1", "fd00::1"],
        ["fd00::2", "10.0.0.2"],
      ],
      "fd00::1",
    ],
    [[["10.0.0.1", "fd00::1"], ["10.0.0.2"]], "10.0.0.1"],
    [[["fe80::1"], ["fe80::2"]], "fe80::1"],
  ] as const) {
    const scene = twoPeers({ addresses });
    scene.start();
    scene.until(() => scene.paired && scene.a.agent.state === "completed", 2000);
    assert.equal(scene.a.agent.selectedPair?.local.address, expected);
    scene.assertPath();
    assert.ok(!scene.a.candidates.some(({ address }) => address.includes("%")), "zones stay at home");
  }
});

test("on a machine without a network, loopback connects", () => {
  const sim = new Simulation({ seed: 1 });
  const host = sim.host({ name: "box" });
  const scene = new Scene(sim, new Peer(sim, host, "controlling"), new Peer(sim, host, "controlled"));
  scene.start();
  scene.until(() => scene.paired, 100);
  assert.equal(scene.a.agent.selectedPair?.remote.address, "::1");
});

test("one side on loopback, the other on an address of the same machine", () => {
  const sim = new Simulation({ seed: 1 });
  const host = sim.host({ name: "box", addresses: ["10.0.0.1"] });
  const scene = new Scene(sim, new Peer(sim, host, "controlling", { includeLoopback: true }), new Peer(sim, host, "controlled"), {
    pass: (candidate, from) => (from === scene.a && candidate.address === "10.0.0.1" ? undefined : candidate),
  });
  scene.start();
  scene.until(() => scene.paired, 1000);
  scene.assertPath();
});

test("a conflict of roles is settled, whoever wins", () => {
  for (const role of ["controlling", "controlled"] as const) {
    const winners = new Set<string>();
    for (let seed = 1; seed <= 8; seed++) {
      const sim = new Simulation({ seed });
      const [left, right] = ["10.0.0.1", "10.0.0.2"].map((address) => sim.host({ name: address, addresses: [address] }));
      assert.ok(left && right);
      sim.link(left, right, { delay: 10 });
      const scene = new Scene(sim, new Peer(sim, left, role), new Peer(sim, right, role));
      scene.start();
      scene.until(() => scene.a.agent.state === "completed" && scene.z.agent.state === "completed", 3000);
      assert.notEqual(scene.a.agent.role, scene.z.agent.role);
      winners.add(scene.a.agent.role);
      const told = [...scene.a.events, ...scene.z.events].filter(({ type }) => type === "role");
      assert.equal(told.length, 1, "one side switched and said so");
    }
    assert.equal(winners.size, 2, "both outcomes were seen");
  }
});

test("it does not matter when and in which order candidates and parameters come", () => {
  const delays = [0, 1, 30, 500];
  for (const [i, parameters] of delays.entries()) {
    for (const candidates of delays) {
      const scene = twoPeers({
        seed: i + 1,
        addresses: [
          ["10.0.0.1", "fd00::1"],
          ["10.0.0.2", "fd00::2"],
        ],
        signalling: { delay: candidates },
      });
      const { sim, a, z } = scene;
      a.gather();
      z.agent.setRemoteParameters(a.agent.localParameters, sim.now);
      sim.after(parameters, () => z.gather());
      sim.after(2 * parameters, () => a.agent.setRemoteParameters(z.agent.localParameters, sim.now));
      scene.until(() => a.agent.state === "completed" && z.agent.state === "completed", 5000);
      scene.assertPath();
      assert.ok(sim.now <= 2 * parameters + candidates + 300, `${sim.now} ms with ${parameters} and ${candidates}`);
    }
  }
});

test("a side that was told nothing learns the other from its checks", () => {
  for (const knowing of ["a", "z"] as const) {
    const scene = twoPeers({ signalling: { pass: (candidate, from) => (from === scene[knowing] ? undefined : candidate) } });
    scene.start();
    scene.until(() => scene.a.agent.state === "completed" && scene.z.agent.state === "completed", 2000);
    assert.equal(scene[knowing].selectedTypes, "host/host");
    assert.equal(scene[knowing === "a" ? "z" : "a"].selectedTypes, "host/prflx");
    scene.assertPath();
  }
});

test("a learned candidate takes its signalled properties when they come", () => {
  const scene = twoPeers({ signalling: { delay: 0, pass: (candidate, from) => (from === scene.z ? candidate : undefined) } });
  const { sim, a, z } = scene;
  scene.start();
  scene.until(() => scene.paired, 1000);
  assert.equal(z.selectedTypes, "host/prflx");
  const [candidate] = a.candidates;
  assert.ok(candidate);
  z.agent.addRemoteCandidate(candidate, sim.now);
  assert.equal(z.selectedTypes, "host/host");
  assert.equal(z.agent.remoteCandidates.length, 1);
});

test("heavy loss only delays", () => {
  const times: number[] = [];
  let dropped = 0;
  for (const loss of [0.2, 0.3]) {
    for (let seed = 1; seed <= 25; seed++) {
      const scene = twoPeers({ seed, link: { delay: 20, loss } });
      scene.start();
      scene.until(() => scene.a.agent.state === "completed" && scene.z.agent.state === "completed", 15_000);
      dropped += scene.link.counts.dropped;
      scene.assertPath();
      times.push(scene.sim.now);
    }
  }
  assert.ok(dropped > 50, `only ${dropped} lost`);
  times.sort((a, b) => a - b);
  assert.ok((times[25] ?? 0) < 600, `median ${times[25]} ms`);
  assert.ok((times[49] ?? 0) < 5000, `worst ${times[49]} ms`);
});

test("a lost answer to the nomination is asked for again", () => {
  const scene = twoPeers({});
  const nominations = new Set<string>();
  let lost = 0;
  scene.link.set({
    forward: {
      drop: ({ bytes }) => {
        const message = decodeMessage(bytes);
        if (message && findAttribute(message, AttributeType.USE_CANDIDATE)) nominations.add(message.transactionId);
        return false;
      },
    },
    backward: {
      drop: ({ bytes }) => {
        const message = decodeMessage(bytes);
        if (message?.class !== StunClass.SUCCESS || !nominations.has(message.transactionId) || lost >= 2) return false;
        lost++;
        return true;
      },
    },
  });
  scene.start();
  scene.until(() => scene.a.agent.state === "completed" && scene.z.agent.state === "completed", 1000);
  assert.equal(lost, 2);
  scene.assertPath();
});

test("of several addresses the best that works is used, and the useless are given up", () => {
  const sim = new Simulation({ seed: 3 });
  const other = sim.subnet({ name: "other" });
  const left = sim.host({
    name: "a",
    interfaces: [
      { name: "eth0", addresses: ["10.0.0.1"] },
      { name: "eth1", addresses: ["10.9.0.1"], subnet: other },
    ],
  });
  const right = sim.host({ name: "z", addresses: ["10.0.0.2"] });
  sim.link(left, right, { delay: 30 });
  const scene = new Scene(sim, new Peer(sim, left, "controlling"), new Peer(sim, right, "controlled"));
  scene.start();
  scene.until(() => scene.a.agent.state === "completed" && scene.z.agent.state === "completed", 2000);
  assert.equal(scene.a.agent.selectedPair?.local.address, "10.0.0.1");
});

test("a peer that only answers works, and makes us controlling", () => {
  const scene = twoPeers({ a: { role: "controlled" }, signalling: { endOfCandidates: true } });
  const { sim, a, z } = scene;
  a.gather();
  z.gather();
  // The lite side answers, but is never told whom to check.
  a.agent.setRemoteParameters({ ...z.agent.localParameters, lite: true }, sim.now);
  scene.until(() => a.agent.state === "completed", 2000);
  assert.equal(a.agent.role, "controlling");
  assert.equal(z.agent.state, "new");
  assert.equal(z.agent.stats().candidates.length, 1);
});

test("strangers and repetitions do not keep two peers apart", () => {
  const scene = twoPeers({ link: { delay: 20, duplicate: 0.5, reorder: 0.3, corrupt: 0.1 } });
  const { sim, a, z } = scene;
  scene.start();
  scene.until(() => a.agent.state === "completed" && z.agent.state === "completed", 5000);
  scene.pass(20_000);
  assert.ok(scene.paired);
  const { counts } = scene.link;
  assert.ok(counts.duplicated > 0 && counts.reordered > 0 && counts.corrupted > 0, counts.toString());
  a.agent.receive(
    new BindingClient(sim.random).request,
    a.agent.routes.intern(a.agent.sendRoute?.local ?? (0 as never), "udp", "10.9.9.9", 1),
    sim.now,
  );
  assert.ok(a.agent.drops.of("bad-integrity") > 0);
});

test("closing lets everything go", () => {
  const scene = twoPeers({});
  const { sim, a, z } = scene;
  scene.start();
  scene.until(() => scene.paired, 1000);
  a.agent.close(sim.now);
  a.agent.close(sim.now);
  scene.pass(10);
  assert.equal(a.agent.state, "closed");
  assert.equal(a.agent.sendRoute, undefined);
  assert.equal(a.host.openSockets, 0);
  assert.equal(a.agent.deadline(), Number.POSITIVE_INFINITY);
  const again = new Peer(sim, z.host, "controlled");
  again.gather();
  again.agent.close(sim.now);
  sim.runFor(10);
  assert.equal(z.host.openSockets, 1, "a socket that came after the end is given back");
});

/** A controlling peer that nominates aggressively: USE-CANDIDATE in every check, on every path, and answers to everything. */
class AggressivePeer {
  readonly #sim: Simulation;
  readonly #host: Host;
  readonly #password: string;
  readonly #username: string;
  readonly parameters = { usernameFragment: "aggr", password: "a".repeat(24) };

  constructor(sim: Simulation, host: Host, victim: Peer) {
    this.#sim = sim;
    this.#host = host;
    const { usernameFragment, password } = victim.agent.localParameters;
    this.#username = `${usernameFragment}:aggr`;
    this.#password = password;
  }

  /** Opens a path from `address` and checks `to` every 100 ms from `at` on; `priority` is that of its candidate. */
  open(address: string, to: IceCandidate, priority: number, at: number): void {
    const key = shortTermKey(this.parameters.password);
    const socket = this.#host.bind({ address, port: 0 }, (datagram, from, port) => {
      const message = decodeMessage(datagram);
      if (message?.class !== StunClass.REQUEST) return;
      const answer = encodeCheckSuccess(message.transactionId, from, port, key);
      socket.send(answer, 0, answer.length, from, port);
    });
    const check = (): void => {
      const request = { priority, useCandidate: true, role: "controlling", tieBreaker: 1n } as const;
      const id = createTransactionId(this.#sim.random);
      const bytes = encodeCheckRequest(id, this.#username, request, shortTermKey(this.#password));
      socket.send(bytes, 0, bytes.length, to.address, to.port);
      this.#sim.after(100, check);
    };
    this.#sim.after(at, check);
  }
}

test("a peer that nominates every pair gets the best of them, and it stays", () => {
  const sim = new Simulation({ seed: 1 });
  const victim = new Peer(sim, sim.host({ name: "z", addresses: ["10.0.0.2"] }), "controlled");
  const host = sim.host({ name: "a", addresses: ["10.0.0.1", "10.0.0.11", "10.0.0.12"] });
  const peer = new AggressivePeer(sim, host, victim);
  victim.gather();
  sim.runFor(1);
  victim.agent.setRemoteParameters(peer.parameters, sim.now);
  const [candidate] = victim.candidates;
  assert.ok(candidate);
  peer.open("10.0.0.1", candidate, 1000, 10);
  peer.open("10.0.0.11", candidate, 3000, 500);
  peer.open("10.0.0.12", candidate, 2000, 900);
  const expected: readonly (readonly [number, string])[] = [
    [200, "10.0.0.1"],
    [500, "10.0.0.11"],
    [5000, "10.0.0.11"],
  ];
  for (const [duration, address] of expected) {
    sim.runFor(duration);
    assert.equal(victim.agent.sendRoute?.address, address);
  }
  assert.equal(victim.events.filter(({ type }) => type === "selected-pair").length, 2);
});

test("statistics tell what happened", () => {
  const scene = twoPeers({});
  const { sim, a } = scene;
  scene.start();
  scene.until(() => a.agent.state === "completed", 1000);
  const route = a.agent.sendRoute;
  assert.ok(route);
  a.agent.countSent(100, sim.now);
  a.agent.countReceived(route, 50, sim.now);
  a.agent.countReceived({ ...route, port: 1 }, 50, sim.now);
  const stats = a.agent.stats();
  assert.deepEqual(
    stats.candidates.map(({ isRemote, candidate }) => [isRemote, candidate.address]),
    [
      [false, "10.0.0.1"],
      [true, "10.0.0.2"],
    ],
  );
  const [pair] = stats.pairs;
  assert.ok(pair?.nominated && pair.selected && pair.state === "succeeded");
  assert.equal(stats.selectedPairId, pair.id);
  const { packetsSent, bytesSent, packetsReceived, bytesReceived, requestsSent, responsesReceived, totalRoundTripTime } = pair;
  assert.deepEqual([packetsSent, bytesSent, packetsReceived, bytesReceived], [1, 100, 1, 50]);
  assert.deepEqual([requestsSent, responsesReceived, totalRoundTripTime], [2, 2, 80]);
});
