/**
 * Two transports, without offer and answer.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { SocketId } from "../base/route.ts";
import { fingerprint } from "../crypto/fingerprint.ts";
import { type IceCandidate, parseCandidate } from "../ice/candidate.ts";
import { isConnected, pair, tellDtls, tellIce } from "./transport-pair.test.ts";

test("ICE, DTLS and SCTP come up one after the other, and count what they carry", () => {
  const { sim, a, b } = pair();
  sim.runFor(100);
  const ours = a.transport.channels.create({ label: "x", protocol: "", ordered: true, negotiated: false });
  tellIce(sim, a, b);
  tellIce(sim, b, a);
  tellDtls(sim, a, b, "client");
  tellDtls(sim, b, a, "server");
  assert.equal(ours.id, 1, "the id is there before the association is");
  sim.runUntil(() => isConnected(a) && isConnected(b), { within: 1000 });
  sim.runFor(1000);
  assert.equal(a.transport.agreement?.groupName, "X25519MLKEM768");
  assert.deepEqual(a.transport.counters().dtls, { groupName: "X25519MLKEM768", retry: undefined });
  assert.deepEqual(
    a.runner.events.flatMap((event) => (event.type === "dtls-state" ? [event.state] : [])),
    ["connecting", "connected"],
  );
  const [sent, received] = [a.transport.traffic, b.transport.traffic];
  assert.ok(sent.packetsSent > 5);
  assert.deepEqual([received.packetsReceived, received.bytesReceived], [sent.packetsSent, sent.bytesSent]);
  const selected = a.transport.ice.stats().pairs.find((each) => each.selected);
  assert.equal(selected?.bytesSent, sent.bytesSent);
  assert.equal(selected?.packetsReceived, a.transport.traffic.packetsReceived);
});

for (const mtu of [1200, 9000, 65_000])
  test(`SCTP packets fill the datagram to the MTU of ${mtu}, of Ethernet or to the record, and no further`, () => {
    const { sim, a, b } = pair(10, { mtu });
    let largest = 0;
    const send = a.transport.transmit.bind(a.transport);
    a.transport.transmit = (out, now) => {
      const more = send(out, now);
      if (more) largest = Math.max(largest, out.length);
      return more;
    };
    sim.runFor(100);
    const channel = a.transport.channels.create({ label: "x", protocol: "", ordered: true, negotiated: false });
    tellIce(sim, a, b);
    tellIce(sim, b, a);
    tellDtls(sim, a, b, "client");
    tellDtls(sim, b, a, "server");
    sim.runUntil(() => channel.state === "open", { within: 1000 });
    a.transport.channels.send(channel, new Uint8Array(50_000), "binary", sim.now);
    sim.runFor(1000);
    // A record of DTLS 1.3 holds 16 KiB, beside its header, content type and tag.
    const most = Math.min(Math.max(mtu, 1472), 16_384 + 22);
    assert.ok(largest > most - 4 && largest <= most, `${largest}`);
    sim.runUntil(() => b.runner.events.length > 0 && b.transport.channels.channels[0]?.bytesReceived === 50_000, {
      within: 2000,
    });
  });

for (const maxVersion of ["1.2", "1.3"] as const)
  test(`DTLS ${maxVersion} agrees on an SRTP profile without media too: there are peers that end the handshake otherwise`, () => {
    const { sim, a, b } = pair(10, { dtls: { maxVersion } });
    sim.runFor(100);
    tellIce(sim, a, b);
    tellIce(sim, b, a);
    tellDtls(sim, a, b, "client");
    tellDtls(sim, b, a, "server");
    sim.runUntil(() => isConnected(a) && isConnected(b), { within: 1000 });
    assert.deepEqual([a.transport.agreement?.srtpProfile, b.transport.agreement?.srtpProfile], [7, 7]);
  });

test("a handshake that comes before its fingerprint is known is kept", () => {
  const { sim, a, b } = pair();
  sim.runFor(100);
  tellIce(sim, a, b);
  tellIce(sim, b, a);
  tellDtls(sim, a, b, "client");
  sim.runFor(200);
  assert.ok(a.transport.held.size > 0);
  assert.equal(a.transport.dtlsState, "new");
  const before = a.transport.held.size;
  tellDtls(sim, b, a, "server");
  sim.runFor(60);
  assert.equal(a.transport.held.size, 0);
  assert.ok(before <= 8);
  assert.equal(a.transport.dtlsState, "connected");
});

test("a certificate that was not promised ends DTLS on both sides, and the channels with it", () => {
  const { sim, a, b } = pair();
  sim.runFor(100);
  const channel = b.transport.channels.create({ label: "x", protocol: "", ordered: true, negotiated: false });
  tellIce(sim, a, b);
  tellIce(sim, b, a);
  tellDtls(sim, a, b, "client", fingerprint(b.certificate.der, "sha-256"));
  tellDtls(sim, b, a, "server");
  sim.runUntil(() => a.transport.dtlsState === "failed" && b.transport.dtlsState === "failed", { within: 2000 });
  assert.equal(channel.state, "closed");
  const failure = b.runner.events.find((event) => event.type === "dtls-state" && event.state === "failed");
  assert.ok(failure?.type === "dtls-state" && failure.error?.code === "fingerprint-mismatch");
});

test("close says farewell, gives every socket back and is deaf afterwards", () => {
  const { sim, a, b } = pair();
  sim.runFor(100);
  tellIce(sim, a, b);
  tellIce(sim, b, a);
  tellDtls(sim, a, b, "client");
  tellDtls(sim, b, a, "server");
  sim.runUntil(() => isConnected(a) && isConnected(b), { within: 1000 });
  a.transport.close(sim.now);
  a.transport.close(sim.now);
  assert.equal(a.transport.deadline(), Number.POSITIVE_INFINITY);
  const route = a.transport.routes.intern(1 as SocketId, "udp", "10.0.0.2", 5);
  a.transport.receive(new Uint8Array(20), route, sim.now);
  assert.equal(a.transport.drops.of("closed"), 1);
  sim.runFor(100);
  assert.equal(a.host.openSockets, 0);
  assert.equal(a.transport.takeEvent(), undefined);
});

test("what is neither STUN nor DTLS is dropped and counted; DTLS of strangers is not believed", () => {
  const { sim, a, b } = pair();
  sim.runFor(100);
  tellIce(sim, a, b);
  tellIce(sim, b, a);
  tellDtls(sim, a, b, "client");
  tellDtls(sim, b, a, "server");
  sim.runUntil(() => isConnected(a) && isConnected(b), { within: 1000 });
  const { transport } = a;
  const known = transport.ice.sendRoute;
  assert.ok(known !== undefined);
  const stranger = transport.routes.intern(known.local, "udp", "10.0.0.66", 5);
  const before = transport.traffic.packetsReceived;
  transport.receive(Uint8Array.of(22, 1, 2), stranger, sim.now);
  for (const first of [5, 17, 70, 90, 200]) transport.receive(Uint8Array.of(first, 0), known, sim.now);
  transport.receive(Uint8Array.of(128, 100), known, sim.now);
  transport.receive(Uint8Array.of(128, 200), known, sim.now);
  transport.receive(new Uint8Array(0), known, sim.now);
  assert.deepEqual(transport.drops.toJSON(), {
    "unknown-route": 1,
    unknown: 2,
    zrtp: 1,
    "channel-data": 1,
    quic: 2,
    rtp: 1,
    rtcp: 1,
  });
  assert.equal(transport.traffic.packetsReceived, before);
  assert.ok(isConnected(a));
});

test("fuzz: whatever comes on a known route, nothing is thrown and time goes on", () => {
  const { sim, a, b } = pair(1);
  sim.runFor(100);
  tellIce(sim, a, b);
  tellIce(sim, b, a);
  tellDtls(sim, a, b, "client");
  tellDtls(sim, b, a, "server");
  sim.runUntil(() => isConnected(a) && isConnected(b), { within: 1000 });
  const route = a.transport.ice.sendRoute;
  assert.ok(route !== undefined);
  for (let i = 0; i < 3000; i++) {
    const datagram = new Uint8Array(i % 200);
    sim.random.fill(datagram);
    if (i % 3 > 0 && datagram.length > 0) datagram[0] = i % 3 === 1 ? 20 + (i % 44) : i % 4;
    a.transport.receive(datagram, route, sim.now);
    if (i % 100 === 0) sim.runFor(10);
  }
  const channel = a.transport.channels.create({ label: "x", protocol: "", ordered: true, negotiated: false });
  a.transport.channels.send(channel, Uint8Array.of(1), "binary", sim.now);
  const heard = (): boolean =>
    b.runner.events.some((event) => event.type === "channels" && event.event.type === "channel") &&
    b.transport.channels.takeMessage() !== undefined;
  sim.runUntil(heard, { within: 5000 });
});

test("remote candidates that were told before are passed over, and too many of a generation are counted", () => {
  const { sim, a, b } = pair();
  const candidate = (i: number): IceCandidate => {
    const parsed = parseCandidate(`candidate:1 1 udp 1 10.9.0.1 ${1000 + i} typ host`);
    assert.ok(parsed !== undefined);
    return parsed;
  };
  const { transport } = b;
  transport.setRemoteParameters(a.transport.ice.localParameters, sim.now);
  for (let i = 0; i < 512; i++) transport.addRemoteCandidate(candidate(i % 256), sim.now);
  assert.equal(transport.drops.of("candidate-limit"), 0);
  transport.addRemoteCandidate(candidate(256), sim.now);
  assert.equal(transport.drops.of("candidate-limit"), 1);
  transport.restartIce({ usernameFragment: "next", password: "x".repeat(24) }, "controlled", sim.now);
  transport.addRemoteCandidate(candidate(256), sim.now);
  assert.equal(transport.drops.of("candidate-limit"), 1, "a restart begins anew");
});
