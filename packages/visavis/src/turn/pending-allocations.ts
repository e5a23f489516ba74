/**
 * Allocations on their way: their relayed addresses are being bound, one after the other, at ports drawn by chance. RFC 8656 §7.2.
 */
import type { Answer } from "../base/engine.ts";
import { type Random, randomBelow } from "../base/random.ts";
import type { Route } from "../base/route.ts";
import type { StunMessage } from "../stun/message.ts";
import type { WantedAddresses } from "./allocate-request.ts";
import type { RelayedAddress } from "./allocation.ts";
import type { Proven } from "./server-authentication.ts";
import type { PortRange, RelayAddress } from "./turn-server-options.ts";

/** Ports that are tried for one relayed address. */
const MAX_BINDS = 10;
/** Allocations that are being bound at a time. */
const MAX_PENDING = 1024;

/** One of them. */
export interface PendingAllocation {
  /** Pinned. */
  readonly client: Route;
  readonly request: StunMessage;
  readonly proven: Proven;
  /** Seconds. */
  readonly lifetime: number;
  readonly wanted: readonly RelayAddress[];
  readonly relayed: RelayedAddress[];
  readonly addressError: WantedAddresses["addressError"];
  /** Whether the relayed ports must be even: EVEN-PORT, RFC 8656 §7.2. */
  readonly evenPort: boolean;
  binds: number;
}

/** What to bind next. */
export interface WantedBind {
  readonly address: string;
  readonly port: number;
}

/** All of them. */
export class PendingAllocations {
  readonly #random: Random;
  readonly #ports: PortRange;
  readonly #byClient = new Map<Route, PendingAllocation>();

  constructor(random: Random, ports: PortRange) {
    this.#random = random;
    this.#ports = ports;
  }

  get isFull(): boolean {
    return this.#byClient.size >= MAX_PENDING;
  }

  has(client: Route): boolean {
    return this.#byClient.has(client);
  }

  begin(pending: PendingAllocation): WantedBind | undefined {
    this.#byClient.set(pending.client, pending);
    return this.#next(pending);
  }

  /** What comes after an answer: another bind, all is there, or it cannot be had. The latter two end it. */
  bound(
    pending: PendingAllocation,
    answer: Extract<Answer, { type: "bound" | "bind-failed" }>,
  ): WantedBind | "complete" | "failed" {
    const wanted = pending.wanted[pending.relayed.length];
    if (answer.type === "bound" && wanted !== undefined) {
      const { family, address, external = address } = wanted;
      pending.relayed.push({ socket: answer.socket, family, address: external, port: answer.port });
      pending.binds = 0;
    } else if (pending.binds >= MAX_BINDS) {
      this.#byClient.delete(pending.client);
      return "failed";
    }
    const next = this.#next(pending);
    if (next === undefined) this.#byClient.delete(pending.client);
    return next ?? "complete";
  }

  #next(pending: PendingAllocation): WantedBind | undefined {
    const next = pending.wanted[pending.relayed.length];
    if (next === undefined) return undefined;
    pending.binds++;
    const { first, last } = this.#ports;
    const port = first + randomBelow(this.#random, last - first + 1);
    const isOdd = pending.evenPort && port % 2 === 1;
    return { address: next.address, port: isOdd ? (port > first ? port - 1 : port + 1) : port };
  }
}
