import assert from "node:assert/strict";
import { test } from "node:test";
import { Simulation, testSeed } from "@visavis/netsim";
import type { MediaFile } from "../media/files/media-file.ts";
import { playFile } from "./play-file.ts";

const FILE: MediaFile = {
  kind: "video",
  mimeType: "video/VP8",
  clockRate: 90_000,
  frames: [0, 3000, 6000].map((timestamp) => ({
    kind: "video",
    mimeType: "video/VP8",
    data: new Uint8Array(1),
    timestamp,
    keyFrame: timestamp === 0,
  })),
  duration: 9000,
  width: 2,
  height: 2,
};

test("frames come when they are due, again and again, and go on after a pause", async () => {
  const sim = new Simulation({ seed: testSeed() });
  const { platform } = sim.host({ name: "one", addresses: ["10.0.0.1"] });
  const until = <T>(promise: Promise<T>): Promise<T> => sim.run({ until: promise, within: 60_000 });
  const start = sim.now;
  const reader = playFile(platform, FILE, { repeat: true }).getReader();
  const seen: number[][] = [];
  for (let i = 0; i < 7; i++) {
    if (i === 5) await until(sim.sleep(1000));
    const { value } = await until(reader.read());
    seen.push([Math.round(sim.now - start), value?.timestamp ?? -1]);
  }
  await reader.cancel();
  for (const [at = 0, timestamp = 0] of seen) assert.ok(Math.abs(timestamp / 90 - at) < 2, `${timestamp} at ${at}`);
  assert.deepEqual(
    seen.map(([at = 0]) => Math.round(at / 33.4)),
    [0, 1, 2, 3, 4, 34, 35],
  );
});

test("a file that is not repeated ends", async () => {
  const sim = new Simulation({ seed: testSeed() });
  const { platform } = sim.host({ name: "one", addresses: ["10.0.0.1"] });
  const timestamps: number[] = [];
  const played = playFile(platform, FILE).pipeTo(new WritableStream({ write: (frame) => void timestamps.push(frame.timestamp) }));
  await sim.run({ until: played, within: 60_000 });
  assert.deepEqual(timestamps, [0, 3000, 6000]);
});
