/**
 * How a TURN server is made, what it tells, and why it drops something.
 */
import type { Random } from "../base/random.ts";
import type { Route } from "../base/route.ts";
import type { Allocation } from "./allocation.ts";
import type { RelayPolicy } from "./relay-policy.ts";
import type { TurnUsers } from "./server-authentication.ts";
import type { AddressFamily } from "./turn-attribute.ts";

/** A local address that relayed addresses are bound on. */
export interface RelayAddress {
  readonly family: AddressFamily;
  readonly address: string;
  /** What the world knows it as, where a NAT stands one to one before it. Default: the address itself. */
  readonly external?: string;
}

/** How a server is made. */
export interface TurnServerOptions {
  readonly random: Random;
  readonly realm: string;
  readonly users: TurnUsers;
  /** Where clients come; at least one. */
  readonly listen: readonly { readonly address: string; readonly port: number }[];
  /** One of each family at most. */
  readonly relay: readonly RelayAddress[];
  /** Both inclusive. Default 49152 to 65535. */
  readonly relayPorts?: { readonly first: number; readonly last: number };
  readonly policy: RelayPolicy;
  /** Allocations of one user; default 16. */
  readonly userQuota?: number;
  /** Allocations of all; default 4096. */
  readonly totalQuota?: number;
  /** Most bits per second of one allocation, both ways together; default no limit. */
  readonly bitrate?: number;
  /** Most seconds an allocation lives without being refreshed; default 3600. */
  readonly maxLifetime?: number;
}

/** What a server tells: for logs and counters. */
export type TurnServerEvent =
  /** Clients can come. */
  | { readonly type: "listening"; readonly address: string; readonly port: number }
  /** It cannot listen here: the platform's code. */
  | { readonly type: "listen-failed"; readonly address: string; readonly port: number; readonly code: string }
  | { readonly type: "allocated"; readonly allocation: Allocation }
  | { readonly type: "released"; readonly allocation: Allocation; readonly reason: "refreshed-to-zero" | "expired" | "closed" }
  /** A request of somebody who proved who he is, or tried to, that was refused. */
  | {
      readonly type: "refused";
      readonly client: Route;
      readonly method: number;
      readonly code: number;
      readonly username: string;
    };

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
  | "unknown-socket";
