/**
 * The network changes under a connection: interfaces appear and vanish, addresses change, NATs rebind. The connection goes on
 * without anybody signalling anything.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Simulation } from "@visavis/netsim";
import type { IceAgentOptions } from "./ice-agent-options.ts";
import type { IceRole } from "./ice-event.ts";
import { Peer, Scene } from "./ice-scene.test.ts";

const ROLES: readonly IceRole[] = ["controlling", "controlled"];

interface Roaming extends Scene {
  /** The one whose network changes. */
  readonly mobile: Peer;
  readonly fixed: Peer;
}

/** A mobile peer with these interfaces, and one that stays where it is; connected, with nothing signalled afterwards. */
function connected(interfaces: readonly string[], role: IceRole, options: Partial<IceAgentOptions> = {}): Roaming {
  const sim = new Simulation({ seed: 3 });
  const phone = sim.host({
    name: "mobile",
    interfaces: interfaces.map((address, i) => ({ name: `net${i}`, addresses: [address] })),
  });
  const desk = sim.host({ name: "fixed", addresses: ["10.0.0.99"] });
  sim.link(phone, desk, { delay: 20 });
  const mobile = new Peer(sim, phone, role, options);
  const fixed = new Peer(sim, desk, role === "controlling" ? "controlled" : "controlling");
  const scene = role === "controlling" ? new Scene(sim, mobile, fixed) : new Scene(sim, fixed, mobile);
  scene.start();
  scene.until(() => mobile.connected && fixed.connected, 5000);
  scene.pass(20_000);
  return Object.assign(scene, { mobile, fixed });
}

/** The milliseconds until data flows from and to this address, both ways. */
function recovery(scene: Roaming, address: string, within: number): number {
  const from = scene.sim.now;
  const { mobile, fixed } = scene;
  const isThere = (): boolean =>
    mobile.connected &&
    fixed.connected &&
    mobile.agent.selectedPair?.local.address === address &&
    fixed.agent.sendRoute?.address === address;
  scene.until(isThere, within);
  scene.assertPath();
  return scene.sim.now - from;
}

for (const role of ROLES) {
  test(`${role}: of two interfaces the better one vanishes`, () => {
    const scene = connected(["10.0.0.1", "10.0.0.2"], role);
    const { mobile, fixed } = scene;
    const told = mobile.candidates.length;
    assert.equal(mobile.agent.selectedPair?.local.address, "10.0.0.1");
    mobile.host.removeInterface("net0");
    const took = recovery(scene, "10.0.0.2", 12_000);
    assert.ok(took < 10_000, `${took} ms`);
    scene.pass(60_000);
    assert.ok(!mobile.states.includes("failed") && !fixed.states.includes("failed"));
    assert.equal(mobile.host.openSockets, 1, "the socket without an address is let go");
    assert.equal(mobile.agent.stats().pairs.length, 1);
    assert.deepEqual(
      mobile.agent.localCandidates.map(({ address }) => address),
      ["10.0.0.2"],
    );
    assert.equal(mobile.candidates.length, told);
  });

  test(`${role}: the only address changes in the middle of a connection`, () => {
    const scene = connected(["10.0.0.1"], role);
    const { mobile } = scene;
    mobile.host.removeInterface("net0");
    mobile.host.addInterface({ name: "net0", addresses: ["10.0.0.7"] });
    const took = recovery(scene, "10.0.0.7", 12_000);
    assert.ok(took < 10_000, `${took} ms`);
    assert.equal(scene.fixed.agent.selectedPair?.remote.type, "prflx");
    assert.equal(mobile.candidates.length, 1, "after the end of candidates none is told");
    scene.pass(120_000);
    assert.ok(scene.paired);
    assert.equal(mobile.host.openSockets, 1);
    assert.ok(!mobile.states.includes("failed"));
  });

  test(`${role}: an address goes and comes back, and so does the path`, () => {
    const scene = connected(["10.0.0.1"], role);
    const { mobile } = scene;
    const before = mobile.agent.selectedPair;
    mobile.host.removeInterface("net0");
    scene.until(() => mobile.agent.state === "disconnected", 7000);
    scene.pass(10_000);
    mobile.host.addInterface({ name: "net0", addresses: ["10.0.0.1"] });
    const took = recovery(scene, "10.0.0.1", 4000);
    assert.ok(took < 3000, `${took} ms`);
    assert.equal(mobile.agent.selectedPair, before);
    scene.pass(60_000);
    assert.ok(scene.paired);
    assert.equal(mobile.host.openSockets, 1);
  });

  test(`${role}: a NAT forgets its bindings and gives new ones`, () => {
    const sim = new Simulation({ seed: 3 });
    const subnet = sim.subnet({ name: "home" });
    const phone = sim.host({ name: "mobile", interfaces: [{ name: "net0", addresses: ["192.168.0.2"], subnet }] });
    const nat = sim.nat({
      name: "nat",
      inside: subnet,
      insideAddresses: ["192.168.0.1"],
      outsideAddresses: ["203.0.113.1"],
      portPreservation: false,
    });
    const mobile = new Peer(sim, phone, role);
    const fixed = new Peer(
      sim,
      sim.host({ name: "fixed", addresses: ["198.51.100.1"] }),
      role === "controlling" ? "controlled" : "controlling",
    );
    const scene = role === "controlling" ? new Scene(sim, mobile, fixed) : new Scene(sim, fixed, mobile);
    scene.start();
    scene.until(() => scene.paired, 5000);
    scene.pass(20_000);
    nat.rebind(["203.0.113.77"]);
    const took = recovery(Object.assign(scene, { mobile, fixed }), "203.0.113.77", 15_000);
    assert.ok(took < 12_000, `${took} ms`);
    scene.pass(60_000);
    assert.ok(scene.paired);
    assert.ok(!fixed.states.includes("failed") && !mobile.states.includes("failed"));
  });
}

test("a new interface is tried out at once, though nothing is wrong, and is there when it is needed", () => {
  const scene = connected(["10.0.0.1"], "controlling");
  const { mobile } = scene;
  mobile.host.addInterface({ name: "net1", addresses: ["10.0.0.5"] });
  scene.pass(10_000);
  const pairs = mobile.agent.stats().pairs.map(({ state, nominated }) => [state, nominated]);
  assert.deepEqual(pairs.sort(), [
    ["succeeded", false],
    ["succeeded", true],
  ]);
  assert.equal(mobile.agent.selectedPair?.local.address, "10.0.0.1");
  assert.equal(mobile.agent.gatheringState, "complete");
  mobile.host.removeInterface("net0");
  recovery(scene, "10.0.0.5", 10_000);
});

test("an application that keeps signalling hears of new interfaces", () => {
  const scene = connected(["10.0.0.1"], "controlling", { network: { continualGathering: true } });
  const { mobile, fixed } = scene;
  assert.deepEqual([mobile.agent.state, mobile.agent.gatheringState], ["connected", "gathering"]);
  mobile.host.addInterface({ name: "net1", addresses: ["10.0.0.5"] });
  scene.pass(10_000);
  assert.deepEqual(
    mobile.candidates.map(({ address }) => address),
    ["10.0.0.1", "10.0.0.5"],
  );
  mobile.host.removeInterface("net0");
  recovery(scene, "10.0.0.5", 10_000);
  assert.equal(fixed.agent.selectedPair?.remote.type, "host");
});

test("without being asked to follow, sockets stay as they are", () => {
  const scene = connected(["10.0.0.1"], "controlling", { network: { followChanges: false } });
  scene.mobile.host.addInterface({ name: "net1", addresses: ["10.0.0.5"] });
  scene.pass(30_000);
  assert.equal(scene.mobile.host.openSockets, 1);
});

test("interfaces are looked at once for each check of consent, and nobody wakes up for it", () => {
  const scene = connected(["10.0.0.1"], "controlling");
  const { agent } = scene.mobile;
  let [asks, wakes] = [0, 0];
  const { takeAsk, advance } = agent;
  agent.takeAsk = () => {
    const ask = takeAsk.call(agent);
    if (ask?.type === "interfaces") asks++;
    return ask;
  };
  agent.advance = (now) => {
    if (now >= agent.deadline()) wakes++;
    advance.call(agent, now);
  };
  scene.pass(600_000);
  assert.ok(asks >= 100 && asks <= 150, `${asks} looks in ten minutes`);
  assert.ok(wakes >= 100 && wakes <= 150, `${wakes} wake-ups in ten minutes`);
});
