import assert from "node:assert/strict";
import { test } from "node:test";
import type { EncodedFrame } from "../media/encoded-frame.ts";
import { TrackSource } from "../media/track-source.ts";
import { nodePlatform } from "../node/platform.ts";
import { createMediaDevices, createWebRTC } from "./create-webrtc.ts";
import { createTrack, slotsOfTrack } from "./media-stream-track.ts";
import { muteInTask } from "./track-slots.ts";

const platform = nodePlatform();
const { MediaStream } = createWebRTC(platform);
const devices = createMediaDevices(platform);

test("getUserMedia gives what is asked for", async () => {
  const stream = await devices.getUserMedia({ audio: true, video: { width: { exact: 320 } } });
  assert.ok(stream instanceof MediaStream);
  assert.deepEqual(
    stream.getTracks().map(({ kind, label, readyState, muted, enabled }) => [kind, label, readyState, muted, enabled]),
    [
      ["audio", "Fake microphone", "live", false, true],
      ["video", "Fake front camera", "live", false, true],
    ],
  );
  const [video] = stream.getVideoTracks();
  assert.equal(video?.getSettings().width, 320);
  assert.deepEqual(video?.getConstraints(), { width: { exact: 320 } });
  assert.equal(stream.active, true);
  for (const track of stream.getTracks()) track.stop();
  assert.equal(stream.active, false);
});

test("getUserMedia rejects what cannot be had", async () => {
  await assert.rejects(devices.getUserMedia({}), TypeError);
  await assert.rejects(devices.getUserMedia({ video: { width: { exact: 1 } } }), {
    name: "OverconstrainedError",
    constraint: "width",
  });
});

test("constraints can be changed, and fail without effect", async () => {
  const [track] = (await devices.getUserMedia({ video: true })).getTracks();
  assert.ok(track !== undefined);
  await track.applyConstraints({ width: 160, frameRate: { max: 10 } });
  assert.deepEqual([track.getSettings().width, track.getSettings().frameRate], [160, 10]);
  await assert.rejects(track.applyConstraints({ facingMode: { exact: "environment" } }), { constraint: "facingMode" });
  assert.equal(track.getSettings().width, 160);
  track.stop();
});

test("every device is told of, and can be opened by its id", async () => {
  const list = await devices.enumerateDevices();
  assert.deepEqual(
    list.map(({ kind }) => kind),
    ["audioinput", "videoinput", "videoinput"],
  );
  const last = list.at(-1);
  const [track] = (await devices.getUserMedia({ video: { deviceId: { exact: last?.deviceId ?? "" } } })).getTracks();
  assert.equal(track?.getSettings().facingMode, "environment");
  track?.stop();
});

test("sinks get the frames of a track that is live, and silence of one that is disabled", () => {
  const source = new TrackSource({ kind: "audio" });
  const track = createTrack({ platform, source });
  const got: number[][] = [];
  const sink = { wishes: [{}], frame: (frame: EncodedFrame) => void got.push([...frame.data]) };
  slotsOfTrack(track).addSink(sink);
  const frame: EncodedFrame = { kind: "audio", data: Uint8Array.of(1, 2), timestamp: 0, keyFrame: true, mimeType: "audio/PCMU" };
  source.push(frame);
  track.enabled = false;
  source.push(frame);
  track.enabled = true;
  const copy = track.clone();
  track.stop();
  source.push(frame);
  assert.deepEqual(got, [
    [1, 2],
    [255, 255],
  ]);
  assert.equal(copy.readyState, "live");
});

test("a source mutes and ends its tracks in tasks", async () => {
  const source = new TrackSource({ kind: "video", isMuted: true });
  const track = createTrack({ platform, source });
  const seen: string[] = [];
  for (const type of ["mute", "unmute", "ended"]) track.addEventListener(type, () => seen.push(type));
  assert.equal(track.muted, true);
  source.setMuted(false);
  assert.deepEqual(seen, []);
  await new Promise(setImmediate);
  muteInTask(source, true);
  assert.deepEqual(seen, ["unmute", "mute"]);
  source.end();
  await new Promise(setImmediate);
  assert.deepEqual(seen, ["unmute", "mute", "ended"]);
  assert.equal(track.readyState, "ended");
});

test("a stream keeps its tracks in order and without doubles", async () => {
  const [first, second] = ["audio", "video"].map((kind) =>
    createTrack({ platform, source: new TrackSource({ kind: kind as "audio" | "video" }) }),
  );
  assert.ok(first !== undefined && second !== undefined);
  const stream = new MediaStream([first, first]);
  stream.addTrack(second);
  stream.addTrack(first);
  assert.deepEqual(stream.getTracks(), [first, second]);
  assert.equal(stream.getTrackById(second.id), second);
  const copy = new MediaStream(stream);
  assert.notEqual(copy.id, stream.id);
  stream.removeTrack(first);
  assert.deepEqual(copy.getTracks(), [first, second]);
  assert.equal(copy.clone().getTracks().length, 2);
  assert.equal(copy.clone().getTracks().includes(first), false);
  assert.throws(() => new MediaStream([1] as never), TypeError);
});
