/**
 * The vectors of TLS (RFC 9846 §3.4): a cursor that reads them without ever passing the end, and writers.
 */
import { setBytes, setU8, setU16, setU24, u8, u16, u24 } from "../../base/bytes.ts";

/**
 * Reads onwards from `offset`. A read past the end gives zero or nothing and spoils the cursor for good, so that a decoder
 * asks {@link VectorReader.complete} once, at the end. Views share the memory.
 */
export class VectorReader {
  readonly #bytes: Uint8Array;
  readonly #end: number;
  #offset: number;
  #ok = true;

  constructor(bytes: Uint8Array, offset: number, end: number) {
    this.#bytes = bytes;
    this.#offset = offset;
    this.#end = end;
  }

  /** Whether no read went past the end. */
  get ok(): boolean {
    return this.#ok;
  }

  /** How many bytes are left. */
  get left(): number {
    return this.#end - this.#offset;
  }

  /** Whether everything was read, and nothing past the end. */
  get complete(): boolean {
    return this.#ok && this.#offset === this.#end;
  }

  /** 8 bits. */
  u8(): number {
    return this.#take(1) ? u8(this.#bytes, this.#offset - 1) : 0;
  }

  /** 16 bits. */
  u16(): number {
    return this.#take(2) ? u16(this.#bytes, this.#offset - 2) : 0;
  }

  /** 24 bits. */
  u24(): number {
    return this.#take(3) ? u24(this.#bytes, this.#offset - 3) : 0;
  }

  /** A view of the next `length` bytes. */
  bytes(length: number): Uint8Array {
    return this.#take(length) ? this.#bytes.subarray(this.#offset - length, this.#offset) : EMPTY;
  }

  /** `opaque<0..2^8-1>`. */
  vector8(): Uint8Array {
    return this.bytes(this.u8());
  }

  /** `opaque<0..2^16-1>`. */
  vector16(): Uint8Array {
    return this.bytes(this.u16());
  }

  /** `opaque<0..2^24-1>`. */
  vector24(): Uint8Array {
    return this.bytes(this.u24());
  }

  /** `uint16<0..2^16-1>`, such as cipher suites. An odd length spoils the cursor. */
  list16(): number[] {
    return this.#list(this.vector16());
  }

  /** `uint16` in a vector with a length of 8 bits, such as supported versions. */
  list16of8(): number[] {
    return this.#list(this.vector8());
  }

  #list(body: Uint8Array): number[] {
    const out: number[] = [];
    if (body.length % 2 !== 0) this.#ok = false;
    else for (let i = 0; i < body.length; i += 2) out.push(u16(body, i));
    return out;
  }

  #take(length: number): boolean {
    if (!this.#ok || length > this.#end - this.#offset) {
      this.#ok = false;
      return false;
    }
    this.#offset += length;
    return true;
  }
}

const EMPTY = new Uint8Array(0);

/** Writes `opaque<0..2^8-1>`. */
export function setVector8(out: Uint8Array, offset: number, body: Uint8Array): number {
  return setBytes(out, setU8(out, offset, body.length), body);
}

/** Writes `opaque<0..2^16-1>`. */
export function setVector16(out: Uint8Array, offset: number, body: Uint8Array): number {
  return setBytes(out, setU16(out, offset, body.length), body);
}

/** Writes `opaque<0..2^24-1>`. */
export function setVector24(out: Uint8Array, offset: number, body: Uint8Array): number {
  return setBytes(out, setU24(out, offset, body.length), body);
}

/** Writes 16-bit numbers, without a length. */
export function setNumbers16(out: Uint8Array, offset: number, numbers: readonly number[]): number {
  let at = offset;
  for (const number of numbers) at = setU16(out, at, number);
  return at;
}

/** The longest message that we make: our own certificate decides. */
export const MAX_BUILT = 16_384;

const scratch = new Uint8Array(MAX_BUILT);

/**
 * The bytes that `encode` writes from offset 0, in memory of their own: messages of a handshake are kept until the peer
 * has them. Calls must not nest.
 * @throws RangeError when they are more than {@link MAX_BUILT}
 */
export function build(encode: (out: Uint8Array, offset: number) => number): Uint8Array {
  return scratch.slice(0, encode(scratch, 0));
}
