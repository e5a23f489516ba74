/**
 * What a transport counts.
 */
import type { AssociationStats } from "../datachannel/table-options.ts";
import type { MediaCounters } from "./media-path.ts";
import type { DtlsAgreement } from "./transport-event.ts";

/** Counters of DTLS datagrams: everything but ICE's own. */
export interface TrafficCounters {
  bytesSent: number;
  packetsSent: number;
  bytesReceived: number;
  packetsReceived: number;
}

/** Counters beyond those of webrtc-stats, for tests and for people who look for a fault. */
export interface TransportCounters {
  /** What was dropped, by floor and reason. */
  readonly drops: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** Undefined before the handshake is done. */
  readonly dtls: DtlsCounters | undefined;
  /** Undefined before there is an association. */
  readonly sctp: SctpCounters | undefined;
  /** Undefined without media. */
  readonly media: Readonly<MediaCounters> | undefined;
}

/** How the handshake went, as far as getStats() does not tell. */
export interface DtlsCounters {
  /** The group of the key exchange, such as `X25519MLKEM768`. */
  readonly groupName: string;
  /** How the server made the client say hello again; undefined when the first hello was enough. */
  readonly retry: DtlsAgreement["retry"];
}

/** Counters of an association; round trip in milliseconds, sizes in bytes. */
export interface SctpCounters extends Readonly<AssociationStats["counters"]> {
  /** The largest SCTP packet. */
  readonly mtu: number;
  readonly pathMtuState: AssociationStats["pathMtuState"];
  readonly smoothedRoundTripTime: number | undefined;
  readonly congestionWindow: number;
  /** The extensions in use; undefined before that is known, and after the end. */
  readonly negotiated: AssociationStats["negotiated"];
}
