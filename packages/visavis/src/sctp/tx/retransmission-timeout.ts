/**
 * The retransmission timeout from measured round trips: RFC 9260 §6.3.1.
 */

/** Milliseconds. RFC 9260 §16 suggests 1 s to start with and at least 1 s; real-time paths are measured at once and repair sooner. */
const INITIAL = 500;
const MINIMUM = 400;
const MAXIMUM = 10_000;
const ALPHA = 1 / 8;
const BETA = 1 / 4;

/** Smoothed round trip time and the timeout that follows from it, in milliseconds. */
export class RetransmissionTimeout {
  #smoothed: number | undefined;
  #shortest = Number.POSITIVE_INFINITY;
  #variation = 0;
  #timeout = INITIAL;

  /** What T1, T2, T3 and T-reconfig run for. */
  get current(): number {
    return this.#timeout;
  }

  /** The smoothed round trip time; undefined before the first measurement. */
  get smoothed(): number | undefined {
    return this.#smoothed;
  }

  /** The shortest round trip so far: what comes back sooner answers something else. Infinite before the first measurement. */
  get shortest(): number {
    return this.#shortest;
  }

  /** A chunk that was sent once came back acknowledged after this long (Karn's rule is the caller's). */
  measured(roundTripTime: number): void {
    if (roundTripTime < this.#shortest) this.#shortest = roundTripTime;
    if (this.#smoothed === undefined) {
      this.#smoothed = roundTripTime;
      this.#variation = roundTripTime / 2;
    } else {
      this.#variation += BETA * (Math.abs(this.#smoothed - roundTripTime) - this.#variation);
      this.#smoothed += ALPHA * (roundTripTime - this.#smoothed);
    }
    this.#timeout = Math.min(Math.max(this.#smoothed + 4 * this.#variation, MINIMUM), MAXIMUM);
  }

  /**
   * The other side moved on: the path lives, and what was backed off is taken back. A FORWARD-TSN measures no round trip, and where many are
   * lost each would otherwise wait longer than the one before.
   */
  answered(): void {
    if (this.#smoothed !== undefined) this.#timeout = Math.min(Math.max(this.#smoothed + 4 * this.#variation, MINIMUM), MAXIMUM);
  }

  /** T3-rtx expired: twice as long next time (§6.3.3 E2). */
  backOff(): void {
    this.#timeout = Math.min(this.#timeout * 2, MAXIMUM);
  }
}
