/**
 * The sender's wall clock behind the timestamps of a stream, as sender reports tell it. RFC 3550 §6.4.1.
 */

/** A jump of the timestamps against the wall clock beyond this is a new beginning, in milliseconds. */
const JUMP = 10_000;

/** Maps timestamps to the sender's wall clock. */
export class SenderClock {
  readonly #clockRate: number;
  #wallTime = Number.NaN;
  #timestamp = 0;

  /** @param clockRate units of the timestamps per second */
  constructor(clockRate: number) {
    this.#clockRate = clockRate;
  }

  /** Takes a sender report: its wall time in milliseconds since the Unix epoch, and its timestamp, 32 bits. Older reports are ignored. */
  update(wallTime: number, timestamp: number): void {
    const known = this.#wallTime;
    if (!Number.isNaN(known) && wallTime < known && known - wallTime < JUMP) return;
    this.#wallTime = wallTime;
    this.#timestamp = timestamp;
  }

  /** The wall time of a timestamp, in milliseconds since the Unix epoch; NaN before the first report. */
  wallTime(timestamp: number): number {
    return this.#wallTime + (((timestamp - this.#timestamp) | 0) * 1000) / this.#clockRate;
  }
}
