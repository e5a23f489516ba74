/**
 * Reads and writes of single bits, most significant first, as header extensions and codecs' headers want them.
 */

/** Reads bits of `bytes[start, end)`. Beyond the end they are zeros, and `failed` says so. */
export class BitReader {
  /** Whether more was read than there is. */
  failed = false;
  readonly #bytes: Uint8Array;
  readonly #end: number;
  #position: number;

  constructor(bytes: Uint8Array, start: number, end: number) {
    this.#bytes = bytes;
    this.#position = 8 * start;
    this.#end = 8 * end;
  }

  /** How many bits are left. */
  get left(): number {
    return Math.max(0, this.#end - this.#position);
  }

  /** The next `count` bits, at most 32, as an unsigned number. */
  read(count: number): number {
    if (this.#position + count > this.#end) {
      this.failed = true;
      this.#position = this.#end;
      return 0;
    }
    let value = 0;
    for (let i = 0; i < count; i++, this.#position++) {
      const bit = ((this.#bytes[this.#position >>> 3] as number) >>> (7 - (this.#position & 7))) & 1;
      value = value * 2 + bit;
    }
    return value;
  }

  /** The next bit as a flag. */
  flag(): boolean {
    return this.read(1) === 1;
  }

  /** A number below `limit` in as few bits as that allows: ns(n) of the AV1 specification §4.10.7. */
  below(limit: number): number {
    const width = 32 - Math.clz32(limit);
    if (width === 0) return 0;
    const short = 2 ** width - limit;
    const value = this.read(width - 1);
    return value < short ? value : 2 * value - short + this.read(1);
  }
}

/** Writes bits into an array from `start` on. */
export class BitWriter {
  readonly #bytes: Uint8Array;
  #position: number;

  constructor(bytes: Uint8Array, start: number) {
    this.#bytes = bytes;
    this.#position = 8 * start;
  }

  /** The offset behind the last byte that has bits in it; what is left of that byte is zero. */
  get offset(): number {
    return (this.#position + 7) >>> 3;
  }

  /** Writes the low `count` bits of `value`, at most 32. */
  write(count: number, value: number): void {
    for (let i = count - 1; i >= 0; i--, this.#position++) {
      const at = this.#position >>> 3;
      const shift = 7 - (this.#position & 7);
      const before = shift === 7 ? 0 : (this.#bytes[at] as number);
      this.#bytes[at] = before | ((Math.floor(value / 2 ** i) & 1) << shift);
    }
  }

  /** Writes a flag. */
  flag(value: boolean): void {
    this.write(1, value ? 1 : 0);
  }

  /** Writes a number below `limit`: ns(n) of the AV1 specification §4.10.7. */
  below(limit: number, value: number): void {
    const width = 32 - Math.clz32(limit);
    if (width === 0) return;
    const short = 2 ** width - limit;
    if (value < short) this.write(width - 1, value);
    else {
      const long = value + short;
      this.write(width - 1, long >>> 1);
      this.write(1, long & 1);
    }
  }
}
