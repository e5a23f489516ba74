/**
 * Memory in which the payloads of one frame are put together, used again from frame to frame.
 */
import { copyBytes, sliceBytes } from "../../base/bytes.ts";

const FIRST_CAPACITY = 4096;
/** More than this is not kept for the next frame, in bytes. */
const KEPT_CAPACITY = 1 << 20;

/** Bytes that grow at the end. */
export class FrameBytes {
  #bytes: Uint8Array = new Uint8Array(0);
  #length = 0;

  /** How many bytes there are. */
  get length(): number {
    return this.#length;
  }

  /** Forgets all bytes. */
  clear(): void {
    this.#length = 0;
    if (this.#bytes.length > KEPT_CAPACITY) this.#bytes = new Uint8Array(0);
  }

  /** Adds `source[start, end)`. */
  append(source: Uint8Array, start: number, end: number): void {
    this.#reserve(end - start);
    this.#length = copyBytes(this.#bytes, this.#length, source, start, end);
  }

  /** Adds one byte. */
  appendU8(value: number): void {
    this.#reserve(1);
    this.#bytes[this.#length++] = value;
  }

  /** Adds a zero byte, or takes some away: the length is `length` then. The bytes before it stay. */
  truncate(length: number): void {
    if (length < this.#length) this.#length = length;
  }

  /** The byte at `offset`. */
  at(offset: number): number {
    return this.#bytes[offset] as number;
  }

  /** Puts `count` bytes of room at `offset`, moving what is behind it; the room is to be written with {@link write}. */
  insert(offset: number, count: number): void {
    this.#reserve(count);
    this.#bytes.copyWithin(offset + count, offset, this.#length);
    this.#length += count;
  }

  /** Writes over the byte at `offset`. */
  write(offset: number, value: number): void {
    this.#bytes[offset] = value;
  }

  /** A copy of all bytes; undefined when there are none. */
  copy(): Uint8Array | undefined {
    return this.#length === 0 ? undefined : sliceBytes(this.#bytes, 0, this.#length);
  }

  #reserve(count: number): void {
    const wanted = this.#length + count;
    if (wanted <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(FIRST_CAPACITY, this.#bytes.length * 2, wanted));
    copyBytes(grown, 0, this.#bytes, 0, this.#length);
    this.#bytes = grown;
  }
}

/** How long the next of several pieces is when `remaining` bytes go into pieces of at most `room`, all about equal. */
export function evenPiece(remaining: number, room: number): number {
  return Math.ceil(remaining / Math.ceil(remaining / room));
}
