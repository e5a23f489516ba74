// visavis as an implementation for the runner (runner/README.md, "An implementation module"). Build first.
import { createRequire } from "node:module";

export {
  RTCCertificate,
  RTCDataChannel,
  RTCDataChannelEvent,
  RTCDtlsTransport,
  RTCError,
  RTCErrorEvent,
  RTCIceCandidate,
  RTCIceCandidatePair,
  RTCIceTransport,
  RTCPeerConnection,
  RTCPeerConnectionIceErrorEvent,
  RTCPeerConnectionIceEvent,
  RTCSctpTransport,
  RTCSessionDescription,
  RTCStatsReport,
} from "../../packages/visavis/dist/index.js";

export const name = "visavis";
export const version = createRequire(import.meta.url)("../../packages/visavis/package.json").version;

/** Platform objects that can be posted: none yet. */
export const serializers = [];
