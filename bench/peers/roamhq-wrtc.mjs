// @roamhq/wrtc: libwebrtc behind N-API.
import wrtc from "@roamhq/wrtc";
import { w3cPeer } from "./w3c-peer.mjs";

export default w3cPeer(() => new wrtc.RTCPeerConnection({ iceServers: [] }));
