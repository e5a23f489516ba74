/**
 * `visavis/global`: installs the W3C constructors as globals, for programs and libraries that expect a browser.
 *
 * They are installed as Web IDL has them: writable, configurable, not enumerable; `navigator.mediaDevices` with them. Where there is an RTCPeerConnection
 * already nothing is installed, because objects of two implementations do not know each other.
 */
import { nodeMediaDevices, nodeWebRTC } from "./node-webrtc.ts";

if (!("RTCPeerConnection" in globalThis)) {
  for (const [name, value] of Object.entries(nodeWebRTC)) install(globalThis, name, value);
  // Node.js has a navigator from version 21 on.
  const { navigator } = globalThis as { readonly navigator?: object };
  if (navigator === undefined) {
    const { version } = process;
    install(globalThis, "navigator", { userAgent: `Node.js/${version.slice(1).split(".")[0]}`, mediaDevices: nodeMediaDevices });
  } else if (!("mediaDevices" in navigator)) install(navigator, "mediaDevices", nodeMediaDevices);
}

function install(target: object, name: string, value: unknown): void {
  Object.defineProperty(target, name, { value, writable: true, configurable: true, enumerable: false });
}
