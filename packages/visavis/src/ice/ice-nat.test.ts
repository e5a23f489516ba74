/** Life behind NATs: hairpins, routers that forget, addresses that change, loss, one-way paths, IPv6 alone. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { testSeed } from "@visavis/netsim";
import { Peer, Scene } from "./ice-scene.test.ts";
import { type Edge, Internet, ONE_WAY, STUN, TURN, twoHomes } from "./nat-scene.test.ts";

/** What most homes have. */
const HOME: Edge = { mapping: "endpoint-independent", filtering: "address-and-port-dependent" };
const SYMMETRIC: Edge = { mapping: "address-and-port-dependent", filtering: "address-and-port-dependent" };

/** Both begin anew: new parameters, new candidates. */
function restart(scene: Scene): void {
  const { a, z, sim } = scene;
  a.agent.restart(sim.now);
  z.agent.restart(sim.now);
  a.takeNew();
  z.takeNew();
  scene.start();
}

test("two homes behind one carrier's NAT meet at its outside, if it hairpins", () => {
  for (const [hairpinning, agents, types] of [
    [true, STUN, /^srflx|^host\/(srflx|prflx)/],
    [false, STUN, undefined],
    [false, TURN, /relay/],
  ] as const) {
    const internet = new Internet(testSeed(1));
    const { sim } = internet;
    const street = sim.subnet({ name: "street" });
    sim.nat({
      name: "carrier",
      inside: street,
      insideAddresses: ["100.64.0.254"],
      outside: internet.subnet,
      outsideAddresses: ["203.0.113.1"],
      hairpinning,
    });
    const [left, right] = [7, 9].map((number) => {
      const addresses = { insideAddresses: [`192.168.${number}.1`], outsideAddresses: [`100.64.0.${number}`] };
      return internet.home(String(number), number, HOME, { outside: street, ...addresses }).host;
    });
    assert.ok(left && right);
    const scene = new Scene(sim, new Peer(sim, left, "controlling", agents), new Peer(sim, right, "controlled", agents));
    scene.start();
    if (types === undefined) {
      scene.until(() => scene.a.agent.state === "failed" && scene.z.agent.state === "failed", 60_000);
      continue;
    }
    scene.until(() => scene.a.agent.state === "completed" && scene.z.agent.state === "completed", 10_000);
    assert.match(scene.a.selectedTypes, types);
    scene.assertPath();
  }
});

test("20 % loss delays a connection and changes nothing about where it goes", () => {
  const open: Edge = { mapping: "address-dependent", filtering: "endpoint-independent" };
  // All requests to the server, or their answers, are lost once in 170 times; then nobody can be told of a way in.
  const isBlind = ({ events, candidates }: Peer): boolean =>
    events.some((event) => event.type === "gathering-state" && event.state === "complete") &&
    candidates.every(({ type }) => type === "host");
  let [lost, blind] = [0, 0];
  for (const [a, z, agents, relayed] of [
    [HOME, HOME, STUN, false],
    [{ ...HOME, filtering: "address-dependent" }, SYMMETRIC, STUN, false],
    [open, open, STUN, false],
    [HOME, SYMMETRIC, TURN, true],
  ] as const) {
    for (let i = 0; i < 20; i++) {
      const scene = twoHomes(a, z, { seed: `${testSeed(1)} ${i}`, agents, loss: 0.2 });
      scene.start();
      scene.until(() => scene.paired || isBlind(scene.a) || isBlind(scene.z), 20_000);
      lost += scene.sim.counts.drops.loss;
      if (!scene.paired) {
        blind++;
        continue;
      }
      assert.equal(/relay/.test(`${scene.a.selectedTypes} ${scene.z.selectedTypes}`) || relayed, relayed);
    }
  }
  assert.ok(lost > 200, `${lost} datagrams were lost`);
  assert.ok(blind <= 5, `${blind} of 80`);
  const never = twoHomes(HOME, SYMMETRIC, { seed: testSeed(1), loss: 0.2 });
  never.start();
  never.until(() => never.a.agent.state === "failed" && never.z.agent.state === "failed", 60_000);
});

test("where only one direction gets through there is no direct path: a relay is one", () => {
  for (const agents of [STUN, TURN]) {
    const scene = twoHomes(HOME, HOME, { seed: testSeed(1), agents });
    const { internet, nats, a, z } = scene;
    const link = internet.subnet.link(nats[0], nats[1], { backward: { loss: 1 } });
    scene.start();
    if (agents === STUN) scene.until(() => a.agent.state === "failed" && z.agent.state === "failed", 60_000);
    else {
      scene.until(() => a.agent.state === "completed" && z.agent.state === "completed", 10_000);
      assert.match(`${a.selectedTypes} ${z.selectedTypes}`, /relay/);
    }
    assert.ok(link.forward.counts.delivered > 0 && link.backward.counts.drops.loss > 0);
  }
});

test("IPv6 alone, behind firewalls that let in nobody who was not written to", () => {
  const internet = new Internet(testSeed(1));
  const { sim } = internet;
  const [left, right] = [7, 9].map((number) => {
    const address = `2001:db8:${number}::2`;
    const firewall: Edge = { mapping: "none", filtering: "address-and-port-dependent" };
    const addresses = { insideAddresses: [`2001:db8:${number}::1`], outsideAddresses: [address] };
    const { inside } = internet.home(`home ${number}`, number, firewall, addresses);
    return sim.host({ name: String(number), interfaces: [{ name: "eth0", addresses: [address], subnet: inside }] });
  });
  assert.ok(left && right);
  const scene = new Scene(sim, new Peer(sim, left, "controlling"), new Peer(sim, right, "controlled"));
  scene.start();
  scene.until(() => scene.paired, 2000);
  assert.equal(scene.a.selectedTypes, "host/host");
  assert.match(scene.a.agent.selectedPair?.remote.address ?? "", /^2001:db8:9::2$/);
  // Both checks cross and make holes for each other.
  assert.equal(sim.now, 2 * ONE_WAY);
});

test("a router that forgets its mappings: an open peer sees the new one, a strict one needs a restart", () => {
  for (const [filtering, heals] of [
    ["endpoint-independent", true],
    ["address-and-port-dependent", false],
  ] as const) {
    const edge: Edge = { mapping: "endpoint-independent", filtering };
    const scene = twoHomes(HOME, edge, { seed: testSeed(1), nats: { portPreservation: false } });
    const { a, z, nats } = scene;
    scene.start();
    scene.until(() => a.agent.state === "completed" && z.agent.state === "completed", 10_000);
    const before = z.agent.sendRoute?.port;
    nats[0].rebind();
    scene.pass(20_000);
    assert.equal(z.agent.state !== "disconnected", heals, `${z.states}`);
    if (!heals) {
      restart(scene);
      scene.until(() => a.agent.state === "completed" && z.agent.state === "completed", 10_000);
    }
    assert.notEqual(z.agent.sendRoute?.port, before);
    scene.assertPath();
  }
});

test("a new address in the middle of a call: a restart finds the new path", () => {
  const scene = twoHomes(HOME, HOME, { seed: testSeed(1), agents: TURN });
  const { a, z, nats } = scene;
  scene.start();
  scene.until(() => a.agent.state === "completed" && z.agent.state === "completed", 10_000);
  nats[0].rebind(["203.0.113.77"]);
  scene.pass(10_000);
  assert.ok(a.states.includes("disconnected") && z.states.includes("disconnected"), `${a.states} ${z.states}`);
  restart(scene);
  scene.until(() => a.agent.state === "completed" && z.agent.state === "completed", 10_000);
  assert.equal(z.agent.selectedPair?.remote.address, "203.0.113.77");
});

test("from one network into another in mid-call: a peer that lets in strangers needs no restart, a strict one does", () => {
  const open: Edge = { mapping: "endpoint-independent", filtering: "endpoint-independent" };
  for (const [there, agents, heals] of [
    [open, STUN, true],
    [HOME, STUN, false],
  ] as const) {
    const scene = twoHomes(HOME, there, { seed: testSeed(1), agents });
    const { a, z, internet } = scene;
    const { inside } = internet.home("elsewhere", 8, HOME);
    scene.start();
    scene.until(() => a.agent.state === "completed" && z.agent.state === "completed", 10_000);
    a.host.removeInterface("eth0");
    a.host.addInterface({ name: "wlan0", addresses: ["192.168.8.50"], subnet: inside });
    scene.pass(20_000);
    if (!heals) {
      restart(scene);
      scene.until(() => a.agent.state === "completed" && z.agent.state === "completed", 10_000);
    }
    assert.equal(z.agent.selectedPair?.remote.address, "203.0.113.8");
    scene.assertPath();
  }
});
