/**
 * A message on its way out: RFC 9260 §6.9 (fragmentation), RFC 8260 §2.1 (its identifier).
 *
 * Most messages are given whole. One that is still being written has pieces, and one byte of it is kept back until it is known whether
 * that is the last: a fragment without user data, only to say so, does not exist.
 */
import { type Instant, NEVER } from "../../base/instant.ts";
import { Ring } from "../../base/ring.ts";
import { type Serial32, serial } from "../../base/serial.ts";

/** One message. */
export class OutgoingMessage {
  readonly stream: number;
  /** It travels with the first fragment. */
  ppid: number;
  readonly ordered: boolean;
  readonly maxRetransmits: number;
  /** When it is given up; `NEVER` for reliable ones. */
  readonly expires: Instant;
  /** The piece that is being sent: the whole message, if that was given at once. */
  piece: Uint8Array;
  /** Bytes of the piece that were made into chunks. */
  offset: number = 0;
  /** Bytes that were given and are not made into chunks. */
  remaining: number;
  /** Whether all of it was given. */
  complete: boolean;
  /** Chunks that were made of it. */
  fragments: number = 0;
  /** Its number on the stream, ordered and unordered messages apart; the low half is the SSN of DATA. */
  mid: Serial32 = serial(0);
  /** How many messages were queued before it, on all streams. */
  arrival: number = 0;
  abandoned: boolean = false;
  /** What it may take of the other side's window until it is complete there. */
  burden: number = 0;
  /** What follows the piece. */
  #pieces: Ring<Uint8Array> | undefined = undefined;

  constructor(
    stream: number,
    ppid: number,
    data: Uint8Array,
    ordered: boolean,
    maxRetransmits: number,
    expires: Instant,
    complete: boolean = true,
  ) {
    this.stream = stream;
    this.ppid = ppid;
    this.piece = data;
    this.remaining = data.length;
    this.ordered = ordered;
    this.maxRetransmits = maxRetransmits;
    this.expires = expires;
    this.complete = complete;
  }

  /** Whether it is never given up. */
  get reliable(): boolean {
    return this.maxRetransmits === Number.POSITIVE_INFINITY && this.expires === NEVER;
  }

  /** Bytes that may be made into chunks now. */
  get available(): number {
    return this.complete ? this.remaining : this.remaining - 1;
  }

  /** Whether a part of it has a TSN. */
  get begun(): boolean {
    return this.fragments > 0;
  }

  /** Bytes that the next fragment may have: fragments do not reach over the edge of a piece. */
  get fragmentRoom(): number {
    return Math.min(this.piece.length - this.offset, this.available);
  }

  /** Adds a piece, which is not empty. */
  append(piece: Uint8Array): void {
    this.remaining += piece.length;
    if (this.offset === this.piece.length && (this.#pieces === undefined || this.#pieces.size === 0)) {
      this.piece = piece;
      this.offset = 0;
    } else {
      this.#pieces ??= new Ring(4);
      this.#pieces.push(piece);
    }
  }

  /** So many bytes, at most `fragmentRoom`, are a fragment now. */
  take(length: number): void {
    this.offset += length;
    this.remaining -= length;
    this.fragments++;
    if (this.offset === this.piece.length && this.#pieces !== undefined && this.#pieces.size > 0) {
      this.piece = this.#pieces.shift() as Uint8Array;
      this.offset = 0;
    }
  }

  /** Forgets what was not sent. @returns how many bytes those are */
  discard(): number {
    const { remaining } = this;
    this.remaining = 0;
    this.complete = true;
    this.offset = this.piece.length;
    this.#pieces = undefined;
    return remaining;
  }
}
