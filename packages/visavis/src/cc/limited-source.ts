/**
 * Whether the source sends so much less than it may that what arrives says little about the path ("application limited region"): a budget
 * of 65 % of the target fills by time and is emptied by what is sent.
 */
import type { Instant } from "../base/instant.ts";

/** The part of the target that counts as using it. */
const USE = 0.65;
/** The budget holds so many milliseconds of it, saved or owed. */
const WINDOW = 500;
/** How full the budget is when the source is held to be limited, and when it no longer is. */
const BEGINS = 0.8;
const ENDS = 0.5;

/** Tells whether the source is limited. */
export class LimitedSource {
  #since: Instant = Number.NaN;
  /** In bytes; below 0 it is owed. */
  #budget = 0;
  #limit = 1;
  #lastSentAt: Instant = Number.NaN;

  /** Whether it is limited. */
  get limited(): boolean {
    return !Number.isNaN(this.#since);
  }

  /** Since when; NaN when it is not. */
  get since(): Instant {
    return this.#since;
  }

  /** What the source may send, bit/s. */
  setTarget(bitrate: number): void {
    const limit = (bitrate * USE * WINDOW) / 8000;
    this.#budget = Math.min(Math.max(this.#budget, -limit), limit);
    this.#limit = limit;
  }

  /** Notes what was sent. @returns whether the source has just ceased to be limited */
  onSent(bytes: number, now: Instant): boolean {
    const elapsed = Number.isNaN(this.#lastSentAt) ? 0 : now - this.#lastSentAt;
    this.#lastSentAt = now;
    const saved = Math.min(this.#budget + (this.#limit * elapsed) / WINDOW, this.#limit);
    this.#budget = Math.max(saved - bytes, -this.#limit);
    const fill = this.#budget / this.#limit;
    if (!this.limited) {
      if (fill > BEGINS) this.#since = now;
    } else if (fill < ENDS) {
      this.#since = Number.NaN;
      return true;
    }
    return false;
  }
}
