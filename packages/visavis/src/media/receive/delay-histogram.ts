/**
 * How late packets come: a histogram in which the past fades, and the delay within which nearly all of them are there.
 */

/** Width of a bucket in milliseconds; the last one holds all that is later. */
const BUCKET = 5;
const BUCKETS = 400;
/** Weights grow instead of being faded one by one; above this all are made smaller. */
const HEAVIEST = 1e12;

/** A fading histogram of delays up to two seconds. */
export class DelayHistogram {
  readonly #weights: Float64Array = new Float64Array(BUCKETS);
  readonly #quantile: number;
  readonly #growth: number;
  #total = 0;
  #weight = 1;

  /**
   * @param quantile the part of arrivals that is to be in time
   * @param memory after how many arrivals the weight of one has halved
   */
  constructor(quantile: number, memory: number) {
    this.#quantile = quantile;
    this.#growth = 2 ** (1 / memory);
  }

  /** Adds an arrival that was late by `delay` milliseconds. */
  add(delay: number): void {
    const bucket = Math.min(BUCKETS - 1, Math.max(0, Math.floor(delay / BUCKET)));
    this.#weights[bucket] = (this.#weights[bucket] as number) + this.#weight;
    this.#total += this.#weight;
    this.#weight *= this.#growth;
    if (this.#weight < HEAVIEST) return;
    for (let i = 0; i < BUCKETS; i++) this.#weights[i] = (this.#weights[i] as number) / this.#weight;
    this.#total /= this.#weight;
    this.#weight = 1;
  }

  /** Forgets all arrivals. */
  clear(): void {
    this.#weights.fill(0);
    this.#total = 0;
    this.#weight = 1;
  }

  /** The delay within which the wanted part of all arrivals came, in milliseconds, rounded up to whole buckets. */
  delay(): number {
    const wanted = this.#total * this.#quantile;
    let sum = 0;
    for (let i = 0; i < BUCKETS; i++) {
      sum += this.#weights[i] as number;
      if (sum >= wanted) return (i + 1) * BUCKET;
    }
    return BUCKETS * BUCKET;
  }
}
