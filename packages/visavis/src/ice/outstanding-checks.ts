/**
 * Requests that wait for their answers. Every request has a transaction of its own, so that round trips are measured truly
 * and late answers still count.
 */
import type { Instant } from "../base/instant.ts";
import { SparseMap } from "../base/sparse-map.ts";
import type { TransactionId } from "../stun/message.ts";
import type { CandidatePair } from "./candidate-pair.ts";
import type { IceRole } from "./ice-event.ts";

/** Requests that are remembered; the oldest are forgotten first. */
const MAX_OUTSTANDING = 512;

/** A request that was sent. */
export interface OutstandingCheck {
  readonly pair: CandidatePair;
  readonly sentAt: Instant;
  /** As claimed in it. */
  readonly role: IceRole;
  readonly useCandidate: boolean;
  readonly priority: number;
}

/** Requests by transaction, bounded. */
export class OutstandingChecks {
  readonly #checks = new SparseMap<TransactionId, OutstandingCheck>();

  /** Remembers a request. */
  add(id: TransactionId, check: OutstandingCheck): void {
    if (this.#checks.size >= MAX_OUTSTANDING) {
      for (const oldest of this.#checks.keys()) {
        this.#checks.delete(oldest);
        break;
      }
    }
    this.#checks.set(id, check);
  }

  /** The request of a transaction. */
  find(id: TransactionId): OutstandingCheck | undefined {
    return this.#checks.get(id);
  }

  /** It is answered. */
  remove(id: TransactionId): void {
    this.#checks.delete(id);
  }

  /** Forgets all. */
  clear(): void {
    this.#checks.clear();
  }
}
