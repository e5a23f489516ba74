/**
 * What the link seems to carry, learnt at each overuse (draft-ietf-rmcat-gcc-02 §5.5: the average of the incoming rate in the decrease
 * state, and its variance).
 */

const OVERUSE_WEIGHT = 0.05;
const PROBE_WEIGHT = 0.5;
/** Bounds of the relative variance, in kbit/s. */
const LEAST_DEVIATION = 0.4;
const MOST_DEVIATION = 2.5;

/** An average of rates at which the link was full. */
export class LinkCapacity {
  #estimate = 0;
  #deviation = LEAST_DEVIATION;

  /** In bit/s; 0 when nothing is known. */
  get estimate(): number {
    return this.#estimate * 1000;
  }

  /** Whether anything is known. */
  get known(): boolean {
    return this.#estimate > 0;
  }

  /** Three standard deviations above, in bit/s; Infinity when nothing is known. */
  get upper(): number {
    return this.known ? (this.#estimate + 3 * this.#spread()) * 1000 : Number.POSITIVE_INFINITY;
  }

  /** Three standard deviations below, in bit/s; 0 when nothing is known. */
  get lower(): number {
    return this.known ? Math.max(0, this.#estimate - 3 * this.#spread()) * 1000 : 0;
  }

  /** Forgets it: the link has changed. */
  reset(): void {
    this.#estimate = 0;
  }

  /** What arrived while the link was overused, in bit/s. */
  onOveruse(rate: number): void {
    this.#update(rate / 1000, OVERUSE_WEIGHT);
  }

  /** What a probe measured, in bit/s. */
  onProbe(rate: number): void {
    this.#update(rate / 1000, PROBE_WEIGHT);
  }

  #spread(): number {
    return Math.sqrt(this.#deviation * this.#estimate);
  }

  #update(sample: number, weight: number): void {
    this.#estimate = this.known ? (1 - weight) * this.#estimate + weight * sample : sample;
    const error = this.#estimate - sample;
    const deviation = (1 - weight) * this.#deviation + (weight * error * error) / Math.max(this.#estimate, 1);
    this.#deviation = Math.min(Math.max(deviation, LEAST_DEVIATION), MOST_DEVIATION);
  }
}
