/**
 * The W3C face bound once to this computer: what `visavis` exports and `visavis/global` installs is the same.
 */
import { nodePlatform } from "./node/platform.ts";
import { createMediaDevices, createWebRTC, type WebRTC } from "./webrtc/create-webrtc.ts";
import type { MediaDevices } from "./webrtc/media-devices.ts";

const platform = nodePlatform();

/** The constructors over the clock, the chance and the network of Node.js. */
export const nodeWebRTC: WebRTC = createWebRTC(platform);

/** The devices beside them. */
export const nodeMediaDevices: MediaDevices = createMediaDevices(platform);
