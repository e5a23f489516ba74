/**
 * Calls and their answers: offer, answer, candidates, mistakes.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Simulation } from "@visavis/netsim";
import { PeerConnection } from "./peer-connection.ts";
import { PeerError, type PeerErrorCode } from "./peer-error.ts";
import { Call, Party, RELIABLE } from "./peer-scene.test.ts";

function refuses(code: PeerErrorCode, act: () => unknown): PeerError {
  let caught: unknown;
  assert.throws(act, (error) => {
    caught = error;
    return error instanceof PeerError && error.code === code;
  });
  // Scripts show these to people.
  assert.match((caught as PeerError).message, /^[A-Z"].*\.$/);
  return caught as PeerError;
}

function alone(): Party {
  const sim = new Simulation();
  return new Party(sim, sim.host({ name: "alone", addresses: ["10.0.0.1"] }));
}

function offerOf(party: Party): string {
  return party.act((peer, now) => {
    const sdp = peer.createOffer({ iceRestart: false }, now);
    peer.setLocalDescription("offer", sdp, now);
    return sdp;
  });
}

test("two peers connect, talk and end", async () => {
  const call = new Call();
  const [ours, theirs] = await call.connect({ protocol: "proto" });
  assert.equal(theirs.label, "chat");
  assert.equal(theirs.protocol, "proto");
  call.a.send(ours, "hello 😀");
  call.b.send(theirs, "");
  await call.until(() => call.a.messages.length === 1 && call.b.messages.length === 1);
  assert.deepEqual(call.b.texts, ["hello 😀"]);
  assert.deepEqual(call.a.texts, [""]);
  await call.end();
});

test("events come in the order of the specification's tasks", async () => {
  const call = new Call();
  await call.connect();
  assert.deepEqual(call.a.log, [
    "ice-gathering-state gathering",
    "candidate",
    "end-of-candidates",
    "ice-gathering-state complete",
    "ice-state checking",
    "selected-pair",
    "ice-state connected",
    "dtls-state connecting",
    "ice-state completed",
    "dtls-state connected",
    "sctp-state connected",
    "channel-open chat",
  ]);
  assert.deepEqual(call.b.log.slice(-3), ["dtls-state connected", "sctp-state connected", "channel chat"]);
  await call.end();
});

test("a candidate is in the local description from its event on, and its end too", async () => {
  const call = new Call();
  await call.connect();
  const told = call.a.events.filter((event) => event.type === "candidate");
  assert.equal(told.length, 2);
  const [found, end] = told;
  assert.match(found?.pendingLocalDescription?.sdp ?? "", new RegExp(`^a=${found?.candidate}\r$`, "m"));
  assert.doesNotMatch(found?.pendingLocalDescription?.sdp ?? "", /end-of-candidates/);
  assert.match(end?.pendingLocalDescription?.sdp ?? "", /^a=end-of-candidates\r$/m);
  assert.equal(found?.currentLocalDescription, null);
  assert.match(call.a.peer.currentLocalDescription?.sdp ?? "", /^a=end-of-candidates\r$/m);
  assert.match(call.b.peer.currentRemoteDescription?.sdp ?? "", /^a=end-of-candidates\r$/m);
  await call.end();
});

test("setLocalDescription without a text sets what the state asks for now, not what was created last", async () => {
  const party = alone();
  const set = (): string => {
    party.act((peer, now) => peer.setLocalDescription("offer", "", now));
    return party.peer.pendingLocalDescription?.sdp ?? "";
  };
  const fragment = (sdp: string): string | undefined => /^a=ice-ufrag:(.*)\r$/m.exec(sdp)?.[1];
  party.act((peer, now) => peer.createOffer({ iceRestart: false }, now));
  const stale = party.act((peer, now) => peer.createOffer({ iceRestart: false }, now));
  assert.equal(set(), stale, "nothing changed in between");
  party.act((peer, now) => peer.createChannel(RELIABLE, now));
  const withData = set();
  assert.match(withData, /^m=application /m, "in have-local-offer too");
  assert.equal(set(), withData);
  party.act((peer) => peer.restartIce());
  const restarted = set();
  assert.notEqual(fragment(restarted), fragment(withData));
  assert.equal(fragment(set()), fragment(restarted), "one restart is enough");
  const asked = party.act((peer, now) => peer.createOffer({ iceRestart: true }, now));
  assert.notEqual(fragment(asked), fragment(restarted));
  assert.equal(fragment(set()), fragment(asked), "a restart that was asked for stays asked for");
  party.close();
  await party.sim.run({ within: 100 });

  const late = alone();
  late.act((peer, now) => peer.createOffer({ iceRestart: false }, now));
  late.act((peer, now) => peer.createChannel(RELIABLE, now));
  late.act((peer, now) => peer.setLocalDescription("offer", "", now));
  assert.match(late.peer.pendingLocalDescription?.sdp ?? "", /^m=application /m);
  late.close();
  await late.sim.run({ within: 100 });
});

test("setLocalDescription without a text answers the offer that is there now", () => {
  const [offerer, answerer] = [alone(), alone()];
  const empty = offerOf(offerer);
  answerer.act((peer, now) => peer.setRemoteDescription("offer", empty, now));
  answerer.act((peer, now) => peer.createAnswer(now));
  offerer.act((peer, now) => peer.createChannel(RELIABLE, now));
  const withData = offerOf(offerer);
  answerer.act((peer, now) => peer.setRemoteDescription("offer", withData, now));
  answerer.act((peer, now) => peer.setLocalDescription("answer", "", now));
  assert.match(answerer.peer.currentLocalDescription?.sdp ?? "", /^m=application /m);
  offerer.close();
  answerer.close();
});

test("nothing is gathered before a local description, and everything is given back when it is rolled back", async () => {
  const party = alone();
  party.act((peer, now) => peer.createChannel(RELIABLE, now));
  party.act((peer, now) => peer.createOffer({ iceRestart: false }, now));
  await party.sim.run({ within: 100 });
  assert.deepEqual(party.log, []);
  const before = party.info;
  assert.equal(before, undefined);
  offerOf(party);
  await party.sim.run({ within: 100 });
  const { info } = party;
  assert.deepEqual([info?.gatheringState, info?.iceRole], ["complete", "controlling"]);
  assert.ok(party.host.openSockets > 0);
  party.act((peer, now) => peer.setLocalDescription("rollback", "", now));
  assert.equal(party.peer.signalingState, "stable");
  assert.equal(party.info, undefined);
  assert.ok(party.peer.isNegotiationNeeded());
  await party.sim.run({ within: 100 });
  assert.equal(party.host.openSockets, 0);
  assert.deepEqual(party.log.slice(-1), ["ice-gathering-state new"]);
});

test("candidates that nobody was told of go with the rollback", async () => {
  const party = alone();
  party.act((peer, now) => peer.createChannel(RELIABLE, now));
  offerOf(party);
  party.act((peer, now) => peer.setLocalDescription("rollback", "", now));
  await party.sim.run({ within: 100 });
  assert.deepEqual(party.log, []);
  assert.equal(party.host.openSockets, 0);
});

test("a call comes about after a rollback, with the channel that was made before", async () => {
  const call = new Call();
  const channel = call.a.act((peer, now) => peer.createChannel(RELIABLE, now));
  const first = offerOf(call.a);
  await call.wait(5);
  call.a.act((peer, now) => peer.setLocalDescription("rollback", "", now));
  call.a.onCandidate = (event) => (first.includes(event.usernameFragment) ? undefined : event.candidate);
  await call.wait(100);
  call.a.refused.length = 0;
  await call.negotiate();
  await call.until(() => channel.state === "open");
  await call.end();
});

test("when both offer, one yields: its offer is rolled back and its channel comes later", async () => {
  const call = new Call();
  const ours = call.a.act((peer, now) => peer.createChannel({ ...RELIABLE, label: "a" }, now));
  const theirs = call.b.act((peer, now) => peer.createChannel({ ...RELIABLE, label: "b" }, now));
  offerOf(call.b);
  await call.wait(1);
  await call.negotiate(call.a);
  await call.until(() => ours.state === "open" && theirs.state === "open");
  // Candidates of the offer that was rolled back are refused: a never saw that offer.
  assert.ok(call.b.refused.every((error) => error instanceof PeerError));
  call.b.refused.length = 0;
  assert.equal(call.a.info?.iceRole, "controlling");
  assert.equal(call.b.info?.iceRole, "controlled");
  await call.end();
});

test("an empty description stands for the one that would be created", async () => {
  const call = new Call();
  const channel = call.a.act((peer, now) => peer.createChannel(RELIABLE, now));
  call.a.act((peer, now) => peer.setLocalDescription("offer", "", now));
  const offer = call.a.peer.pendingLocalDescription;
  assert.equal(offer?.type, "offer");
  call.b.act((peer, now) => peer.setRemoteDescription("offer", offer?.sdp ?? "", now));
  call.b.act((peer, now) => peer.setLocalDescription("answer", "", now));
  call.a.act((peer, now) => peer.setRemoteDescription("answer", call.b.peer.currentLocalDescription?.sdp ?? "", now));
  await call.until(() => channel.state === "open");
  await call.end();
});

test("candidates within descriptions are enough: no trickling", async () => {
  const call = new Call();
  call.a.onCandidate = () => undefined;
  call.b.onCandidate = () => undefined;
  const channel = call.a.act((peer, now) => peer.createChannel(RELIABLE, now));
  offerOf(call.a);
  await call.until(() => call.a.has("ice-gathering-state complete"));
  call.b.act((peer, now) => peer.setRemoteDescription("offer", call.a.peer.pendingLocalDescription?.sdp ?? "", now));
  call.b.act((peer, now) => peer.setLocalDescription("answer", "", now));
  await call.until(() => call.b.has("ice-gathering-state complete"));
  call.a.act((peer, now) => peer.setRemoteDescription("answer", call.b.peer.currentLocalDescription?.sdp ?? "", now));
  await call.until(() => channel.state === "open");
  assert.equal(call.a.peer.canTrickle, true);
  await call.end();
});

test("a provisional answer starts the transport, the answer keeps it", async () => {
  const call = new Call();
  const channel = call.a.act((peer, now) => peer.createChannel(RELIABLE, now));
  const offer = offerOf(call.a);
  call.b.act((peer, now) => peer.setRemoteDescription("offer", offer, now));
  call.b.act((peer, now) => peer.setLocalDescription("pranswer", peer.createAnswer(now), now));
  const provisional = call.b.peer.pendingLocalDescription?.sdp ?? "";
  call.a.act((peer, now) => peer.setRemoteDescription("pranswer", provisional, now));
  assert.equal(call.a.peer.signalingState, "have-remote-pranswer");
  await call.until(() => channel.state === "open");
  call.b.act((peer, now) => peer.setLocalDescription("answer", "", now));
  const answer = call.b.peer.currentLocalDescription?.sdp ?? "";
  call.a.act((peer, now) => peer.setRemoteDescription("answer", answer, now));
  assert.equal(call.a.peer.signalingState, "stable");
  call.a.send(channel, "still here");
  await call.until(() => call.b.messages.length === 1);
  assert.equal(call.a.events.filter(({ type }) => type === "selected-pair").length, 1);
  await call.end();
});

test("the data section is kept over renegotiations from both sides", async () => {
  const call = new Call();
  const [ours, theirs] = await call.connect();
  for (const offerer of [call.b, call.a, call.b]) {
    await call.negotiate(offerer);
    call.a.send(ours, "a");
    call.b.send(theirs, "b");
    await call.until(() => call.a.messages.length > 0 && call.b.messages.length > 0);
    call.a.messages.length = 0;
    call.b.messages.length = 0;
  }
  assert.equal(call.a.peer.isNegotiationNeeded(), false);
  assert.equal(call.a.events.filter(({ type }) => type === "selected-pair").length, 1);
  assert.equal(call.a.info?.iceRole, "controlling");
  await call.end();
});

test("a rejected section takes transport and channels along", async () => {
  const call = new Call();
  const [ours] = await call.connect();
  const offer = call.a.act((peer, now) => {
    const sdp = peer.createOffer({ iceRestart: false }, now);
    peer.setLocalDescription("offer", sdp, now);
    return sdp;
  });
  assert.match(offer, /^m=application/m);
  const answer = (call.b.peer.currentLocalDescription?.sdp ?? "")
    .replace(/^m=application \d+/m, "m=application 0")
    .replace(/^a=group.*\r\n/m, "")
    .replace(/^a=setup:\w+/m, "a=setup:active");
  call.a.act((peer, now) => peer.setRemoteDescription("answer", answer, now));
  await call.wait(100);
  assert.equal(call.a.info, undefined);
  assert.equal(ours.state, "closed");
  assert.ok(call.a.has("channel-closed chat"));
  assert.equal(call.a.host.openSockets, 0);
  assert.deepEqual(call.a.log.slice(-5), [
    "channel-closed chat",
    "sctp-state closed",
    "dtls-state closed",
    "ice-state closed",
    "ice-gathering-state new",
  ]);
  assert.ok(call.b.has("channel-closed chat") && call.b.has("dtls-state closed"));
});

test("an offer of media alone is answered without a data section, and channels wait", async () => {
  const party = alone();
  const channel = party.act((peer, now) => peer.createChannel(RELIABLE, now));
  const media = [
    "v=0",
    "o=- 1 1 IN IP4 127.0.0.1",
    "s=-",
    "t=0 0",
    "a=group:BUNDLE 0",
    "m=audio 9 UDP/TLS/RTP/SAVPF 111",
    "c=IN IP4 0.0.0.0",
    "a=rtcp-mux",
    "a=ice-ufrag:abcd",
    "a=ice-pwd:abcdefghijklmnopqrstuvwx",
    `a=fingerprint:sha-256 ${Array(32).fill("00").join(":")}`,
    "a=setup:actpass",
    "a=mid:0",
    "a=sendrecv",
    "a=rtpmap:111 opus/48000/2",
    "",
  ].join("\r\n");
  party.act((peer, now) => peer.setRemoteDescription("offer", media, now));
  const answer = party.act((peer, now) => peer.createAnswer(now));
  assert.match(answer, /^m=audio 9 [\s\S]*^a=recvonly/m);
  assert.doesNotMatch(answer, /^m=application/m);
  party.act((peer, now) => peer.setLocalDescription("answer", answer, now));
  await party.sim.run({ within: 100 });
  assert.equal(channel.state, "connecting");
  assert.ok(party.peer.isNegotiationNeeded());
});

test("candidates are refused as webrtc-pc says", async () => {
  const call = new Call();
  const candidate = "candidate:1 1 udp 1 10.0.0.9 9999 typ host";
  const init = { candidate, sdpMid: "0", sdpMLineIndex: 0, usernameFragment: null };
  const add = (change: Partial<typeof init> | { sdpMid: null; sdpMLineIndex: null } | { usernameFragment: string }) => () =>
    call.b.act((peer, now) => peer.addIceCandidate({ ...init, ...change }, now));
  refuses("invalid-state", add({}));
  call.a.act((peer, now) => peer.createChannel(RELIABLE, now));
  const offer = offerOf(call.a);
  call.b.act((peer, now) => peer.setRemoteDescription("offer", offer, now));
  refuses("type", add({ sdpMid: null, sdpMLineIndex: null }));
  refuses("operation", add({ sdpMid: "7" }));
  refuses("operation", add({ sdpMid: null, sdpMLineIndex: 3 } as never));
  refuses("operation", add({ usernameFragment: "other" }));
  refuses("operation", add({ candidate: "candidate:nonsense" }));
  add({})();
  add({ candidate: "", sdpMid: null, sdpMLineIndex: null } as never)();
  const { sdp = "" } = call.b.peer.pendingRemoteDescription ?? {};
  assert.ok(sdp.includes(`a=${candidate}\r\n`));
  assert.match(sdp, /^a=end-of-candidates/m);
});

test("a flood of candidates is dropped and counted, before and after the answer", async () => {
  const call = new Call();
  call.a.act((peer, now) => peer.createChannel(RELIABLE, now));
  call.a.onCandidate = () => undefined;
  call.b.onCandidate = () => undefined;
  const offer = offerOf(call.a);
  call.b.act((peer, now) => peer.setRemoteDescription("offer", offer, now));
  const add = (i: number): void => {
    const candidate = `candidate:${i} 1 udp 1 10.0.${i >> 8}.${i & 255} 9999 typ host`;
    call.b.act((peer, now) => peer.addIceCandidate({ candidate, sdpMid: "0", sdpMLineIndex: 0, usernameFragment: null }, now));
  };
  for (let i = 0; i < 300; i++) add(i);
  const kept = (sdp: string | undefined): number => sdp?.match(/^a=candidate:/gm)?.length ?? 0;
  assert.equal(kept(call.b.peer.pendingRemoteDescription?.sdp), 256);
  call.b.act((peer, now) => peer.setLocalDescription("answer", "", now));
  for (let i = 0; i < 310; i++) add(i);
  assert.equal(kept(call.b.peer.currentRemoteDescription?.sdp), 256);
  // The first ones are known.
  const { peer } = call.b.peer.counters()?.drops ?? {};
  assert.deepEqual(peer, { "candidate-limit": 44 + 54 });
  await call.wait(100);
  await call.end();
});

for (const [name, line] of [
  ["user name fragment", "a=ice-ufrag:another"],
  ["password", `a=ice-pwd:${"another".repeat(4)}`],
] as const) {
  test(`an offer with another ${name} alone restarts ICE`, async () => {
    const call = new Call();
    await call.connect();
    call.b.onCandidate = () => undefined;
    const ours = call.b.info?.localParameters;
    const start = line.slice(0, line.indexOf(":") + 1);
    const offer = call.a.act((peer, now) => peer.createOffer({ iceRestart: false }, now));
    call.b.act((peer, now) => {
      peer.setRemoteDescription("offer", offer.replace(new RegExp(`^${start}.*$`, "m"), line), now);
      peer.setLocalDescription("answer", "", now);
    });
    const { info } = call.b;
    const remote = info?.remoteParameters;
    assert.ok([remote?.usernameFragment, remote?.password].includes(line.slice(start.length)));
    assert.notEqual(info?.localParameters?.usernameFragment, ours?.usernameFragment);
    assert.notEqual(info?.localParameters?.password, ours?.password);
    await call.wait(100);
    await call.end();
  });

  test(`an answer with another ${name} alone is taken as that of another peer`, async () => {
    const call = new Call();
    await call.connect();
    const start = line.slice(0, line.indexOf(":") + 1);
    await call.negotiate(call.a, {
      mangle: (sdp) => (sdp.includes("actpass") ? sdp : sdp.replace(new RegExp(`^${start}.*$`, "m"), line)),
    });
    const remote = call.a.info?.remoteParameters;
    assert.ok([remote?.usernameFragment, remote?.password].includes(line.slice(start.length)));
    await call.wait(100);
    await call.end();
  });
}

test("a TURN server that keeps silent is told of, and gathering ends", async () => {
  const sim = new Simulation();
  const iceServers = [{ urls: ["turn:192.0.2.1:3478"], username: "u", credential: "p" }];
  const party = new Party(sim, sim.host({ name: "alone", addresses: ["10.0.0.1"] }), { iceServers });
  party.act((peer, now) => peer.createChannel(RELIABLE, now));
  offerOf(party);
  await sim.run({ within: 10_000 });
  const error = party.events.find(({ type }) => type === "candidate-error");
  assert.ok(error?.type === "candidate-error" && error.errorCode === 701 && error.url === "turn:192.0.2.1:3478");
  assert.ok(party.has("ice-gathering-state complete"));
  party.close();
});

test("mistakes throw with a code and change nothing", () => {
  const party = alone();
  const { peer } = party;
  refuses("type", () => new PeerConnection({ certificates: [] } as never));
  refuses("invalid-state", () => peer.createAnswer(0));
  refuses("invalid-state", () => peer.setLocalDescription("answer", "", 0));
  refuses("invalid-state", () => peer.setLocalDescription("rollback", "", 0));
  const error = refuses("sdp-syntax", () => peer.setRemoteDescription("offer", "v=0\r\nrubbish\r\n", 0));
  assert.equal(error.sdpLineNumber, 2);
  refuses("invalid-modification", () => peer.setLocalDescription("offer", "v=0\r\n", 0));
  assert.equal(peer.signalingState, "stable");
  peer.createChannel({ ...RELIABLE, negotiated: true, id: 7 }, 0);
  refuses("operation", () => peer.createChannel({ ...RELIABLE, negotiated: true, id: 7 }, 0));
  refuses("type", () => peer.createChannel({ ...RELIABLE, label: "x".repeat(65536) }, 0));
  const channel = peer.createChannel(RELIABLE, 0);
  refuses("invalid-state", () => peer.send(channel, new Uint8Array(1), "binary", 0));
});

test("after close every call is refused, and nothing is told any more", async () => {
  const call = new Call();
  const [ours] = await call.connect();
  const { length } = call.a.events;
  call.a.close();
  call.a.close();
  const { peer } = call.a;
  assert.equal(peer.signalingState, "closed");
  assert.equal(peer.isNegotiationNeeded(), false);
  refuses("invalid-state", () => peer.createOffer({ iceRestart: false }, 0));
  refuses("invalid-state", () => peer.createChannel(RELIABLE, 0));
  refuses("invalid-state", () => peer.setRemoteDescription("offer", "", 0));
  refuses("invalid-state", () =>
    peer.addIceCandidate({ candidate: "", sdpMid: null, sdpMLineIndex: null, usernameFragment: null }, 0),
  );
  refuses("invalid-state", () => peer.send(ours, new Uint8Array(1), "binary", 0));
  await call.wait(1000);
  assert.equal(call.a.events.length, length);
  assert.equal(ours.state, "closed");
  await call.end();
});

test("the other side hears of a close at once", async () => {
  const call = new Call();
  const [, theirs] = await call.connect();
  call.a.close();
  await call.wait(50);
  assert.equal(theirs.state, "closed");
  assert.ok(call.b.has("channel-closed chat"));
  assert.ok(call.b.has("dtls-state closed"));
  await call.end();
});

test("a bug of ours ends that peer connection with an event, and no other", async () => {
  let broken = false;
  const sim = new Simulation();
  const host = sim.host({ name: "both", addresses: ["10.0.0.1"] });
  const { random } = host.platform;
  const flawed = {
    seeded: true,
    fill: (out: Uint8Array, start?: number, end?: number): void => {
      if (broken) throw new Error("the well is dry");
      random.fill(out, start, end);
    },
  };
  const victim = new Party(sim, host, { random: flawed });
  const bystander = new Party(sim, host);
  for (const party of [victim, bystander]) {
    party.act((peer, now) => peer.createChannel(RELIABLE, now));
    offerOf(party);
  }
  await sim.run({ within: 100 });
  const remote = (bystander.peer.pendingLocalDescription?.sdp ?? "").replace("actpass", "active");
  broken = true;
  // The call in which it shows throws it as it is.
  assert.throws(() => victim.act((peer, now) => peer.setRemoteDescription("answer", remote, now)), /the well is dry/);
  victim.driver.wake();
  await sim.run({ within: 1000 });
  const last = victim.events.at(-1);
  assert.ok(last?.type === "failure" && last.error.message === "the well is dry");
  assert.equal(victim.peer.signalingState, "closed");
  assert.deepEqual(victim.failures, [], "the driver has nothing to do with it");
  assert.equal(bystander.peer.signalingState, "have-local-offer");
  bystander.close();
  await sim.run({ within: 100 });
  assert.equal(host.openSockets, 0);
});
