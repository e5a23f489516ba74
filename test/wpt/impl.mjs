// visavis as an implementation for the runner (runner/README.md, "An implementation module"). Build first.
import { createRequire } from "node:module";
import { RTCDataChannel, RTCEncodedAudioFrame, RTCEncodedVideoFrame, RTCRtpSender } from "visavis";
import { compressUlaw, createEncodedTrack, encodedFrames } from "visavis/media";
import { deserializeFrame, linkWorker, receiveChannel, serializeFrame, transferChannel } from "visavis/worker";
import { createVideoSource, decode } from "./shade-codec.mjs";

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
  RTCEncodedAudioFrame,
  RTCEncodedVideoFrame,
  RTCError,
  RTCErrorEvent,
  RTCIceCandidate,
  RTCIceCandidatePair,
  RTCIceTransport,
  RTCPeerConnection,
  RTCPeerConnectionIceErrorEvent,
  RTCPeerConnectionIceEvent,
  RTCRtpReceiver,
  RTCRtpScriptTransform,
  RTCRtpSender,
  RTCRtpTransceiver,
  RTCSctpTransport,
  RTCSessionDescription,
  RTCStatsReport,
  RTCTrackEvent,
  SFrameTransform,
  SFrameTransformErrorEvent,
} from "visavis";

export const name = "visavis";
export const version = createRequire(import.meta.url)("visavis/package.json").version;

// Iterator helpers, which tests use and Node has from 22 on.
const iterators = Object.getPrototypeOf(Object.getPrototypeOf([][Symbol.iterator]()));
for (const name of ["filter", "find", "map", "some"]) {
  if (name in iterators) continue;
  const value = function (/** @type {unknown[]} */ ...args) {
    const result = /** @type {any} */ ([...this])[name](...args);
    return Array.isArray(result) ? result.values() : result;
  };
  Object.defineProperty(iterators, name, { value, writable: true, configurable: true });
}

/** What is loaded in workers. */
export const workerModule = new URL("worker-impl.mjs", import.meta.url).href;

/** The way of transforms to a worker of the runner. */
export const attachWorker = linkWorker;

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

export { createVideoSource };

/**
 * What a <video> shows: the shade that shade-codec.mjs gave a frame. Of other frames nothing can be shown, for there is no decoder here: they are
 * grey, of the size that their bytes tell. A disabled track is black.
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
      const shown = decode(frame.data);
      if (shown !== undefined) ({ width, height } = shown);
      else if (frame.width && frame.height) ({ width, height } = frame);
      if (track.enabled && width > 0) onframe(picture(width, height, shown?.shade ?? GREY));
    }
  })();
  return () => {
    clearInterval(black);
    void reader.cancel();
  };
}

/**
 * What an AudioContext gives to its destination, as G.711: the one codec that is ours.
 * @returns {{ track: import("visavis").MediaStreamTrack, write(block: { samples: Float32Array[], sampleRate: number }): void }}
 */
export function createAudioSource() {
  const encoded = createEncodedTrack({ kind: "audio", label: "audio destination" });
  let timestamp = 0;
  return {
    track: encoded.track,
    write({ samples: [channel = new Float32Array()], sampleRate }) {
      const step = sampleRate / 8000;
      const data = new Uint8Array(Math.floor(channel.length / step));
      for (let i = 0; i < data.length; i++) data[i] = compressUlaw(Math.round((channel[Math.floor(i * step)] ?? 0) * 32_767));
      encoded.write({
        kind: "audio",
        data,
        timestamp,
        keyFrame: true,
        mimeType: "audio/PCMU",
        duration: data.length / 8,
        audioLevel: peak(channel),
      });
      timestamp += data.length;
    },
  };
}

/** @param {Float32Array} samples */
function peak(samples) {
  let level = 0;
  for (const sample of samples) level = Math.max(level, Math.abs(sample));
  return Math.min(1, level);
}

/** Which formats can be sent. */
export const mediaCapabilities = {
  /** @param {{ video?: { contentType: string } }} configuration */
  async encodingInfo({ video }) {
    const codecs = RTCRtpSender.getCapabilities("video")?.codecs ?? [];
    const supported = codecs.some(({ mimeType }) => mimeType.toLowerCase() === video?.contentType.toLowerCase());
    return { supported, smooth: supported, powerEfficient: false };
  },
};

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
  {
    name: "RTCEncodedFrame",
    test: (/** @type {unknown} */ value) => value instanceof RTCEncodedVideoFrame || value instanceof RTCEncodedAudioFrame,
    serialize: (/** @type {import("visavis").RTCEncodedVideoFrame} */ frame) => ({ data: serializeFrame(frame) }),
    deserialize: deserializeFrame,
  },
];
