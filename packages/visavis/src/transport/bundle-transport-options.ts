/**
 * How a transport is made, and how its parts begin once the descriptions of both sides tell it.
 */
import type { Random } from "../base/random.ts";
import type { RouteTable } from "../base/route.ts";
import type { ChannelTable } from "../datachannel/channel-table.ts";
import type { ToldInits } from "../datachannel/told-init.ts";
import type { DtlsOptions } from "../dtls/options.ts";
import type { IceAgentOptions } from "../ice/ice-agent-options.ts";
import type { DtlsChoices } from "./dtls-choices.ts";

/** The size of a UDP payload that gets through everywhere, in bytes (RFC 8831 §5; browsers use the same). */
export const DEFAULT_MTU = 1200;

/** What a transport is made of. */
export interface BundleTransportOptions {
  readonly random: Random;
  readonly ice: Omit<IceAgentOptions, "random" | "routes">;
  readonly routes: RouteTable;
  readonly certificate: DtlsOptions["certificate"];
  readonly dtls?: DtlsChoices;
  /** Lives longer than a transport that is rolled back. */
  readonly channels: ChannelTable;
  /** The largest UDP payload, in bytes; default 1200. */
  readonly mtu?: number;
  /** Milliseconds since the Unix epoch at instant zero, for the times in RTCP; default 0. */
  readonly epoch?: number;
}

/** How to meet the other side's DTLS, once it is known. */
export interface DtlsStart {
  readonly role: "client" | "server";
  readonly remoteFingerprints: DtlsOptions["remoteFingerprints"];
}

/** How to meet the other side's SCTP, once it is known. */
export interface SctpStart {
  readonly remotePort: number;
  /** The largest message that the other side takes, in bytes; 0 for any. */
  readonly maxMessageSize: number;
  /** The INIT chunks of both sides, if descriptions told them. */
  readonly inits?: ToldInits;
}
