import assert from "node:assert/strict";
import { test } from "node:test";
import { chooseDevice, FAKE_DEVICES } from "./fake-devices.ts";
import type { TrackConstraints, TrackSettings } from "./track-settings.ts";

const CAMERAS = FAKE_DEVICES.filter(({ kind }) => kind === "video");
const MICROPHONES = FAKE_DEVICES.filter(({ kind }) => kind === "audio");

const CHOSEN: readonly (readonly [TrackConstraints, TrackSettings])[] = [
  [{}, { width: 640, height: 480, frameRate: 30, facingMode: "user" }],
  [{ width: 300 }, { width: 320, height: 240 }],
  [{ width: { max: 200 } }, { width: 160 }],
  [{ height: { min: 200, ideal: 100 } }, { height: 240 }],
  [{ facingMode: "environment" }, { facingMode: "environment" }],
  [{ facingMode: { exact: ["left", "environment"] } }, { facingMode: "environment" }],
  [{ deviceId: { exact: "fake-camera-back" } }, { deviceId: "fake-camera-back" }],
  [{ frameRate: 12 }, { frameRate: 12 }],
  [{ frameRate: { max: 15 } }, { frameRate: 15 }],
  [{ frameRate: { min: 60, ideal: 60 }, width: 160 }, {}],
  [{ advanced: [{ width: 160 }, { facingMode: "environment" }] }, { width: 160, facingMode: "environment" }],
  [{ advanced: [{ width: 5000 }, { frameRate: 7 }] }, { width: 640, frameRate: 7 }],
  [{ aspectRatio: 1.3333 }, { width: 640 }],
  [{ sampleRate: { exact: 1 } }, { width: 640 }],
];

for (const [constraints, expected] of CHOSEN) {
  test(`a camera for ${JSON.stringify(constraints)}`, () => {
    const choice = chooseDevice(CAMERAS, constraints);
    if (Object.keys(expected).length === 0) {
      assert.deepEqual(choice, { failedConstraint: "frameRate" });
      return;
    }
    assert.ok("settings" in choice);
    for (const [name, value] of Object.entries(expected)) assert.equal(choice.settings[name as keyof TrackSettings], value, name);
  });
}

test("the property that nothing meets is named", () => {
  assert.deepEqual(chooseDevice(CAMERAS, { height: 100, width: { exact: 333 } }), { failedConstraint: "width" });
  assert.deepEqual(chooseDevice(CAMERAS, { deviceId: { exact: "other" } }), { failedConstraint: "deviceId" });
  assert.deepEqual(chooseDevice(MICROPHONES, { channelCount: { min: 3 } }), { failedConstraint: "channelCount" });
});

test("a microphone cancels echo as it is told", () => {
  const choice = chooseDevice(MICROPHONES, { echoCancellation: { exact: false }, noiseSuppression: false });
  assert.ok("settings" in choice);
  assert.equal(choice.settings.echoCancellation, false);
  assert.equal(choice.settings.noiseSuppression, false);
  assert.equal(choice.settings.autoGainControl, true);
});
