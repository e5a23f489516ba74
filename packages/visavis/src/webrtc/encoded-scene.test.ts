/** Tracks of frames across a simulated network. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Simulation, testSeed } from "@visavis/netsim";
import type { EncodedFrame } from "../media/encoded-frame.ts";
import { createWebRTC } from "./create-webrtc.ts";
import { encodedFrames, requestKeyFrame } from "./encoded-frames.ts";
import { createEncodedTrack } from "./encoded-tracks.ts";
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
