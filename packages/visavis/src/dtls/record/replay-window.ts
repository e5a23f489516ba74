/**
 * The anti-replay window of an epoch (RFC 9147 §4.5.1, after RFC 4303 §3.4.3 and the ring of RFC 6479).
 */

const WORDS = 16;
const WORD_BITS = 32;

/** How far behind the highest number a record may be. RFC 4303 recommends 64 and asks for more at high rates. */
export const WINDOW_SIZE: number = (WORDS - 1) * WORD_BITS;

/** Which numbers were received. */
export class ReplayWindow {
  readonly #words = new Int32Array(WORDS);
  #highest = -1;

  /** One more than the highest number received; 0 before the first. */
  get expected(): number {
    return this.#highest + 1;
  }

  /** Whether the number is new: not received before, and not too old to know. */
  isNew(sequence: number): boolean {
    if (sequence > this.#highest) return true;
    if (this.#highest - sequence >= WINDOW_SIZE) return false;
    return ((this.#words[this.#word(sequence)] as number) & (1 << (sequence % WORD_BITS))) === 0;
  }

  /** Marks a number as received. Only after the record was authenticated. */
  mark(sequence: number): void {
    if (sequence > this.#highest) {
      const last = Math.floor(this.#highest / WORD_BITS);
      const next = Math.floor(sequence / WORD_BITS);
      // Words between the old and the new highest number are reused: they must forget their old numbers.
      for (let word = Math.max(last + 1, next - WORDS + 1); word <= next; word++) this.#words[word % WORDS] = 0;
      this.#highest = sequence;
    }
    const word = this.#word(sequence);
    this.#words[word] = (this.#words[word] as number) | (1 << (sequence % WORD_BITS));
  }

  #word(sequence: number): number {
    return Math.floor(sequence / WORD_BITS) % WORDS;
  }
}
