/**
 * Candidates that are gathered before a description asks for them: RFC 9429 §3.5.4.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Call, RELIABLE } from "./peer-scene.test.ts";

/** A server that never answers makes gathering last for seconds. */
const SLOW = { iceServers: [{ urls: ["stun:10.0.0.99"] }], iceTransportPolicy: "all" } as const;
const POOLED = { ...SLOW, iceCandidatePoolSize: 1 } as const;

/** A call whose first side has a pool that had time to fill. */
async function pooledCall(size: number): Promise<Call> {
  const call = new Call();
  call.a.act((peer, now) => peer.setConfiguration({ ...POOLED, iceCandidatePoolSize: size }, now));
  await call.wait(20_000);
  return call;
}

test("what the pool gathered is told at once when a description is applied, and not before", async () => {
  const call = await pooledCall(1);
  assert.equal(call.a.host.openSockets, 1);
  assert.deepEqual(call.a.log, []);
  const begun = call.sim.now;
  await call.negotiate();
  assert.ok(call.sim.now - begun < 100);
  assert.deepEqual(call.a.log, []);
  const negotiated = call.sim.now;
  await call.connect();
  assert.ok(call.sim.now - negotiated < 1000);
  assert.deepEqual(call.a.log.slice(0, 5), [
    "ice-gathering-state gathering",
    "candidate",
    "candidate-error",
    "end-of-candidates",
    "ice-gathering-state complete",
  ]);
  const { localParameters, localCandidates } = call.a.info ?? {};
  assert.equal(localCandidates?.[0]?.usernameFragment, localParameters?.usernameFragment);
  assert.equal(call.a.host.openSockets, 1);
  await call.end();
});

test("without a pool the same takes its time", async () => {
  const call = new Call({ options: SLOW });
  call.a.onCandidate = () => undefined;
  await call.wait(20_000);
  const begun = call.sim.now;
  call.a.act((peer, now) => {
    peer.createChannel(RELIABLE, now);
    peer.setLocalDescription("offer", "", now);
  });
  await call.until(() => call.a.has("ice-gathering-state complete"));
  assert.ok(call.sim.now - begun > 5000);
  await call.end();
});

test("what is left in the pool goes with the first description of ours", async () => {
  const call = await pooledCall(3);
  assert.equal(call.a.host.openSockets, 3);
  await call.connect();
  assert.equal(call.a.host.openSockets, 1);
  // The size can no longer have an effect.
  call.a.act((peer, now) => peer.setConfiguration({ ...POOLED, iceCandidatePoolSize: 3 }, now));
  await call.wait(1000);
  assert.equal(call.a.host.openSockets, 1);
  await call.end();
});

test("the pool grows, shrinks and begins anew with the configuration", async () => {
  const call = await pooledCall(1);
  const resize = async (iceCandidatePoolSize: number): Promise<number> => {
    call.a.act((peer, now) => peer.setConfiguration({ ...POOLED, iceCandidatePoolSize }, now));
    await call.wait(100);
    return call.a.host.openSockets;
  };
  assert.equal(await resize(4), 4);
  assert.equal(await resize(2), 2);
  assert.equal(await resize(0), 0);
  assert.equal(await resize(2), 2);
  call.a.act((peer, now) => peer.setConfiguration({ iceServers: [], iceTransportPolicy: "relay", iceCandidatePoolSize: 2 }, now));
  await call.wait(100);
  assert.equal(call.a.host.openSockets, 0, "under the relay policy and without a relay there is nothing to gather");
  await call.end();
});

test("an answer uses the pool too", async () => {
  const call = await pooledCall(1);
  await call.negotiate(call.b);
  const channel = call.b.act((peer, now) => peer.createChannel(RELIABLE, now));
  await call.negotiate(call.b);
  await call.until(() => channel.state === "open");
  assert.equal(call.a.host.openSockets, 1);
  await call.end();
});
