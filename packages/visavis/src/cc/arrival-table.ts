/**
 * When packets with numbers in a row arrived: a ring that grows with what is outstanding, up to half of what 16 bits can tell apart.
 */
import type { Instant } from "../base/instant.ts";
import { SequenceUnwrapper } from "../rtp/sequence.ts";

const FIRST_CAPACITY = 128;
const MOST_CAPACITY = 0x8000;

/** Arrivals of `[begin, end)`, by unwrapped number. */
export class ArrivalTable {
  /** The first number that is still to be reported. */
  begin = 0;
  /** Behind the newest number. */
  end = 0;
  readonly #numbers = new SequenceUnwrapper();
  #arrivals: Float64Array = new Float64Array(FIRST_CAPACITY).fill(Number.NaN);

  /** Whether nothing has arrived since what was reported last. */
  get empty(): boolean {
    return this.begin === this.end;
  }

  /** When the packet arrived; NaN when it has not. Only of numbers in `[begin, end)`. */
  at(number: number): Instant {
    return this.#arrivals[number & (this.#arrivals.length - 1)] as number;
  }

  /** Notes an arrival. @param number16 16 bits @returns the unwrapped number; -1 when it is too old or had arrived before */
  add(number16: number, now: Instant): number {
    const first = this.#numbers.newest < 0;
    const number = this.#numbers.unwrap(number16);
    if (first) {
      this.begin = number;
      this.end = number;
    }
    if (number >= this.end) this.#extend(number + 1);
    else if (number < this.end - this.#arrivals.length || !Number.isNaN(this.at(number))) return -1;
    this.#arrivals[number & (this.#arrivals.length - 1)] = now;
    // Late: it is reported once more, and what follows with it.
    if (number < this.begin) this.begin = number;
    return number;
  }

  #extend(end: number): void {
    while (end - this.begin > this.#arrivals.length && this.#arrivals.length < MOST_CAPACITY) this.#grow();
    const size = this.#arrivals.length;
    for (let number = Math.max(this.end, end - size); number < end; number++) this.#arrivals[number & (size - 1)] = Number.NaN;
    this.end = end;
    this.begin = Math.max(this.begin, end - size);
  }

  #grow(): void {
    const before = this.#arrivals;
    const size = before.length;
    this.#arrivals = new Float64Array(size * 2).fill(Number.NaN);
    for (let number = Math.max(0, this.end - size); number < this.end; number++) {
      this.#arrivals[number & (size * 2 - 1)] = before[number & (size - 1)] as number;
    }
  }
}
