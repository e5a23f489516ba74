/**
 * `visavis/transport`: one ICE + DTLS + SCTP bundle as an engine, below offer and answer.
 */
export { BundleTransport, type TransportDrop } from "./bundle-transport.ts";
export { type BundleTransportOptions, DEFAULT_MTU, type DtlsStart, type SctpStart } from "./bundle-transport-options.ts";
export { kindOf, type PacketKind } from "./demux.ts";
export type { DtlsChoices, DtlsGroupName } from "./dtls-choices.ts";
export type { HeldDatagrams } from "./held-datagrams.ts";
export type { MediaCounters, MediaDrop, MediaEngine, SrtpChoices } from "./media-path.ts";
export { RoutedPacket } from "./routed-packet.ts";
export type { RtpEvent } from "./rtp-event.ts";
export type { OutgoingElement, OutgoingPacket } from "./rtp-outgoing.ts";
export type {
  RtpAnnouncedStream,
  RtpCodec,
  RtpReceiveParameters,
  RtpSendEncoding,
  RtpSendParameters,
} from "./rtp-parameters.ts";
export { type OutgoingKind, type RtpDrop, RtpSession, type RtpSessionOptions } from "./rtp-session.ts";
export type {
  InboundRtpStats,
  OutboundRtpStats,
  RemoteInboundRtpStats,
  RemoteOutboundRtpStats,
  RtpStats,
} from "./rtp-stats.ts";
export type { DtlsCounters, TrafficCounters } from "./transport-counters.ts";
export type { DtlsAgreement, DtlsStateEvent, TransportEvent } from "./transport-event.ts";
