/**
 * `visavis`: WebRTC as browsers have it, for Node.js. `import { RTCPeerConnection } from "visavis"`.
 */
import { nodeWebRTC } from "./node-webrtc.ts";
import type {
  RTCPeerConnectionConstructor,
  RTCPeerConnection as RTCPeerConnectionInterface,
} from "./webrtc/rtc-peer-connection.ts";

export * from "./webrtc/interfaces.ts";

/** A connection to another peer, over the network of this computer. */
export const RTCPeerConnection: RTCPeerConnectionConstructor = nodeWebRTC.RTCPeerConnection;

/** A connection to another peer. */
export type RTCPeerConnection = RTCPeerConnectionInterface;
