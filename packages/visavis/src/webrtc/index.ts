/**
 * `visavis/webrtc`: the W3C constructors for any platform. `visavis` itself exports them bound to Node.js.
 */
export { nodePlatform } from "../node/platform.ts";
export type { PeerExtensions } from "../peer/peer-options.ts";
export { type ConnectionCounters, countersOf } from "./counters.ts";
export { createMediaDevices, createWebRTC, type WebRTC } from "./create-webrtc.ts";
export {
  type EncodedFramesOptions,
  encodedFrames,
  onEncodedFrame,
  requestKeyFrame,
  type TakenFrames,
} from "./encoded-frames.ts";
export { createEncodedTrack, type EncodedTrack, type EncodedTrackInit } from "./encoded-tracks.ts";
export * from "./interfaces.ts";
export { type PlayOptions, playFile } from "./play-file.ts";
export { type RtpPacketsOptions, type RtpTrack, type RtpTrackInit, rtpPackets, rtpTrack } from "./rtp-tracks.ts";
