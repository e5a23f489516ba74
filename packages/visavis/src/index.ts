/**
 * `visavis`: WebRTC as browsers have it, for Node.js. `import { RTCPeerConnection } from "visavis"`.
 */
import { nodePlatform } from "./node/platform.ts";
import { createWebRTC } from "./webrtc/create-webrtc.ts";
import type {
  RTCPeerConnectionConstructor,
  RTCPeerConnection as RTCPeerConnectionInterface,
} from "./webrtc/rtc-peer-connection.ts";

export * from "./webrtc/interfaces.ts";

/** A connection to another peer, over the network of this computer. */
export const RTCPeerConnection: RTCPeerConnectionConstructor = createWebRTC(nodePlatform()).RTCPeerConnection;

/** A connection to another peer. */
export type RTCPeerConnection = RTCPeerConnectionInterface;
