/**
 * `visavis/transport`: one ICE + DTLS + SCTP bundle as an engine, below offer and answer.
 */
export {
  BundleTransport,
  type BundleTransportOptions,
  DEFAULT_MTU,
  type DtlsCounters,
  type DtlsStart,
  type SctpStart,
  type TrafficCounters,
  type TransportDrop,
} from "./bundle-transport.ts";
export { kindOf, type PacketKind } from "./demux.ts";
export type { DtlsChoices, DtlsGroupName } from "./dtls-choices.ts";
export type { HeldDatagrams } from "./held-datagrams.ts";
export type { MediaCounters, MediaDrop, MediaEngine, SrtpChoices } from "./media-path.ts";
export type { DtlsAgreement, DtlsStateEvent, TransportEvent } from "./transport-event.ts";
