/**
 * Paces checks: RFC 8445 §14. A bucket of tokens, one for each check, shared by everything an agent checks.
 *
 * The standard's Ta spaces every new transaction by 50 ms, which would make the tenth pair wait half a second. A few checks
 * may go at once, like the initial window of TCP (RFC 6928: ten segments; ten checks are not even one and a half), and
 * beyond that the rate stays below what browsers send. Retransmissions take tokens too, so that the rate is a bound.
 */
import type { Instant } from "../base/instant.ts";

/** Checks that may go at once. */
export const CHECK_BURST = 10;

/** Ta: milliseconds until one more check may go. */
export const CHECK_INTERVAL = 20;

/** A bucket of tokens. */
export class Pacer {
  readonly #burst: number;
  readonly #interval: number;
  #tokens: number;
  #filledAt: Instant = 0;

  constructor(burst: number = CHECK_BURST, interval: number = CHECK_INTERVAL) {
    this.#burst = burst;
    this.#interval = interval;
    this.#tokens = burst;
  }

  /** Takes a token; false when there is none. */
  take(now: Instant): boolean {
    this.#fill(now);
    if (this.#tokens < 1) return false;
    this.#tokens--;
    return true;
  }

  /** When the next token is there; `now` or earlier when one is there already. */
  next(now: Instant): Instant {
    this.#fill(now);
    return this.#tokens >= 1 ? now : this.#filledAt + this.#interval;
  }

  /** Whole tokens only, and compared as `next` computes it, so that a rounded time cannot promise what it does not keep. */
  #fill(now: Instant): void {
    if (now < this.#filledAt + this.#interval) return;
    const gained = Math.max(1, Math.floor((now - this.#filledAt) / this.#interval));
    this.#tokens = Math.min(this.#burst, this.#tokens + gained);
    this.#filledAt = this.#tokens === this.#burst ? now : this.#filledAt + gained * this.#interval;
  }
}
