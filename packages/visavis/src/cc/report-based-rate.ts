/**
 * The rate that loss in receiver reports allows, for peers that send no feedback on packets (draft-ietf-rmcat-gcc-02 §6): above 10 % it
 * falls by half of the loss, below 2 % it grows by 8 % a second.
 */
import { type Instant, NEVER } from "../base/instant.ts";

const LOW_LOSS = 0.02;
const HIGH_LOSS = 0.1;
const GROWTH = 1.08;
const LEAST_GROWTH = 1000;
/** After a decrease the next one waits for its effect: a round trip and so many milliseconds. */
const PATIENCE = 300;

/** Rate control by receiver reports. */
export class ReportBasedRate {
  #rate: number;
  #reportAt: Instant = -NEVER;
  #decreasedAt: Instant = -NEVER;

  /** @param rate to begin with, bit/s */
  constructor(rate: number) {
    this.#rate = rate;
  }

  /** Bit/s. */
  get rate(): number {
    return this.#rate;
  }

  /** Sets the rate, bit/s. */
  setRate(rate: number): void {
    this.#rate = rate;
  }

  /** Takes a report. @param loss of the packets since the last one, 0 to 1 @param roundTrip milliseconds */
  onReport(loss: number, roundTrip: number, now: Instant): void {
    const elapsed = Math.min(now - this.#reportAt, 1000);
    this.#reportAt = now;
    if (loss < LOW_LOSS) {
      this.#rate = this.#rate * GROWTH ** (elapsed / 1000) + LEAST_GROWTH;
    } else if (loss > HIGH_LOSS && now - this.#decreasedAt >= PATIENCE + roundTrip) {
      this.#decreasedAt = now;
      this.#rate *= 1 - 0.5 * loss;
    }
  }
}
