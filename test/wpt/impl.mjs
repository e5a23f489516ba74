// visavis as an implementation for the runner (runner/README.md, "An implementation module"). Build first.
import { createRequire } from "node:module";
import { RTCDataChannel } from "visavis";
import { receiveChannel, transferChannel } from "visavis/worker";

export {
  DeviceChangeEvent,
  InputDeviceInfo,
  MediaDeviceInfo,
  MediaDevices,
  MediaStream,
  MediaStreamTrack,
  MediaStreamTrackEvent,
  mediaDevices,
  OverconstrainedError,
  RTCCertificate,
  RTCDataChannel,
  RTCDataChannelEvent,
  RTCDTMFSender,
  RTCDTMFToneChangeEvent,
  RTCDtlsTransport,
  RTCError,
  RTCErrorEvent,
  RTCIceCandidate,
  RTCIceCandidatePair,
  RTCIceTransport,
  RTCPeerConnection,
  RTCPeerConnectionIceErrorEvent,
  RTCPeerConnectionIceEvent,
  RTCRtpReceiver,
  RTCRtpSender,
  RTCRtpTransceiver,
  RTCSctpTransport,
  RTCSessionDescription,
  RTCStatsReport,
  RTCTrackEvent,
} from "visavis";

export const name = "visavis";
export const version = createRequire(import.meta.url)("visavis/package.json").version;

/** Platform objects that can be posted. */
export const serializers = [
  {
    name: "RTCDataChannel",
    test: (/** @type {unknown} */ value) => value instanceof RTCDataChannel,
    serialize(/** @type {RTCDataChannel} */ channel, /** @type {boolean} */ transferred) {
      if (!transferred) throw new DOMException("A channel can be transferred, not cloned.", "DataCloneError");
      const { value, transfer } = transferChannel(channel);
      return { data: value, transfer: [...transfer] };
    },
    deserialize: receiveChannel,
  },
];
