/**
 * Agents that only answer, agents that nominate again: RFC 8445 §2.5, §7.3.2, §8.2, draft-thatcher-ice-renomination-01.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Simulation } from "@visavis/netsim";
import { AttributeType } from "../stun/attribute-type.ts";
import { decodeU32 } from "../stun/integer-attribute.ts";
import { decodeMessage, StunClass } from "../stun/message.ts";
import type { IceAgentOptions } from "./ice-agent-options.ts";
import { Peer, Scene, twoPeers } from "./ice-scene.test.ts";

/** A lite server and a full peer, who knows that it is lite unless told otherwise. */
function liteScene(options: Partial<IceAgentOptions> = {}, isKnown: boolean = true): ReturnType<typeof twoPeers> {
  const scene = twoPeers({ a: { role: "controlled" }, z: { role: "controlling", network: { lite: true }, ...options } });
  const { sim, a, z } = scene;
  if (!isKnown) a.agent.setRole("controlling");
  a.gather();
  z.gather();
  a.agent.setRemoteParameters({ ...z.agent.localParameters, lite: isKnown }, sim.now);
  z.agent.setRemoteParameters(a.agent.localParameters, sim.now);
  return scene;
}

test("a lite agent connects without a check of its own", () => {
  for (const isKnown of [true, false]) {
    const scene = liteScene({ servers: [{ urls: ["stun:10.0.0.9"] }] }, isKnown);
    let requests = 0;
    scene.link.set({
      backward: {
        drop: ({ bytes }) => {
          if (decodeMessage(bytes)?.class === StunClass.REQUEST) requests++;
          return false;
        },
      },
    });
    const { a, z } = scene;
    scene.until(() => a.agent.state === "completed" && z.agent.state === "completed", 2000);
    scene.assertPath();
    assert.deepEqual([a.agent.role, z.agent.role], ["controlling", "controlled"]);
    assert.deepEqual(
      z.candidates.map(({ type }) => type),
      ["host"],
    );
    scene.pass(600_000);
    assert.ok(scene.paired);
    assert.equal(requests, 0);
    assert.equal(z.agent.stats().pairs.find(({ nominated }) => nominated)?.state, "succeeded");
  }
});

test("a lite agent notices that nobody asks any more", () => {
  const scene = liteScene();
  const { sim, a, z } = scene;
  scene.until(() => scene.paired, 2000);
  scene.pass(20_000);
  const from = sim.now;
  a.runner.stop();
  scene.until(() => z.agent.state === "disconnected", 15_000);
  scene.until(() => z.agent.state === "failed", 31_000);
  assert.ok(sim.now - from >= 24_000 && sim.now - from <= 30_000, `${sim.now - from} ms`);
  assert.equal(z.agent.sendRoute, undefined);
});

test("a lite agent that nobody comes to fails in the end", () => {
  const scene = liteScene();
  scene.link.set({ drop: () => true });
  scene.until(() => scene.z.agent.state === "failed", 45_000);
});

test("a lite agent follows a peer whose address changes", () => {
  const scene = liteScene();
  const { a, z } = scene;
  scene.until(() => scene.paired, 2000);
  scene.pass(10_000);
  a.host.removeInterface("eth0");
  a.host.addInterface({ name: "eth0", addresses: ["10.0.0.44"] });
  scene.until(() => z.agent.sendRoute?.address === "10.0.0.44" && scene.paired, 12_000);
  scene.pass(60_000);
  assert.ok(scene.paired);
  scene.assertPath();
});

for (const renomination of [true, false]) {
  test(`a better path that turns up is ${renomination ? "" : "not "}nominated while the other works, as was agreed`, () => {
    const sim = new Simulation({ seed: 3 });
    const subnet = sim.subnet({ name: "home" });
    const phone = sim.host({ name: "a", interfaces: [{ name: "net0", addresses: ["192.168.0.2"], subnet }] });
    sim.nat({ name: "nat", inside: subnet, insideAddresses: ["192.168.0.1"], outsideAddresses: ["203.0.113.1"] });
    const network = { renomination };
    const a = new Peer(sim, phone, "controlling", { network });
    const z = new Peer(sim, sim.host({ name: "z", addresses: ["198.51.100.1"] }), "controlled", { network });
    const scene = new Scene(sim, a, z);
    a.gather();
    z.gather();
    a.agent.setRemoteParameters({ ...z.agent.localParameters, renomination }, sim.now);
    z.agent.setRemoteParameters({ ...a.agent.localParameters, renomination }, sim.now);
    scene.until(() => a.agent.state === "completed" && z.agent.state === "completed", 2000);
    assert.equal(a.selectedTypes, "prflx/host");
    const numbers = new Set<number | undefined>();
    sim.link(phone, z.host, {
      forward: {
        drop: ({ bytes }) => {
          const message = decodeMessage(bytes);
          numbers.add(message && decodeU32(message, AttributeType.NOMINATION));
          return false;
        },
      },
    });
    scene.pass(1000);
    phone.addInterface({ name: "eth0", addresses: ["198.51.100.2"] });
    scene.pass(15_000);
    assert.equal(a.selectedTypes, renomination ? "host/host" : "prflx/host");
    assert.equal(z.agent.sendRoute?.address, renomination ? "198.51.100.2" : "203.0.113.1");
    assert.deepEqual(
      [...numbers].filter((each) => each !== undefined),
      renomination ? [2] : [],
    );
    assert.deepEqual([...new Set(a.states)], ["checking", "connected", "completed"]);
  });
}
