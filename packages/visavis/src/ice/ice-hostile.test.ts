/**
 * What strangers, attackers and broken peers can do to an agent: be counted.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { SeededRandom, testSeed } from "@visavis/netsim";
import type { Route } from "../base/route.ts";
import { Transmit } from "../base/transmit.ts";
import { decodeErrorCode } from "../stun/error-code.ts";
import { encodeFingerprint } from "../stun/fingerprint.ts";
import { encodeFlag } from "../stun/integer-attribute.ts";
import { checkIntegrity, encodeIntegrity } from "../stun/integrity.ts";
import { createTransactionId, decodeMessage, encodeHeader, StunClass, StunMethod } from "../stun/message.ts";
import { shortTermKey } from "../stun/password-algorithm.ts";
import { encodeText } from "../stun/text-attribute.ts";
import { encodeCheckRequest } from "./connectivity-check.ts";
import { type Scene, twoPeers } from "./ice-scene.test.ts";
import { MAX_PEER_REFLEXIVE_CANDIDATES, MAX_SIGNALLED_CANDIDATES } from "./remote-candidates.ts";

const SEED = testSeed();

function drain(scene: Scene): { bytes: Uint8Array; route: Route }[] {
  const out = new Transmit();
  const sent: { bytes: Uint8Array; route: Route }[] = [];
  while (scene.a.agent.transmit(out, scene.sim.now)) {
    assert.ok(out.route);
    sent.push({ bytes: out.view().slice(), route: out.route });
    out.reset();
  }
  return sent;
}

/** A route of a's first socket. */
function routeFrom(scene: Scene, address: string, port: number): Route {
  const { agent, runner } = scene.a;
  const [socket] = runner.sockets;
  assert.ok(socket);
  return agent.routes.intern(socket.id, "udp", address, port);
}

/** A check as z would send it, from anywhere. */
function check(scene: Scene, options: { password?: string; username?: string; useCandidate?: boolean } = {}): Uint8Array {
  const { a, z, sim } = scene;
  const { usernameFragment, password } = a.agent.localParameters;
  const username = options.username ?? `${usernameFragment}:${z.agent.localParameters.usernameFragment}`;
  const key = shortTermKey(options.password ?? password);
  const request = { priority: 1000, useCandidate: options.useCandidate ?? false, role: "controlled" as const, tieBreaker: 1n };
  return encodeCheckRequest(createTransactionId(sim.random), username, request, key);
}

test("rubbish in every state is counted, never thrown, and changes nothing", () => {
  const random = new SeededRandom(SEED);
  const chance = (limit: number): number => {
    const bytes = new Uint8Array(4);
    random.fill(bytes);
    return (((bytes[0] as number) << 16) | ((bytes[1] as number) << 8) | (bytes[2] as number)) % limit;
  };
  const scene = twoPeers({ seed: SEED });
  const corpus: Uint8Array[] = [];
  const log = scene.sim.tap();
  let strewn = 0;
  const strew = (): void => {
    for (const { bytes } of log.records.slice(0, 40)) corpus.push(bytes);
    const { a, sim } = scene;
    const [socket] = a.runner.sockets;
    for (let i = 0; i < 400 && socket !== undefined; i++) {
      const base = corpus[chance(Math.max(corpus.length, 1))] ?? new Uint8Array(chance(200));
      const bytes = base.slice(0, chance(4) === 0 ? chance(base.length + 1) : base.length);
      for (let edits = chance(4) + 1; edits > 0 && bytes.length > 0; edits--) bytes[chance(bytes.length)] = chance(256);
      const from = chance(3) === 0 ? "10.0.0.2" : `198.51.100.${chance(250) + 1}`;
      a.agent.receive(bytes, a.agent.routes.intern(socket.id, "udp", from, 1 + chance(65_000)), sim.now);
      strewn++;
    }
  };
  strew();
  scene.a.gather();
  scene.pass(1);
  strew();
  scene.start();
  scene.pass(25);
  strew();
  scene.until(() => scene.paired, 3000);
  strew();
  scene.pass(20_000);
  strew();
  assert.ok(scene.paired, `seed ${SEED}`);
  scene.a.agent.restart(scene.sim.now);
  strew();
  scene.z.agent.restart(scene.sim.now);
  scene.start();
  scene.pass(30);
  strew();
  scene.until(() => scene.paired, 3000);
  scene.link.down();
  scene.pass(15_000);
  strew();
  scene.pass(40_000);
  assert.equal(scene.a.agent.state, "failed");
  strew();
  scene.a.agent.close(scene.sim.now);
  strew();
  assert.ok(strewn > 2000);
  const { drops } = scene.a.agent;
  for (const reason of ["not-stun", "bad-fingerprint"] as const) assert.ok(drops.of(reason) > 0, reason);
});

test("the path survives while rubbish is strewn, and strangers get few and short answers", () => {
  const scene = twoPeers({});
  scene.start();
  scene.until(() => scene.a.agent.state === "completed", 1000);
  const { a, sim } = scene;
  const before = a.agent.routes.size;
  let received = 0;
  let sent = 0;
  let answers = 0;
  for (let i = 0; i < 5000; i++) {
    const bytes = check(scene, i % 2 === 0 ? { password: "wrong" } : { username: "who:ever" });
    received += bytes.length;
    a.agent.receive(bytes, routeFrom(scene, `198.51.${i % 200}.1`, 1024 + i), sim.now);
    for (const answer of drain(scene)) {
      sent += answer.bytes.length;
      answers++;
    }
  }
  assert.ok(answers <= 20, `${answers} answers`);
  assert.ok(sent < received);
  assert.ok(a.agent.routes.size <= before + 256);
  assert.equal(a.agent.stats().pairs.length, 1);
  assert.ok(a.agent.drops.of("wrong-username") === 2500 && a.agent.drops.of("bad-integrity") === 2500);
});

test("whoever knows the password can make no more than a bounded number of pairs", () => {
  const scene = twoPeers({});
  scene.start();
  scene.until(() => scene.a.agent.state === "completed", 1000);
  const { a, sim } = scene;
  for (let i = 0; i < 1000; i++) {
    a.agent.receive(check(scene), routeFrom(scene, "198.51.100.1", 1024 + i), sim.now);
    assert.ok(drain(scene).length <= 3);
  }
  assert.equal(a.agent.remoteCandidates.length, 1 + MAX_PEER_REFLEXIVE_CANDIDATES);
  assert.ok(a.agent.drops.of("candidate-limit") > 900);
  assert.ok(scene.paired);
  scene.pass(60_000);
  assert.ok(scene.paired);
});

test("a check repeated from elsewhere teaches nothing", () => {
  const scene = twoPeers({});
  scene.start();
  scene.until(() => scene.a.agent.state === "completed", 1000);
  const { a, sim } = scene;
  const request = check(scene);
  a.agent.receive(request.slice(), routeFrom(scene, "10.0.0.2", 999), sim.now);
  const learned = a.agent.remoteCandidates.length;
  a.agent.receive(request.slice(), routeFrom(scene, "10.0.0.2", 999), sim.now);
  assert.equal(a.agent.drops.of("replayed-request"), 0);
  drain(scene);
  for (let i = 0; i < 50; i++) a.agent.receive(request.slice(), routeFrom(scene, "198.51.100.1", 1024 + i), sim.now);
  assert.equal(a.agent.remoteCandidates.length, learned);
  assert.equal(a.agent.drops.of("replayed-request"), 50);
  assert.equal(drain(scene).length, 0);
});

test("a thousand remote candidates are bounded, and the right one is still found", () => {
  const scene = twoPeers({});
  const { a, sim } = scene;
  a.gather();
  a.agent.setRemoteParameters(scene.z.agent.localParameters, sim.now);
  for (let i = 0; i < 1000; i++) {
    const address = `198.51.${i >> 8}.${i & 255}`;
    a.agent.addRemoteCandidate(
      { foundation: `${i}`, component: 1, protocol: "udp", priority: 2_000_000_000 - i, address, port: 5000, type: "host" },
      sim.now,
    );
  }
  assert.equal(a.agent.remoteCandidates.length, MAX_SIGNALLED_CANDIDATES);
  const { sent } = sim.counts;
  scene.pass(1000);
  assert.ok(sim.counts.sent - sent <= 62 && a.host.unroutable <= 62, "checks are paced");
  scene.z.gather();
  scene.z.agent.setRemoteParameters(a.agent.localParameters, sim.now);
  scene.until(() => scene.paired, 3000);
});

test("many names and many early checks are bounded", () => {
  const scene = twoPeers({});
  const { a, sim } = scene;
  a.gather();
  scene.pass(1);
  for (let i = 0; i < 500; i++) {
    a.agent.receive(check(scene), routeFrom(scene, "198.51.100.1", 1024 + i), sim.now);
    drain(scene);
  }
  assert.ok(a.agent.drops.of("early-request-limit") > 400);
  a.agent.setRemoteParameters(scene.z.agent.localParameters, sim.now);
  for (let i = 0; i < 500; i++) {
    const address = `n${i}.local`;
    a.agent.addRemoteCandidate(
      { foundation: "1", component: 1, protocol: "udp", priority: 1, address, port: 5000, type: "host" },
      sim.now,
    );
  }
  assert.ok(a.agent.drops.of("candidate-limit") > 400);
  scene.pass(30_000);
  assert.equal(a.host.openSockets, 1);
});

test("remote candidates that cannot be used are counted", () => {
  const scene = twoPeers({});
  const { a, sim } = scene;
  a.gather();
  a.agent.setRemoteParameters(scene.z.agent.localParameters, sim.now);
  const candidate = {
    foundation: "1",
    component: 1,
    protocol: "udp",
    priority: 1,
    address: "10.0.0.2",
    port: 5000,
    type: "host",
  } as const;
  a.agent.addRemoteCandidate({ ...candidate, protocol: "tcp", tcpType: "active", port: 9 }, sim.now);
  const unusable = ["0.0.0.0", "255.255.255.255", "224.0.0.251", "::", "ff02::1", "::ffff:10.0.0.2"];
  for (const address of unusable) a.agent.addRemoteCandidate({ ...candidate, address }, sim.now);
  for (const port of [0, 9]) a.agent.addRemoteCandidate({ ...candidate, port }, sim.now);
  // Where mail, files and the like are served nobody has us connect to.
  const blocked = [25, 2049, 6667] as const;
  for (const port of blocked) a.agent.addRemoteCandidate({ ...candidate, protocol: "tcp", tcpType: "passive", port }, sim.now);
  a.agent.addRemoteCandidate({ ...candidate, component: 2 }, sim.now);
  a.agent.addRemoteCandidate({ ...candidate, usernameFragment: "else" }, sim.now);
  a.agent.addEndOfRemoteCandidates(sim.now, "else");
  assert.deepEqual(a.agent.drops.toJSON(), {
    "tcp-candidate": 1,
    "unusable-candidate": unusable.length + blocked.length + 3,
    "stale-candidate": 2,
  });
  assert.deepEqual(a.agent.remoteCandidates, []);
});

test("what must be understood and is not, is refused by name", () => {
  const scene = twoPeers({});
  scene.start();
  scene.pass(1);
  const { a, sim } = scene;
  drain(scene);
  const { usernameFragment, password } = a.agent.localParameters;
  const out = new Uint8Array(300);
  let at = encodeHeader(out, 0, StunClass.REQUEST, StunMethod.BINDING, createTransactionId(sim.random));
  at = encodeText(out, at, 0x0006, `${usernameFragment}:x`);
  at = encodeFlag(out, at, 0x7abc);
  at = encodeIntegrity(out, 0, at, shortTermKey(password));
  at = encodeFingerprint(out, 0, at);
  a.agent.receive(out.slice(0, at), routeFrom(scene, "10.0.0.2", 77), sim.now);
  const [answer] = drain(scene);
  assert.ok(answer && answer.bytes.length > 0);
  assert.equal(a.agent.drops.of("unknown-attribute"), 1);
  // An indication and a method that is not ours are no reason to answer.
  for (const [cls, method] of [
    [StunClass.INDICATION, StunMethod.BINDING],
    [StunClass.REQUEST, StunMethod.ALLOCATE],
  ] as const) {
    const end = encodeHeader(out, 0, cls, method, createTransactionId(sim.random));
    a.agent.receive(out.slice(0, encodeFingerprint(out, 0, end)), routeFrom(scene, "10.0.0.2", 77), sim.now);
    assert.equal(drain(scene).length, 0);
  }
});

test("a response that comes another way than its request went is not believed", () => {
  const scene = twoPeers({});
  const { a, z, sim } = scene;
  let caught = 0;
  scene.link.set({
    backward: {
      drop: ({ bytes }) => {
        if (bytes[0] !== 1 || caught > 0) return false;
        caught++;
        a.agent.receive(bytes.slice(), routeFrom(scene, "10.0.0.2", 4), sim.now);
        assert.equal(a.agent.selectedPair, undefined);
        return false;
      },
    },
  });
  scene.start();
  scene.until(() => a.connected && z.connected, 2000);
  assert.equal(caught, 1);
  assert.ok(a.agent.drops.of("asymmetric-response") >= 1);
});

test("data is believed from where the peer has proven to be, and from nowhere else", () => {
  const scene = twoPeers({ signalling: { pass: (candidate, from) => (from === scene.z ? candidate : undefined) } });
  const { a, z, sim } = scene;
  // Nothing that a sends arrives: a hears z, but no answer ever comes.
  scene.link.set({ forward: { drop: () => true } });
  scene.start();
  scene.pass(10);
  const [candidate] = z.candidates;
  assert.ok(candidate);
  const route = routeFrom(scene, candidate.address, candidate.port);
  assert.equal(a.agent.isKnownRoute(route), false, "signalled, but not proven");
  a.agent.receive(check(scene), route, sim.now);
  assert.equal(a.agent.isKnownRoute(route), true);
  assert.equal(a.agent.isKnownRoute(routeFrom(scene, candidate.address, candidate.port + 1)), false);
  assert.equal(a.agent.sendRoute, undefined);
  a.agent.restart(sim.now);
  a.gather();
  assert.equal(a.agent.isKnownRoute(route), true, "by the old generation");
});

test("a check that came before the parameters is followed up at once when they come", () => {
  const scene = twoPeers({});
  const { a, z, sim } = scene;
  a.gather();
  scene.pass(5);
  a.agent.receive(check(scene), routeFrom(scene, "10.0.0.2", 777), sim.now);
  assert.equal(drain(scene).length, 1, "answered");
  a.agent.setRemoteParameters(z.agent.localParameters, sim.now);
  const [request, ...more] = drain(scene);
  assert.equal(more.length, 0);
  assert.equal(request?.route.port, 777);
});

test("a conflict of roles is refused with proof when the sender has to give way", () => {
  const scene = twoPeers({});
  const { a, sim } = scene;
  a.gather();
  scene.pass(5);
  const { usernameFragment, password } = a.agent.localParameters;
  const key = shortTermKey(password);
  const request = { priority: 1, useCandidate: true, role: "controlling", tieBreaker: 0n } as const;
  const id = createTransactionId(sim.random);
  a.agent.receive(encodeCheckRequest(id, `${usernameFragment}:x`, request, key), routeFrom(scene, "10.0.0.2", 7), sim.now);
  const [answer] = drain(scene);
  const message = answer && decodeMessage(answer.bytes);
  assert.ok(message && checkIntegrity(message, key));
  assert.deepEqual([message.transactionId, decodeErrorCode(message)?.code], [id, 487]);
  assert.equal(a.agent.role, "controlling");
});
