/**
 * How a TURN server is made, what it tells, and why it drops something.
 */
import type { Random } from "../base/random.ts";
import type { Route, RouteProtocol } from "../base/route.ts";
import type { DiscoveryAddresses } from "../stun/nat-discovery-server.ts";
import type { Allocation } from "./allocation.ts";
import type { AllocationLimits } from "./allocation-table.ts";
import type { AlternateServer, RedirectRule } from "./alternate-server.ts";
import type { RelayPolicy } from "./relay-policy.ts";
import type { TurnUsers } from "./server-authentication.ts";
import type { ConnectionLimits } from "./server-connections.ts";
import type { AddressFamily } from "./turn-attribute.ts";

/** A local address that relayed addresses are bound on. */
export interface RelayAddress {
  readonly family: AddressFamily;
  readonly address: string;
  /** What the world knows it as, where a NAT stands one to one before it. Default: the address itself. */
  readonly external?: string;
}

/** Ports, both inclusive. */
export interface PortRange {
  readonly first: number;
  readonly last: number;
}

/** Where relayed addresses are bound unless told otherwise: RFC 8656 §7.2, RFC 6335 §6. */
export const DEFAULT_RELAY_PORTS: PortRange = { first: 49_152, last: 65_535 };

/** Where clients come. */
export interface ListenAddress {
  /** Default `udp`. */
  readonly protocol?: RouteProtocol;
  readonly address: string;
  /** 0 lets the platform choose. */
  readonly port: number;
  /** For `tls`: PEM. */
  readonly certificate?: { readonly cert: string; readonly key: string };
  /** Others listen here too, and the system spreads clients among them: see `BindOptions`. */
  readonly spread?: boolean;
}

/** How a server is made. */
export interface TurnServerOptions extends AllocationLimits, ConnectionLimits {
  readonly random: Random;
  readonly realm: string;
  readonly users: TurnUsers;
  /** At least one. */
  readonly listen: readonly ListenAddress[];
  /** One of each family at most. */
  readonly relay: readonly RelayAddress[];
  /** Default 49152 to 65535. */
  readonly relayPorts?: PortRange;
  readonly policy: RelayPolicy;
  /** Most bits per second of one allocation, both ways together; default no limit. */
  readonly bitrate?: number;
  /** Most bits per second of all together; default no limit. */
  readonly totalBitrate?: number;
  /** Most seconds an allocation lives without being refreshed; default 3600. */
  readonly maxLifetime?: number;
  /** Other servers to send clients to. */
  readonly alternates?: readonly AlternateServer[];
  /** When; default `draining`. */
  readonly redirect?: RedirectRule;
  /** Whether other servers relay from the same addresses and ports: then all those ports are peers. Default false. */
  readonly sharesRelayAddresses?: boolean;
  /** For NAT behaviour discovery (RFC 5780): a second address and port, at all four of which the server listens over UDP. */
  readonly discovery?: DiscoveryAddresses;
}

/** What a server tells: for logs and counters. */
export type TurnServerEvent =
  /** Clients can come. */
  | { readonly type: "listening"; readonly protocol: RouteProtocol; readonly address: string; readonly port: number }
  /** It cannot listen here: the platform's code. */
  | {
      readonly type: "listen-failed";
      readonly protocol: RouteProtocol;
      readonly address: string;
      readonly port: number;
      readonly code: string;
    }
  | { readonly type: "allocated"; readonly allocation: Allocation }
  | { readonly type: "released"; readonly allocation: Allocation; readonly reason: ReleaseReason }
  /** A request of somebody who proved who he is, or tried to, that was refused. */
  | {
      readonly type: "refused";
      readonly client: Route;
      readonly method: number;
      readonly code: number;
      readonly username: string;
    };

/** Why an allocation ended. */
export type ReleaseReason = "refreshed-to-zero" | "expired" | "disconnected" | "closed";

/** Why something was dropped. */
export type TurnServerDrop =
  | "malformed"
  | "bad-fingerprint"
  | "unexpected-message"
  | "no-allocation"
  | "no-permission"
  | "no-channel"
  | "forbidden-peer"
  | "bitrate"
  | "queue-full"
  | "unknown-socket"
  /** Connections that were not taken, whose TLS handshake failed, that sent no messages, or none in time. */
  | "too-many-connections"
  | "handshake-failed"
  | "broken-stream"
  | "slow-connection";
