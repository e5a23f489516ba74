/**
 * `visavis/media`: media in encoded form: tracks of frames that a program brings, the frames of tracks, SFrame, and the fake devices.
 */
import type { EncodedFrame } from "./media/encoded-frame.ts";
import type { MediaFile } from "./media/files/media-file.ts";
import { nodePlatform } from "./node/platform.ts";
import { createEncodedTrack as createEncodedTrackOn, type EncodedTrack, type EncodedTrackInit } from "./webrtc/encoded-tracks.ts";
import { type PlayOptions, playFile as playFileOn } from "./webrtc/play-file.ts";
import { type RtpTrack, type RtpTrackInit, rtpTrack as rtpTrackOn } from "./webrtc/rtp-tracks.ts";

export * from "./media/index.ts";
export {
  type EncodedFramesOptions,
  encodedFrames,
  onEncodedFrame,
  requestKeyFrame,
  type TakenFrames,
} from "./webrtc/encoded-frames.ts";
export type { EncodedTrack, EncodedTrackInit } from "./webrtc/encoded-tracks.ts";
export { onTone } from "./webrtc/heard-tones.ts";
export type { MediaStreamTrack } from "./webrtc/media-stream-track.ts";
export { type RtpPacketsOptions, rtpPackets } from "./webrtc/rtp-tracks.ts";
export type { PlayOptions, RtpTrack, RtpTrackInit };

/**
 * Makes a track of RTP packets that the program brings.
 * @throws RangeError for a format that is not known, or of another kind
 */
export function rtpTrack(init: RtpTrackInit): RtpTrack {
  return rtpTrackOn(nodePlatform(), init);
}

/**
 * The frames of a file, each when it is due: for the `writable` of a track. When whoever takes them was not ready, they go on from where they
 * were, with timestamps that follow the clock.
 */
export function playFile(file: MediaFile, options?: PlayOptions): ReadableStream<EncodedFrame> {
  return playFileOn(nodePlatform(), file, options);
}

/** Makes a track of frames that the program brings. */
export function createEncodedTrack(init: EncodedTrackInit): EncodedTrack {
  return createEncodedTrackOn(nodePlatform(), init);
}
