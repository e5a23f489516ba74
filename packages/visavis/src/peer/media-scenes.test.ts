import assert from "node:assert/strict";
import { test } from "node:test";
import type { EncodedFrame } from "../transport/parts.ts";
import { Call, type CallOptions, type Party, RELIABLE } from "./peer-scene.test.ts";
import type { StatsEntry } from "./stats-entry.ts";
import type { Transceiver, TransceiverInit } from "./transceiver.ts";

const AUDIO: TransceiverInit = { kind: "audio", direction: "sendrecv", streamIds: ["s"], encodings: [], isByAddTrack: true };
const VIDEO: TransceiverInit = { ...AUDIO, kind: "video" };

/** A picture of VP8: the tag, and of a key frame the start code and 160 by 120 (RFC 6386 §9.1). */
function picture(number: number, size: number = 3000): EncodedFrame {
  const keyFrame = number === 0;
  const data = new Uint8Array(size).fill(number & 0x7f);
  data[0] = keyFrame ? 0x10 : 0x11;
  if (keyFrame) data.set([0x9d, 0x01, 0x2a, 160, 0, 120, 0], 3);
  return { kind: "video", data, timestamp: number * 3000, keyFrame, mimeType: "video/VP8" };
}

function sound(number: number): EncodedFrame {
  const data = Uint8Array.of(0xf8, number, 3, 4);
  return { kind: "audio", data, timestamp: number * 960, keyFrame: true, mimeType: "audio/opus", duration: 20, audioLevel: 0.5 };
}

/** A transceiver whose identifiers are not those of others. */
function add(party: Party, init: TransceiverInit): Transceiver {
  return party.act((peer) => peer.addTransceiver(init));
}

/** Sends pictures and sounds for a while. @returns how many of each were taken */
async function send(
  call: Call,
  party: Party,
  transceivers: readonly Transceiver[],
  count: number,
  encodings: number = 1,
): Promise<number> {
  let sent = 0;
  for (let number = 0; number < count; number++) {
    for (const transceiver of transceivers) {
      for (let encoding = 0; encoding < (transceiver.kind === "video" ? encodings : 1); encoding++) {
        const frame = transceiver.kind === "video" ? picture(number) : sound(number);
        if (party.act((peer, now) => peer.media?.sendFrame(transceiver, encoding, frame, now)) === true) sent++;
      }
    }
    await call.wait(20);
  }
  return sent;
}

const connected = (call: Call): Promise<void> =>
  call.until(() => [call.a, call.b].every(({ peer }) => peer.transports.every(({ dtlsState }) => dtlsState === "connected")));

const framesOf = (party: Party, kind: string): readonly EncodedFrame[] =>
  party.frames.flatMap(({ transceiver, frame }) => (transceiver.kind === kind ? [frame] : []));

function entriesOf(party: Party, type: string): readonly StatsEntry[] {
  return party.stats().filter((entry) => entry.type === type);
}

/** A call of audio and video from a to b that is connected. */
async function mediaCall(
  options: CallOptions = {},
  mangle?: (sdp: string) => string,
): Promise<readonly [Call, Transceiver, Transceiver]> {
  const call = new Call(options);
  const audio = add(call.a, AUDIO);
  const video = add(call.a, VIDEO);
  await call.negotiate(call.a, mangle === undefined ? {} : { mangle });
  await connected(call);
  return [call, audio, video];
}

test("frames of audio and video arrive whole and in order, and both sides count the same", async () => {
  const [call, audio, video] = await mediaCall();
  const { a, b } = call;
  assert.equal(a.peer.transports.length, 1);
  assert.deepEqual(
    b.peer.transceivers.map(({ kind, direction, currentDirection }) => [kind, direction, currentDirection]),
    [
      ["audio", "recvonly", "recvonly"],
      ["video", "recvonly", "recvonly"],
    ],
  );
  assert.equal(await send(call, a, [audio, video], 100), 200);
  await call.wait(2000);
  assert.deepEqual(
    framesOf(b, "audio").map(({ data }) => data[1]),
    Array.from({ length: 100 }, (_, number) => number),
  );
  const pictures = framesOf(b, "video");
  assert.deepEqual(
    pictures.map(({ data }) => data.length),
    Array.from({ length: 100 }, () => 3000),
  );
  assert.deepEqual([pictures[0]?.keyFrame, pictures[0]?.width, pictures[0]?.height], [true, 160, 120]);
  assert.equal(b.events.filter((event) => event.type === "track-muted" && !event.isMuted).length, 2);
  const [sent] = entriesOf(a, "outbound-rtp").filter(({ kind }) => kind === "video");
  const [received] = entriesOf(b, "inbound-rtp").filter(({ kind }) => kind === "video");
  assert.ok(sent !== undefined && received !== undefined);
  assert.equal(sent["ssrc"], received["ssrc"]);
  assert.equal(sent["packetsSent"], received["packetsReceived"]);
  const [bytesSent, bytesReceived] = [Number(sent["bytesSent"]), Number(received["bytesReceived"])];
  assert.ok(Math.abs(bytesSent - bytesReceived) < bytesSent * 0.02);
  assert.deepEqual([sent["framesSent"], received["framesReceived"], received["framesDecoded"]], [100, 100, 100]);
  const codec = b.stats().find(({ id }) => id === received["codecId"]);
  assert.deepEqual([codec?.type, codec?.["mimeType"], codec?.["payloadType"]], ["codec", "video/VP8", 96]);
  await call.end();
});

test("a call on hold sends nothing, and goes on where it was", async () => {
  const [call, audio, video] = await mediaCall();
  const { a, b } = call;
  await send(call, a, [audio, video], 10);
  audio.direction = "inactive";
  video.direction = "inactive";
  assert.equal(a.peer.isNegotiationNeeded(), true);
  await call.negotiate();
  assert.deepEqual([audio.currentDirection, video.currentDirection], ["inactive", "inactive"]);
  assert.equal(await send(call, a, [audio, video], 5), 0);
  audio.direction = "sendrecv";
  video.direction = "sendrecv";
  await call.negotiate();
  assert.equal(a.peer.isNegotiationNeeded(), false);
  assert.equal(await send(call, a, [audio, video], 10), 20);
  await call.wait(1000);
  assert.equal(framesOf(b, "audio").length, 20);
  await call.end();
});

test("without a bundle each section has a transport of its own", async () => {
  const [call, audio, video] = await mediaCall({}, (sdp) => sdp.replace(/a=group:BUNDLE.*\r\n/, ""));
  const { a, b } = call;
  assert.deepEqual(
    a.peer.transports.map(({ mids }) => mids),
    [["0"], ["1"]],
  );
  assert.notEqual(audio.transport, video.transport);
  await send(call, a, [audio, video], 20);
  await call.wait(1000);
  assert.deepEqual([framesOf(b, "audio").length, framesOf(b, "video").length], [20, 20]);
  await call.end();
});

test("what was offered by transports of its own joins the first one when the answer bundles", async () => {
  const call = new Call({ options: { bundlePolicy: "max-compat" } });
  const { a } = call;
  const audio = add(a, AUDIO);
  const video = add(a, VIDEO);
  const channel = a.act((peer, now) => peer.createChannel({ label: "x", protocol: "", ordered: true, negotiated: false }, now));
  const offer = a.act((peer, now) => {
    peer.setLocalDescription("offer", "", now);
    return peer.transports.map(({ key }) => key);
  });
  assert.deepEqual(offer, [1, 2, 3]);
  a.act((peer, now) => peer.setLocalDescription("rollback", "", now));
  assert.deepEqual([audio.mid, video.mid, a.peer.transports], [null, null, []]);
  await call.negotiate();
  await call.until(() => channel.state === "open");
  assert.deepEqual(
    a.peer.transports.map(({ mids }) => mids),
    [["0", "1", "2"]],
  );
  assert.equal(audio.transport, video.transport);
  assert.equal(a.peer.dataTransport, audio.transport);
  await call.end();
});

test("a remote offer takes over what addTrack made, and makes the rest; rollback takes that back", async () => {
  const call = new Call();
  const { a, b } = call;
  add(a, AUDIO);
  add(a, VIDEO);
  const ours = add(b, VIDEO);
  add(b, { ...AUDIO, isByAddTrack: false });
  const offer = a.act((peer, now) => {
    const sdp = peer.createOffer({ iceRestart: false }, now);
    peer.setLocalDescription("offer", sdp, now);
    return sdp;
  });
  const { sections } = b.act((peer, now) => peer.setRemoteDescription("offer", offer, now));
  assert.deepEqual(
    sections.map(({ transceiver, isNew, direction, streamIds }) => [transceiver === ours, isNew, direction, streamIds]),
    [
      [false, true, "sendrecv", ["s"]],
      [true, false, "sendrecv", ["s"]],
    ],
  );
  assert.equal(ours.mid, "1");
  assert.equal(b.peer.transceivers.length, 3);
  const { removed } = b.act((peer, now) => peer.setRemoteDescription("rollback", "", now));
  assert.deepEqual([removed.length, b.peer.transceivers.length, ours.mid], [1, 2, null]);
  await call.end();
});

test("layers of simulcast come by their names; the answer leaves one, and it goes on alone", async () => {
  const call = new Call();
  const { a, b } = call;
  const video = add(a, { ...VIDEO, encodings: [{ rid: "lo", scaleResolutionDownBy: 2 }, { rid: "hi" }] });
  await call.negotiate();
  await connected(call);
  assert.deepEqual(
    video.sender.encodings.map(({ rid }) => rid),
    ["lo", "hi"],
  );
  await send(call, a, [video], 20, 2);
  await call.wait(1000);
  const rids = b.frames.map(({ rid }) => rid);
  assert.deepEqual([rids.filter((rid) => rid === "lo").length, rids.filter((rid) => rid === "hi").length], [20, 20]);
  await call.negotiate(a, { mangle: (sdp) => sdp.replace(/a=rid:lo recv\r\n|a=simulcast:recv.*\r\n/g, "") });
  assert.deepEqual(
    video.sender.encodings.map(({ rid }) => rid),
    ["hi"],
  );
  await call.end();
});

test("a section of a stopped transceiver is rejected, and its place used again", async () => {
  const [call, audio] = await mediaCall();
  const { a, b } = call;
  a.act((peer, now) => peer.stopTransceiver(audio, now));
  await call.negotiate();
  assert.equal(audio.mid, null);
  assert.deepEqual([a.peer.transceivers.length, b.peer.transceivers.length], [1, 1]);
  assert.deepEqual(
    a.peer.transports.map(({ mids }) => mids),
    [["1"]],
  );
  // Its section gave the bundle its transport: browsers begin anew then, and so do both sides here.
  await connected(call);
  const next = add(a, AUDIO);
  await call.negotiate();
  assert.equal((a.peer.currentLocalDescription?.sdp.match(/^m=/gm) ?? []).length, 2);
  assert.equal(await send(call, a, [next], 10), 10);
  await call.wait(1000);
  assert.equal(framesOf(b, "audio").length, 10);
  await call.end();
});

test("streams go on where they were when their transport is another one", async () => {
  const [call, audio, video] = await mediaCall();
  const { a, b } = call;
  let number = 0;
  const sendMore = async (): Promise<void> => {
    for (const end = number + 20; number < end; number++) {
      const frame = picture(number);
      assert.ok(a.act((peer, now) => peer.media?.sendFrame(video, 0, frame, now)));
      await call.wait(20);
    }
    await call.wait(500);
  };
  await sendMore();
  const before = video.transport;
  a.act((peer, now) => peer.stopTransceiver(audio, now));
  await call.negotiate();
  await connected(call);
  assert.notEqual(video.transport, before);
  // There is no key frame among these: nothing may be missing, and nothing may begin anew.
  await sendMore();
  assert.equal(framesOf(b, "video").length, 40);
  const of = (party: Party, type: string): readonly StatsEntry[] => entriesOf(party, type).filter(({ kind }) => kind === "video");
  const [[sent], [received]] = [of(a, "outbound-rtp"), of(b, "inbound-rtp")];
  assert.deepEqual([sent?.["framesSent"], received?.["framesReceived"], received?.["packetsLost"]], [40, 40, 0]);
  assert.equal(sent?.["packetsSent"], received?.["packetsReceived"]);
  const muted = b.events.filter((event) => event.type === "track-muted" && event.transceiver.kind === "video");
  assert.deepEqual(
    muted.map((event) => event.type === "track-muted" && event.isMuted),
    [false],
  );
  await call.end();
});

test("who ends says good-bye: the tracks of the other side fall silent", async () => {
  const [call, audio, video] = await mediaCall();
  const { a, b } = call;
  await send(call, a, [audio, video], 10);
  await call.wait(500);
  a.close();
  await call.until(() => b.events.filter((event) => event.type === "track-muted" && event.isMuted).length === 2);
  b.close();
});

test("pictures that are lost are sent again", async () => {
  const [call, , video] = await mediaCall({ link: { delay: 20, loss: 0.05 } });
  const { a, b } = call;
  await send(call, a, [video], 100);
  await call.wait(3000);
  assert.equal(framesOf(b, "video").length, 100);
  const [sent] = entriesOf(a, "outbound-rtp").filter(({ kind }) => kind === "video");
  assert.ok(Number(sent?.["retransmittedPacketsSent"]) > 0);
  assert.ok(Number(sent?.["nackCount"]) > 0);
  await call.end();
});

test("channels end with the transport of a section that is stopped, as they do in Firefox; new ones go by the new one", async () => {
  const call = new Call();
  const { a, b } = call;
  const audio = add(a, AUDIO);
  const channel = a.act((peer, now) => peer.createChannel(RELIABLE, now));
  await call.negotiate();
  await connected(call);
  await call.until(() => channel.state === "open" && b.channels.length === 1);
  a.act((peer, now) => peer.stopTransceiver(audio, now));
  await call.negotiate();
  await call.until(() => channel.state === "closed");
  await call.wait(2000);
  const next = a.act((peer, now) => peer.createChannel(RELIABLE, now));
  await call.until(() => next.state === "open" && b.channels.length === 2);
  a.send(next, "here again");
  await call.until(() => b.texts.includes("here again"));
  await call.end();
});
