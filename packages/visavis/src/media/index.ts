/**
 * Sources and sinks of encoded frames, and the fake devices.
 */
export { type Clip, type ClipInit, clipOf, embeddedClip } from "./clip.ts";
export { ClipSource } from "./clip-source.ts";
export type { EncodedFrame } from "./encoded-frame.ts";
export { type CaptureDevice, chooseDevice, type DeviceChoice, FAKE_DEVICES } from "./fake-devices.ts";
export { compressAlaw, compressUlaw, expandAlaw, expandUlaw } from "./g711.ts";
export { type Candidate, type Selection, selectSettings } from "./select-settings.ts";
export type {
  BooleanConstraint,
  BooleanOrTextConstraint,
  NumberConstraint,
  Range,
  TextConstraint,
  TrackCapabilities,
  TrackConstraintSet,
  TrackConstraints,
  TrackSettings,
} from "./track-settings.ts";
export {
  type EncodingWish,
  type FrameOrigin,
  type FrameSink,
  type SourceWatcher,
  type TrackKind,
  TrackSource,
  type TrackSourceInit,
} from "./track-source.ts";
