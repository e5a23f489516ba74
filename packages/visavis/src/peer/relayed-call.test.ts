/**
 * Whole calls by way of a TURN server: data, a relay that is given back, and one that vanishes.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { HostRunner } from "@visavis/netsim";
import { RelayPolicy } from "../turn/relay-policy.ts";
import { namedUsers } from "../turn/server-authentication.ts";
import { TurnServer } from "../turn/turn-server.ts";
import { Call } from "./peer-scene.test.ts";

const RELAYED = {
  iceServers: [{ urls: ["turn:10.0.0.9"], username: "alice", credential: "secret" }],
  iceTransportPolicy: "relay",
} as const;

/** A server in the network of a call. */
function serverOf(call: Call): HostRunner<TurnServer> {
  const host = call.sim.host({ name: "turn", addresses: ["10.0.0.9"] });
  const { random, clock } = host.platform;
  const engine = new TurnServer(
    {
      random,
      realm: "visavis.test",
      users: namedUsers(new Map([["alice", "secret"]])),
      listen: [{ address: "10.0.0.9", port: 3478 }],
      relay: [{ family: 4, address: "10.0.0.9" }],
      // Its own relayed addresses are always allowed, and nothing else is needed.
      policy: new RelayPolicy(),
    },
    clock.now(),
    clock.wallTime(),
  );
  return host.run(engine);
}

test("channels work through relays, by channels of TURN, and close gives the relays back", async () => {
  const call = new Call({ options: RELAYED });
  const server = serverOf(call);
  const [ours, theirs] = await call.connect();
  const types = call.a.stats().flatMap((entry) => (entry.type === "local-candidate" ? [entry["candidateType"]] : []));
  assert.deepEqual(types, ["relay"]);
  const text = "x".repeat(20_000);
  for (let i = 0; i < 50; i++) call.a.send(ours, text);
  call.b.send(theirs, "back");
  await call.until(() => call.b.messages.length === 50 && call.a.messages.length === 1);
  assert.ok(call.b.texts.every((each) => each === text));
  const [first] = server.engine.allocations;
  assert.ok((first?.traffic.packetsToPeers ?? 0) > 100);
  // A check that was faster than the permission of the other side.
  const { "no-permission": early = 0, ...others } = server.engine.drops.toJSON();
  assert.ok(early <= 2);
  assert.deepEqual(others, {});
  await call.end();
  assert.equal(server.engine.allocationCount, 0, "both said farewell");
});

test("a server that is gone: the path is lost, and what is sent waits", async () => {
  const call = new Call({ options: RELAYED });
  const before = serverOf(call);
  const [ours] = await call.connect();
  before.engine.close();
  before.stop();
  await call.until(() => call.a.has("ice-state disconnected") || call.a.has("ice-state failed"), 60_000);
  call.a.send(ours, "waits");
  await call.end();
});
