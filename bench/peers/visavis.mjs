// This library, as its users get it: the defaults, but for the size of packets where the scene says so.
import { countersOf, createWebRTC, nodePlatform } from "visavis/webrtc";
import { visavisMedia } from "./visavis-media.mjs";
import { w3cPeer } from "./w3c-peer.mjs";

const free = createWebRTC(nodePlatform());
const held = createWebRTC(nodePlatform(), { sctp: { pathMtuDiscovery: false } });

/** DTLS version, cipher suite and key exchange by their names in the standard. @param {any} connection */
async function agreement(connection) {
  for (const entry of (await connection.getStats()).values()) {
    if (entry.type !== "transport") continue;
    const version = { FEFC: "DTLS 1.3", FEFD: "DTLS 1.2" }[entry.tlsVersion] ?? entry.tlsVersion;
    const group = countersOf(connection)?.dtls?.groupName;
    // What is measured is said to have it.
    if (group !== "X25519MLKEM768") throw new Error(`the key exchange was by ${group}`);
    return [version, entry.dtlsCipher, group].join(", ");
  }
  return undefined;
}

const peer = w3cPeer(
  ({ pathMtuDiscovery = true }) => new (pathMtuDiscovery ? free : held).RTCPeerConnection({ iceServers: [] }),
  agreement,
);

export default { ...peer, media: visavisMedia };
