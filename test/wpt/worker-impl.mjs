// visavis in workers, for the runner (runner/README.md, "An implementation module").
import { RTCDataChannel, RTCEncodedAudioFrame, RTCEncodedVideoFrame } from "visavis";
import { deserializeFrame, receiveChannel, receiveTransformsFrom, serializeFrame, transferChannel } from "visavis/worker";

export { RTCDataChannel, RTCEncodedAudioFrame, RTCEncodedVideoFrame, SFrameTransform, SFrameTransformErrorEvent } from "visavis";
export { KeyFrameRequestEvent, RTCRtpScriptTransformer, RTCTransformEvent } from "visavis/worker";

/** Has the transforms of the page fire at the worker's scope. @param {EventTarget} scope @param {object} port */
export function attachWorkerScope(scope, port) {
  // What visavis/worker defined for Node's own workers gives way to the runner's scope.
  receiveTransformsFrom(port, scope);
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
  {
    name: "RTCEncodedFrame",
    test: (/** @type {unknown} */ value) => value instanceof RTCEncodedVideoFrame || value instanceof RTCEncodedAudioFrame,
    serialize: (/** @type {import("visavis").RTCEncodedVideoFrame} */ frame) => ({ data: serializeFrame(frame) }),
    deserialize: deserializeFrame,
  },
];
