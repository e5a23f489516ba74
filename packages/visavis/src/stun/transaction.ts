/**
 * When a request is sent again and when it is given up: RFC 8489 §6.2.1.
 *
 * A pure object: it knows times, not bytes. With the standard's values the request goes out at 0, 500, 1500, 3500, 7500,
 * 15500 and 31500 ms and is given up at 39500 ms.
 */
import { type Instant, NEVER } from "../base/instant.ts";

/** The timing of a transaction. */
export interface TransactionTiming {
  /** Milliseconds to the first retransmission; doubled each time. */
  readonly rto: number;
  /** How often the request is sent in all. */
  readonly rc: number;
  /** After the last request it waits this many times `rto`. */
  readonly rm: number;
}

/** The values of RFC 8489. */
export const STANDARD_TIMING: TransactionTiming = { rto: 500, rc: 7, rm: 16 };

/** Milliseconds from the first request until it is given up. */
export function transactionDuration({ rto, rc, rm }: TransactionTiming): number {
  return rto * (2 ** (rc - 1) - 1 + rm);
}

/** One request and its retransmissions. */
export class StunTransaction {
  readonly #timing: TransactionTiming;
  #sent = 0;
  #deadline: Instant = NEVER;

  constructor(timing: TransactionTiming = STANDARD_TIMING) {
    this.#timing = timing;
  }

  /** When `advance` has something to say; `NEVER` before `start` and after the end. */
  get deadline(): Instant {
    return this.#deadline;
  }

  /** How often the request was sent. */
  get sent(): number {
    return this.#sent;
  }

  /** The request goes out now. */
  start(now: Instant): void {
    this.#sent = 0;
    this.#count(now);
  }

  /** The response is here, or nobody waits for it any more. */
  stop(): void {
    this.#deadline = NEVER;
  }

  /** `send` when the request has to go out again, `timeout` when it is given up. */
  advance(now: Instant): "wait" | "send" | "timeout" {
    if (now < this.#deadline) return "wait";
    if (this.#sent >= this.#timing.rc) {
      this.#deadline = NEVER;
      return "timeout";
    }
    this.#count(now);
    return "send";
  }

  #count(now: Instant): void {
    const { rto, rc, rm } = this.#timing;
    this.#sent++;
    this.#deadline = now + (this.#sent < rc ? rto * 2 ** (this.#sent - 1) : rto * rm);
  }
}
