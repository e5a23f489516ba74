/**
 * Whole RTCPeerConnections in virtual time: what the W3C face adds to the peer connection below it.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Simulation, testSeed } from "@visavis/netsim";
import { InternalError } from "../base/errors.ts";
import { PeerConnection } from "../peer/peer-connection.ts";
import { createWebRTC } from "./create-webrtc.ts";
import type { RTCDataChannel, RTCDataChannelInit } from "./rtc-data-channel.ts";
import type { RTCPeerConnection } from "./rtc-peer-connection.ts";

/** Two connections on two hosts, told of each other's candidates. */
class Pair {
  readonly sim = new Simulation({ seed: testSeed() });
  readonly caller: RTCPeerConnection;
  readonly callee: RTCPeerConnection;

  constructor() {
    const [caller, callee] = ["10.0.0.1", "10.0.0.2"].map((address) => {
      const host = this.sim.host({ name: address, addresses: [address] });
      return new (createWebRTC(host.platform).RTCPeerConnection)();
    });
    assert.ok(caller !== undefined && callee !== undefined);
    this.caller = caller;
    this.callee = callee;
    caller.onicecandidate = ({ candidate }) => void callee.addIceCandidate(candidate);
    callee.onicecandidate = ({ candidate }) => void caller.addIceCandidate(candidate);
  }

  /** Virtual time goes on until `promise` settles. */
  until<T>(promise: Promise<T>): Promise<T> {
    return this.sim.run({ until: promise, within: 60_000 });
  }

  async negotiate(from: RTCPeerConnection = this.caller, to: RTCPeerConnection = this.callee): Promise<void> {
    await from.setLocalDescription();
    await to.setRemoteDescription(described(from.localDescription));
    await to.setLocalDescription();
    await from.setRemoteDescription(described(to.localDescription));
  }

  /** Both ends of an open channel. */
  channels(init: RTCDataChannelInit = {}): Promise<[RTCDataChannel, RTCDataChannel]> {
    const channel = this.caller.createDataChannel("chat", init);
    const open = async (): Promise<[RTCDataChannel, RTCDataChannel]> => {
      const announced = happens<{ readonly channel: RTCDataChannel }>(this.callee, "datachannel");
      const opened = happens(channel, "open");
      await this.negotiate();
      await opened;
      const other = (await announced).channel;
      return [channel, other];
    };
    return this.until(open());
  }

  close(): void {
    this.caller.close();
    this.callee.close();
  }
}

function described<T>(description: T | null): T {
  assert.ok(description !== null);
  return description;
}

function happens<E>(target: EventTarget, type: string): Promise<E> {
  return new Promise((resolve) => target.addEventListener(type, (event) => resolve(event as E), { once: true }));
}

/** The data of the next messages. */
function messages(channel: RTCDataChannel, count: number): Promise<unknown[]> {
  const data: unknown[] = [];
  return new Promise((resolve) => {
    channel.onmessage = (event) => {
      data.push(event.data);
      if (data.length === count) resolve(data);
    };
  });
}

test("messages of every kind arrive as they were sent, in order", async () => {
  const pair = new Pair();
  const [channel, other] = await pair.channels();
  const arrived = messages(other, 7);
  channel.send("");
  channel.send("héllo \u{1F44B} \ud800");
  channel.send(new Blob(["blob"]));
  channel.send(new ArrayBuffer(0));
  channel.send(Uint8Array.of(1, 2, 3).subarray(1));
  channel.send(new DataView(Uint8Array.of(4, 5, 6, 7).buffer, 1, 2));
  channel.send(Uint16Array.of(0x0908).buffer);
  const buffers = (await pair.until(arrived)).map((data) => (data instanceof ArrayBuffer ? [...new Uint8Array(data)] : data));
  assert.deepEqual(buffers, ["", "héllo \u{1F44B} \ufffd", [98, 108, 111, 98], [], [2, 3], [5, 6], [8, 9]]);
  other.binaryType = "blob";
  const blob = messages(other, 1);
  channel.send(Uint8Array.of(65));
  const [data] = await pair.until(blob);
  assert.ok(data instanceof Blob);
  assert.equal(await data.text(), "A");
  pair.close();
});

test("the bytes of a message are those of the moment of send", async () => {
  const pair = new Pair();
  const [channel, other] = await pair.channels();
  const bytes = Uint8Array.of(1, 2, 3);
  const arrived = messages(other, 1);
  channel.send(bytes);
  bytes.fill(9);
  assert.deepEqual(await pair.until(arrived), [Uint8Array.of(1, 2, 3).buffer]);
  pair.close();
});

test("promise reactions run between two messages", async () => {
  const pair = new Pair();
  const [channel, other] = await pair.channels();
  const log: string[] = [];
  const done = new Promise<void>((resolve) => {
    other.onmessage = ({ data }) => {
      log.push(`message ${data}`);
      void Promise.resolve().then(() => log.push(`reaction ${data}`));
      if (data === "c") resolve();
    };
  });
  for (const text of ["a", "b", "c"]) channel.send(text);
  await pair.until(done);
  assert.deepEqual(log, ["message a", "reaction a", "message b", "reaction b", "message c", "reaction c"]);
  pair.close();
});

test("bufferedAmount counts at once and goes down in a task, with one event at the threshold", async () => {
  const pair = new Pair();
  const [channel, other] = await pair.channels();
  const amounts: number[] = [];
  channel.onbufferedamountlow = () => amounts.push(channel.bufferedAmount);
  channel.bufferedAmountLowThreshold = 10;
  channel.send("12345678");
  assert.equal(channel.bufferedAmount, 8);
  channel.send(new Blob(["12345678"]));
  assert.equal(channel.bufferedAmount, 16);
  await pair.until(messages(other, 2));
  assert.equal(channel.bufferedAmount, 0);
  assert.equal(amounts.length, 1);
  assert.throws(() => {
    channel.bufferedAmountLowThreshold = -1;
  }, TypeError);
  pair.close();
});

test("send says why it cannot", async () => {
  const pair = new Pair();
  const connecting = pair.caller.createDataChannel("early");
  assert.throws(() => connecting.send("x"), { name: "InvalidStateError" });
  const [channel] = await pair.channels();
  assert.equal(pair.caller.sctp?.maxMessageSize, 262_144);
  assert.throws(() => channel.send(new Uint8Array(262_145)), { name: "TypeError" });
  assert.throws(() => channel.send(new Blob([new Uint8Array(262_145)])), { name: "TypeError" });
  assert.throws(() => channel.send(new Uint8Array(new SharedArrayBuffer(1)) as unknown as Uint8Array), { name: "TypeError" });
  assert.throws(() => Reflect.apply(channel.send, channel, []), /1 argument required/);
  const large = new Uint8Array(262_144);
  assert.throws(
    () => {
      for (let i = 0; i < 65; i++) channel.send(large);
    },
    { name: "OperationError" },
  );
  assert.equal(channel.bufferedAmount, 16 * 1024 * 1024);
  channel.close();
  assert.throws(() => channel.send("x"), { name: "InvalidStateError" });
  pair.close();
  assert.equal(channel.readyState, "closed");
});

test("close waits for what was sent, Blobs that are still being read included", async () => {
  const pair = new Pair();
  const [channel, other] = await pair.channels();
  const arrived: unknown[] = [];
  other.onmessage = ({ data }) => arrived.push(typeof data === "string" ? data : data.byteLength);
  const events: string[] = [];
  for (const type of ["closing", "close", "error"]) other.addEventListener(type, () => events.push(type));
  const closed = Promise.all([happens(channel, "close"), happens(other, "close")]);
  channel.send("first");
  channel.send(new Blob([new Uint8Array(100_000)]));
  channel.send("last");
  channel.close();
  assert.equal(channel.readyState, "closing");
  await pair.until(closed);
  assert.deepEqual(arrived, ["first", 100_000, "last"]);
  assert.deepEqual(events, ["closing", "close"]);
  assert.equal(other.readyState, "closed");
  pair.close();
});

test("the end of one connection is an error at the channels of the other", async () => {
  const pair = new Pair();
  const [channel, other] = await pair.channels();
  channel.onclose = channel.onerror = channel.onclosing = () => assert.fail("nothing is fired at one's own channels");
  const failed = happens<{ readonly error: { readonly errorDetail: string } }>(other, "error");
  const closed = happens(other, "close");
  pair.caller.close();
  assert.deepEqual(
    [pair.caller.signalingState, pair.caller.connectionState, pair.caller.iceConnectionState, channel.readyState],
    ["closed", "closed", "closed", "closed"],
  );
  assert.equal((await pair.until(failed)).error.errorDetail, "sctp-failure");
  await pair.until(closed);
  assert.equal(other.readyState, "closed");
  pair.close();
});

test("a closed connection refuses, and settles nothing that was under way", async () => {
  const pair = new Pair();
  const { caller } = pair;
  let settled = false;
  const note = (): void => {
    settled = true;
  };
  caller.createOffer().then(note, note);
  caller.close();
  caller.close();
  assert.throws(() => caller.createDataChannel("x"), { name: "InvalidStateError" });
  assert.throws(() => caller.setConfiguration(), { name: "InvalidStateError" });
  const refused = [caller.createOffer(), caller.setLocalDescription(), caller.addIceCandidate()];
  await pair.until(Promise.all(refused.map((promise) => assert.rejects(promise, { name: "InvalidStateError" }))));
  await pair.sim.run({ within: 1000 });
  assert.equal(settled, false);
  pair.close();
});

test("both sides may offer at once: perfect negotiation", async () => {
  const pair = new Pair();
  const states: string[] = [];
  pair.callee.onsignalingstatechange = () => states.push(pair.callee.signalingState);
  const mine = pair.caller.createDataChannel("caller's");
  const its = pair.callee.createDataChannel("callee's");
  const glare = async (): Promise<void> => {
    const opened = Promise.all([happens(mine, "open"), happens(its, "open")]);
    // The impolite caller ignores the offer that comes while its own is out; the polite callee takes its own back.
    await Promise.all([pair.caller.setLocalDescription(), pair.callee.setLocalDescription()]);
    await pair.callee.setRemoteDescription(described(pair.caller.localDescription));
    await pair.callee.setLocalDescription();
    await pair.caller.setRemoteDescription(described(pair.callee.localDescription));
    await opened;
  };
  await pair.until(glare());
  assert.deepEqual(states, ["have-local-offer", "stable", "have-remote-offer", "stable"]);
  assert.notEqual(mine.id, its.id);
  pair.close();
});

test("descriptions that cannot be applied change nothing", async () => {
  const pair = new Pair();
  const { caller } = pair;
  const rejects = (promise: Promise<unknown>, expected: object): Promise<void> => pair.until(assert.rejects(promise, expected));
  caller.createDataChannel("x");
  await rejects(caller.createAnswer(), { name: "InvalidStateError" });
  await rejects(caller.setRemoteDescription({ type: "answer", sdp: "" }), { name: /Error/ });
  await rejects(caller.setRemoteDescription({ type: "offer", sdp: "v=0\r\nnonsense\r\n" }), {
    name: "OperationError",
    errorDetail: "sdp-syntax-error",
  });
  await rejects(caller.setLocalDescription({ type: "offer", sdp: "v=0\r\n" }), { name: "InvalidModificationError" });
  await rejects(caller.addIceCandidate({ candidate: "candidate:x" }), { name: "TypeError" });
  await rejects(caller.addIceCandidate({ candidate: "candidate:x", sdpMid: "0" }), { name: "InvalidStateError" });
  assert.equal(caller.signalingState, "stable");
  assert.equal(caller.localDescription, null);
  pair.close();
});

test("a local offer grows by its candidates, and rollback takes it back", async () => {
  const pair = new Pair();
  const { caller } = pair;
  caller.onicecandidate = null;
  caller.createDataChannel("x");
  await pair.until(caller.setLocalDescription());
  const before = described(caller.localDescription);
  assert.equal(before, caller.pendingLocalDescription);
  assert.doesNotMatch(before.sdp, /a=candidate/);
  assert.notEqual(caller.sctp, null);
  await pair.until(
    new Promise<void>((resolve) => {
      caller.addEventListener("icecandidate", ({ candidate }) => {
        if (candidate === null) resolve();
        else assert.ok(candidate.candidate === "" || caller.localDescription?.sdp.includes(candidate.candidate));
      });
    }),
  );
  assert.match(described(caller.localDescription).sdp, /a=candidate:.*\r\na=end-of-candidates/s);
  await pair.until(caller.setLocalDescription({ type: "rollback" }));
  assert.equal(caller.localDescription, null);
  assert.equal(caller.sctp, null);
  assert.equal(caller.signalingState, "stable");
  pair.close();
});

test("channels without an agreement get their id from the DTLS role, negotiated ones keep theirs", async () => {
  const pair = new Pair();
  const one = pair.caller.createDataChannel("one");
  const two = pair.caller.createDataChannel("two", { negotiated: true, id: 1 });
  assert.deepEqual([one.id, two.id], [null, 1]);
  assert.throws(() => pair.caller.createDataChannel("x", { negotiated: true, id: 1 }), { name: "OperationError" });
  for (const init of [{ negotiated: true }, { negotiated: true, id: 65_535 }, { maxRetransmits: 1, maxPacketLifeTime: 1 }]) {
    assert.throws(() => pair.caller.createDataChannel("x", init), TypeError);
  }
  assert.throws(() => pair.caller.createDataChannel("é".repeat(32_768)), TypeError);
  await pair.until(pair.negotiate());
  assert.equal(one.id, 3);
  assert.equal(pair.caller.createDataChannel("three").id, 5);
  pair.close();
});

test("getStats tells of transport, certificates, candidates, pairs and channels", async () => {
  const pair = new Pair();
  const [channel, other] = await pair.channels();
  const arrived = messages(other, 1);
  channel.send("12345");
  await pair.until(arrived);
  const report = await pair.until(pair.caller.getStats());
  const entries = [...report.values()];
  const types = new Set(entries.map(({ type }) => type));
  for (const type of [
    "peer-connection",
    "transport",
    "certificate",
    "local-candidate",
    "candidate-pair",
    "data-channel",
  ] as const) {
    assert.ok(types.has(type), type);
  }
  const channelEntry = entries.find(({ type }) => type === "data-channel");
  assert.ok(channelEntry !== undefined);
  const { messagesSent, bytesSent, label, timestamp } = channelEntry;
  assert.deepEqual([messagesSent, bytesSent, label, typeof timestamp], [1, 5, "chat", "number"]);
  await assert.rejects(Reflect.apply(pair.caller.getStats, pair.caller, [{}]) as Promise<unknown>, TypeError);
  pair.close();
  assert.ok((await pair.until(pair.caller.getStats())).size > 0);
});

test("operations with callbacks", async () => {
  const pair = new Pair();
  const { caller } = pair;
  caller.createDataChannel("x");
  const offer = await pair.until(
    new Promise<{ readonly type: string }>((resolve, reject) => void caller.createOffer(resolve, reject)),
  );
  assert.equal(offer.type, "offer");
  const error = await pair.until(new Promise<Error>((resolve) => void caller.createAnswer(() => assert.fail(), resolve)));
  assert.equal(error.name, "InvalidStateError");
  assert.equal(
    await caller.setLocalDescription(
      {},
      () => {},
      () => {},
    ),
    undefined,
  );
  await assert.rejects(Reflect.apply(caller.createOffer, caller, [null, null]) as Promise<unknown>, TypeError);
  pair.close();
});

test("the transports show what they are", async () => {
  const pair = new Pair();
  await pair.channels();
  const { sctp } = pair.caller;
  assert.ok(sctp !== null);
  const dtls = sctp.transport;
  const ice = dtls.iceTransport;
  assert.deepEqual([sctp.state, dtls.state, ice.role, ice.component], ["connected", "connected", "controlling", "rtp"]);
  assert.ok((sctp.maxChannels ?? 0) > 1000);
  assert.equal(dtls.getRemoteCertificates().length, 1);
  const selected = ice.getSelectedCandidatePair();
  assert.equal(selected?.local.address, "10.0.0.1");
  assert.equal(selected?.remote.address, "10.0.0.2");
  const other = pair.callee.sctp?.transport.iceTransport;
  assert.deepEqual(ice.getLocalParameters(), other?.getRemoteParameters());
  assert.deepEqual(
    ice.getRemoteCandidates().map(({ candidate }) => candidate),
    other?.getLocalCandidates().map(({ candidate }) => candidate),
  );
  pair.close();
});

test("a message that meets the end of its channel is lost without an exception", async () => {
  const pair = new Pair();
  const [channel, other] = await pair.channels();
  const problems: unknown[] = [];
  const closed = happens(other, "close");
  // The end comes between two tasks: the attribute still says "open" when there is nothing left to send on.
  other.onmessage = () => {
    if (other.readyState !== "open") return;
    try {
      other.send("still here?");
    } catch (error) {
      problems.push(error);
    }
  };
  for (let count = 0; count < 20; count++) channel.send("hello");
  channel.close();
  await pair.until(closed);
  assert.deepEqual(problems, []);
  pair.close();
});

test("a bug in the layers below ends one connection, with a warning, and no other", async () => {
  const pair = new Pair();
  const bystander = new Pair();
  const [channel] = await pair.channels();
  const [its, other] = await bystander.channels();
  // The runtime's own listener would print it.
  process.removeAllListeners("warning");
  const warned = new Promise<Error>((resolve) => process.once("warning", resolve));
  const events: string[] = [];
  for (const type of ["error", "close"]) channel.addEventListener(type, () => events.push(type));
  const closed = happens(channel, "close");
  const { receive } = PeerConnection.prototype;
  PeerConnection.prototype.receive = () => {
    PeerConnection.prototype.receive = receive;
    throw new InternalError("made for a test");
  };
  pair.callee.close();
  await pair.until(closed);
  assert.equal((await warned).message, "made for a test");
  assert.deepEqual(events, ["error", "close"]);
  assert.equal(pair.caller.connectionState, "failed");
  pair.caller.close();
  assert.equal(pair.caller.connectionState, "closed");
  const arrived = messages(other, 1);
  its.send("still here");
  assert.deepEqual(await bystander.until(arrived), ["still here"]);
  bystander.close();
});
