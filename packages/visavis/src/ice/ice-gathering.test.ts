/**
 * Gathering: interfaces, STUN servers that answer, fail or keep silent, NATs.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type Host, SeededRandom, Simulation } from "@visavis/netsim";
import { RouteTable, type SocketId } from "../base/route.ts";
import type { IceCandidate } from "./candidate.ts";
import { IceAgent } from "./ice-agent.ts";
import type { IceAgentOptions } from "./ice-agent-options.ts";
import { Nat, Peer, Scene, StunServer } from "./ice-scene.test.ts";

interface Errors {
  readonly url: string;
  readonly errorCode: number;
  readonly address: string | null;
}

function errorsOf(peer: Peer): Errors[] {
  return peer.events.flatMap((event) =>
    event.type === "candidate-error" ? [{ url: event.url, errorCode: event.errorCode, address: event.address }] : [],
  );
}

/** Gathers to the end; the time it took. */
function gather(sim: Simulation, peer: Peer, within: number): number {
  const from = sim.now;
  peer.gather();
  sim.runUntil(() => peer.agent.gatheringState === "complete", { within });
  sim.runFor(0);
  return sim.now - from;
}

/** A home behind a NAT, and the NAT. */
export function home(sim: Simulation, name: string, last: number, kind: ConstructorParameters<typeof Nat>[5]): Host {
  const subnet = sim.subnet({ name: `${name} home`, link: { delay: 1 } });
  const host = sim.host({ name, interfaces: [{ name: "eth0", addresses: [`192.168.${last}.2`], subnet }] });
  new Nat(`${name} nat`, subnet, `192.168.${last}.1`, sim.defaultSubnet, `203.0.113.${last}`, kind);
  return host;
}

const SERVERS: Partial<IceAgentOptions> = { servers: [{ urls: ["stun:198.51.100.1"] }] };

test("host candidates are told at once, and gathering without servers is complete with them", () => {
  const sim = new Simulation({ seed: 1 });
  const host = sim.host({ name: "a", addresses: ["10.0.0.1", "fd00::1", "fe80::1"] });
  const peer = new Peer(sim, host, "controlling");
  assert.equal(peer.agent.gatheringState, "new");
  assert.equal(gather(sim, peer, 10), 0);
  assert.deepEqual(
    peer.candidates.map(({ address, type, component }) => [address, type, component]),
    [
      ["fd00::1", "host", 1],
      ["10.0.0.1", "host", 1],
    ],
  );
  assert.equal(new Set(peer.candidates.map(({ priority }) => priority)).size, 2);
  assert.equal(new Set(peer.candidates.map(({ foundation }) => foundation)).size, 2);
  assert.deepEqual(
    peer.events.map((event) => (event.type === "gathering-state" ? event.state : event.type)),
    ["gathering", "candidate", "candidate", "complete"],
  );
});

test("a server shows the outside of a NAT; without a NAT there is nothing to show", () => {
  const sim = new Simulation({ seed: 1 });
  const server = new StunServer(sim.host({ name: "stun", addresses: ["198.51.100.1"] }), "198.51.100.1");
  const inside = new Peer(sim, home(sim, "a", 7, "full-cone"), "controlling", SERVERS);
  gather(sim, inside, 100);
  const found = inside.candidates.find(({ type }) => type === "srflx");
  assert.ok(found);
  const { address, relatedAddress, relatedPort, url } = found;
  const hostPort = inside.candidates.find(({ type }) => type === "host")?.port;
  assert.deepEqual(
    { address, relatedAddress, relatedPort, url },
    { address: "203.0.113.7", relatedAddress: "192.168.7.2", relatedPort: hostPort, url: "stun:198.51.100.1" },
  );
  const outside = new Peer(sim, sim.host({ name: "b", addresses: ["203.0.113.200"] }), "controlling", SERVERS);
  gather(sim, outside, 100);
  assert.deepEqual(
    outside.candidates.map(({ type }) => type),
    ["host"],
  );
  assert.equal(server.answered, 2);
});

test("two servers that see the same give one candidate; a symmetric NAT shows each something else", () => {
  for (const [kind, count] of [
    ["restricted", 1],
    ["symmetric", 2],
  ] as const) {
    const sim = new Simulation({ seed: 1 });
    const stun = sim.host({ name: "stun", addresses: ["198.51.100.1", "198.51.100.2"] });
    new StunServer(stun, "198.51.100.1");
    new StunServer(stun, "198.51.100.2", 3479);
    const servers = [{ urls: ["stun:198.51.100.1"] }, { urls: ["stun:198.51.100.2:3479"] }];
    const peer = new Peer(sim, home(sim, "a", 7, kind), "controlling", { servers });
    gather(sim, peer, 100);
    const reflexive = peer.candidates.filter(({ type }) => type === "srflx");
    assert.equal(reflexive.length, count);
    assert.equal(new Set(reflexive.map(({ priority }) => priority)).size, count);
  }
});

test("a server behind heavy loss is asked again", () => {
  for (let seed = 1; seed <= 20; seed++) {
    const sim = new Simulation({ seed });
    const stun = sim.host({ name: "stun", addresses: ["198.51.100.1"] });
    new StunServer(stun, "198.51.100.1");
    const host = sim.host({ name: "a", addresses: ["10.0.0.1"] });
    sim.link(host, stun, { delay: 30, loss: 0.3 });
    const peer = new Peer(sim, host, "controlling", SERVERS);
    gather(sim, peer, 6000);
  }
});

test("a server that keeps silent is reported, and gathering ends without it", () => {
  const sim = new Simulation({ seed: 1 });
  const peer = new Peer(sim, sim.host({ name: "a", addresses: ["10.0.0.1"] }), "controlling", SERVERS);
  const took = gather(sim, peer, 10_000);
  assert.ok(took >= 4000 && took <= 6000, `${took} ms`);
  assert.deepEqual(errorsOf(peer), [{ url: "stun:198.51.100.1", errorCode: 701, address: "10.0.0.1" }]);
  assert.equal(peer.candidates.length, 1);
});

test("servers by name are looked up in both families; unknown names and other schemes are reported", () => {
  const sim = new Simulation({ seed: 1, nameDelay: 15 });
  sim.names.set("stun.example", ["198.51.100.1", "2001:db8::1"]);
  const stun = sim.host({ name: "stun", addresses: ["198.51.100.1", "2001:db8::1"] });
  const servers = [new StunServer(stun, "198.51.100.1"), new StunServer(stun, "2001:db8::1")];
  const urls = ["stun:stun.example", "stun:nowhere.example", "turns:198.51.100.1", "stuns:stun.example"];
  const peer = new Peer(sim, sim.host({ name: "a", addresses: ["10.0.0.1", "2001:db8::a"] }), "controlling", {
    servers: [{ urls }],
  });
  gather(sim, peer, 1000);
  assert.deepEqual(
    servers.map(({ answered }) => answered),
    [1, 1],
  );
  assert.deepEqual(
    errorsOf(peer)
      .map(({ url, errorCode, address }) => `${url} ${errorCode} ${address}`)
      .sort(),
    ["stun:nowhere.example 701 null", "stuns:stun.example 701 null", "turns:198.51.100.1 701 10.0.0.1"],
  );
});

test("a platform that never answers does not hold up the end", () => {
  const sim = new Simulation({ seed: 1, nameDelay: 60_000 });
  const servers = [{ urls: ["stun:stun.example"] }];
  const peer = new Peer(sim, sim.host({ name: "a", addresses: ["10.0.0.1"] }), "controlling", { servers });
  assert.ok(gather(sim, peer, 60_000) <= 5000);
  sim.runFor(120_000);
  assert.equal(errorsOf(peer).length, 1);
});

test("the relay policy gathers nothing of one's own", () => {
  const sim = new Simulation({ seed: 1 });
  const options: Partial<IceAgentOptions> = { ...SERVERS, transportPolicy: "relay" };
  const peer = new Peer(sim, sim.host({ name: "a", addresses: ["10.0.0.1"] }), "controlling", options);
  gather(sim, peer, 10);
  assert.deepEqual(peer.candidates, []);
  assert.equal(peer.host.openSockets, 0);
});

test("two NATs that let answers in are crossed", () => {
  for (const [one, two] of [
    ["full-cone", "full-cone"],
    ["restricted", "restricted"],
    ["full-cone", "symmetric"],
    ["symmetric", "full-cone"],
  ] as const) {
    const sim = new Simulation({ seed: 1 });
    new StunServer(sim.host({ name: "stun", addresses: ["198.51.100.1"] }), "198.51.100.1");
    const a = new Peer(sim, home(sim, "a", 7, one), "controlling", SERVERS);
    const z = new Peer(sim, home(sim, "z", 8, two), "controlled", SERVERS);
    const scene = new Scene(sim, a, z);
    scene.start();
    scene.until(() => a.agent.state === "completed" && z.agent.state === "completed", 5000);
    scene.assertPath();
    assert.equal(a.agent.sendRoute?.address, "203.0.113.8");
    assert.ok(a.selectedTypes === "srflx/srflx" || two === "symmetric" || one === "symmetric", a.selectedTypes);
    scene.pass(120_000);
    assert.ok(scene.paired);
  }
});

test("behind a NAT, a peer that is told nothing but host candidates is found by its checks", () => {
  const sim = new Simulation({ seed: 1 });
  const a = new Peer(sim, home(sim, "a", 7, "symmetric"), "controlling");
  const z = new Peer(sim, sim.host({ name: "z", addresses: ["198.51.100.9"] }), "controlled");
  const scene = new Scene(sim, a, z);
  scene.start();
  scene.until(() => a.agent.state === "completed" && z.agent.state === "completed", 5000);
  assert.equal(a.selectedTypes, "prflx/host");
  assert.equal(z.selectedTypes, "host/prflx");
  const own = a.agent.selectedPair?.local as IceCandidate;
  assert.deepEqual([own.address, own.relatedAddress], ["203.0.113.7", "192.168.7.2"]);
});

test("what NATs remember is kept fresh until a pair is in use", () => {
  const sim = new Simulation({ seed: 1 });
  const server = new StunServer(sim.host({ name: "stun", addresses: ["198.51.100.1"] }), "198.51.100.1");
  const a = new Peer(sim, home(sim, "a", 7, "restricted"), "controlling", SERVERS);
  gather(sim, a, 100);
  sim.runFor(61_000);
  assert.equal(server.answered, 5);
  const z = new Peer(sim, sim.host({ name: "z", addresses: ["198.51.100.9"] }), "controlled");
  const scene = new Scene(sim, a, z);
  scene.start();
  scene.until(() => scene.paired && a.agent.state === "completed", 1000);
  const { answered } = server;
  scene.pass(60_000);
  assert.equal(server.answered, answered);
});

test("new servers count from the next gathering on", () => {
  const sim = new Simulation({ seed: 1 });
  const server = new StunServer(sim.host({ name: "stun", addresses: ["198.51.100.1"] }), "198.51.100.1");
  const peer = new Peer(sim, sim.host({ name: "a", addresses: ["10.0.0.1"] }), "controlling");
  gather(sim, peer, 10);
  peer.agent.configure(SERVERS.servers ?? [], "all");
  peer.gather();
  sim.runFor(100);
  assert.equal(server.answered, 0);
  peer.agent.restart(sim.now);
  gather(sim, peer, 100);
  assert.equal(server.answered, 1);
});

test("a socket that never comes holds nothing up, and is given back when it comes at last", () => {
  const agent = new IceAgent({ random: new SeededRandom("late"), routes: new RouteTable(), role: "controlling" });
  agent.gather(0);
  const interfaces = agent.takeAsk();
  assert.ok(interfaces?.type === "interfaces");
  const list = [{ name: "eth0", address: "10.0.0.1", family: 4, internal: false, linkLocal: false }] as const;
  agent.answer({ type: "interfaces", id: interfaces.id, interfaces: list }, 1);
  const bind = agent.takeAsk();
  assert.ok(bind?.type === "bind");
  agent.advance(agent.deadline());
  assert.equal(agent.gatheringState, "complete");
  const socket = 7 as SocketId;
  agent.answer({ type: "bound", id: bind.id, socket, address: "10.0.0.1", port: 5 }, 20_000);
  assert.deepEqual(agent.takeAsk(), { type: "unbind", socket });
  assert.deepEqual(agent.localCandidates, []);
  agent.close(20_001);
  agent.answer({ type: "bound", id: 99, socket, address: "10.0.0.1", port: 5 }, 20_002);
  assert.deepEqual(agent.takeAsk(), { type: "unbind", socket });
});
