/**
 * The steps of RTCRtpSender: https://w3c.github.io/webrtc-pc/#rtcrtpsender-interface
 */
import { randomUuid } from "../base/random.ts";
import { codecCapabilities } from "../peer/capabilities.ts";
import { sends } from "../peer/media-types.ts";
import type { EncodingInit } from "../peer/transceiver.ts";
import { domError } from "./errors.ts";
import { generateKeyFrame } from "./frame-transform.ts";
import { copyConstraints as copy } from "./media-constraints.ts";
import type { MediaStream } from "./media-stream.ts";
import type { MediaStreamTrack } from "./media-stream-track.ts";
import { updateNegotiationNeeded } from "./negotiation-needed.ts";
import { isPartlyScaled, isSameCodec, validateEncoding } from "./rtp-encodings.ts";
import {
  applyEncodings,
  type ConvertedSendParameters,
  forbiddenModification,
  type RTCRtpSendParameters,
  sendParameters,
} from "./rtp-parameters.ts";
import type { SenderSlots } from "./transceiver-slots.ts";

/** https://w3c.github.io/webrtc-pc/#dom-rtcrtpsender-getparameters */
export function getParameters(slots: SenderSlots): RTCRtpSendParameters {
  // 2. If sender.[[LastReturnedParameters]] is not null, return it.
  if (slots.lastReturnedParameters === null) {
    const { connection, transceiver, degradationPreference } = slots;
    // 3., 4. Make it anew, and remember it.
    slots.lastReturnedParameters = {
      transactionId: randomUuid(connection.platform.random),
      ...sendParameters(transceiver, degradationPreference),
    };
    // 5. Queue a task that sets it to null.
    connection.tasks.queue(() => {
      slots.lastReturnedParameters = null;
    });
  }
  return copy(slots.lastReturnedParameters);
}

/** https://w3c.github.io/webrtc-pc/#dom-rtcrtpsender-setparameters */
export function setParameters(
  slots: SenderSlots,
  parameters: ConvertedSendParameters,
  options: readonly { readonly keyFrame: boolean }[],
): Promise<void> {
  const { connection, transceiver, lastReturnedParameters, sender } = slots;
  // 3. If transceiver.[[Stopping]] is true, reject; 4. if [[LastReturnedParameters]] is null, reject.
  if (transceiver.transceiver.isStopping) throw domError("InvalidStateError", "The transceiver is stopped.");
  if (lastReturnedParameters === null) throw domError("InvalidStateError", "getParameters() was not called in this task.");
  // 5. Validate.
  const forbidden = forbiddenModification(lastReturnedParameters, parameters);
  if (forbidden !== undefined) throw domError("InvalidModificationError", forbidden);
  const encodings = validated(slots, parameters.encodings);
  if (options.length > encodings.length) {
    throw domError("InvalidModificationError", "There are more options than encodings.");
  }
  const { encodings: asked } = sender;
  // 6.-8. In parallel configure; in a queued task write the slots and resolve.
  return connection.taskPromise(() => {
    slots.lastReturnedParameters = null;
    // A description that was applied meanwhile may have taken some away, or made others of them.
    const isLeft = asked.map((encoding) => sender.encodings.includes(encoding));
    applyEncodings(
      asked.filter((_, index) => isLeft[index]),
      encodings.filter((_, index) => isLeft[index]),
    );
    slots.degradationPreference = parameters.degradationPreference;
    slots.parametersChanged();
    for (const [index, { keyFrame }] of options.entries()) if (keyFrame) slots.requestKeyFrame(index);
  });
}

/** https://w3c.github.io/webrtc-pc/#dfn-setparameters-validation-steps. @returns the encodings to be written */
function validated({ transceiver }: SenderSlots, given: readonly EncodingInit[]): readonly EncodingInit[] {
  const { kind, negotiated } = transceiver.transceiver;
  // What can be chosen is what was negotiated, before that whatever there is.
  const sendCodecs = negotiated?.sendCodecs ?? [];
  const choosable = sendCodecs.length > 0 ? sendCodecs : codecCapabilities(kind);
  for (const { codec } of given) {
    if (codec !== undefined && !choosable.some((each) => isSameCodec(each, codec))) {
      throw domError("InvalidModificationError", `${codec.mimeType} was not negotiated that way.`);
    }
  }
  for (const encoding of given) validateEncoding(kind, encoding, "InvalidModificationError");
  if (kind === "audio") return given.map(({ scaleResolutionDownBy: _, maxFramerate: __, ...rest }) => rest);
  if (isPartlyScaled(given)) {
    throw domError("InvalidModificationError", "Either all active encodings or none have scaleResolutionDownTo.");
  }
  return given.map((encoding) => ({ scaleResolutionDownBy: 1, ...encoding }));
}

/** https://w3c.github.io/webrtc-pc/#dom-rtcrtpsender-replacetrack */
export function replaceTrack(slots: SenderSlots, withTrack: MediaStreamTrack | null): Promise<void> {
  const { connection, transceiver } = slots;
  // 3. If withTrack is non-null and withTrack.kind differs from the transceiver kind, reject with a TypeError.
  if (withTrack !== null && withTrack.kind !== transceiver.transceiver.kind) {
    throw new TypeError(`A track of ${withTrack.kind} cannot replace one of ${transceiver.transceiver.kind}.`);
  }
  return connection.operations.chain(() => {
    // 4.1. If transceiver.[[Stopping]] is true, reject with an InvalidStateError.
    if (transceiver.transceiver.isStopping) {
      return Promise.reject(domError("InvalidStateError", "The transceiver is stopped."));
    }
    // 4.2.-4.7. Any encoded track can be sent without negotiation; one whose format was not negotiated is silent.
    return connection.taskPromise(() => slots.setTrack(withTrack));
  });
}

/** https://w3c.github.io/webrtc-pc/#dom-rtcrtpsender-setstreams */
export function setStreams({ connection, sender }: SenderSlots, streams: readonly MediaStream[]): void {
  // 3. If connection.[[IsClosed]] is true, throw an InvalidStateError.
  if (connection.isClosed) throw domError("InvalidStateError", "The RTCPeerConnection is closed.");
  // 4., 5. The ids of the streams, each once.
  sender.streamIds = [...new Set(streams.map(({ id }) => id))];
  // 6. Update the negotiation-needed flag for connection.
  updateNegotiationNeeded(connection);
}

/** Whether a sender sends as far as offer and answer go. */
export function isSending({ transceiver }: SenderSlots): boolean {
  const { currentDirection, isStopping } = transceiver.transceiver;
  return !isStopping && sends(currentDirection);
}

/** https://w3c.github.io/webrtc-encoded-transform/#dom-rtcrtpsender-generatekeyframe */
export function generateKeyFrames(slots: SenderSlots, rids: readonly string[]): Promise<void> {
  const { host } = slots.transform;
  const wanted = rids.length > 0 ? rids : host.rids.map((rid) => rid ?? undefined);
  for (const rid of wanted) {
    const error = generateKeyFrame(host, rid);
    if (error !== undefined) throw domError(error, "No key frame can be made.");
  }
  return slots.connection.taskPromise(() => undefined);
}
