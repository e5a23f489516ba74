/**
 * Whole calls where UDP does not get through: by TCP between the two, and by a TURN server that is reached by TCP.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { LinkOptions } from "@visavis/netsim";
import { RelayPolicy } from "../turn/relay-policy.ts";
import { namedUsers } from "../turn/server-authentication.ts";
import { TurnServer } from "../turn/turn-server.ts";
import type { PeerExtensions } from "./peer-options.ts";
import { Call, type Party } from "./peer-scene.test.ts";

/** A firewall that passes TCP only. */
const NO_UDP: LinkOptions = { drop: ({ protocol }) => protocol === "udp" };

const tcp = (...kinds: ("active" | "passive" | "so")[]): PeerExtensions => ({ ice: { network: { tcp: kinds } } });

/** The selected pair by its entries in the statistics. */
function selected(party: Party): string[] {
  const stats = party.stats();
  const transport = stats.find(({ type }) => type === "transport") ?? assert.fail();
  const pair = stats.find(({ id }) => id === transport["selectedCandidatePairId"]) ?? assert.fail();
  return [pair["localCandidateId"], pair["remoteCandidateId"]].map((wanted) => {
    const candidate = stats.find(({ id }) => id === wanted) ?? assert.fail();
    return `${candidate["candidateType"]} ${candidate["protocol"]} ${candidate["tcpType"] ?? "-"}`;
  });
}

async function exchange(call: Call, ours: Parameters<Party["send"]>[0], theirs: Parameters<Party["send"]>[0]): Promise<void> {
  const text = "x".repeat(20_000);
  const [before, back] = [call.b.messages.length, call.a.messages.length];
  for (let i = 0; i < 50; i++) call.a.send(ours, text);
  call.b.send(theirs, "back");
  await call.until(() => call.b.messages.length === before + 50 && call.a.messages.length === back + 1);
  assert.ok(call.b.texts.every((each) => each === text));
}

for (const [a, b, expected] of [
  [
    "active",
    "passive",
    [
      ["host tcp active", "host tcp passive"],
      ["host tcp passive", "prflx tcp active"],
    ],
  ],
  [
    "passive",
    "active",
    [
      ["host tcp passive", "prflx tcp active"],
      ["host tcp active", "host tcp passive"],
    ],
  ],
  [
    "so",
    "so",
    [
      ["host tcp so", "host tcp so"],
      ["host tcp so", "host tcp so"],
    ],
  ],
] as const) {
  test(`a call comes about by TCP where UDP is blocked: ${a} and ${b}`, async () => {
    const call = new Call({ a: tcp(a), b: tcp(b), link: NO_UDP, seed: 1 });
    const [ours, theirs] = await call.connect();
    assert.deepEqual([selected(call.a), selected(call.b)], expected);
    await exchange(call, ours, theirs);
    const told = call.a.events.flatMap((event) => (event.type === "candidate" ? [event.candidate] : [])).join("\n");
    assert.match(
      told,
      new RegExp(`candidate:\\S+ 1 tcp \\d+ 10\\.0\\.0\\.1 ${a === "active" ? "9" : "\\d+"} typ host tcptype ${a}`),
    );
    const sctp = call.a.peer.counters()?.sctp;
    assert.equal(sctp?.mtuProbesSent, 0, "there is no path MTU to be found in a stream");
    assert.equal(sctp?.chunksRetransmitted, 0);
    await call.end();
    await call.wait(60_000);
    for (const { host } of [call.a, call.b]) assert.deepEqual([host.streams.all.length, host.streams.listening], [0, 0]);
  });
}

test("3 % loss and little rate only make it slower: timers of SCTP do not fire for what TCP brings anyway", async () => {
  const link = { ...NO_UDP, loss: 0.03, rate: 4_000_000, delay: 30 };
  const call = new Call({ a: tcp("active"), b: tcp("passive"), link, seed: 3 });
  const [ours, theirs] = await call.connect();
  await exchange(call, ours, theirs);
  const { chunksRetransmitted = 0, chunksSent = 0 } = call.a.peer.counters()?.sctp ?? {};
  assert.ok(chunksRetransmitted < chunksSent / 10, `${chunksRetransmitted} of ${chunksSent}`);
  await call.end();
});

test("a stream that is reset in the middle of a message: it is opened again, and nothing is missing", async () => {
  const call = new Call({ a: tcp("active"), b: tcp("passive"), link: { ...NO_UDP, rate: 8_000_000 }, seed: 1 });
  const [ours, theirs] = await call.connect();
  for (let i = 0; i < 100; i++) call.a.send(ours, "x".repeat(20_000));
  await call.until(() => call.b.messages.length > 20);
  call.b.host.streams.reset();
  await call.until(() => call.a.has("ice-state disconnected"));
  await call.until(() => call.b.messages.length === 100);
  await exchange(call, ours, theirs);
  assert.equal(call.a.log.filter((line) => line === "dtls-state connected").length, 1);
  await call.end();
});

for (const offerer of ["a", "b"] as const) {
  test(`a stream that cannot be opened again is recovered by a restart that ${offerer} offers`, async () => {
    const call = new Call({ a: tcp("active"), b: tcp("passive"), link: NO_UDP, seed: 1 });
    const [ours, theirs] = await call.connect();
    call.link.set({ drop: () => true });
    call.b.host.streams.reset();
    await call.until(() => call.a.has("ice-state failed") && call.b.has("ice-state failed"), 60_000);
    call.a.send(ours, "x".repeat(20_000));
    call.link.set(NO_UDP);
    await call.negotiate(call[offerer], { iceRestart: true });
    await call.until(() => call.b.messages.length === 1);
    await exchange(call, ours, theirs);
    await call.end();
  });
}

test("a TURN server is reached by TCP where UDP is blocked, and the relay goes on from there", async () => {
  const options = {
    iceServers: [{ urls: ["turn:10.0.0.9?transport=tcp"], username: "alice", credential: "secret" }],
    iceTransportPolicy: "relay",
  } as const;
  const call = new Call({ options, link: { drop: () => true }, seed: 1 });
  const host = call.sim.host({ name: "turn", addresses: ["10.0.0.9"] });
  for (const { host: party } of [call.a, call.b]) call.sim.link(party, host, { delay: 10, loss: 0.02, ...NO_UDP });
  const { random, clock } = host.platform;
  const engine = new TurnServer(
    {
      random,
      realm: "visavis.test",
      users: namedUsers(new Map([["alice", "secret"]])),
      listen: [{ address: "10.0.0.9", port: 3478, protocol: "tcp" }],
      relay: [{ family: 4, address: "10.0.0.9" }],
      policy: new RelayPolicy(),
    },
    clock.now(),
    clock.wallTime(),
  );
  const server = host.run(engine);
  const [ours, theirs] = await call.connect();
  await exchange(call, ours, theirs);
  const types = call.a.stats().flatMap((entry) => (entry.type === "local-candidate" ? [entry["relayProtocol"]] : []));
  assert.deepEqual(types, ["tcp"]);
  await call.end();
  assert.equal(server.engine.allocationCount, 0);
});

test("closing in the middle of connecting leaves nothing", async () => {
  const call = new Call({ a: tcp("active"), b: tcp("passive"), link: { drop: () => true }, seed: 1 });
  call.a.act((peer, now) => peer.createChannel({ label: "chat", protocol: "", ordered: true, negotiated: false }, now));
  await call.negotiate();
  await call.until(() => call.a.host.streams.all.length > 0);
  await call.end();
  assert.deepEqual([call.a.host.streams.all.length, call.b.host.streams.listening], [0, 0]);
});
