/**
 * `visavis/transport`: ICE, DTLS and data channels joined on one path, as an engine; for servers that bring their own signalling.
 */
export { BundleTransport, type BundleTransportOptions, type SctpCounters, type TransportCounters } from "./bundle-transport.ts";
export { kindOf, type PacketKind } from "./demux.ts";
export type { DtlsChoices, DtlsGroupName } from "./dtls-choices.ts";
export type { TransportEvent } from "./transport-event.ts";
