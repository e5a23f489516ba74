/**
 * What a TURN server counts, for those who watch over it. What was dropped is counted apart, and so is what allocations carry.
 */
import { StunMethod } from "../stun/message.ts";

/** A request that a server knows, by a name for people. */
export type TurnRequestName = "binding" | "allocate" | "refresh" | "create-permission" | "channel-bind";

const NAMES: Readonly<Record<number, TurnRequestName>> = {
  [StunMethod.BINDING]: "binding",
  [StunMethod.ALLOCATE]: "allocate",
  [StunMethod.REFRESH]: "refresh",
  [StunMethod.CREATE_PERMISSION]: "create-permission",
  [StunMethod.CHANNEL_BIND]: "channel-bind",
};

/** Counters since the beginning. */
export class TurnServerCounters {
  /** Allocations that were made. */
  allocations: number = 0;
  /** Connections that were taken, over TCP and TLS. */
  connections: number = 0;
  readonly requests: Record<TurnRequestName, number> = {
    binding: 0,
    allocate: 0,
    refresh: 0,
    "create-permission": 0,
    "channel-bind": 0,
  };
  /** Error responses by their codes; 401 and 438 belong to every first request. */
  readonly errors: Map<number, number> = new Map();

  /** Counts a request. */
  countRequest(method: number): void {
    const name = NAMES[method];
    if (name !== undefined) this.requests[name]++;
  }

  /** Counts an error response. */
  countError(code: number): void {
    this.errors.set(code, (this.errors.get(code) ?? 0) + 1);
  }
}
