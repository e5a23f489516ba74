/** Tracks of frames across a simulated network. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Simulation, testSeed } from "@visavis/netsim";
import type { EncodedFrame } from "../media/encoded-frame.ts";
import { createWebRTC } from "./create-webrtc.ts";
import { encodedFrames, requestKeyFrame } from "./encoded-frames.ts";
import { createEncodedTrack } from "./encoded-tracks.ts";
import { onTone } from "./heard-tones.ts";
import type { MediaStreamTrack } from "./media-stream-track.ts";
import type { RTCPeerConnection } from "./rtc-peer-connection.ts";

const KEY = [0x10, 0, 0, 0x9d, 0x01, 0x2a, 64, 0, 48, 0];

/** A frame of VP8 as far as headers go. */
function picture(index: number, isKey: boolean): { data: Uint8Array; timestamp: number } {
  const data = new Uint8Array(3000).fill(index & 0xff);
  data.set(isKey ? KEY : [0x11, 0, 0]);
  return { data, timestamp: index * 3000 };
}

async function connect(near: RTCPeerConnection, far: RTCPeerConnection): Promise<void> {
  near.onicecandidate = ({ candidate }) => void far.addIceCandidate(candidate);
  far.onicecandidate = ({ candidate }) => void near.addIceCandidate(candidate);
  await near.setLocalDescription();
  await far.setRemoteDescription(near.localDescription as { type: "offer"; sdp: string });
  await far.setLocalDescription();
  await near.setRemoteDescription(far.localDescription as { type: "answer"; sdp: string });
}

test("frames that are written arrive as they are, and a request for a key frame goes back", async () => {
  const sim = new Simulation({ seed: testSeed() });
  const [one, other] = ["10.0.0.1", "10.0.0.2"].map((address) => sim.host({ name: address, addresses: [address] }));
  assert.ok(one !== undefined && other !== undefined);
  sim.link(one, other, { delay: 20 });
  const near = new (createWebRTC(one.platform).RTCPeerConnection)();
  const far = new (createWebRTC(other.platform).RTCPeerConnection)();
  let isAsked = false;
  const fed = createEncodedTrack(one.platform, {
    kind: "video",
    mimeType: "video/VP8",
    onKeyFrameRequest: () => {
      isAsked = true;
    },
  });
  near.addTrack(fed.track);
  const arrived = new Promise<MediaStreamTrack>((resolve) => {
    far.ontrack = ({ track }) => resolve(track);
  });
  const until = <T>(promise: Promise<T>): Promise<T> => sim.run({ until: promise, within: 60_000 });
  await until(connect(near, far));
  const remote = await until(arrived);
  const frames: EncodedFrame[] = [];
  const reading = encodedFrames(remote).pipeTo(new WritableStream({ write: (frame) => void frames.push(frame) }));
  const writer = fed.writable.getWriter();
  await until(writer.write(picture(0, true)));
  assert.deepEqual(
    fed.wishes.map(({ mimeType, isPaused }) => [mimeType, isPaused]),
    [["video/VP8", false]],
  );
  for (let i = 1; i < 30; i++) {
    await until(sim.sleep(33));
    const isKey: boolean = isAsked;
    isAsked = false;
    assert.equal(fed.write(picture(i, isKey)), true);
    if (i === 15) requestKeyFrame(remote);
  }
  await until(sim.sleep(1000));
  near.close();
  remote.stop();
  await until(reading);
  assert.equal(frames.length, 30);
  for (const [i, { data, timestamp, mimeType }] of frames.entries()) {
    assert.deepEqual([timestamp, mimeType, data.length], [i * 3000, "video/VP8", 3000]);
    assert.deepEqual(data.subarray(10), picture(i, false).data.subarray(10));
  }
  const keys = frames.flatMap(({ keyFrame }, i) => (keyFrame ? [i] : []));
  assert.ok(
    keys.some((i) => i > 15 && i < 20),
    `key frames: ${keys}`,
  );
  far.close();
});

test("what is more than a path carries waits where it can", async () => {
  const sim = new Simulation({ seed: testSeed() });
  const [one, other] = ["10.0.0.1", "10.0.0.2"].map((address) => sim.host({ name: address, addresses: [address] }));
  assert.ok(one !== undefined && other !== undefined);
  sim.link(one, other, { delay: 20, rate: 1_000_000 });
  const near = new (createWebRTC(one.platform).RTCPeerConnection)();
  const far = new (createWebRTC(other.platform).RTCPeerConnection)();
  const fed = createEncodedTrack(one.platform, { kind: "video", mimeType: "video/VP8" });
  near.addTrack(fed.track);
  const until = <T>(promise: Promise<T>): Promise<T> => sim.run({ until: promise, within: 60_000 });
  await until(connect(near, far));
  const writer = fed.writable.getWriter();
  let written = 0;
  // 2.4 megabytes of one instant.
  for (let i = 0; i < 800; i++)
    void writer.write(picture(i, i === 0)).then(
      () => written++,
      () => undefined,
    );
  await until(sim.sleep(5000));
  const { outbound } = await until(
    near.getStats().then((report) => ({
      outbound: [...report.values()].find(({ type }) => type === "outbound-rtp") as { framesSent: number } | undefined,
    })),
  );
  assert.ok(written > 20 && written < 800, `${written} written`);
  assert.ok(written - (outbound?.framesSent ?? 0) <= 5, `${written} written, ${outbound?.framesSent} sent`);
  near.close();
  far.close();
});

test("encodings are written by their index and read by their rid; a remote track can be sent on", async () => {
  const sim = new Simulation({ seed: testSeed() });
  const hosts = ["10.0.0.1", "10.0.0.2", "10.0.0.3"].map((address) => sim.host({ name: address, addresses: [address] }));
  const [one, middle, last] = hosts;
  assert.ok(one !== undefined && middle !== undefined && last !== undefined);
  sim.link(one, middle, { delay: 10 });
  sim.link(middle, last, { delay: 10 });
  const [near, station, onward, far] = [one, middle, middle, last].map(
    ({ platform }) => new (createWebRTC(platform).RTCPeerConnection)(),
  );
  assert.ok(near !== undefined && station !== undefined && onward !== undefined && far !== undefined);
  const until = <T>(promise: Promise<T>): Promise<T> => sim.run({ until: promise, within: 60_000 });
  const asked: (number | undefined)[] = [];
  const fed = createEncodedTrack(one.platform, {
    kind: "video",
    mimeType: "video/VP8",
    onKeyFrameRequest: (encoding) => asked.push(encoding),
  });
  near.addTransceiver(fed.track, { sendEncodings: [{ rid: "l" }, { rid: "h" }] });
  const trackOf = (pc: RTCPeerConnection): Promise<MediaStreamTrack> =>
    new Promise((resolve) => {
      pc.ontrack = ({ track }) => resolve(track);
    });
  const arrived = trackOf(station);
  await until(connect(near, station));
  const remote = await until(arrived);
  onward.addTrack(remote);
  const arrivedLast = trackOf(far);
  await until(connect(onward, far));
  const farTrack = await until(arrivedLast);
  const high: EncodedFrame[] = [];
  const all: EncodedFrame[] = [];
  const reading = [
    encodedFrames(remote, { rid: "h" }).pipeTo(new WritableStream({ write: (frame) => void high.push(frame) })),
    encodedFrames(farTrack).pipeTo(new WritableStream({ write: (frame) => void all.push(frame) })),
  ];
  assert.equal(fed.wishes.length, 2);
  await until(sim.sleep(500));
  asked.length = 0;
  for (let i = 0; i < 30; i++) {
    await until(sim.sleep(33));
    const isKey = i % 5 === 0;
    assert.equal(fed.write(picture(i, isKey), 0), true);
    assert.equal(fed.write({ ...picture(i, isKey), data: picture(i + 100, isKey).data.subarray(0, 2000) }, 1), true);
    if (i === 20) requestKeyFrame(farTrack);
  }
  await until(sim.sleep(1000));
  for (const pc of [near, station, onward, far]) pc.close();
  await until(Promise.all(reading));
  assert.ok(
    high.length >= 25 && high.every(({ rid, data }) => rid === "h" && data.length === 2000),
    `${high.length} of the high layer`,
  );
  assert.ok(all.length > 20, `${all.length} frames at the end of the way`);
  assert.equal(new Set(all.map(({ data }) => data.length)).size, 1, "of one layer");
  assert.ok(asked.length > 0, "the request went all the way back");
});

test("tones that are dialled are heard beside the audio, each once and for as long as it was", async () => {
  const sim = new Simulation({ seed: testSeed() });
  const [one, other] = ["10.0.0.1", "10.0.0.2"].map((address) => sim.host({ name: address, addresses: [address] }));
  assert.ok(one !== undefined && other !== undefined);
  sim.link(one, other, { delay: 20, loss: 0.05 });
  const near = new (createWebRTC(one.platform).RTCPeerConnection)();
  const far = new (createWebRTC(other.platform).RTCPeerConnection)();
  const heard: string[] = [];
  let end = (): void => undefined;
  far.ontrack = ({ track }) => {
    end = onTone(track, ({ tone, duration }) => void heard.push(`${tone} ${Math.round(duration)}`));
  };
  const { track } = createEncodedTrack(one.platform, { kind: "audio", mimeType: "audio/opus" });
  const { dtmf } = near.addTrack(track);
  assert.ok(dtmf !== null);
  const until = <T>(promise: Promise<T>): Promise<T> => sim.run({ until: promise, within: 60_000 });
  await until(connect(near, far));
  const connected = new Promise<void>((resolve) => {
    near.onconnectionstatechange = () => near.connectionState === "connected" && resolve();
  });
  await until(connected);
  const dial = (tones: string): Promise<void> =>
    until(
      new Promise((resolve) => {
        dtmf.ontonechange = ({ tone }) => tone === "" && resolve();
        dtmf.insertDTMF(tones, 100, 70);
      }),
    );
  await dial("11#D");
  await sim.run({ within: 1000 }).catch(() => undefined);
  assert.deepEqual(heard, ["1 100", "1 100", "# 100", "D 100"]);
  end();
  await dial("5");
  assert.equal(heard.length, 4);
  near.close();
  far.close();
});
