/**
 * `visavis/global`: installs the W3C constructors as globals, for programs and libraries that expect a browser.
 *
 * They are installed as Web IDL has them: writable, configurable, not enumerable. Where there is an RTCPeerConnection
 * already nothing is installed, because objects of two implementations do not know each other.
 */
import { nodeWebRTC } from "./node-webrtc.ts";

if (!("RTCPeerConnection" in globalThis)) {
  for (const [name, value] of Object.entries(nodeWebRTC)) {
    if (!name.startsWith("RTC")) continue;
    Object.defineProperty(globalThis, name, { value, writable: true, configurable: true, enumerable: false });
  }
}
