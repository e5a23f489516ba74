/**
 * What an association is made of, and what it tells its owner.
 */
import type { Memory } from "../base/platform.ts";
import type { Random } from "../base/random.ts";
import type { SctpError } from "./sctp-error.ts";
import type { CongestionControlName } from "./tx/congestion-control.ts";
import type { SchedulerName } from "./tx/stream-scheduler.ts";

/** Mechanisms that a test switches off, to show that its simulation needs them, and what it leaves to no chance. */
export interface SctpFaults {
  /** The first TSN, modulo 2³²: so that TSNs wrap soon. */
  readonly initialTsn?: number;
  /** Lost chunks are never sent again. */
  readonly noRetransmission?: boolean;
  /** Ordered messages are delivered in the order in which they become complete. */
  readonly noReorderRepair?: boolean;
  /** DATA that arrived before is taken again. */
  readonly noDuplicateDetection?: boolean;
}

/** What is known of a path before it is probed. Sizes in bytes. */
export interface SctpPath {
  /** The largest SCTP packet that can be sent by it at all. */
  readonly maxMtu: number;
  /** What is around an SCTP packet, from the IP header on; default 68. */
  readonly overhead?: number;
  /**
   * Datagrams of any size arrive, whole or in IP fragments: then a chunk may be as long as a packet. Otherwise chunks are cut for
   * packets of the base size, and larger packets carry several; default false.
   */
  readonly anySize?: boolean;
}
/**
 * How losses are found: by time, with probes at the end of what there is to send (RFC 8985), or by three packets that overtook and T3-rtx
 * alone (RFC 9260 §7.2.4), kept for comparison.
 */
export type LossRecoveryName = "rack-tlp" | "fast-retransmit";
/** Extensions that may be switched off, and the scheduler. */
export interface SctpFeatures {
  /** Message interleaving, I-DATA (RFC 8260): offered, and used when the other side offers it too. Default true. */
  readonly interleaving?: boolean;
  /** Packets without a checksum, which DTLS makes superfluous (RFC 9653): taken, and sent when the other side takes them. Default true. */
  readonly zeroChecksum?: boolean;
  /** Whose turn it is to send (RFC 8260 §3). Default `weighted`. */
  readonly scheduler?: SchedulerName;
}

/** What both sides of an association turned out to have. */
export interface NegotiatedFeatures {
  /** Messages travel as I-DATA. */
  readonly interleaving: boolean;
  /** Our packets have no checksum, but for those of the handshake. */
  readonly zeroChecksumSent: boolean;
  /** A packet without checksum has come. */
  readonly zeroChecksumReceived: boolean;
  readonly partialReliability: boolean;
  readonly reconfiguration: boolean;
}

/** Bytes of received data that may wait, when nothing else is asked for. */
export const DEFAULT_RECEIVE_BUFFER: number = 16 * 1024 * 1024;

/** The INITs of both sides, told ahead (draft-hancke-tsvwg-snap): whole chunks. */
export interface ToldInits {
  readonly local: Uint8Array;
  readonly remote: Uint8Array;
}

/** How an association is made. Sizes in bytes. */
export interface AssociationOptions {
  readonly random: Random;
  /** For messages: those that are put together, and those that have arrived on the other side; default that of the language. */
  readonly memory?: Memory;
  /** Default 5000. */
  readonly localPort?: number;
  /** Default 5000. */
  readonly remotePort?: number;
  /** The largest SCTP packet that every path carries, the base of path MTU discovery; default 1160. */
  readonly mtu?: number;
  /** What is known of the path; without it packets stay at `mtu`. */
  readonly path?: SctpPath;
  /** Whether larger packets are tried where the path may carry them (RFC 8899); default true. */
  readonly pathMtuDiscovery?: boolean;
  /** The largest message that is taken; a larger one ends the association. 0: any size. */
  readonly maxReceiveMessageSize: number;
  /** Bytes of messages that may wait to be sent; default 16 MiB. */
  readonly sendBufferLimit?: number;
  /** Bytes of received data that may wait to be complete or to be taken; default 16 MiB. What the other side is told of grows towards it. */
  readonly receiveBufferLimit?: number;
  /** Default 65535. */
  readonly outboundStreams?: number;
  /** Default 65535. */
  readonly inboundStreams?: number;
  /** What decides how much may be in flight; default `bbr`. */
  readonly congestionControl?: CongestionControlName;
  /** How losses are found; default `rack-tlp`. */
  readonly lossRecovery?: LossRecoveryName;
  readonly features?: SctpFeatures;
  /** With both the handshake is skipped, unless one of them is no INIT or they are the same. */
  readonly inits?: ToldInits;
  readonly faults?: SctpFaults;
}

/** How one message is sent. */
export interface SendOptions {
  readonly ordered: boolean;
  /** Given up after so many retransmissions of one of its chunks (RFC 7496 §3.2 and RFC 8831). */
  readonly maxRetransmits?: number;
  /** Given up when it was not delivered so many milliseconds after `send` (RFC 3758 §4.1). */
  readonly lifetime?: number;
  /** The share of the stream from now on, against those of other streams: RFC 8831 §6.4. 1 to 65535; default 256. */
  readonly priority?: number;
}

/**
 * How much of a message is in hand: all of it; or, where parts are asked for, a part that others follow (`more`), the one that ends it
 * (`last`), or the news that the rest of it will never come (`abandoned`, without data).
 */
export type MessagePart = "whole" | "more" | "last" | "abandoned";

/** A message that arrived, or a part of one. The taker owns `data`. */
export interface SctpMessage {
  readonly stream: number;
  readonly ppid: number;
  readonly ordered: boolean;
  readonly data: Uint8Array;
  readonly part: MessagePart;
}

/** Rare happenings; messages have a door of their own. */
export type AssociationEvent =
  | { readonly type: "connected"; readonly inboundStreams: number; readonly outboundStreams: number }
  /** The end. `error` is undefined after a graceful shutdown. */
  | { readonly type: "closed"; readonly error: SctpError | undefined }
  /** The other side reset these of its outgoing streams; an empty list means all. */
  | { readonly type: "incoming-reset"; readonly streams: readonly number[] }
  /** The other side answered our reset of these outgoing streams. */
  | { readonly type: "outgoing-reset"; readonly streams: readonly number[]; readonly performed: boolean }
  /** So many bytes of messages on this stream left the send queue, sent for the first time or given up. */
  | { readonly type: "drained"; readonly stream: number; readonly bytes: number };

/** Counters of an association. Packets are SCTP packets. */
export interface AssociationCounters {
  packetsSent: number;
  packetsReceived: number;
  chunksSent: number;
  chunksReceived: number;
  /** DATA chunks sent again. */
  chunksRetransmitted: number;
  /** DATA chunks that had arrived before. */
  duplicatesReceived: number;
  /** DATA chunks that arrived behind a gap. */
  outOfOrderReceived: number;
  /** Messages given up by their partial reliability. */
  messagesAbandoned: number;
  /** T3-rtx expirations. */
  timeouts: number;
  fastRecoveries: number;
  /** 1 when the INITs were told ahead, so that there was no handshake. */
  handshakesSkipped: number;
  /** Packets that asked how much the path carries, and those of them that were not answered in time. */
  mtuProbesSent: number;
  mtuProbesLost: number;
  /** How often packets went back to the size that every path carries, because nothing was acknowledged any more. */
  blackHolesSuspected: number;
  /** Packets sent to provoke a SACK that failed to come (RFC 8985 §7). */
  tailLossProbes: number;
  /** Retransmissions and timeouts that turned out to be for nothing. */
  spuriousRetransmissions: number;
}
