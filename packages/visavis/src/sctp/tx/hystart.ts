/**
 * HyStart++ (RFC 9406): leaves slow start when round trips grow longer, before the queue overflows.
 */

/** RFC 9406 §4.3. Milliseconds. */
const MIN_RTT_THRESHOLD = 4;
const MAX_RTT_THRESHOLD = 16;
const MIN_RTT_DIVISOR = 8;
const RTT_SAMPLES = 8;
const CSS_GROWTH_DIVISOR = 4;
const CSS_ROUNDS = 5;

/** What of slow start goes on. */
export type SlowStartPhase = "slow-start" | "conservative" | "over";

/** Watches the round trip times of slow start. */
export class HyStart {
  #phase: SlowStartPhase = "slow-start";
  #roundEnds = 0;
  #lastRoundMinimum = Number.POSITIVE_INFINITY;
  #currentRoundMinimum = Number.POSITIVE_INFINITY;
  #samples = 0;
  #baseline = Number.POSITIVE_INFINITY;
  #conservativeRounds = 0;

  /** Where it stands. */
  get phase(): SlowStartPhase {
    return this.#phase;
  }

  /** By how much growth is divided. */
  get growthDivisor(): number {
    return this.#phase === "conservative" ? CSS_GROWTH_DIVISOR : 1;
  }

  /** Slow start begins again. */
  restart(): void {
    this.#phase = "slow-start";
    this.#roundEnds = 0;
    this.#lastRoundMinimum = Number.POSITIVE_INFINITY;
    this.#currentRoundMinimum = Number.POSITIVE_INFINITY;
    this.#samples = 0;
  }

  /**
   * A SACK came. `delivered` counts what was ever delivered, `priorDelivered` is what it was when the newest acknowledged chunk was
   * sent: a round is over when that chunk was sent in it.
   */
  onAcknowledged(roundTripTime: number, delivered: number, priorDelivered: number): void {
    if (this.#phase === "over") return;
    if (priorDelivered >= this.#roundEnds) {
      this.#roundEnds = delivered;
      this.#lastRoundMinimum = this.#currentRoundMinimum;
      this.#currentRoundMinimum = Number.POSITIVE_INFINITY;
      this.#samples = 0;
      if (this.#phase === "conservative" && ++this.#conservativeRounds >= CSS_ROUNDS) this.#phase = "over";
    }
    if (roundTripTime < 0 || this.#phase === "over") return;
    this.#currentRoundMinimum = Math.min(this.#currentRoundMinimum, roundTripTime);
    if (++this.#samples < RTT_SAMPLES) return;
    if (this.#phase === "slow-start") {
      if (this.#lastRoundMinimum === Number.POSITIVE_INFINITY) return;
      const threshold = Math.max(MIN_RTT_THRESHOLD, Math.min(this.#lastRoundMinimum / MIN_RTT_DIVISOR, MAX_RTT_THRESHOLD));
      if (this.#currentRoundMinimum < this.#lastRoundMinimum + threshold) return;
      this.#baseline = this.#currentRoundMinimum;
      this.#phase = "conservative";
      this.#conservativeRounds = 0;
    } else if (this.#currentRoundMinimum < this.#baseline) {
      // The delay was not of our making: on with slow start.
      this.#baseline = Number.POSITIVE_INFINITY;
      this.#phase = "slow-start";
    }
  }
}
