// visavis as an implementation for the runner (runner/README.md, "An implementation module"). Build first.
import { createRequire } from "node:module";
import { RTCDataChannel } from "visavis";
import { encodedFrames } from "visavis/media";
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

/** Grey pictures by size. @type {Map<string, Uint8ClampedArray>} */
const pictures = new Map();

/** A picture of one shade. @param {number} width @param {number} height @param {number} shade */
function picture(width, height, shade) {
  const key = `${width} ${height} ${shade}`;
  let data = pictures.get(key);
  if (data === undefined) {
    data = new Uint8ClampedArray(width * height * 4).fill(shade);
    for (let i = 3; i < data.length; i += 4) data[i] = 255;
    pictures.set(key, data);
  }
  return { data, width, height };
}

const GREY = 128;
const BLACK = 0;

/**
 * What a <video> shows: there is no decoder here, so it is grey, of the size that the frames have, whenever one arrives. Tests that look
 * at the picture fail. A disabled track is black.
 * @param {import("visavis").MediaStreamTrack} track
 * @param {(frame: { data: Uint8ClampedArray, width: number, height: number }) => void} onframe
 */
export function createVideoSink(track, onframe) {
  const reader = encodedFrames(track).getReader();
  let { width = 0, height = 0 } = track.getSettings();
  const black = setInterval(() => {
    if (!track.enabled && width > 0) onframe(picture(width, height, BLACK));
  }, 33);
  black.unref();
  void (async () => {
    for (;;) {
      const { value: frame } = await reader.read();
      if (frame === undefined) return;
      if (frame.width && frame.height) ({ width, height } = frame);
      if (track.enabled && width > 0) onframe(picture(width, height, GREY));
    }
  })();
  return () => {
    clearInterval(black);
    void reader.cancel();
  };
}

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
