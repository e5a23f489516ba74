/**
 * `visavis/media`: media in encoded form: tracks of frames that a program brings, the frames of tracks, SFrame, and the fake devices.
 */
import { nodePlatform } from "./node/platform.ts";
import { createEncodedTrack as createEncodedTrackOn, type EncodedTrack, type EncodedTrackInit } from "./webrtc/encoded-tracks.ts";

export * from "./media/index.ts";
export {
  type EncodedFramesOptions,
  encodedFrames,
  onEncodedFrame,
  requestKeyFrame,
  type TakenFrames,
} from "./webrtc/encoded-frames.ts";
export type { EncodedTrack, EncodedTrackInit } from "./webrtc/encoded-tracks.ts";
export type { MediaStreamTrack } from "./webrtc/media-stream-track.ts";

/** Makes a track of frames that the program brings. */
export function createEncodedTrack(init: EncodedTrackInit): EncodedTrack {
  return createEncodedTrackOn(nodePlatform(), init);
}
