/**
 * Fake devices: cameras that show two rectangles on their round, and a microphone that hears a tone. So programs and tests have
 * tracks with nothing plugged in.
 */
import type { Clip } from "./clip.ts";
import { clipOf, embeddedClip } from "./clip.ts";
import { ClipSource } from "./clip-source.ts";
import { AV1_320X240 } from "./clips/av1-320x240.ts";
import { H264_320X240 } from "./clips/h264-320x240.ts";
import { OPUS_TONE } from "./clips/opus-tone.ts";
import { VP8_160X120 } from "./clips/vp8-160x120.ts";
import { VP8_320X240 } from "./clips/vp8-320x240.ts";
import { VP8_640X480 } from "./clips/vp8-640x480.ts";
import { VP9_320X240 } from "./clips/vp9-320x240.ts";
import { compressAlaw, compressUlaw } from "./g711.ts";
import { type Candidate, type Selection, selectSettings } from "./select-settings.ts";
import type { TrackCapabilities, TrackConstraints, TrackSettings } from "./track-settings.ts";
import type { TrackKind, TrackSource } from "./track-source.ts";

/** A device that media can be captured from. */
export interface CaptureDevice {
  readonly kind: TrackKind;
  readonly deviceId: string;
  readonly groupId: string;
  readonly label: string;
  readonly capabilities: TrackCapabilities;
  /** Every way it can be, the usual one first. */
  readonly candidates: readonly Candidate[];
  /** Begins to capture. @param timestampOffset where the timestamps of its frames begin */
  open(settings: TrackSettings, timestampOffset?: number): TrackSource;
}

/** How an embedded clip of video runs: 30 frames a second. */
const PICTURE = { clockRate: 90_000, frameTicks: 3_000 };
const LARGE = { ...PICTURE, width: 640, height: 480 };
const MIDDLE = { ...PICTURE, width: 320, height: 240 };
const SMALL = { ...PICTURE, width: 160, height: 120 };
/** How the layers of the VP8 clips follow each other: the first two frames above the base need nothing but the base, the third the second. */
const VP8 = { mimeType: "video/VP8", layers: [0, 2, 1, 2], references: [[4], [1], [2], [1, 3]] };

let pictures: readonly Clip[] | undefined;
let tones: readonly Clip[] | undefined;

/** The clips of the cameras, read when first asked for. */
function pictureClips(): readonly Clip[] {
  pictures ??= [
    embeddedClip(VP8_640X480, { ...LARGE, ...VP8 }),
    embeddedClip(VP8_320X240, { ...MIDDLE, ...VP8 }),
    embeddedClip(VP8_160X120, { ...SMALL, ...VP8 }),
    embeddedClip(VP9_320X240, { ...MIDDLE, mimeType: "video/VP9" }),
    embeddedClip(H264_320X240, { ...MIDDLE, mimeType: "video/H264" }),
    embeddedClip(AV1_320X240, { ...MIDDLE, mimeType: "video/AV1" }),
  ];
  return pictures;
}

const TONE_HZ = 440;
/** Of the tone's peak, of 1. */
const AMPLITUDE = 0.125;
const LEVEL = AMPLITUDE / Math.SQRT2;
const SAMPLES_PER_FRAME = 160;

/** 100 ms of the tone, which are whole periods, in frames of 20 ms at 8 kHz. */
function companded(encode: (sample: number) => number): Uint8Array[] {
  return Array.from({ length: 5 }, (_, frame) =>
    Uint8Array.from({ length: SAMPLES_PER_FRAME }, (_unused, i) => {
      const at = (frame * SAMPLES_PER_FRAME + i) / 8_000;
      return encode(Math.round(32_767 * AMPLITUDE * Math.sin(2 * Math.PI * TONE_HZ * at)));
    }),
  );
}

/** The clips of the microphone. */
function toneClips(): readonly Clip[] {
  const g711 = { clockRate: 8_000, frameTicks: SAMPLES_PER_FRAME, audioLevel: LEVEL };
  tones ??= [
    embeddedClip(OPUS_TONE, { mimeType: "audio/opus", clockRate: 48_000, frameTicks: 960, audioLevel: LEVEL }),
    clipOf(companded(compressUlaw), { ...g711, mimeType: "audio/PCMU" }),
    clipOf(companded(compressAlaw), { ...g711, mimeType: "audio/PCMA" }),
  ];
  return tones;
}

const FRAME_RATES = { min: 1, max: 30 };
const SIZES: readonly (readonly [width: number, height: number])[] = [
  [640, 480],
  [320, 240],
  [160, 120],
];

function camera(deviceId: string, label: string, facingMode: string): CaptureDevice {
  const groupId = `${deviceId}-group`;
  const capabilities: TrackCapabilities = {
    width: { min: 160, max: 640 },
    height: { min: 120, max: 480 },
    aspectRatio: { min: 4 / 3, max: 4 / 3 },
    frameRate: FRAME_RATES,
    facingMode: [facingMode],
    resizeMode: ["none", "crop-and-scale"],
    backgroundBlur: [false],
    deviceId,
    groupId,
  };
  const candidates = SIZES.map(([width, height]): Candidate => {
    const resizeMode = width === 640 ? "none" : "crop-and-scale";
    const size = { width, height, aspectRatio: width / height, resizeMode };
    const settings = { ...size, frameRate: FRAME_RATES.max, facingMode, backgroundBlur: false, deviceId, groupId };
    return { kind: "video", frameRates: FRAME_RATES, settings };
  });
  const init = { kind: "video" as const, label, capabilities, candidates };
  return {
    kind: "video",
    deviceId,
    groupId,
    label,
    capabilities,
    candidates,
    open: (settings, timestampOffset) => new ClipSource({ ...init, settings }, pictureClips(), timestampOffset),
  };
}

function microphone(deviceId: string, label: string): CaptureDevice {
  const groupId = `${deviceId}-group`;
  const choices = [true, false];
  const combinations = choices.flatMap((echoCancellation) =>
    choices.flatMap((autoGainControl) =>
      choices.map((noiseSuppression) => ({ echoCancellation, autoGainControl, noiseSuppression })),
    ),
  );
  const capabilities: TrackCapabilities = {
    sampleRate: { min: 48_000, max: 48_000 },
    sampleSize: { min: 16, max: 16 },
    echoCancellation: choices,
    autoGainControl: choices,
    noiseSuppression: choices,
    latency: { min: 0.02, max: 0.02 },
    channelCount: { min: 1, max: 1 },
    deviceId,
    groupId,
  };
  const candidates = combinations.map((chosen): Candidate => {
    const settings = { ...chosen, sampleRate: 48_000, sampleSize: 16, latency: 0.02, channelCount: 1, deviceId, groupId };
    return { kind: "audio", settings };
  });
  const init = { kind: "audio" as const, label, capabilities, candidates };
  return {
    kind: "audio",
    deviceId,
    groupId,
    label,
    capabilities,
    candidates,
    open: (settings, timestampOffset) => new ClipSource({ ...init, settings }, toneClips(), timestampOffset),
  };
}

/** The devices that there are: two cameras and a microphone. */
export const FAKE_DEVICES: readonly CaptureDevice[] = [
  microphone("fake-microphone", "Fake microphone"),
  camera("fake-camera-front", "Fake front camera", "user"),
  camera("fake-camera-back", "Fake back camera", "environment"),
];

/** A device and the settings to open it with. */
export interface DeviceChoice {
  readonly device: CaptureDevice;
  readonly settings: TrackSettings;
}

/** The device and settings that fit constraints best; otherwise the constraint that nothing meets. */
export function chooseDevice(
  devices: readonly CaptureDevice[],
  constraints: TrackConstraints,
): DeviceChoice | Extract<Selection, { failedConstraint: unknown }> {
  const selection = selectSettings(
    devices.flatMap(({ candidates }) => candidates),
    constraints,
  );
  if ("failedConstraint" in selection) return selection;
  const device = devices.find(({ candidates }) =>
    candidates.some(({ settings }) => settings.deviceId === selection.settings.deviceId),
  );
  return device === undefined ? { failedConstraint: "deviceId" } : { device, settings: selection.settings };
}
