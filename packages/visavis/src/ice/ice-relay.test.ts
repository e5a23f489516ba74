/**
 * Relays: agents that meet through a TURN server, because they must or because they are told to.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type Host, type HostRunner, Simulation } from "@visavis/netsim";
import { Transmit } from "../base/transmit.ts";
import { AttributeType } from "../stun/attribute-type.ts";
import { decodeU32 } from "../stun/integer-attribute.ts";
import { decodeMessage, StunMethod } from "../stun/message.ts";
import { RelayPolicy } from "../turn/relay-policy.ts";
import { namedUsers } from "../turn/server-authentication.ts";
import { TurnServer } from "../turn/turn-server.ts";
import type { TurnServerOptions } from "../turn/turn-server-options.ts";
import type { IceAgentOptions } from "./ice-agent-options.ts";
import { home } from "./ice-gathering.test.ts";
import { Peer, Scene } from "./ice-scene.test.ts";

const TURN: Partial<IceAgentOptions> = { servers: [{ urls: ["turn:198.51.100.1"], username: "alice", credential: "secret" }] };

/** A TURN server in the world. */
function turnServer(
  sim: Simulation,
  options: Partial<TurnServerOptions> = {},
  address: string = "198.51.100.1",
  host: Host = sim.host({ name: `turn ${address}`, addresses: [address] }),
): HostRunner<TurnServer> {
  const engine = new TurnServer(
    {
      random: host.platform.random,
      realm: "visavis.test",
      users: namedUsers(new Map([["alice", "secret"]])),
      listen: [{ address, port: 3478 }],
      relay: [{ family: 4, address }],
      policy: new RelayPolicy(),
      ...options,
    },
    0,
    host.platform.clock.wallTime(),
  );
  return host.run(engine);
}

/** Two homes behind NATs of a kind. */
function twoHomes(
  sim: Simulation,
  kind: Parameters<typeof home>[3],
  options: { readonly a?: Partial<IceAgentOptions>; readonly z?: Partial<IceAgentOptions> },
): Scene {
  const [left, right] = [home(sim, "a", 7, kind), home(sim, "z", 9, kind)];
  return new Scene(sim, new Peer(sim, left, "controlling", options.a), new Peer(sim, right, "controlled", options.z));
}

test("behind two symmetric NATs nothing works but a relay, and one is enough", () => {
  const without = twoHomes(new Simulation({ seed: 1 }), "symmetric", {});
  without.start();
  assert.throws(() => without.until(() => without.paired, 20_000));
  // Whoever has none must at least know how it looks from outside: permissions are by address.
  const stun: Partial<IceAgentOptions> = { servers: [{ urls: ["stun:198.51.100.1"] }] };
  for (const who of [
    { a: TURN, z: stun },
    { a: stun, z: TURN },
    { a: TURN, z: TURN },
  ]) {
    const sim = new Simulation({ seed: 1 });
    const server = turnServer(sim);
    const scene = twoHomes(sim, "symmetric", who);
    scene.start();
    scene.until(() => scene.paired, 5000);
    assert.ok(scene.a.selectedTypes.includes("relay"), scene.a.selectedTypes);
    scene.assertPath();
    // The server stands apart: what it refuses, it refuses by policy, not by mistake.
    assert.equal(server.engine.drops.of("malformed") + server.engine.drops.of("unexpected-message"), 0);
  }
});

test("under the relay policy only relayed candidates are told, and they carry nothing about us", () => {
  const sim = new Simulation({ seed: 2 });
  turnServer(sim);
  const relay: Partial<IceAgentOptions> = { ...TURN, transportPolicy: "relay" };
  const scene = twoHomes(sim, "full-cone", { a: relay, z: relay });
  scene.start();
  scene.until(() => scene.paired, 5000);
  assert.equal(scene.a.selectedTypes, "relay/relay");
  for (const { candidates } of [scene.a, scene.z]) {
    assert.deepEqual([...new Set(candidates.map(({ type }) => type))], ["relay"]);
    assert.deepEqual([...new Set(candidates.map(({ relatedAddress }) => relatedAddress))], ["0.0.0.0"]);
    assert.equal(candidates[0]?.url, "turn:198.51.100.1");
    assert.equal(candidates[0]?.relayProtocol, "udp");
  }
});

test("where there is a better way, the relay is gathered and not used", () => {
  const sim = new Simulation({ seed: 3 });
  turnServer(sim);
  const scene = twoHomes(sim, "full-cone", { a: TURN, z: TURN });
  scene.start();
  scene.until(() => scene.a.agent.state === "completed" && scene.z.agent.state === "completed", 8000);
  assert.ok(!scene.a.selectedTypes.includes("relay"), scene.a.selectedTypes);
  // The server also shows the outside of the NAT.
  assert.deepEqual(new Set(scene.a.candidates.map(({ type }) => type)), new Set(["host", "srflx", "relay"]));
});

test("wrong credentials, a silent server and a full one are told by their codes", () => {
  for (const [credential, options, code] of [
    ["wrong", {}, 401],
    ["secret", { totalQuota: 0 }, 508],
    ["secret", { userQuota: 0 }, 486],
    ["secret", undefined, 701],
  ] as const) {
    const sim = new Simulation({ seed: 4 });
    if (options !== undefined) turnServer(sim, options);
    const servers = [{ urls: ["turn:198.51.100.1"], username: "alice", credential }];
    const peer = new Peer(sim, sim.host({ name: "a", addresses: ["203.0.113.1"] }), "controlling", { servers });
    peer.gather();
    sim.runUntil(() => peer.agent.gatheringState === "complete", { within: 10_100 });
    sim.runFor(0);
    const errors = peer.events.flatMap((event) => (event.type === "candidate-error" ? [event] : []));
    assert.deepEqual(
      errors.map(({ errorCode, url, address }) => [errorCode, url, address]),
      [[code, "turn:198.51.100.1", "203.0.113.1"]],
    );
  }
});

test("a server that sends us on is left for the other, and gathering ends as soon as that one has answered", () => {
  const sim = new Simulation({ seed: 9 });
  const alternates = [{ protocol: "udp", address: "198.51.100.2", port: 3478 }] as const;
  const first = turnServer(sim, { alternates, redirect: "always" });
  const second = turnServer(sim, {}, "198.51.100.2");
  const peer = new Peer(sim, sim.host({ name: "a", addresses: ["203.0.113.1"] }), "controlling", TURN);
  peer.gather();
  sim.runUntil(() => peer.agent.gatheringState === "complete", { within: 1000 });
  assert.deepEqual([first.engine.allocationCount, second.engine.allocationCount], [0, 1]);
  assert.equal(peer.events.filter(({ type }) => type === "candidate-error").length, 0);
});

test("closing gives the allocations back", () => {
  const sim = new Simulation({ seed: 5 });
  const server = turnServer(sim);
  const scene = twoHomes(sim, "symmetric", { a: TURN, z: TURN });
  scene.start();
  scene.until(() => scene.paired, 5000);
  assert.equal(server.engine.allocationCount, 2);
  const out = new Transmit();
  for (const { agent, runner } of [scene.a, scene.z]) {
    runner.stop();
    agent.close(sim.now);
    assert.equal(agent.transmit(out, sim.now), false, "first its user says what there is to say");
    assert.ok(agent.transmitFarewell(out, sim.now));
    const message = decodeMessage(out.view()) ?? assert.fail();
    assert.equal(message.method, StunMethod.REFRESH);
    assert.equal(decodeU32(message, AttributeType.LIFETIME), 0);
    out.reset();
    assert.equal(agent.transmitFarewell(out, sim.now), false);
  }
});

test("an allocation outlives a restart of ICE and is used again", () => {
  const sim = new Simulation({ seed: 6 });
  const server = turnServer(sim);
  const relay: Partial<IceAgentOptions> = { ...TURN, transportPolicy: "relay" };
  const scene = twoHomes(sim, "symmetric", { a: relay, z: relay });
  scene.start();
  scene.until(() => scene.paired, 5000);
  const { a, z } = scene;
  a.agent.restart(sim.now);
  z.agent.restart(sim.now);
  a.takeNew();
  z.takeNew();
  scene.start();
  scene.until(() => a.agent.state === "completed" && z.agent.state === "completed", 5000);
  assert.equal(a.selectedTypes, "relay/relay");
  assert.equal(server.engine.allocationCount, 2);
});

test("allocations of a server that has forgotten them are made anew by a restart of ICE", () => {
  const sim = new Simulation({ seed: 8 });
  const host = sim.host({ name: "turn", addresses: ["198.51.100.1"] });
  const server = turnServer(sim, {}, "198.51.100.1", host);
  const relay: Partial<IceAgentOptions> = { ...TURN, transportPolicy: "relay" };
  const scene = twoHomes(sim, "symmetric", { a: relay, z: relay });
  scene.start();
  scene.until(() => scene.paired, 5000);
  const { a, z } = scene;
  server.stop();
  scene.until(() => a.agent.state === "failed" && z.agent.state === "failed", 60_000);
  const again = turnServer(sim, {}, "198.51.100.1", host);
  a.agent.restart(sim.now);
  z.agent.restart(sim.now);
  a.takeNew();
  z.takeNew();
  scene.start();
  scene.until(() => a.agent.state === "completed" && z.agent.state === "completed", 5000);
  assert.equal(a.selectedTypes, "relay/relay");
  assert.equal(again.engine.allocationCount, 2);
  assert.equal(a.events.filter(({ type }) => type === "candidate-error").length, 0);
});

test("the path through a relay lives for an hour: consent, permissions, channels, allocation", () => {
  const sim = new Simulation({ seed: 7 });
  const server = turnServer(sim);
  const relay: Partial<IceAgentOptions> = { ...TURN, transportPolicy: "relay" };
  const scene = twoHomes(sim, "symmetric", { a: relay, z: relay });
  scene.start();
  scene.until(() => scene.paired, 5000);
  scene.pass(3_600_000);
  assert.ok(scene.paired, `${scene.a.agent.state} ${scene.z.agent.state}`);
  assert.equal(server.engine.allocationCount, 2);
});

for (const role of ["controlling", "controlled"] as const) {
  test(`${role}: when the address changes a relay is made from the new one, and the connection goes on`, () => {
    const sim = new Simulation({ seed: 4 });
    turnServer(sim);
    const phone = sim.host({ name: "a", addresses: ["10.0.0.1"] });
    const a = new Peer(sim, phone, role, { ...TURN, transportPolicy: "relay" });
    const z = new Peer(
      sim,
      sim.host({ name: "z", addresses: ["198.51.100.50"] }),
      role === "controlling" ? "controlled" : "controlling",
    );
    const scene = role === "controlling" ? new Scene(sim, a, z) : new Scene(sim, z, a);
    scene.start();
    scene.until(() => scene.paired, 5000);
    scene.pass(20_000);
    const before = a.agent.selectedPair?.local;
    phone.removeInterface("eth0");
    phone.addInterface({ name: "eth0", addresses: ["10.0.0.7"] });
    const from = sim.now;
    const isNew = (): boolean => a.agent.selectedPair !== undefined && a.agent.selectedPair.local.port !== before?.port;
    scene.until(() => isNew() && scene.paired && z.agent.sendRoute?.port === a.agent.selectedPair?.local.port, 15_000);
    assert.ok(sim.now - from < 12_000, `${sim.now - from} ms`);
    assert.equal(a.agent.selectedPair?.local.type, "relay");
    scene.assertPath();
    scene.pass(60_000);
    assert.ok(scene.paired);
    assert.equal(phone.openSockets, 1);
    assert.ok(!a.states.includes("failed") && !z.states.includes("failed"));
  });
}
