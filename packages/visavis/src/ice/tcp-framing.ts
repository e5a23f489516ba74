/**
 * Datagrams in a stream: each behind its length. RFC 4571 §2, as RFC 6544 §3 has it for STUN and all else between two agents.
 * https://www.rfc-editor.org/rfc/rfc4571#section-2
 *
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |             LENGTH            |  RTP, RTCP, STUN or DTLS ...  |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 */
import { setU16, u8, u16 } from "../base/bytes.ts";
import type { Transmit } from "../base/transmit.ts";

/** Bytes before each datagram. */
export const FRAME_HEADER = 2;

/** The longest datagram that a frame can hold, in bytes. */
export const MAX_FRAME = 65_535;

/** Where the frame at `offset` ends; undefined when it is not all there. */
export function decodeTcpFrame(bytes: Uint8Array, offset: number, end: number): number | undefined {
  if (end - offset < FRAME_HEADER) return undefined;
  const frameEnd = offset + FRAME_HEADER + u16(bytes, offset);
  return frameEnd <= end ? frameEnd : undefined;
}

/** Puts the length before the datagram in `out`, into its headroom. False when it is too long for a frame. */
export function encodeTcpFrame(out: Transmit): boolean {
  if (out.length > MAX_FRAME || out.start < FRAME_HEADER) return false;
  out.start -= FRAME_HEADER;
  setU16(out.bytes, out.start, out.length);
  out.length += FRAME_HEADER;
  return true;
}

const NOTHING = new Uint8Array(0);

/**
 * Finds the datagrams in a stream. It holds the beginning of one frame at most: memory for it is taken when its length is known and
 * allowed.
 */
export class TcpFraming {
  /** Longer datagrams end the stream. May be changed between two of them. */
  maxLength: number;
  #piece: Uint8Array = NOTHING;
  #at = 0;
  /** The first byte of a length whose second is still to come. */
  #half: number | undefined = undefined;
  /** The datagram whose beginning came with earlier pieces, and how much of it there is. */
  #partial: Uint8Array | undefined = undefined;
  #filled = 0;
  #broken = false;

  constructor(maxLength: number = MAX_FRAME) {
    this.maxLength = maxLength;
  }

  /** Whether a datagram was announced that is too long: nothing behind it is looked at. */
  get isBroken(): boolean {
    return this.#broken;
  }

  /** Takes a piece of the stream; it is owned from then on. What the one before held must have been shifted out. */
  push(piece: Uint8Array): void {
    if (this.#broken) return;
    this.#piece = piece;
    this.#at = 0;
  }

  /** The next datagram, as a view of its piece where it lies in one; undefined when there is none. Empty ones are passed over. */
  shift(): Uint8Array | undefined {
    while (!this.#broken) {
      if (this.#partial !== undefined) return this.#complete(this.#partial);
      const piece = this.#piece;
      const end = decodeTcpFrame(piece, this.#at, piece.length);
      if (this.#half !== undefined || end === undefined) {
        if (!this.#begin()) break;
        continue;
      }
      const start = this.#at + FRAME_HEADER;
      if (end - start > this.maxLength) return this.#break();
      this.#at = end;
      if (end > start) return piece.subarray(start, end);
    }
    return undefined;
  }

  /** Takes the length, or half of it, from the end of a piece. False when the piece is used up. */
  #begin(): boolean {
    const piece = this.#piece;
    if (this.#at >= piece.length) {
      this.#piece = NOTHING;
      this.#at = 0;
      return false;
    }
    const next = u8(piece, this.#at++);
    if (this.#half === undefined) {
      this.#half = next;
      return true;
    }
    const length = (this.#half << 8) | next;
    this.#half = undefined;
    if (length > this.maxLength) this.#break();
    else if (length > 0) {
      this.#partial = new Uint8Array(length);
      this.#filled = 0;
    }
    return true;
  }

  #complete(partial: Uint8Array): Uint8Array | undefined {
    const piece = this.#piece;
    const taken = Math.min(partial.length - this.#filled, piece.length - this.#at);
    partial.set(piece.subarray(this.#at, this.#at + taken), this.#filled);
    this.#at += taken;
    this.#filled += taken;
    if (this.#filled < partial.length) {
      this.#piece = NOTHING;
      this.#at = 0;
      return undefined;
    }
    this.#partial = undefined;
    return partial;
  }

  #break(): undefined {
    this.#broken = true;
    this.#piece = NOTHING;
    this.#partial = undefined;
    return undefined;
  }
}
