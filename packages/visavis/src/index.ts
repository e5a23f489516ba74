/**
 * `visavis`: WebRTC as browsers have it, for Node.js. `import { RTCPeerConnection } from "visavis"`.
 */
import { nodeMediaDevices, nodeWebRTC } from "./node-webrtc.ts";
import type { MediaDevices as MediaDevicesInterface } from "./webrtc/media-devices.ts";
import type { MediaStreamConstructor, MediaStream as MediaStreamInterface } from "./webrtc/media-stream.ts";
import type { RTCIceTransportConstructor, RTCIceTransport as RTCIceTransportInterface } from "./webrtc/rtc-ice-transport.ts";
import type {
  RTCPeerConnectionConstructor,
  RTCPeerConnection as RTCPeerConnectionInterface,
} from "./webrtc/rtc-peer-connection.ts";
import type { RTCRtpScriptTransformConstructor } from "./webrtc/rtc-rtp-script-transform.ts";

export * from "./webrtc/interfaces.ts";

/** A connection to another peer, over the network of this computer. */
export const RTCPeerConnection: RTCPeerConnectionConstructor = nodeWebRTC.RTCPeerConnection;

/** A connection to another peer. */
export type RTCPeerConnection = RTCPeerConnectionInterface;

/** A path to another peer: the one under a connection, or one by itself. */
export const RTCIceTransport: RTCIceTransportConstructor = nodeWebRTC.RTCIceTransport;

/** A path to another peer. */
export type RTCIceTransport = RTCIceTransportInterface;

/** A script in a worker that transforms the frames of a sender or a receiver. */
export const RTCRtpScriptTransform: RTCRtpScriptTransformConstructor = nodeWebRTC.RTCRtpScriptTransform;

/** Tracks that belong together. */
export const MediaStream: MediaStreamConstructor = nodeWebRTC.MediaStream;

/** Tracks that belong together. */
export type MediaStream = MediaStreamInterface;

/** What a browser has as `navigator.mediaDevices`. Its devices are fake ones for now. */
export const mediaDevices: MediaDevicesInterface = nodeMediaDevices;
