/**
 * What happens to data channels, in the words of a peer connection.
 */
import { unreachable } from "../base/errors.ts";
import { ChannelError, type ChannelEvent, type DtlsError, type SctpError } from "../transport/parts.ts";
import type { ChannelFailure, PeerEvent } from "./peer-events.ts";

/** RTCError's members for a channel that was closed abruptly (webrtc-pc §6.2). */
export function channelFailure(
  error: SctpError | ChannelError | undefined,
  dtls: DtlsError | undefined,
): ChannelFailure | undefined {
  if (dtls !== undefined) {
    const alert = dtls.alert === undefined ? {} : dtls.received ? { receivedAlert: dtls.alert } : { sentAlert: dtls.alert };
    return { code: "dtls-failure", message: dtls.message, ...alert };
  }
  if (error === undefined) return undefined;
  if (error instanceof ChannelError) return { code: "data-channel-failure", message: error.message };
  const cause = error.causeCode === undefined ? {} : { sctpCauseCode: error.causeCode };
  return { code: "sctp-failure", message: error.message, ...cause };
}

/** A channel event as the peer connection tells it; those of the association are told as `sctp-state`. */
export function toPeerEvent(event: ChannelEvent, dtls: DtlsError | undefined, maxMessageSize: number): PeerEvent {
  switch (event.type) {
    case "channel":
      return { type: "channel", channel: event.channel };
    case "open":
      return { type: "channel-open", channel: event.channel };
    case "closing":
      return { type: "channel-closing", channel: event.channel };
    case "closed":
      return { type: "channel-closed", channel: event.channel, error: channelFailure(event.error, dtls) };
    case "drained":
      return { type: "channel-drained", channel: event.channel, bytes: event.bytes };
    case "connected":
      return { type: "sctp-state", state: "connected", maxMessageSize, maxChannels: event.maxChannels };
    case "association-closed":
      return { type: "sctp-state", state: "closed", maxMessageSize, maxChannels: null };
    default:
      return unreachable(event);
  }
}
