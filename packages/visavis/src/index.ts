/**
 * `visavis`: WebRTC as browsers have it, for Node.js. `import { RTCPeerConnection } from "visavis"`.
 */
import { nodeMediaDevices, nodeWebRTC } from "./node-webrtc.ts";
import type { MediaDevices as MediaDevicesInterface } from "./webrtc/media-devices.ts";
import type { MediaStreamConstructor, MediaStream as MediaStreamInterface } from "./webrtc/media-stream.ts";
import type {
  RTCPeerConnectionConstructor,
  RTCPeerConnection as RTCPeerConnectionInterface,
} from "./webrtc/rtc-peer-connection.ts";

export * from "./webrtc/interfaces.ts";

/** A connection to another peer, over the network of this computer. */
export const RTCPeerConnection: RTCPeerConnectionConstructor = nodeWebRTC.RTCPeerConnection;

/** A connection to another peer. */
export type RTCPeerConnection = RTCPeerConnectionInterface;

/** Tracks that belong together. */
export const MediaStream: MediaStreamConstructor = nodeWebRTC.MediaStream;

/** Tracks that belong together. */
export type MediaStream = MediaStreamInterface;

/** What a browser has as `navigator.mediaDevices`. Its devices are fake ones for now. */
export const mediaDevices: MediaDevicesInterface = nodeMediaDevices;
