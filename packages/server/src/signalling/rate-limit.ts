/** A bucket of tokens: a burst is allowed, a stream is held to a rate. Times are milliseconds of one clock. */
export class RateLimit {
  readonly #burst: number;
  readonly #perSecond: number;
  #tokens: number;
  #at: number;

  constructor(options: { readonly burst: number; readonly perSecond: number }, now: number) {
    this.#burst = options.burst;
    this.#perSecond = options.perSecond;
    this.#tokens = options.burst;
    this.#at = now;
  }

  /** Whether one more is allowed now. */
  take(now: number): boolean {
    const earned = (Math.max(0, now - this.#at) * this.#perSecond) / 1000;
    this.#tokens = Math.min(this.#burst, this.#tokens + earned);
    this.#at = Math.max(this.#at, now);
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}
