/**
 * One outgoing datagram, filled by an engine into memory of the caller.
 */
import type { Route } from "./route.ts";

/** Bytes kept free before the payload: a DTLS record header, a TURN or stream frame go there without a copy. */
export const HEADROOM = 64;

/** Bytes kept free behind the payload: an AEAD tag and the content type go there. */
export const TAILROOM = 64;

/**
 * One outgoing datagram: `bytes[start, start + length)`. Owned and reused by the caller; an engine only fills it in.
 * Writers put their payload at `start` and set `length`; those below them move `start` down into the headroom.
 */
export class Transmit {
  /** Replaced by a larger one when {@link Transmit.reserve} is asked for more. */
  bytes: Uint8Array;
  start: number = HEADROOM;
  length: number = 0;
  route: Route | undefined = undefined;

  /** @param capacity the largest payload until more is reserved, in bytes; headroom and tailroom come on top */
  constructor(capacity: number = 2048) {
    this.bytes = new Uint8Array(HEADROOM + capacity + TAILROOM);
  }

  /** Makes room for a payload of `capacity` bytes at `start`. What is written already stays; `bytes` may be another array afterwards. */
  reserve(capacity: number): void {
    const least = this.start + capacity + TAILROOM;
    if (least <= this.bytes.length) return;
    const bytes = new Uint8Array(least);
    bytes.set(this.bytes);
    this.bytes = bytes;
  }

  /** Empties it for the next datagram. */
  reset(): void {
    this.start = HEADROOM;
    this.length = 0;
    this.route = undefined;
  }

  /** The datagram as a view. For tests and slow paths; it shares the memory. */
  view(): Uint8Array {
    return this.bytes.subarray(this.start, this.start + this.length);
  }
}
