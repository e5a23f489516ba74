/**
 * How a peer connection is made: the values of RTCConfiguration after validation, and choices that the standard does not have.
 */
import type { Memory } from "../base/platform.ts";
import type { Random } from "../base/random.ts";
import type { Certificate } from "../crypto/certificate.ts";
import type { ChannelTableFaults, ChannelTableFeatures, DtlsChoices, IceNetworkOptions, IceServer } from "../transport/parts.ts";
import type { SctpInitUse } from "./init-exchange.ts";

/** The parts of RTCConfiguration that `setConfiguration` may change. */
export interface PeerConfiguration {
  readonly iceServers: readonly IceServer[];
  readonly iceTransportPolicy: "all" | "relay";
  /** Transports that gather before a description asks for them; they begin with `setConfiguration`. */
  readonly iceCandidatePoolSize: number;
}

/** What a peer connection is made of. */
export interface PeerOptions extends PeerConfiguration {
  readonly random: Random;
  /** Milliseconds since the Unix epoch at instant zero, for the times that RTCP tells; default 0. */
  readonly epoch?: number;
  /** For messages; default that of the language. */
  readonly memory?: Memory | undefined;
  /** At least one. The first is used. */
  readonly certificates: readonly Certificate[];
  readonly bundlePolicy: "balanced" | "max-compat" | "max-bundle";
  readonly extensions?: PeerExtensions;
}

/** Not in the standard: choices for tests, servers and old peers. Given to `createWebRTC(platform, extensions)`. */
export interface PeerExtensions {
  readonly dtls?: DtlsChoices;
  readonly ice?: {
    /** Offer loopback addresses too; they are used anyway when there are no others. */
    readonly includeLoopback?: boolean;
    /** Resolve the names of remote candidates; default true. */
    readonly resolveNames?: boolean;
    /** Which networks are used, and how. */
    readonly network?: IceNetworkOptions;
  };
  readonly sctp?: {
    /** The largest message that is accepted, in bytes; default 262144. */
    readonly maxMessageSize?: number;
    /** Extensions that are not to be offered, and the scheduler of streams. */
    readonly features?: ChannelTableFeatures;
    /**
     * Whether larger packets than those of 1200 bytes are tried where the path may carry them: up to the MTU of the interface, 16 KiB
     * within one machine (RFC 8899); default true.
     */
    readonly pathMtuDiscovery?: boolean;
    /**
     * When descriptions tell our INIT, which saves two round trips with a peer that does the same (`a=sctp-init`,
     * draft-hancke-tsvwg-snap): in answers to offers that have one, in offers too, or never; default `"answer"`.
     */
    readonly sctpInit?: SctpInitUse;
    /** Switches mechanisms off, so that a simulation can show that it needs them. Tests only. */
    readonly faults?: ChannelTableFaults;
  };
}
