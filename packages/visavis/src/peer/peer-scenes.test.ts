/**
 * What the network does to a call: loss, other paths, strangers, silence.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type Host, SeededRandom } from "@visavis/netsim";
import type { Channel } from "../transport/parts.ts";
import type { PeerExtensions } from "./peer-options.ts";
import { Call, type CallOptions, Party, RELIABLE } from "./peer-scene.test.ts";
import type { StatsEntry } from "./stats-entry.ts";

/** A member of the first entry of a type. */
function stat(party: Party, type: StatsEntry["type"], member: string): unknown {
  return party.stats().find((entry) => entry.type === type)?.[member];
}

function failure(party: Party): string | undefined {
  const event = party.events.find((each) => each.type === "dtls-state" && each.state === "failed");
  return event?.type === "dtls-state" ? event.error?.code : undefined;
}

/** Connects, talks both ways and ends. */
async function succeeds(options: CallOptions): Promise<Call> {
  const call = new Call(options);
  const [ours, theirs] = await call.connect();
  call.a.send(ours, "to b");
  call.b.send(theirs, "to a");
  await call.until(() => call.a.messages.length === 1 && call.b.messages.length === 1);
  assert.deepEqual([call.a.texts, call.b.texts], [["to a"], ["to b"]]);
  return call;
}

const CHOICES: readonly [name: string, a: PeerExtensions["dtls"], b: PeerExtensions["dtls"], version: string][] = [
  ["what both like best", {}, {}, "FEFC"],
  ["1.2 because the offerer knows no more", { maxVersion: "1.2" }, {}, "FEFD"],
  ["1.2 because the answerer knows no more", {}, { maxVersion: "1.2" }, "FEFD"],
  ["without the hybrid group", { groups: ["X25519", "P-256"] }, {}, "FEFC"],
  ["P-256 alone, after a HelloRetryRequest of the offerer", { groups: ["P-256"] }, {}, "FEFC"],
  ["P-256 alone, as the client's only choice", {}, { groups: ["P-256"] }, "FEFC"],
  ["a cookie", { cookie: true }, {}, "FEFC"],
  ["a cookie of 1.2", { cookie: true, maxVersion: "1.2" }, {}, "FEFD"],
];

for (const [name, a, b, version] of CHOICES) {
  test(`DTLS: ${name}`, async () => {
    const call = await succeeds({ a: { dtls: a ?? {} }, b: { dtls: b ?? {} } });
    const agreed = (party: Party): unknown[] => ["tlsVersion", "dtlsRole"].map((member) => stat(party, "transport", member));
    assert.deepEqual(
      [agreed(call.a), agreed(call.b)],
      [
        [version, "server"],
        [version, "client"],
      ],
    );
    assert.equal(stat(call.a, "transport", "dtlsCipher"), stat(call.b, "transport", "dtlsCipher"));
    await call.end();
  });
}

test("no group in common: DTLS fails on both sides, and channels end with it", async () => {
  const call = new Call({ a: { dtls: { groups: ["P-256"] } }, b: { dtls: { groups: ["X25519"] } } });
  const channel = call.a.act((peer, now) => peer.createChannel(RELIABLE, now));
  await call.negotiate();
  await call.until(() => failure(call.a) !== undefined && failure(call.b) !== undefined);
  assert.equal(channel.state, "closed");
  const closed = call.a.events.find(({ type }) => type === "channel-closed");
  assert.equal(closed?.type === "channel-closed" && closed.error?.code, "dtls-failure");
  await call.end();
});

for (const side of ["offer", "answer"] as const) {
  test(`a wrong fingerprint in the ${side}: DTLS fails and nothing is said`, async () => {
    const call = new Call();
    call.a.act((peer, now) => peer.createChannel(RELIABLE, now));
    const mangle = (sdp: string): string =>
      sdp.includes("a=setup:actpass") === (side === "offer")
        ? sdp.replace(/^(a=fingerprint:sha-256 )(..)/m, (_, name: string, byte: string) => name + (byte === "00" ? "01" : "00"))
        : sdp;
    await call.negotiate(call.a, { mangle });
    const deceived = side === "offer" ? call.b : call.a;
    await call.until(() => failure(call.a) !== undefined && failure(call.b) !== undefined);
    assert.equal(failure(deceived), "fingerprint-mismatch");
    assert.equal(call.a.has("channel-open chat"), false);
    assert.equal(call.b.has("channel chat"), false);
    await call.end();
  });
}

test("a channel that is made after DTLS failed stays closed or connecting, and nothing breaks", async () => {
  const call = new Call({ a: { dtls: { groups: ["P-256"] } }, b: { dtls: { groups: ["X25519"] } } });
  call.a.act((peer, now) => peer.createChannel(RELIABLE, now));
  await call.negotiate();
  await call.until(() => failure(call.a) !== undefined);
  const late = call.a.act((peer, now) => peer.createChannel({ ...RELIABLE, label: "late" }, now));
  await call.wait(1000);
  assert.notEqual(late.state, "open");
  await call.end();
});

/** Loss that falls on every part of the set-up in one of these seeds. */
for (const seed of [1, 11, 29, 61, 70, 76, 91]) {
  test(`a call over a bad link comes about and carries everything, seed ${seed}`, async () => {
    const link = { delay: 40, jitter: 30, loss: 0.2, reorder: 0.08, duplicate: 0.08 };
    const call = new Call({ seed, link, a: seed % 2 === 0 ? { dtls: { maxVersion: "1.2" } } : {} });
    const [ours, theirs] = await call.connect();
    // The checksum of UDP would have caught it, and a plain handshake cannot survive it: only now.
    call.link.set({ corrupt: 0.03 });
    const texts = Array.from({ length: 60 }, (_, i) => `message ${i} ${"x".repeat(i * 60)}`);
    for (const text of texts) {
      call.a.send(ours, text);
      call.b.send(theirs, text);
    }
    await call.negotiate(call.b, { iceRestart: true });
    await call.until(() => call.a.messages.length === texts.length && call.b.messages.length === texts.length, 120_000);
    assert.deepEqual([call.a.texts, call.b.texts], [texts, texts]);
    const { counts } = call.sim;
    assert.ok(counts.dropped > 0 && counts.reordered > 0 && counts.duplicated > 0 && counts.corrupted > 0, String(counts));
    await call.end();
  });
}

test("one seed gives the same datagrams, another seed others", async () => {
  const run = async (seed: number): Promise<string> => {
    const call = await succeeds({ seed, link: { delay: 30, jitter: 10, loss: 0.1 } });
    await call.end();
    return call.sim.hash;
  };
  const first = await run(7);
  assert.equal(await run(7), first);
  assert.notEqual(await run(8), first);
});

for (const offerer of ["a", "b"] as const) {
  test(`ICE restarts with an offer of ${offerer}, while messages go on`, async () => {
    const call = new Call();
    const [ours, theirs] = await call.connect();
    const before = [call.a.info?.localParameters?.usernameFragment, call.b.info?.localParameters?.usernameFragment];
    await call.negotiate(call[offerer], { iceRestart: true });
    const pairs = (party: Party): number => party.events.filter(({ type }) => type === "selected-pair").length;
    await call.until(() => pairs(call.a) === 2 && pairs(call.b) === 2);
    const after = [call.a.info?.localParameters?.usernameFragment, call.b.info?.localParameters?.usernameFragment];
    assert.notEqual(after[0], before[0]);
    assert.notEqual(after[1], before[1]);
    assert.equal(call[offerer].info?.iceRole, "controlling");
    call.a.send(ours, "on");
    call.b.send(theirs, "and on");
    await call.until(() => call.a.messages.length === 1 && call.b.messages.length === 1);
    const tally = call.a.log.filter((line) => line === "dtls-state connected").length;
    assert.equal(tally, 1, "DTLS is not repeated");
    await call.end();
  });
}

test("restartIce asks for a negotiation until new credentials are agreed on", async () => {
  const call = new Call();
  await call.connect();
  call.a.act((peer) => peer.restartIce());
  assert.ok(call.a.peer.isNegotiationNeeded());
  await call.negotiate();
  assert.equal(call.a.peer.isNegotiationNeeded(), false);
  assert.equal(call.a.events.filter(({ type }) => type === "ice-gathering-state").length, 4);
  // An offer of the other side that keeps the credentials does not fulfil the wish.
  call.a.act((peer) => peer.restartIce());
  await call.negotiate(call.b);
  assert.ok(call.a.peer.isNegotiationNeeded());
  await call.negotiate(call.b, { iceRestart: true });
  assert.equal(call.a.peer.isNegotiationNeeded(), false);
  await call.wait(100);
  await call.end();
});

test("a restart that is rolled back leaves the call as it was", async () => {
  const call = new Call();
  const [ours] = await call.connect();
  const before = call.a.info?.localParameters?.usernameFragment;
  call.a.act((peer, now) => peer.setLocalDescription("offer", peer.createOffer({ iceRestart: true }, now), now));
  await call.wait(200);
  assert.notEqual(call.a.info?.localParameters?.usernameFragment, before);
  call.a.act((peer, now) => peer.setLocalDescription("rollback", "", now));
  await call.wait(200);
  assert.equal(call.a.info?.localParameters?.usernameFragment, before);
  call.b.refused.length = 0;
  call.a.refused.length = 0;
  call.a.send(ours, "still there");
  await call.until(() => call.b.messages.length === 1);
  await call.negotiate(call.b, { iceRestart: true });
  call.a.send(ours, "and after a real one");
  await call.until(() => call.b.messages.length === 2);
  await call.end();
});

test("another peer answers a restart with a certificate of its own: channels end, new ones go to it", async () => {
  const call = new Call();
  const [ours] = await call.connect();
  const host = call.sim.host({ name: "c", addresses: ["10.0.0.3"] });
  const c = new Party(call.sim, host);
  call.b.close();
  call.a.other = c;
  c.other = call.a;
  call.b = c;
  await call.negotiate(call.a, { iceRestart: true });
  assert.equal(ours.state, "closed");
  const late = call.a.act((peer, now) => peer.createChannel({ ...RELIABLE, label: "late" }, now));
  await call.until(() => late.state === "open" && c.channels.length === 1);
  call.a.send(late, "hello c");
  await call.until(() => c.messages.length === 1);
  assert.deepEqual(c.texts, ["hello c"]);
  assert.deepEqual(call.a.log.filter((line) => line === "dtls-state connected").length, 2);
  await call.end();
});

test("a peer that vanishes: disconnected, then failed, and a restart brings it back", async () => {
  const call = new Call();
  const [ours] = await call.connect();
  call.link.down();
  await call.until(() => call.a.has("ice-state disconnected"), 20_000);
  await call.until(() => call.a.has("ice-state failed") && call.b.has("ice-state failed"), 60_000);
  call.link.up();
  await call.negotiate(call.a, { iceRestart: true });
  await call.until(() => call.a.info?.iceState === "completed" && call.b.info?.iceState === "completed");
  call.a.send(ours, "back");
  await call.until(() => call.b.messages.length === 1, 120_000);
  await call.end();
});

/** A slow call that is in the middle of a transfer from a to b, and a call of a's host to a third one. */
async function midTransfer(): Promise<{ call: Call; ours: Channel; theirs: Channel; other: Party; otherChannel: Channel }> {
  const call = new Call({ link: { rate: 8_000_000 } });
  const [ours, theirs] = await call.connect();
  const host = call.sim.host({ name: "c", addresses: ["10.0.0.3"] });
  const [other, third] = [new Party(call.sim, call.a.host), new Party(call.sim, host)];
  other.other = third;
  third.other = other;
  const otherChannel = other.act((peer, now) => peer.createChannel(RELIABLE, now));
  other.act((peer, now) => peer.setLocalDescription("offer", "", now));
  third.act((peer, now) => peer.setRemoteDescription("offer", other.peer.pendingLocalDescription?.sdp ?? "", now));
  third.act((peer, now) => peer.setLocalDescription("answer", "", now));
  other.act((peer, now) => peer.setRemoteDescription("answer", third.peer.currentLocalDescription?.sdp ?? "", now));
  await call.until(() => otherChannel.state === "open" && third.channels.length === 1);
  for (let i = 0; i < 40; i++) call.a.send(ours, "x".repeat(50_000));
  await call.until(() => call.b.messages.length >= 5);
  assert.ok(ours.bufferedAmount > 0);
  return { call, ours, theirs, other, otherChannel };
}

/** The other call carries a message still, and ends. */
async function endUntouched(call: Call, other: Party, channel: Channel): Promise<void> {
  const third = other.other;
  assert.ok(third !== undefined);
  const { length } = third.messages;
  other.send(channel, "untouched");
  await call.until(() => third.messages.length > length);
  assert.deepEqual([other.has("ice-state disconnected"), other.has("dtls-state closed")], [false, false]);
  for (const party of [other, third]) {
    party.close();
    assert.deepEqual([party.failures, party.refused], [[], []]);
  }
  await call.end();
}

test("a peer that falls silent in the middle of a transfer: ICE fails, and the channel waits with what is left", async () => {
  const { call, ours, theirs, other, otherChannel } = await midTransfer();
  const before = call.a.log.length;
  call.link.down();
  await call.wait(300_000);
  // webrtc-pc closes nothing by itself: a restart may find the peer again.
  const news = (): string[] => call.a.log.slice(before).filter((line) => line !== "channel-drained chat");
  assert.deepEqual(news(), ["ice-state disconnected", "ice-state failed"]);
  assert.deepEqual([ours.state, theirs.state, call.b.log.at(-1)], ["open", "open", "ice-state failed"]);
  assert.deepEqual([call.a.info?.dtlsState, call.a.info?.sctp?.state], ["connected", "connected"]);
  assert.equal(call.a.peer.deadline(), Number.POSITIVE_INFINITY, "nothing is tried any more");
  const left = ours.bufferedAmount;
  assert.ok(left > 1_000_000);
  call.a.send(ours, "more");
  await call.wait(1000);
  assert.equal(ours.bufferedAmount, left + 4);
  // Its program was started anew, so it knows nothing of the channel.
  const anew = new Party(call.sim, call.b.host);
  call.b.close();
  call.b = anew;
  call.a.other = anew;
  anew.other = call.a;
  call.link.up();
  await call.negotiate(call.a, { iceRestart: true });
  await call.until(() => call.a.log.slice(before).includes("sctp-state connected"));
  assert.deepEqual([ours.state, ours.bufferedAmount], ["closed", left + 4]);
  assert.equal(news().filter((line) => line === "channel-closed chat").length, 1);
  await endUntouched(call, other, otherChannel);
});

test("a peer that closes in the middle of a transfer: the channel ends with an error and keeps its bufferedAmount", async () => {
  const { call, ours, other, otherChannel } = await midTransfer();
  const before = call.a.log.length;
  call.b.close();
  await call.wait(1000);
  const news = call.a.log.slice(before).filter((line) => line !== "channel-drained chat");
  assert.deepEqual(news, ["channel-closed chat", "sctp-state closed", "dtls-state closed"]);
  const closed = call.a.events.find((event) => event.type === "channel-closed");
  assert.deepEqual([closed?.error?.code, closed?.error?.sctpCauseCode], ["sctp-failure", 12]);
  assert.equal(ours.state, "closed");
  assert.ok(ours.bufferedAmount > 1_000_000);
  await endUntouched(call, other, otherChannel);
});

test("a peer that vanishes for good leaves nothing running after close", async () => {
  const call = new Call();
  await call.connect();
  call.link.down();
  await call.wait(10_000);
  await call.end();
});

/** Sends rubbish to every socket of `to`, as a stranger. */
async function spray(call: Call, stranger: Host, to: Party, count: number): Promise<void> {
  const random = new SeededRandom("spray");
  const { network } = stranger.platform;
  const socket = await call.sim.run({ until: network.bindUdp({ address: "10.0.0.66", port: 0 }, () => undefined), within: 10 });
  const ports = to.info?.localCandidates.map(({ port }) => port) ?? [];
  const bytes = new Uint8Array(1300);
  for (let i = 0; i < count; i++) {
    random.fill(bytes);
    // Every kind of packet has its share.
    bytes[0] = [0, 1, 22, 20, 21, 23, 25, 26, 47, 63, 64, 80, 128, 192, 255][i % 15] ?? 0;
    for (const port of ports) socket.send(bytes, 0, 1 + ((i * 37) % 1299), "10.0.0.1", port);
    if (i % 50 === 0) await call.wait(1);
  }
  await call.wait(50);
  socket.close();
}

test("rubbish of strangers changes nothing, before and after the connection is there", async () => {
  const call = new Call();
  const stranger = call.sim.host({ name: "stranger", addresses: ["10.0.0.66"] });
  const channel = call.a.act((peer, now) => peer.createChannel(RELIABLE, now));
  call.a.act((peer, now) => peer.setLocalDescription("offer", peer.createOffer({ iceRestart: false }, now), now));
  await call.wait(5);
  await spray(call, stranger, call.a, 600);
  call.a.act((peer, now) => peer.setLocalDescription("rollback", "", now));
  call.a.refused.length = 0;
  await call.negotiate();
  await call.until(() => channel.state === "open");
  call.a.refused.length = 0;
  await spray(call, stranger, call.a, 2000);
  call.a.send(channel, "unmoved");
  await call.until(() => call.b.messages.length === 1);
  assert.deepEqual(call.a.failures, []);
  assert.ok(call.a.peer.routes.size < 1000, "spoofed sources do not grow the table");
  await call.end();
});

test("damaged datagrams from the peer's own address change nothing", async () => {
  const call = new Call();
  const [ours, theirs] = await call.connect();
  call.link.set({ corrupt: 0.3, corruptBits: 8 });
  for (let i = 0; i < 100; i++) {
    call.a.send(ours, `a ${i}`);
    call.b.send(theirs, `b ${i}`);
    await call.wait(20);
  }
  await call.until(() => call.a.messages.length === 100 && call.b.messages.length === 100, 60_000);
  await call.end();
});

test("names that cannot be resolved do not keep a call from coming about", async () => {
  const call = new Call({ a: { ice: { resolveNames: false } } });
  call.b.onCandidate = ({ candidate }) => candidate.replace(/10\.0\.0\.2/, "3b1ad2b4-0000-4000-8000-000000000000.local");
  const channel = call.a.act((peer, now) => peer.createChannel(RELIABLE, now));
  await call.negotiate(call.a, { mangle: (sdp) => sdp.replace(/^a=candidate.*\r\n/gm, "") });
  await call.until(() => channel.state === "open");
  assert.equal(stat(call.a, "remote-candidate", "candidateType"), "prflx");
  await call.end();
});

test("who does not trickle tells its candidates in a later offer of the same ICE generation", async () => {
  const call = new Call();
  const channel = call.a.act((peer, now) => peer.createChannel(RELIABLE, now));
  const later: string[] = [];
  call.a.onCandidate = (event) => {
    later.push(`a=${event.candidate === "" ? "end-of-candidates" : event.candidate}\r\n`);
    return undefined;
  };
  call.b.onCandidate = () => undefined;
  const mangle = (sdp: string): string => sdp.replace(/^a=(candidate|end-of-candidates).*\r\n/gm, "");
  await call.negotiate(call.a, { mangle });
  await call.wait(2000);
  assert.equal(channel.state, "connecting");
  const before = call.b.info?.remoteParameters;
  await call.negotiate(call.a, { mangle: (sdp) => (sdp.includes("actpass") ? mangle(sdp) + later.join("") : mangle(sdp)) });
  await call.until(() => channel.state === "open");
  assert.deepEqual(call.b.info?.remoteParameters, before);
  const pairs = call.b.stats().filter(({ type }) => type === "candidate-pair").length;
  await call.negotiate(call.a, { mangle: (sdp) => (sdp.includes("actpass") ? mangle(sdp) + later.join("") : mangle(sdp)) });
  await call.wait(1000);
  assert.equal(call.b.stats().filter(({ type }) => type === "candidate-pair").length, pairs, "told again they change nothing");
  await call.end();
});

test("DTLS that comes before the answer is kept, so that nothing is repeated", async () => {
  const call = new Call();
  const channel = call.a.act((peer, now) => peer.createChannel(RELIABLE, now));
  const offer = call.a.act((peer, now) => {
    peer.setLocalDescription("offer", peer.createOffer({ iceRestart: false }, now), now);
    return peer.pendingLocalDescription?.sdp ?? "";
  });
  call.b.act((peer, now) => peer.setRemoteDescription("offer", offer, now));
  call.b.act((peer, now) => peer.setLocalDescription("answer", "", now));
  // b knows where a is, and finds a pair, before a has the answer: a can only answer its checks.
  await call.wait(2000);
  assert.ok(call.a.refused.length === 0 && call.b.refused.length > 0, "candidates need the answer first");
  call.b.refused.length = 0;
  assert.ok(call.b.has("dtls-state connecting"));
  call.a.act((peer, now) => peer.setRemoteDescription("answer", call.b.peer.currentLocalDescription?.sdp ?? "", now));
  await call.until(() => channel.state === "open", 2000);
  await call.end();
});
