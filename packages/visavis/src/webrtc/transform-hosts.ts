/**
 * Senders and receivers as transforms see them.
 */
import type { EncodedFrame } from "../media/encoded-frame.ts";
import { sends } from "../peer/media-types.ts";
import { payloadTypeFor } from "../peer/rtp-parameters.ts";
import type { FrameContext } from "./encoded-frame-data.ts";
import type { TransformHost } from "./frame-transform.ts";
import type { ReceiverSlots, SenderSlots } from "./transceiver-slots.ts";

/** The sender of a transceiver. */
export function senderHost(slots: SenderSlots): TransformHost {
  const { sender, connection } = slots;
  return {
    kind: sender.kind,
    side: "sender",
    get isStopped() {
      return connection.isClosed || slots.transceiver.transceiver.isStopping;
    },
    get isSending() {
      return slots.track !== null && sends(slots.transceiver.transceiver.currentDirection);
    },
    get rids() {
      // Without simulcast there is nothing to name.
      return sender.encodings.length > 1 ? sender.encodings.map(({ rid }) => rid ?? null) : [null];
    },
    contextOf(_frame: EncodedFrame, encoding: number): FrameContext {
      const wanted = sender.encodings[encoding];
      const { negotiated } = slots.transceiver.transceiver;
      return { synchronizationSource: wanted?.ssrc, payloadType: wanted && payloadTypeFor(negotiated, wanted) };
    },
    deliver: (frame, encoding) => connection.sendFrame(slots.transceiver.transceiver, encoding, frame),
    requestKeyFrame: (encoding) => slots.frames.requestKeyFrame(encoding),
  };
}

/** The receiver of a transceiver. */
export function receiverHost(slots: ReceiverSlots): TransformHost {
  const { receiver, connection, source } = slots;
  return {
    kind: receiver.kind,
    side: "receiver",
    rids: [],
    isSending: false,
    get isStopped() {
      return connection.isClosed || slots.transceiver.transceiver.isStopping;
    },
    contextOf: (frame: EncodedFrame & { readonly ssrc?: number }): FrameContext => ({
      synchronizationSource: frame.ssrc,
      payloadType: frame.payloadType,
    }),
    deliver: (frame) => source.push(frame),
    requestKeyFrame() {
      connection.peer.media?.requestKeyFrame(slots.transceiver.transceiver, undefined);
      connection.wake();
    },
  };
}
