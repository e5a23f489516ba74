/**
 * `visavis/sctp`: an SCTP association without sockets or clocks (RFC 9260, 8261, 3758, 6525).
 */
export { Association, type AssociationState } from "./association.ts";
export type {
  AssociationCounters,
  AssociationEvent,
  AssociationOptions,
  MessagePart,
  NegotiatedFeatures,
  SctpFaults,
  SctpFeatures,
  SctpMessage,
  SctpPath,
  SendOptions,
  ToldInits,
} from "./association-options.ts";
export type { SctpDropReason } from "./context.ts";
export type { MessageWriter, MessageWriterState } from "./message-writer.ts";
export type { PathMtuState } from "./path-mtu-discovery.ts";
export { SctpError, type SctpErrorCode } from "./sctp-error.ts";
export { createToldInit, isToldInit } from "./terms.ts";
export type { SchedulerName } from "./tx/stream-scheduler.ts";
