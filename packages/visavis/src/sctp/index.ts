/**
 * `visavis/sctp`: an SCTP association without sockets or clocks (RFC 9260, 8261, 3758, 6525).
 */
export { Association, type AssociationState } from "./association.ts";
export type {
  AssociationCounters,
  AssociationEvent,
  AssociationOptions,
  SctpFaults,
  SctpMessage,
  SctpPath,
  SendOptions,
  ToldInits,
} from "./association-options.ts";
export type { SctpDropReason } from "./context.ts";
export type { PathMtuState } from "./path-mtu-discovery.ts";
export { SctpError, type SctpErrorCode } from "./sctp-error.ts";
export { createToldInit, isToldInit } from "./terms.ts";
