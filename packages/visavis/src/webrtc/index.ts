/**
 * `visavis/webrtc`: the W3C constructors for any platform. `visavis` itself exports them bound to Node.js.
 */
export { nodePlatform } from "../node/platform.ts";
export type { PeerExtensions } from "../peer/peer-options.ts";
export { type ConnectionCounters, countersOf } from "./counters.ts";
export { createMediaDevices, createWebRTC, type WebRTC } from "./create-webrtc.ts";
export {
  createEncodedTrack,
  type EncodedTrack,
  type EncodedTrackInit,
  type FrameReader,
  type FrameReaderOptions,
  readFrames,
} from "./encoded-media.ts";
export * from "./interfaces.ts";
