/**
 * Sequence numbers and timestamps that do not wrap: 16 or 32 bits on the wire, growing numbers inside. RFC 3550 §5.1, A.1.
 * https://www.rfc-editor.org/rfc/rfc3550#appendix-A.1
 *
 * Each number is taken for the one nearest to the newest so far, so numbers that come late unwrap to where they belong.
 */

/** Makes the 16-bit numbers of one stream grow without end. */
export class SequenceUnwrapper {
  #newest = -1;

  /** The newest number so far; -1 when there is none. */
  get newest(): number {
    return this.#newest;
  }

  /** The growing number of `value`, and keeps it when it is the newest. The first number is itself plus 2¹⁶, so that none before it is negative. */
  unwrap(value: number): number {
    const number = this.peek(value);
    if (number > this.#newest) this.#newest = number;
    return number;
  }

  /** The growing number of `value`; nothing is kept. */
  peek(value: number): number {
    if (this.#newest < 0) return value + 0x1_0000;
    return this.#newest + (((value - this.#newest) << 16) >> 16);
  }

  /** Forgets all: the next number is the first. */
  reset(): void {
    this.#newest = -1;
  }
}

/** Makes the 32-bit timestamps of one stream grow without end. */
export class TimestampUnwrapper {
  #newest = -1;

  /** The growing number of `value`, and keeps it when it is the newest. The first one is itself plus 2³², so that none before it is negative. */
  unwrap(value: number): number {
    const number = this.peek(value);
    if (number > this.#newest) this.#newest = number;
    return number;
  }

  /** The growing number of `value`; nothing is kept. */
  peek(value: number): number {
    if (this.#newest < 0) return value + 0x1_0000_0000;
    // To 32 bits by hand: the newest may be beyond what the operators take whole, but they take it modulo 2³².
    return this.#newest + ((value - this.#newest) | 0);
  }

  /** Forgets all: the next number is the first. */
  reset(): void {
    this.#newest = -1;
  }
}
