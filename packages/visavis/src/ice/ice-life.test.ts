/**
 * What happens to a connection afterwards: consent, lost and returning paths, restarts, patience.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type LinkOptions, SeededRandom, Simulation, testSeed } from "@visavis/netsim";
import { randomBelow } from "../base/random.ts";
import type { IceAgentOptions } from "./ice-agent-options.ts";
import { createIceParameters } from "./ice-parameters.ts";
import { Peer, Scene, twoPeers } from "./ice-scene.test.ts";
import { PAC_DURATION } from "./session.ts";

function connectedScene(options: Parameters<typeof twoPeers>[0] = {}): ReturnType<typeof twoPeers> {
  const scene = twoPeers(options);
  scene.start();
  scene.until(() => scene.a.agent.state === "completed" && scene.z.agent.state === "completed", 15_000);
  return scene;
}

test("consent is asked for every 4 to 6 seconds, and nothing else is sent", () => {
  const scene = connectedScene();
  const { sent } = scene.link.counts;
  scene.pass(600_000);
  assert.ok(scene.paired);
  const exchanges = (scene.link.counts.sent - sent) / 4;
  assert.ok(exchanges > 600 / 6 && exchanges < 600 / 4, `${exchanges} exchanges of each side in ten minutes`);
  const [pair] = scene.a.agent.stats().pairs;
  assert.ok(pair && pair.consentRequestsSent >= 100 && pair.responsesReceived >= 100);
  assert.equal(pair.currentRoundTripTime, 40);
});

test("loss does not make a working path look lost", () => {
  for (let seed = 1; seed <= 10; seed++) {
    const scene = connectedScene({ seed, link: { delay: 30, loss: 0.15 } });
    scene.pass(300_000);
    assert.ok(scene.paired);
    assert.ok(scene.a.states.filter((state) => state === "disconnected").length <= 1);
    assert.ok(!scene.a.states.includes("failed"));
  }
});

test("a path that is lost and comes back", () => {
  const scene = connectedScene();
  scene.pass(10_000);
  const { sim, a, z } = scene;
  const lostAt = sim.now;
  scene.link.down();
  scene.until(() => a.agent.state === "disconnected" && z.agent.state === "disconnected", 12_000);
  assert.ok(sim.now - lostAt >= 2000, `${sim.now - lostAt} ms`);
  assert.ok(a.agent.sendRoute !== undefined, "until consent expires data may be sent");
  scene.pass(5000);
  scene.link.up();
  scene.until(() => scene.paired, 2000);
  scene.pass(60_000);
  assert.ok(scene.paired);
  assert.deepEqual(a.states.slice(-3), ["disconnected", "connected", "completed"]);
});

test("a peer that vanishes ends in failure after 30 seconds, and nothing is sent any more", () => {
  const scene = connectedScene();
  const { sim, a, z } = scene;
  scene.pass(10_000);
  const vanishedAt = sim.now;
  z.runner.stop();
  scene.until(() => a.agent.state === "failed", 35_000);
  assert.ok(sim.now - vanishedAt >= 24_000 && sim.now - vanishedAt <= 30_000, `${sim.now - vanishedAt} ms`);
  assert.deepEqual(a.states.slice(-2), ["disconnected", "failed"]);
  assert.equal(a.agent.sendRoute, undefined);
  assert.equal(a.agent.selectedPair, undefined);
  const { sent } = scene.link.counts;
  scene.pass(60_000);
  assert.equal(scene.link.counts.sent, sent);
});

test("while data comes, unanswered checks do not make a path look lost, but consent ends all the same", () => {
  const scene = connectedScene();
  const { sim, a } = scene;
  scene.link.set({ forward: { drop: () => true } });
  for (let i = 1; i < 400; i++) {
    sim.after(100 * i, () => {
      const route = a.agent.sendRoute;
      if (route) a.agent.countReceived(route, 100, sim.now);
    });
  }
  scene.until(() => a.agent.state === "failed", 31_000);
  assert.ok(!a.states.includes("disconnected"));
});

test("when the path in use dies, another takes over without a restart", () => {
  for (const role of ["controlling", "controlled"] as const) {
    const sim = new Simulation({ seed: 5 });
    const other = sim.subnet({ name: "other" });
    const host = (name: string, last: string): ReturnType<Simulation["host"]> =>
      sim.host({
        name,
        interfaces: [
          { name: "eth0", addresses: [`10.0.0.${last}`] },
          { name: "eth1", addresses: [`10.9.0.${last}`], subnet: other },
        ],
      });
    const [left, right] = [host("a", "1"), host("z", "2")];
    const link = sim.link(left, right, { delay: 5 });
    other.link(left, right, { delay: 40 });
    const scene = new Scene(sim, new Peer(sim, left, "controlling"), new Peer(sim, right, "controlled"));
    scene.start();
    scene.until(() => scene.a.agent.state === "completed" && scene.z.agent.state === "completed", 2000);
    assert.equal(scene.a.agent.selectedPair?.local.address, "10.0.0.1");
    link.down();
    const peer = role === "controlling" ? scene.a : scene.z;
    scene.until(() => peer.agent.selectedPair?.local.address.startsWith("10.9.0.") ?? false, 15_000);
    scene.until(() => scene.paired, 15_000);
    scene.pass(60_000);
    assert.ok(scene.paired);
    assert.equal(scene.a.agent.sendRoute?.address, "10.9.0.2");
    assert.equal(scene.z.agent.sendRoute?.address, "10.9.0.1");
    assert.ok(!scene.a.states.includes("failed"));
  }
});

/** What a restart asks of both sides: new parameters, gathering, the other's parameters. */
function restart(scene: Scene): void {
  const { sim, a, z } = scene;
  a.agent.restart(sim.now);
  z.agent.restart(sim.now);
  scene.start();
}

test("a restart in the middle keeps the path, finds a new pair and forgets the old generation", () => {
  const scene = connectedScene();
  const { sim, a, z } = scene;
  scene.pass(7000);
  const old = a.agent.localParameters;
  const oldPair = a.agent.selectedPair;
  const offer = a.agent.restart(sim.now);
  assert.notEqual(offer.usernameFragment, old.usernameFragment);
  scene.pass(3000);
  assert.equal(a.agent.selectedPair, oldPair, "until the answer nothing changes");
  assert.ok(scene.paired);
  a.gather();
  assert.equal(a.agent.gatheringState, "gathering");
  z.agent.restart(sim.now);
  z.gather();
  z.agent.setRemoteParameters(offer, sim.now);
  scene.pass(100);
  scene.assertPath();
  a.agent.setRemoteParameters(z.agent.localParameters, sim.now);
  scene.until(() => a.agent.selectedPair !== oldPair && z.agent.state === "completed" && a.agent.state === "completed", 3000);
  assert.ok(oldPair && a.agent.isKnownRoute(oldPair.route));
  const oldRequests = (): number => a.agent.stats().pairs.find(({ id }) => id === oldPair.id)?.requestsSent ?? -1;
  const before = oldRequests();
  scene.pass(20_000);
  assert.ok(before > 0 && oldRequests() === before, "answered, but not checked any more");
  assert.equal(a.agent.selectedPair?.local.usernameFragment, offer.usernameFragment);
  scene.pass(11_000);
  assert.equal(a.agent.stats().pairs.length, 1);
  assert.equal(a.host.openSockets, 1);
  const since = a.states.slice(a.states.indexOf("completed") + 1);
  assert.deepEqual(since, ["connected", "completed"]);
  assert.deepEqual([...new Set(z.states)], ["checking", "connected", "completed"]);
});

test("no state is skipped when the generation before a restart finds the first path", () => {
  // The candidates of `a` are not known to `z`, which only hears its checks.
  const scene = twoPeers({
    signalling: {
      pass: (candidate, from) => (from.agent.role === "controlled" ? candidate : undefined),
      endOfCandidates: false,
    },
  });
  scene.start();
  scene.pass(10);
  assert.deepEqual(scene.z.states, []);
  scene.z.agent.restart(scene.sim.now);
  scene.until(() => scene.z.connected, 5000);
  assert.deepEqual(scene.z.states, ["checking", "connected"]);
});

test("many restarts, also half-way, leave nothing behind", () => {
  const scene = connectedScene();
  for (let i = 0; i < 20; i++) {
    restart(scene);
    scene.pass(i % 3 === 0 ? 5 : 500);
    assert.ok(scene.paired);
    scene.assertPath();
  }
  scene.pass(40_000);
  assert.equal(scene.a.agent.stats().pairs.length, 1);
  assert.ok(scene.a.agent.routes.size < 5);
  assert.equal(scene.a.host.openSockets, 1);
});

test("a restart that is taken back leaves everything as it was", () => {
  const scene = connectedScene();
  const { sim, a } = scene;
  const { localParameters, selectedPair } = a.agent;
  a.agent.restart(sim.now);
  a.gather();
  scene.pass(100);
  assert.ok(a.agent.rollback(sim.now));
  assert.ok(!a.agent.rollback(sim.now));
  assert.equal(a.agent.localParameters, localParameters);
  scene.pass(60_000);
  assert.equal(a.agent.selectedPair, selectedPair);
  assert.ok(scene.paired);
});

test("after failure a restart connects again, also on new addresses", () => {
  const scene = connectedScene();
  const { a, z } = scene;
  scene.link.down();
  scene.until(() => a.agent.state === "failed" && z.agent.state === "failed", 40_000);
  a.host.removeInterface("eth0");
  a.host.addInterface({ name: "wlan0", addresses: ["10.0.0.77"] });
  scene.link.up();
  restart(scene);
  scene.until(() => scene.paired, 3000);
  assert.equal(a.agent.selectedPair?.local.address, "10.0.0.77");
  assert.ok(a.states.indexOf("checking", a.states.indexOf("failed")) > 0);
  scene.pass(40_000);
  assert.equal(a.host.openSockets, 1, "the socket of the lost address is gone");
  assert.ok(scene.paired);
});

test("parameters given by the caller are used", () => {
  const scene = twoPeers({});
  const { sim, a } = scene;
  const parameters = createIceParameters(sim.random);
  assert.equal(a.agent.restart(sim.now, parameters), parameters);
  assert.equal(a.agent.localParameters, parameters);
});

function lonely(link: LinkOptions, options: Partial<IceAgentOptions> = {}): ReturnType<typeof twoPeers> {
  const scene = twoPeers({ link, a: options });
  scene.link.set({ drop: () => true });
  return scene;
}

test("nothing fails before the PAC timer, and everything does then", () => {
  const scene = lonely({});
  const { sim, a, z } = scene;
  scene.start();
  scene.pass(PAC_DURATION - 100);
  assert.equal(a.agent.state, "checking");
  scene.until(() => a.agent.state === "failed" && z.agent.state === "failed", 3000);
  assert.ok(sim.now < PAC_DURATION + 1000);
  const { sent } = scene.link.counts;
  assert.ok(sent > 20 && sent < 100, `${sent} requests to a peer that is not there`);
});

test("with an end of candidates and not one candidate it still waits for the peer to come", () => {
  const scene = twoPeers({ signalling: { pass: () => undefined } });
  const { sim, a } = scene;
  scene.start();
  scene.pass(PAC_DURATION - 10);
  assert.equal(a.agent.state, "checking");
  scene.until(() => a.agent.state === "failed", 20);
  assert.equal(sim.now, PAC_DURATION);
});

test("a peer that comes late, known from its checks only, is still in time", () => {
  const scene = twoPeers({ signalling: { pass: (candidate, from) => (from === scene.z ? undefined : candidate) } });
  const { sim, a, z } = scene;
  a.gather();
  a.agent.setRemoteParameters(z.agent.localParameters, sim.now);
  a.agent.addEndOfRemoteCandidates(sim.now);
  sim.after(35_000, () => {
    z.gather();
    z.agent.setRemoteParameters(a.agent.localParameters, sim.now);
  });
  scene.until(() => scene.paired, 36_000);
  assert.equal(a.selectedTypes, "host/prflx");
});

test("without an end of candidates the last candidate is waited for", () => {
  const scene = lonely({});
  const { sim, a, z } = scene;
  const endless = new Scene(sim, a, z, { endOfCandidates: false });
  endless.start();
  endless.pass(20_000);
  const [candidate] = z.candidates;
  assert.ok(candidate);
  a.agent.addRemoteCandidate({ ...candidate, address: "10.0.0.99" }, sim.now);
  endless.until(() => a.agent.state === "failed", 60_000);
  assert.equal(sim.now, 20_000 + PAC_DURATION);
});

test("an answer that takes a minute to come is no failure", () => {
  const scene = twoPeers({});
  const { sim, a, z } = scene;
  a.gather();
  scene.pass(60_000);
  assert.equal(a.agent.state, "new");
  z.gather();
  z.agent.setRemoteParameters(a.agent.localParameters, sim.now);
  sim.after(500, () => a.agent.setRemoteParameters(z.agent.localParameters, sim.now));
  scene.until(() => scene.paired, 700);
  assert.ok(sim.now < 60_650);
});

test("after giving up, a peer that comes at last is still welcome", () => {
  const scene = twoPeers({});
  const { sim, a, z } = scene;
  a.gather();
  z.gather();
  // The answer is carried by hand: z knows a, a learns of z minutes later.
  z.agent.setRemoteParameters(a.agent.localParameters, sim.now);
  z.agent.addEndOfRemoteCandidates(sim.now);
  sim.after(180_000, () => {
    for (const candidate of z.candidates) a.agent.addRemoteCandidate(candidate, sim.now);
    a.agent.setRemoteParameters(z.agent.localParameters, sim.now);
  });
  const told = new Scene(sim, a, z, { pass: () => undefined, endOfCandidates: false });
  told.pass(170_000);
  assert.equal(z.agent.state, "failed");
  told.until(() => told.paired, 12_000);
  assert.deepEqual(z.states.slice(0, 4), ["checking", "failed", "checking", "connected"]);
});

test("random lives: any roles, any loss, restarts by either side, and in the end one path for both", () => {
  const random = new SeededRandom(testSeed());
  const chance = (limit: number): number => randomBelow(random, 1000) * (limit / 1000);
  for (let life = 0; life < 40; life++) {
    const role = (): "controlling" | "controlled" => (chance(1) < 0.5 ? "controlling" : "controlled");
    const addresses = (last: number): string[] => (chance(1) < 0.5 ? [`10.0.0.${last}`] : [`10.0.0.${last}`, `fd00::${last}`]);
    const scene = twoPeers({
      seed: life,
      addresses: [addresses(1), addresses(2)],
      link: { delay: chance(150), jitter: chance(30), loss: chance(0.3), reorder: 0.05, duplicate: 0.05, corrupt: 0.02 },
      a: { role: role() },
      z: { role: role() },
      signalling: { delay: chance(200) },
    });
    const { sim, a, z } = scene;
    const completed = (): boolean => a.agent.state === "completed" && z.agent.state === "completed";
    scene.start();
    scene.until(completed, 30_000);
    for (let restarts = 0; restarts < 3; restarts++) {
      scene.pass(chance(4000));
      const [offerer, answerer] = chance(1) < 0.5 ? [a, z] : [z, a];
      const offer = offerer.agent.restart(sim.now);
      offerer.gather();
      scene.pass(chance(400));
      const answer = answerer.agent.restart(sim.now);
      answerer.gather();
      answerer.agent.setRemoteParameters(offer, sim.now);
      scene.pass(chance(400));
      offerer.agent.setRemoteParameters(answer, sim.now);
      scene.until(completed, 30_000);
    }
    scene.pass(60_000);
    scene.until(() => completed() && a.agent.selectedPair?.remote.port === z.agent.selectedPair?.local.port, 30_000);
    scene.assertPath();
    assert.notEqual(a.agent.role, z.agent.role);
    assert.ok(a.host.openSockets <= 2 && a.agent.stats().pairs.length <= 8);
  }
});
