/**
 * The largest of what was measured lately.
 */

/** The largest rate of this and the last probing cycle. */
export class BandwidthFilter {
  #last = 0;
  #current = 0;

  /** The largest of both; 0 before the first. */
  get max(): number {
    return Math.max(this.#last, this.#current);
  }

  /** Takes a rate of this cycle. */
  update(rate: number): void {
    if (rate > this.#current) this.#current = rate;
  }

  /** The cycle is over. One without a rate does not count. */
  advance(): void {
    if (this.#current === 0) return;
    this.#last = this.#current;
    this.#current = 0;
  }
}

/** Round trips in each of the two halves of the window. */
const HALF_WINDOW = 5;

/** The largest value of the last five to ten round trips. */
export class MaxRounds {
  #last = 0;
  #current = 0;
  #since = 0;

  /** The largest. */
  get max(): number {
    return Math.max(this.#last, this.#current);
  }

  /** Takes a value of this round trip. */
  update(value: number, round: number): void {
    if (round >= this.#since + HALF_WINDOW) {
      this.#last = round >= this.#since + 2 * HALF_WINDOW ? 0 : this.#current;
      this.#current = 0;
      this.#since = round;
    }
    if (value > this.#current) this.#current = value;
  }
}
