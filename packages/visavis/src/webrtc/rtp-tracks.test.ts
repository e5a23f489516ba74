import assert from "node:assert/strict";
import { test } from "node:test";
import { Simulation, testSeed } from "@visavis/netsim";
import type { EncodedFrame } from "../media/encoded-frame.ts";
import { encodedFrames } from "./encoded-frames.ts";
import { createEncodedTrack } from "./encoded-tracks.ts";
import { rtpPackets, rtpTrack } from "./rtp-tracks.ts";

const KEY = [0x10, 0, 0, 0x9d, 0x01, 0x2a, 64, 0, 48, 0];

function picture(index: number): { data: Uint8Array; timestamp: number } {
  const data = new Uint8Array(2500).fill(index & 0xff);
  data.set(index % 10 === 0 ? KEY : [0x11, 0, 0]);
  return { data, timestamp: (index * 3000 - 6000) >>> 0 };
}

/** Frames over RTP and back, with what happens to the packets on their way. */
async function over(
  path: (packets: Uint8Array[]) => Uint8Array[],
  count = 20,
): Promise<{ frames: EncodedFrame[]; keyFrames: number }> {
  const sim = new Simulation({ seed: testSeed() });
  const { platform } = sim.host({ name: "one", addresses: ["10.0.0.1"] });
  const until = <T>(promise: Promise<T>): Promise<T> => sim.run({ until: promise, within: 60_000 });
  let keyFrames = 0;
  const fed = createEncodedTrack(platform, { kind: "video", mimeType: "video/VP8" });
  const codecs = [{ payloadType: 96, mimeType: "video/VP8" }];
  const taken = rtpTrack(platform, { kind: "video", codecs, label: "camera", onKeyFrameRequest: () => keyFrames++ });
  assert.equal(taken.track.label, "camera");
  const frames: EncodedFrame[] = [];
  const reading = encodedFrames(taken.track).pipeTo(new WritableStream({ write: (frame) => void frames.push(frame) }));
  const packets: Uint8Array[] = [];
  const writing = rtpPackets(fed.track, { payloadType: 96, maxPacketSize: 1000 }).pipeTo(
    new WritableStream({ write: (packet) => void packets.push(packet) }),
  );
  for (let i = 0; i < count; i++) fed.write(picture(i));
  fed.end();
  await until(writing);
  assert.ok(packets.length === count * 3 && packets.every(({ length }) => length <= 1000));
  for (const packet of path(packets)) {
    await until(sim.sleep(10));
    taken.write(packet);
  }
  await until(sim.sleep(2000));
  taken.end();
  await until(reading);
  return { frames, keyFrames };
}

test("frames become packets and frames again", async () => {
  const { frames } = await over((packets) => packets);
  assert.equal(frames.length, 20);
  for (const [i, frame] of frames.entries()) {
    const { data, timestamp } = picture(i);
    assert.deepEqual(
      [frame.timestamp, frame.keyFrame, frame.mimeType, frame.payloadType],
      [timestamp, i % 10 === 0, "video/VP8", undefined],
    );
    assert.deepEqual(frame.data, data);
  }
});

test("packets out of order are put in order", async () => {
  const { frames } = await over((packets) => {
    const mixed = [...packets];
    for (let i = 10; i + 2 < mixed.length; i += 7)
      [mixed[i], mixed[i + 1]] = [mixed[i + 1] as Uint8Array, mixed[i] as Uint8Array];
    return mixed;
  });
  assert.deepEqual(
    frames.map(({ timestamp }) => timestamp),
    Array.from({ length: 20 }, (_, i) => picture(i).timestamp),
  );
});

test("what is lost costs everything up to the next key frame, which is asked for", async () => {
  const { frames, keyFrames } = await over((packets) => packets.filter((_, i) => i !== 15));
  const numbers = frames.map(({ timestamp }) => (timestamp + 6000) / 3000).map((number) => number % 0x1_0000_0000);
  assert.equal(numbers.length, 15);
  assert.ok(keyFrames > 0);
});

test("another source goes on where the last one's time ended", async () => {
  const { frames } = await over((packets) =>
    packets.map((packet, i) => {
      const copy = Uint8Array.from(packet);
      if (i >= 30) copy[4] = 0x55 ^ (copy[4] as number);
      if (i >= 30) copy.set([1, 2, 3, 4], 8);
      return copy;
    }),
  );
  const times = frames.map(({ timestamp }) => (timestamp + 6000) >>> 0);
  assert.ok(times.length > 10);
  for (let i = 1; i < times.length; i++) {
    const step = (times[i] ?? 0) - (times[i - 1] ?? 0);
    assert.ok(step > 0 && step < 90_000, `a step of ${step}`);
  }
});

test("what is no RTP, or not named, is not taken", () => {
  const sim = new Simulation({ seed: testSeed() });
  const { platform } = sim.host({ name: "one", addresses: ["10.0.0.1"] });
  const codecs = [{ payloadType: 96, mimeType: "video/H264", parameters: "packetization-mode=1" }];
  const taken = rtpTrack(platform, { kind: "video", codecs });
  assert.equal(taken.write(new Uint8Array(3)), false);
  assert.equal(taken.write(Uint8Array.of(0x80, 97, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 5)), false);
  assert.deepEqual(taken.drops, { malformed: 1, "payload-type": 1 });
  assert.throws(() => rtpTrack(platform, { kind: "audio", codecs }), RangeError);
  assert.throws(
    () => rtpTrack(platform, { kind: "video", codecs: [{ payloadType: 1, mimeType: "video/unheard-of" }] }),
    RangeError,
  );
  assert.throws(() => rtpPackets(taken.track, { payloadType: 200 }), RangeError);
  taken.end();
});
