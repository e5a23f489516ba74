/**
 * The transport of a sender and a receiver: https://w3c.github.io/webrtc-pc/#dom-rtcrtpsender-transport
 */
import type { RTCDtlsTransport } from "./rtc-dtls-transport.ts";
import type { TransceiverSlots } from "./transceiver-slots.ts";
import { transportOf } from "./transport-slots.ts";

/** [[SenderTransport]] and [[ReceiverTransport]], which are always the same one. */
export function dtlsTransportOf({ connection, transceiver }: TransceiverSlots): RTCDtlsTransport | null {
  return transportOf(connection, transceiver.transport)?.dtlsObject ?? null;
}
