/**
 * How often feedback goes out: so that it takes 5 % of what arrives, each 50 to 250 ms.
 */
import type { Instant } from "../base/instant.ts";

const SHORTEST = 50;
const LONGEST = 250;
const FIRST = 100;
const PART = 0.05;
/** Bits of a feedback packet with all that is around it. */
const FEEDBACK_BITS = 68 * 8;

/** Chooses the time between two pieces of feedback from what arrives. */
export class FeedbackInterval {
  #value = FIRST;
  #bytes = 0;
  #since: Instant = Number.NaN;

  /** Milliseconds. */
  get value(): number {
    return this.#value;
  }

  /** Counts what has arrived. */
  onPacket(bytes: number, now: Instant): void {
    if (Number.isNaN(this.#since)) this.#since = now;
    this.#bytes += bytes;
  }

  /** Feedback goes out: the next interval comes from what arrived since the last one. */
  onFeedback(now: Instant): void {
    const elapsed = now - this.#since;
    if (!(elapsed >= SHORTEST)) return;
    const rate = (this.#bytes * 8000) / elapsed;
    this.#value = Math.min(Math.max((FEEDBACK_BITS * 1000) / (PART * rate), SHORTEST), LONGEST);
    this.#bytes = 0;
    this.#since = now;
  }
}
