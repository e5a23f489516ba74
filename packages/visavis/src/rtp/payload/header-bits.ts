/**
 * Bits of codecs' headers, most significant bit first, with the numbers that H.264 and H.265 (ITU-T H.264 §9.1) and AV1 (§4.10) write.
 *
 * In raw byte sequence payloads of H.264 and H.265 a byte 03 behind two zeros is not part of the content (ITU-T H.264 §7.3.1): it is
 * passed over where the reader is told so.
 */

/** Reads bits in order; beyond the end they are zero and {@link overrun} is set. */
export class HeaderBits {
  readonly #bytes: Uint8Array;
  readonly #end: number;
  readonly #emulationPrevention: boolean;
  #at: number;
  #bit = 7;
  #zeros = 0;
  /** More was read than there is. */
  overrun = false;

  /** Reads `bytes[start, end)`; `emulationPrevention` passes over the 03 of `00 00 03`. */
  constructor(bytes: Uint8Array, start: number, end: number, emulationPrevention: boolean) {
    this.#bytes = bytes;
    this.#at = start;
    this.#end = end;
    this.#emulationPrevention = emulationPrevention;
  }

  /** One bit. */
  bit(): number {
    if (this.#at >= this.#end) {
      this.overrun = true;
      return 0;
    }
    const value = ((this.#bytes[this.#at] as number) >> this.#bit) & 1;
    if (--this.#bit < 0) this.#nextByte();
    return value;
  }

  /** An unsigned number of `count` bits, at most 32. */
  bits(count: number): number {
    let value = 0;
    for (let i = 0; i < count; i++) value = value * 2 + this.bit();
    return value;
  }

  /** ue(v) of H.264 and H.265, uvlc() of AV1: an unsigned Exp-Golomb number. */
  unsigned(): number {
    let zeros = 0;
    while (this.bit() === 0) if (++zeros > 31 || this.overrun) return 0;
    return 2 ** zeros - 1 + this.bits(zeros);
  }

  /** se(v): a signed Exp-Golomb number. */
  signed(): number {
    const code = this.unsigned();
    return code % 2 === 0 ? -code / 2 : (code + 1) / 2;
  }

  /** Passes over `count` bits. */
  skip(count: number): void {
    for (let i = 0; i < count && !this.overrun; i++) this.bit();
  }

  #nextByte(): void {
    this.#bit = 7;
    this.#zeros = this.#bytes[this.#at] === 0 ? this.#zeros + 1 : 0;
    this.#at++;
    if (this.#emulationPrevention && this.#zeros >= 2 && this.#at < this.#end && this.#bytes[this.#at] === 3) {
      this.#at++;
      this.#zeros = 0;
    }
  }
}
