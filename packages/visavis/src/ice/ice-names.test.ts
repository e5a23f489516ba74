/**
 * Remote candidates that are names: multicast DNS, the operating system, and names that nobody knows.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type Host, Simulation } from "@visavis/netsim";
import * as dns from "dns-packet";
import { Peer, Scene, StunServer } from "./ice-scene.test.ts";

const NAME = "5f2b9f1e-0c5a-4b8e-9a54-3d1f1c2b7a66.local";

/** What browsers do: it answers questions for one name, by multicast. */
class Responder {
  readonly asked: number[] = [];

  constructor(sim: Simulation, host: Host, address: string, silentFor: number = 0) {
    const socket = host.bind({ address, port: 5353, multicast: "224.0.0.251" }, (datagram) => {
      const query = dns.decode(Buffer.from(datagram));
      const wanted = query.questions?.some(({ name, type }) => name === NAME && type === "A") ?? false;
      if (query.type !== "query" || !wanted) return;
      this.asked.push(sim.now);
      if (this.asked.length <= silentFor) return;
      const answers = [{ type: "A" as const, name: NAME, ttl: 120, data: address, flush: true }];
      const bytes = new Uint8Array(dns.encode({ type: "response", flags: dns.AUTHORITATIVE_ANSWER, answers }));
      socket.send(bytes, 0, bytes.length, "224.0.0.251", 5353);
    });
  }
}

/** A plain peer `a`, and a peer `z` whose candidates are told by name only, as browsers do. */
function namedScene(seed: number = 1, resolveNames: boolean = true): Scene {
  const sim = new Simulation({ seed });
  const left = sim.host({ name: "a", addresses: ["10.0.0.1"] });
  const right = sim.host({ name: "z", addresses: ["10.0.0.2"] });
  sim.link(left, right, { delay: 2 });
  const a = new Peer(sim, left, "controlling", { resolveNames });
  const z = new Peer(sim, right, "controlled");
  return new Scene(sim, a, z, { pass: (candidate, from) => (from === z ? { ...candidate, address: NAME } : candidate) });
}

/** Keeps z from finding a by itself, so that only the name can help. */
function silent(scene: Scene): Scene {
  const { sim, a, z } = scene;
  return new Scene(sim, a, z, { pass: (candidate, from) => (from === z ? { ...candidate, address: NAME } : undefined) });
}

test("a .local name is found by multicast, asked again when the first question is lost", () => {
  for (const silentFor of [0, 2]) {
    const scene = silent(namedScene());
    const { sim, a, z } = scene;
    const responder = new Responder(sim, z.host, "10.0.0.2", silentFor);
    scene.start();
    scene.until(() => a.connected, 5000);
    assert.ok(sim.now < (silentFor === 0 ? 100 : 3200), `${sim.now} ms`);
    assert.equal(responder.asked.length, silentFor + 1);
    assert.equal(a.agent.selectedPair?.remote.address, NAME, "the name stays a name");
    assert.equal(a.agent.sendRoute?.address, "10.0.0.2");
    scene.pass(6000);
    assert.equal(a.host.openSockets, 1, "the sockets for names are closed again");
    assert.equal(responder.asked.length, silentFor + 1);
  }
});

test("a .local name that the operating system knows needs no multicast", () => {
  const scene = silent(namedScene());
  scene.a.host.names.set(NAME, ["10.0.0.2"]);
  scene.start();
  scene.until(() => scene.a.connected, 200);
});

test("other names are left to the operating system", () => {
  const sim = new Simulation({ seed: 1, nameDelay: 30 });
  const a = new Peer(sim, sim.host({ name: "a", addresses: ["10.0.0.1"] }), "controlling");
  const z = new Peer(sim, sim.host({ name: "z", addresses: ["10.0.0.2"] }), "controlled");
  sim.names.set("z.example", ["10.0.0.2", "2001:db8::2"]);
  const named = new Scene(sim, a, z, {
    pass: (candidate, from) => (from === z ? { ...candidate, address: "z.example" } : undefined),
  });
  named.start();
  named.until(() => a.connected, 200);
  assert.equal(a.host.openSockets, 1);
});

test("a name that nobody knows is no failure: the path comes about by the other side's checks", () => {
  for (const resolveNames of [true, false]) {
    const scene = namedScene(1, resolveNames);
    const { sim, a } = scene;
    scene.start();
    scene.until(() => scene.a.agent.state === "completed" && scene.z.agent.state === "completed", 500);
    assert.ok(sim.now < 200);
    assert.equal(a.selectedTypes, "host/prflx");
    scene.pass(20_000);
    assert.ok(scene.paired);
    assert.equal(a.agent.drops.of("unresolved-name"), 1);
    assert.equal(a.host.openSockets, 1);
  }
});

test("without any name and any check it takes the PAC timer to fail", () => {
  const scene = silent(namedScene());
  scene.z.runner.stop();
  scene.a.gather();
  scene.a.agent.setRemoteParameters(scene.z.agent.localParameters, scene.sim.now);
  scene.z.agent.gather(scene.sim.now);
  const candidate = {
    foundation: "1",
    component: 1,
    protocol: "udp",
    priority: 1,
    address: NAME,
    port: 7,
    type: "host",
  } as const;
  scene.a.agent.addRemoteCandidate(candidate, scene.sim.now);
  scene.a.agent.addEndOfRemoteCandidates(scene.sim.now);
  scene.until(() => scene.a.agent.state === "failed", 40_000);
  assert.equal(scene.sim.now, 39_500);
});

test("rubbish on the name sockets is counted, and answers for others' names are not used", () => {
  const scene = silent(namedScene());
  const { sim, a, z } = scene;
  const socket = z.host.bind({ address: "10.0.0.2", port: 5353, multicast: "224.0.0.251" }, () => {});
  scene.start();
  scene.pass(5);
  const say = (bytes: Uint8Array): void => {
    socket.send(bytes, 0, bytes.length, "224.0.0.251", 5353);
  };
  for (let i = 0; i < 300; i++) {
    const bytes = new Uint8Array(i);
    sim.random.fill(bytes);
    if (i > 7) bytes.set([0, 0, 0x84, 0, 0, 0, 0, 3], 0);
    say(bytes);
  }
  const answer = (name: string, data: string): Uint8Array =>
    new Uint8Array(dns.encode({ type: "response", answers: [{ type: "A", name, ttl: 120, data }] }));
  say(answer("other.local", "10.0.0.66"));
  // Answers come from the port of the protocol only (RFC 6762 §6).
  const elsewhere = z.host.bind({ address: "10.0.0.2", port: 6000 }, () => {});
  const forged = answer(NAME, "10.0.0.66");
  elsewhere.send(forged, 0, forged.length, "224.0.0.251", 5353);
  scene.pass(50);
  assert.ok(a.agent.drops.of("bad-mdns") > 250);
  assert.deepEqual(a.agent.remoteCandidates, []);
  say(answer(NAME.toUpperCase(), "10.0.0.2"));
  scene.until(() => a.connected, 100);
});

test("a second candidate of a name that was found already is used too", () => {
  const sim = new Simulation({ seed: 1, nameDelay: 500 });
  const a = new Peer(sim, sim.host({ name: "a", addresses: ["10.0.0.1"] }), "controlling");
  const right = sim.host({ name: "z", addresses: ["10.0.0.2"] });
  new Responder(sim, right, "10.0.0.2");
  a.gather();
  a.agent.setRemoteParameters({ usernameFragment: "zzzz", password: "z".repeat(22) }, 0);
  const candidate = { foundation: "1", component: 1, protocol: "udp", priority: 1, address: NAME, type: "host" } as const;
  a.agent.addRemoteCandidate({ ...candidate, port: 5000 }, 0);
  sim.runFor(50);
  a.agent.addRemoteCandidate({ ...candidate, address: NAME.toUpperCase(), port: 5001 }, sim.now);
  sim.runFor(1);
  assert.deepEqual(
    a.agent.remoteCandidates.map(({ port }) => port),
    [5000, 5001],
  );
});

test("addresses that are hidden are found by their names, and nothing shows them", () => {
  for (const isHome of [false, true]) {
    const sim = new Simulation({ seed: 1 });
    const hosts = ["10.0.0.1", "10.0.0.2"].map((address, i) => sim.host({ name: `h${i}`, addresses: [address] }));
    const [left, right] = hosts as [Host, Host];
    if (!isHome) sim.link(left, right, { delay: 2 });
    const network = { obfuscateAddresses: true };
    const a = new Peer(sim, left, "controlling", { network });
    const z = new Peer(sim, isHome ? left : right, "controlled", { network });
    const scene = new Scene(sim, a, z);
    scene.start();
    scene.until(() => a.agent.state === "completed" && z.agent.state === "completed", 5000);
    scene.assertPath();
    for (const peer of [a, z]) {
      assert.match(
        peer.candidates.map(({ address }) => address).join(),
        /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\.local$/,
      );
      assert.ok(!JSON.stringify(peer.agent.localCandidates).includes("10.0.0."));
      assert.equal(peer.agent.selectedPair?.local.type, "host");
    }
    scene.pass(8000);
    assert.equal(left.openSockets, isHome ? 2 : 1, "the sockets for names are closed again");
    a.agent.restart(sim.now);
    z.agent.restart(sim.now);
    const before = a.candidates[0]?.address;
    scene.start();
    scene.until(() => a.agent.state === "completed" && z.agent.state === "completed", 5000);
    assert.equal(a.candidates.at(-1)?.address, before, "an address keeps its name");
  }
});

test("a name is told to those who ask by unicast and from elsewhere, and to nobody without end", () => {
  const sim = new Simulation({ seed: 1 });
  const a = new Peer(sim, sim.host({ name: "a", addresses: ["10.0.0.1"] }), "controlling", {
    network: { obfuscateAddresses: true },
  });
  const other = sim.host({ name: "z", addresses: ["10.0.0.2"] });
  a.gather();
  sim.runFor(10);
  const name = a.candidates[0]?.address ?? "";
  const answers: dns.DecodedPacket[] = [];
  const socket = other.bind({ address: "10.0.0.2", port: 0 }, (datagram) => answers.push(dns.decode(Buffer.from(datagram))));
  const ask = (type: "A" | "AAAA"): void => {
    const query = new Uint8Array(dns.encode({ type: "query", id: 77, questions: [{ type, name: name.toUpperCase() }] }));
    socket.send(query, 0, query.length, "224.0.0.251", 5353);
  };
  ask("A");
  ask("AAAA");
  sim.runFor(10);
  assert.equal(answers.length, 1, "there is no IPv6 address to tell of");
  const [answer] = answers[0]?.answers ?? [];
  assert.ok(answer?.type === "A");
  assert.deepEqual([answers[0]?.id, answer.name, answer.data, answer.ttl], [77, name, "10.0.0.1", 10]);
  for (let i = 0; i < 1000; i++) ask("A");
  sim.runFor(10);
  assert.ok(answers.length <= 31, `${answers.length} answers`);
});

test("where there is no NAT a hidden address is told by a server only", () => {
  const sim = new Simulation({ seed: 1 });
  new StunServer(sim.host({ name: "stun", addresses: ["198.51.100.1", "198.51.100.2"] }), "198.51.100.1");
  const options = {
    servers: [{ urls: ["stun:198.51.100.1"] }, { urls: ["stun:198.51.100.1:3478"] }],
    network: { obfuscateAddresses: true },
  };
  const a = new Peer(sim, sim.host({ name: "a", addresses: ["203.0.113.5"] }), "controlling", options);
  a.gather();
  sim.runFor(1000);
  assert.deepEqual(
    a.candidates.slice(1).map(({ type, address, relatedAddress, relatedPort }) => [type, address, relatedAddress, relatedPort]),
    [["srflx", "203.0.113.5", "0.0.0.0", 0]],
  );
});
