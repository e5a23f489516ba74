/**
 * `visavis/worker`: WebRTC in worker threads. Channels: `transferChannel` in the thread of the connection, `receiveChannel` in the worker.
 * Transforms: a worker that imports this has `onrtctransform` and the classes of frames as globals, and
 * `new RTCRtpScriptTransform(worker, options)` in the thread of the connection brings it one.
 */
import { isWorkerThread } from "./node/worker-link.ts";
import { KeyFrameRequestEvent } from "./webrtc/key-frame-request-event.ts";
import { RTCEncodedAudioFrame, RTCEncodedVideoFrame } from "./webrtc/rtc-encoded-frame.ts";
import { RTCRtpScriptTransformer, RTCTransformEvent } from "./webrtc/rtc-rtp-script-transformer.ts";
import { SFrameTransform } from "./webrtc/sframe-transform.ts";
import { SFrameTransformErrorEvent } from "./webrtc/sframe-transform-error-event.ts";
import { defineTransformHandler } from "./webrtc/transform-scope.ts";

export type { TransferablePort } from "./node/message-pipe.ts";
export { linkWorker, type PostTarget } from "./node/worker-link.ts";
export {
  type ChannelTransfer,
  receiveChannel,
  type TransferredChannel,
  transferChannel,
} from "./webrtc/channel-transfer.ts";
export type { FrameMetadata, FrameType, WireFrame } from "./webrtc/encoded-frame-data.ts";
export * from "./webrtc/interfaces.ts";
export {
  KeyFrameRequestEvent,
  type KeyFrameRequestEventConstructor,
} from "./webrtc/key-frame-request-event.ts";
export { deserializeFrame, serializeFrame } from "./webrtc/rtc-encoded-frame.ts";
export {
  RTCRtpScriptTransformer,
  type RTCRtpScriptTransformerConstructor,
  type RTCRtpScriptTransformerEventMap,
  RTCTransformEvent,
  type RTCTransformEventConstructor,
} from "./webrtc/rtc-rtp-script-transformer.ts";
export { receiveTransforms, receiveTransformsFrom } from "./webrtc/transform-scope.ts";

if (isWorkerThread()) {
  const exposed = {
    KeyFrameRequestEvent,
    RTCEncodedAudioFrame,
    RTCEncodedVideoFrame,
    RTCRtpScriptTransformer,
    RTCTransformEvent,
    SFrameTransform,
    SFrameTransformErrorEvent,
  };
  for (const [name, value] of Object.entries(exposed)) {
    if (!(name in globalThis)) Object.defineProperty(globalThis, name, { value, writable: true, configurable: true });
  }
  if (!("onrtctransform" in globalThis)) defineTransformHandler(globalThis);
}
