/**
 * When a media time would have arrived over the fastest path lately: what the delay of packets is measured against. The sender's clock may
 * run faster or slower than ours, and the path may become longer: the fastest of the last seconds stands for it.
 */
import type { Instant } from "../../base/instant.ts";

/** The fastest arrival is looked for in this span and the one before it, in milliseconds. */
const SPAN = 5000;
/** When everything in a span so short is later by more than this, the path or the sender has changed, and it is not jitter. */
const SHIFT_SPAN = 1000;
const SHIFT = 150;
const SHIFT_ARRIVALS = 8;
/** An arrival so far from what was expected is not the network's doing: the sender's clock has jumped. */
const JUMP = 10_000;

/** Maps media time to local time. */
export class PlayoutClock {
  readonly #clockRate: number;
  /** Lowest difference of arrival and media time in this span and in the one before it; NaN before the first. */
  #lowest = Number.NaN;
  #lowestBefore = Number.NaN;
  #spanEnd: Instant = 0;
  /** The least lateness of the arrivals in the short span, and how many there were. */
  #leastLate: number = Number.POSITIVE_INFINITY;
  #arrivals = 0;
  #shiftSpanEnd: Instant = Number.NEGATIVE_INFINITY;
  /** How often what was expected was thrown over: nothing that was learnt of lateness before holds. */
  restarts = 0;

  /** @param clockRate units of media time per second */
  constructor(clockRate: number) {
    this.#clockRate = clockRate;
  }

  /** Whether anything has arrived. */
  get running(): boolean {
    return !Number.isNaN(this.#lowest);
  }

  /** Takes an arrival into account, and returns by how many milliseconds it is later than the fastest. */
  update(mediaTime: number, arrival: Instant): number {
    const difference = arrival - (mediaTime * 1000) / this.#clockRate;
    const expected = this.#base();
    if (Number.isNaN(expected) || Math.abs(difference - expected) > JUMP) {
      this.#restart(difference, arrival);
      return 0;
    }
    if (this.#hasShifted(difference - expected, arrival)) {
      this.#restart(expected + this.#leastLate, arrival);
      return Math.max(0, difference - this.#base());
    }
    if (arrival >= this.#spanEnd) {
      this.#lowestBefore = this.#lowest;
      this.#lowest = difference;
      this.#spanEnd = arrival + SPAN;
    } else this.#lowest = Math.min(this.#lowest, difference);
    return Math.max(0, difference - this.#base());
  }

  /** How late an arrival is, in milliseconds, without taking it into account. */
  lateness(mediaTime: number, arrival: Instant): number {
    return Math.max(0, arrival - this.localTime(mediaTime));
  }

  /** When media of this time would arrive over the fastest path. */
  localTime(mediaTime: number): Instant {
    return this.#base() + (mediaTime * 1000) / this.#clockRate;
  }

  #restart(difference: number, arrival: Instant): void {
    if (this.running) this.restarts++;
    this.#lowest = difference;
    this.#lowestBefore = difference;
    this.#spanEnd = arrival + SPAN;
    this.#shiftSpanEnd = Number.NEGATIVE_INFINITY;
  }

  /** Whether the short span is over, and everything in it was late. */
  #hasShifted(late: number, arrival: Instant): boolean {
    if (arrival >= this.#shiftSpanEnd + SHIFT_SPAN) {
      this.#shiftSpanEnd = arrival + SHIFT_SPAN;
      this.#leastLate = late;
      this.#arrivals = 1;
      return false;
    }
    this.#leastLate = Math.min(this.#leastLate, late);
    this.#arrivals++;
    if (arrival < this.#shiftSpanEnd) return false;
    const hasShifted = this.#leastLate > SHIFT && this.#arrivals >= SHIFT_ARRIVALS;
    if (!hasShifted) this.#shiftSpanEnd = Number.NEGATIVE_INFINITY;
    return hasShifted;
  }

  #base(): number {
    return Math.min(this.#lowest, this.#lowestBefore);
  }
}
