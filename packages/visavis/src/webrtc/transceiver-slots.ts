/**
 * The internal slots of RTCRtpTransceiver, RTCRtpSender and RTCRtpReceiver, as far as they are not those of the peer
 * connection's transceivers: https://w3c.github.io/webrtc-pc/#rtcrtptransceiver-interface
 */
import type { Receiver, Sender, Transceiver } from "../peer/transceiver.ts";
import type { ConnectionSlots } from "./connection-slots.ts";
import type { RTCDtlsTransport } from "./rtc-dtls-transport.ts";
import { transportOf } from "./transport-slots.ts";

/** The slots of an RTCRtpSender. */
export interface SenderSlots {
  readonly connection: ConnectionSlots;
  readonly transceiver: TransceiverSlots;
  /** `encodings`, `streamIds` and what else the peer connection needs to know. */
  readonly sender: Sender;
}

/** The slots of an RTCRtpReceiver. */
export interface ReceiverSlots {
  readonly connection: ConnectionSlots;
  readonly transceiver: TransceiverSlots;
  readonly receiver: Receiver;
}

/** The slots of an RTCRtpTransceiver. */
export interface TransceiverSlots {
  readonly connection: ConnectionSlots;
  /** `mid`, `direction`, `currentDirection`, `isStopping`, `codecPreferences` and what else the peer connection needs to know. */
  readonly transceiver: Transceiver;
  readonly sender: SenderSlots;
  readonly receiver: ReceiverSlots;
}

/** [[SenderTransport]] and [[ReceiverTransport]], which are always the same one. */
export function dtlsTransportOf({ connection, transceiver }: TransceiverSlots): RTCDtlsTransport | null {
  return transportOf(connection, transceiver.transport)?.dtlsObject ?? null;
}
