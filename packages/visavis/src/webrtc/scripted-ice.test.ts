/**
 * ICE transports that a script makes, in virtual time: a path found, begun anew, lost and ended.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type LinkOptions, Simulation, testSeed } from "@visavis/netsim";
import { createWebRTC } from "./create-webrtc.ts";
import type { RTCIceTransport } from "./rtc-ice-transport.ts";

/** Two transports on two hosts with a link between them, told of each other's candidates. */
class Pair {
  readonly sim = new Simulation({ seed: testSeed() });
  readonly link;
  readonly caller: RTCIceTransport;
  readonly callee: RTCIceTransport;
  /** What happened at the caller, in order. */
  readonly log: string[] = [];

  constructor(options: LinkOptions = {}, tcp: readonly "passive"[] = []) {
    const hosts = ["10.0.0.1", "10.0.0.2"].map((address) => this.sim.host({ name: address, addresses: [address] }));
    const [one, other] = hosts;
    assert.ok(one !== undefined && other !== undefined);
    this.link = this.sim.link(one, other, { delay: 20, ...options });
    const caller = new (createWebRTC(one.platform).RTCIceTransport)();
    const callee = new (createWebRTC(other.platform, { ice: { network: { tcp } } }).RTCIceTransport)();
    this.caller = caller;
    this.callee = callee;
    introduce(caller, callee);
    introduce(callee, caller);
    for (const type of ["statechange", "gatheringstatechange", "selectedcandidatepairchange"] as const) {
      caller.addEventListener(type, () => this.log.push(`${type} ${caller.state} ${caller.gatheringState}`));
    }
  }

  start(): void {
    this.caller.gather();
    this.callee.gather();
    this.caller.start(this.callee.getLocalParameters() ?? {}, "controlling");
    this.callee.start(this.caller.getLocalParameters() ?? {});
  }

  /** Virtual time goes on until the caller is in a state. */
  reached(state: string): Promise<void> {
    const { caller } = this;
    const reached = new Promise<void>((resolve) => {
      if (caller.state === state) resolve();
      caller.addEventListener("statechange", () => {
        if (caller.state === state) resolve();
      });
    });
    return this.sim.run({ until: reached, within: 120_000 });
  }

  stop(): void {
    this.caller.stop();
    this.callee.stop();
  }
}

/** Candidates of one are told to the other, their end too. */
function introduce(from: RTCIceTransport, to: RTCIceTransport): void {
  from.onicecandidate = ({ candidate }) => {
    if (to.state !== "closed") to.addRemoteCandidate(candidate ?? undefined);
  };
}

test("two transports find a path and finish", async () => {
  const pair = new Pair();
  assert.equal(pair.caller.role, "unknown");
  pair.start();
  await pair.reached("completed");
  // What the operations changed, gathering and checking, they changed without an event.
  assert.deepEqual(pair.log, [
    "gatheringstatechange new complete",
    "selectedcandidatepairchange checking complete",
    "statechange connected complete",
    "statechange completed complete",
  ]);
  const selected = pair.caller.getSelectedCandidatePair();
  assert.deepEqual([selected?.local], pair.caller.getLocalCandidates());
  assert.deepEqual([selected?.remote], pair.caller.getRemoteCandidates());
  assert.equal(selected?.remote.address, "10.0.0.2");
  assert.deepEqual([pair.caller.role, pair.callee.role], ["controlling", "controlled"]);
  pair.stop();
  assert.equal(pair.caller.getSelectedCandidatePair(), null);
  assert.throws(() => pair.caller.gather(), { name: "InvalidStateError" });
});

test("where UDP is blocked the path is one of TCP", async () => {
  const pair = new Pair({ drop: ({ protocol }) => protocol === "udp" }, ["passive"]);
  pair.start();
  await pair.reached("connected");
  const selected = pair.caller.getSelectedCandidatePair();
  assert.deepEqual([selected?.local.protocol, selected?.remote.tcpType], ["tcp", "passive"]);
  pair.stop();
});

test("other parameters of the other side begin anew", async () => {
  const pair = new Pair();
  pair.start();
  await pair.reached("connected");
  const { platform } = pair.sim.host({ name: "10.0.0.3", addresses: ["10.0.0.3"] });
  const third = new (createWebRTC(platform).RTCIceTransport)();
  pair.callee.stop();
  introduce(third, pair.caller);
  pair.caller.start(third.getLocalParameters() ?? {}, "controlling");
  assert.equal(pair.caller.state, "new");
  assert.deepEqual(pair.caller.getRemoteCandidates(), []);
  assert.equal(pair.caller.getSelectedCandidatePair(), null);
  third.gather();
  third.start(pair.caller.getLocalParameters() ?? {}, "controlled");
  for (const candidate of pair.caller.getLocalCandidates()) third.addRemoteCandidate(candidate);
  await pair.reached("connected");
  assert.equal(pair.caller.getSelectedCandidatePair()?.remote.address, "10.0.0.3");
  pair.stop();
  third.stop();
});

test("a path that is lost is told of", async () => {
  const pair = new Pair();
  pair.start();
  await pair.reached("completed");
  pair.callee.stop();
  await pair.reached("disconnected");
  await pair.reached("failed");
  assert.equal(pair.caller.state, "failed");
  pair.stop();
});

test("a server that cannot be reached makes an error event", async () => {
  const pair = new Pair();
  const failed = new Promise<string>((resolve) => {
    pair.caller.onerror = ({ url, errorCode }) => resolve(`${url} ${errorCode}`);
  });
  pair.caller.gather({ iceServers: [{ urls: "stun:10.9.9.9" }] });
  assert.equal(await pair.sim.run({ until: failed, within: 60_000 }), "stun:10.9.9.9 701");
  pair.stop();
});

test("the same candidate twice is one, and what is none is refused", () => {
  const pair = new Pair();
  const init = { candidate: "candidate:1 1 udp 1 10.0.0.9 9999 typ host" };
  pair.caller.addRemoteCandidate(init);
  pair.caller.addRemoteCandidate(init);
  assert.equal(pair.caller.getRemoteCandidates().length, 1);
  assert.equal(pair.caller.getRemoteCandidates()[0]?.sdpMid, "");
  assert.throws(() => pair.caller.addRemoteCandidate({ candidate: "candidate" }), { name: "OperationError" });
  for (let port = 1; port < 400; port++) {
    pair.caller.addRemoteCandidate({ candidate: `candidate:1 1 udp 1 10.0.0.9 ${port} typ host` });
  }
  assert.equal(pair.caller.getRemoteCandidates().length, 256);
  pair.stop();
});

test("about the transport of a connection descriptions decide", async () => {
  const sim = new Simulation({ seed: testSeed() });
  const { platform } = sim.host({ name: "10.0.0.1", addresses: ["10.0.0.1"] });
  const { RTCPeerConnection, RTCIceTransport } = createWebRTC(platform);
  const connection = new RTCPeerConnection();
  connection.createDataChannel("chat");
  await sim.run({ until: connection.setLocalDescription(), within: 1000 });
  const transport = connection.sctp?.transport.iceTransport;
  assert.ok(transport instanceof RTCIceTransport);
  for (const steps of [() => transport.gather(), () => transport.start({}), () => transport.stop()]) {
    assert.throws(steps, { name: "InvalidStateError" });
  }
  connection.close();
});

test("the role and parameters of start are checked", () => {
  const { caller } = new Pair();
  const parameters = { usernameFragment: "abcd", password: "p".repeat(22) };
  assert.throws(() => caller.start(parameters, "unknown"), TypeError);
  assert.throws(() => caller.start(parameters, "other" as "controlled"), TypeError);
  caller.start({ ...parameters, iceLite: true });
  assert.deepEqual(caller.getRemoteParameters(), { ...parameters, iceLite: true });
  caller.start(parameters, "controlled");
  assert.throws(() => caller.start(parameters, "controlling"), { name: "InvalidStateError" });
  caller.stop();
});
