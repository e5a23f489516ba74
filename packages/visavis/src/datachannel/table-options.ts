/**
 * What a channel table is made of.
 */
import type { Association } from "../sctp/association.ts";
import type { AssociationOptions, NegotiatedFeatures, SctpFaults, SctpFeatures, ToldInits } from "../sctp/association-options.ts";

/** Extensions of SCTP that may be switched off. */
export type ChannelTableFeatures = SctpFeatures;

/** What both sides of the association turned out to have. */
export type NegotiatedTableFeatures = NegotiatedFeatures;

/** Mechanisms of the association that a test switches off. */
export type ChannelTableFaults = SctpFaults;

/** What is known before there is an association. */
export type ChannelTableOptions = Omit<AssociationOptions, "remotePort" | "mtu" | "path" | "inits">;

/** How to meet the other side's association. */
export interface ChannelTableStart {
  /** Says which stream numbers are ours (RFC 8832 §6). */
  readonly dtlsRole: "client" | "server";
  readonly remotePort?: number;
  /** The largest SCTP packet that every path carries, in bytes. */
  readonly mtu?: number;
  /** The largest message that the other side takes, in bytes; 0 for any. */
  readonly maxMessageSize: number;
  /** The INITs of both sides, if descriptions told them: then there is no handshake. Ours was made by `createToldInit`. */
  readonly inits?: ToldInits;
}

/** The part of an association that a table uses. */
export type TableAssociation = Pick<
  Association,
  | "connect"
  | "send"
  | "beginMessage"
  | "setPartialDelivery"
  | "pause"
  | "resume"
  | "resetStreams"
  | "abort"
  | "setPath"
  | "takeMessage"
  | "receive"
  | "advance"
  | "deadline"
  | "transmit"
  | "takeEvent"
  | "counters"
  | "drops"
  | "smoothedRoundTripTime"
  | "congestionWindow"
  | "negotiated"
  | "mtu"
  | "pathMtuState"
>;

/** The association's figures, for statistics. */
export type AssociationStats = Pick<
  TableAssociation,
  "counters" | "drops" | "smoothedRoundTripTime" | "congestionWindow" | "negotiated" | "mtu" | "pathMtuState"
>;
