/**
 * `visavis`: WebRTC as browsers have it, for Node.js. `import { RTCPeerConnection } from "visavis"`.
 */
import {
  createWebRTC,
  nodePlatform,
  type RTCPeerConnectionConstructor,
  type RTCPeerConnection as RTCPeerConnectionInterface,
} from "./webrtc/index.ts";

export * from "./webrtc/index.ts";

/** A connection to another peer, over the network of this computer. */
export const RTCPeerConnection: RTCPeerConnectionConstructor = createWebRTC(nodePlatform()).RTCPeerConnection;

/** A connection to another peer. */
export type RTCPeerConnection = RTCPeerConnectionInterface;
