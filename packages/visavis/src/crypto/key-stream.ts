/**
 * Key stream of AES-CTR ahead of the packets: which numbers' stream is there, and how much for each.
 *
 * One call of the runtime's AES makes it for the next numbers. How many, grows as long as they are used; how many blocks for
 * each, follows the longest packet of late. A number that is not the next but a few falls back on the caller, so nobody
 * who invents numbers makes work: the stream moves on only over numbers that follow, or that turned out to be right.
 */

/** Numbers at a time, at most. */
const MAX_PACKETS = 16;
const FIRST_PACKETS = 4;

const NUMBERS = 0x1_0000_0000;

/** The state of one key. Numbers are a high and a low half of 32 bits; a batch never goes beyond a high half. */
export class StreamWindow {
  /** The low half of the first number whose stream is there. */
  base: number = 0;
  /** The high half of all numbers whose stream is there. */
  high: number = -1;
  /** How many numbers' stream is there. */
  count: number = 0;
  /** Blocks of stream for each. */
  blocks: number = 0;
  readonly #capacity: number;
  #planned = FIRST_PACKETS;
  /** Uses of this batch, and one more than the highest index used. */
  #used = 0;
  #reached = 0;
  /** Blocks of the longest packet since the batch was made, and of the batch before. */
  #longest = 0;
  #longestBefore = 0;

  /** @param capacity blocks that a batch may have */
  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** Which of the batch a number is; -1 when its stream is not there, or shorter than `blocks`. */
  find(high: number, low: number, blocks: number): number {
    const index = (low - this.base) >>> 0;
    if (index >= this.count || high !== this.high || blocks > this.blocks) return -1;
    this.#used++;
    if (index >= this.#reached) this.#reached = index + 1;
    if (blocks > this.#longest) this.#longest = blocks;
    return index;
  }

  /** Moves to the numbers that follow, if this is one of them; false when it is not, or too long. The stream is to be made then. */
  advance(high: number, low: number, blocks: number): boolean {
    const each = Math.max(this.#longest, this.#longestBefore);
    const next = this.base + this.count;
    if (high !== this.high || low < next || blocks > each) return false;
    const planned = this.#plan();
    const fits = Math.min(planned, Math.floor(this.#capacity / each), NUMBERS - next);
    if (low >= next + fits) return false;
    this.#planned = planned;
    this.#longestBefore = this.#longest;
    this.#longest = 0;
    this.blocks = each;
    this.#begin(high, next, fits);
    return true;
  }

  /**
   * Notes a right number that was not found: what follows begins behind it, unless it was late.
   * @param blocks 0 when it is of those that never get their stream ahead
   */
  follow(high: number, low: number, blocks: number): void {
    if (blocks > this.#longest && blocks <= this.#capacity) this.#longest = blocks;
    const index = high === this.high ? low - this.base : high - this.high;
    if (index < 0 || (high === this.high && index < this.count && blocks <= this.blocks)) return;
    if (this.#used * 2 < this.count) this.#planned = this.#plan();
    const wraps = low === NUMBERS - 1;
    this.#begin(wraps ? high + 1 : high, wraps ? 0 : low + 1, 0);
  }

  /** The stream is gone. */
  clear(): void {
    this.#planned = 1;
    this.#begin(this.high, this.base + this.#reached, 0);
  }

  /** How many numbers to take next: twice as many when most were used, half as many when most were not. */
  #plan(): number {
    if (this.count === 0) return this.#planned;
    return this.#used * 2 >= this.count ? Math.min(this.#planned * 2, MAX_PACKETS) : Math.max(this.#planned >> 1, 1);
  }

  #begin(high: number, base: number, count: number): void {
    this.high = high;
    this.base = base;
    this.count = count;
    this.#used = 0;
    this.#reached = 0;
  }
}
