/**
 * `visavis/media`: media in encoded form: tracks of frames that a program brings, the frames of tracks, SFrame, and the fake devices.
 */
import { nodePlatform } from "./node/platform.ts";
import { createEncodedTrack as createEncodedTrackOn, type EncodedTrack, type EncodedTrackInit } from "./webrtc/encoded-media.ts";

export * from "./media/index.ts";
export {
  type EncodedTrack,
  type EncodedTrackInit,
  type FrameReader,
  type FrameReaderOptions,
  readFrames,
} from "./webrtc/encoded-media.ts";
export type { MediaStreamTrack } from "./webrtc/media-stream-track.ts";

/** Makes a track of frames that the program brings. */
export function createEncodedTrack(init: EncodedTrackInit): EncodedTrack {
  return createEncodedTrackOn(nodePlatform(), init);
}
