// This library, as its users get it: the defaults, but for the size of packets where the scene says so.
import { createWebRTC, nodePlatform } from "visavis/webrtc";
import { w3cPeer } from "./w3c-peer.mjs";

const free = createWebRTC(nodePlatform());
const held = createWebRTC(nodePlatform(), { sctp: { pathMtuDiscovery: false } });

/** DTLS version and cipher suite by their names in the standard. @param {any} connection */
async function agreement(connection) {
  for (const entry of (await connection.getStats()).values()) {
    if (entry.type !== "transport") continue;
    const version = { FEFC: "DTLS 1.3", FEFD: "DTLS 1.2" }[entry.tlsVersion] ?? entry.tlsVersion;
    return [version, entry.dtlsCipher, entry.tlsGroup].filter((part) => part !== undefined).join(", ");
  }
  return undefined;
}

export default w3cPeer(
  ({ pathMtuDiscovery = true }) => new (pathMtuDiscovery ? free : held).RTCPeerConnection({ iceServers: [] }),
  agreement,
);
