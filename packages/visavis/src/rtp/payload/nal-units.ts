/**
 * NAL units of a frame in the byte stream format (Annex B of H.264 and H.265), found once and kept as positions.
 *
 * ```
 * 00 00 01 | NAL unit | (00) 00 00 01 | NAL unit | …
 * ```
 */
import { u32 } from "../../base/bytes.ts";

/** More NAL units than this in one frame are more than any encoder makes. */
export const MAX_NAL_UNITS = 1024;

/** Where the NAL units of a frame are. Reused from frame to frame. */
export class NalUnits {
  readonly #starts: number[] = [];
  readonly #ends: number[] = [];

  /** How many there are. */
  count = 0;

  /** Where the unit begins, at its header. */
  startOf(index: number): number {
    return this.#starts[index] as number;
  }

  /** Where the unit ends. */
  endOf(index: number): number {
    return this.#ends[index] as number;
  }

  /**
   * Finds the NAL units of `frame`, which has start codes, or else lengths of four bytes as files have (ISO/IEC 14496-15), or else is one
   * unit without either. False when there are none, or too many.
   */
  scan(frame: Uint8Array): boolean {
    this.count = 0;
    let at = nextStartCode(frame, 0);
    if (at < 0 || frame.subarray(0, at).some((byte) => byte !== 0)) return this.#scanLengths(frame) || this.#whole(frame);
    while (at >= 0) {
      const start = at + 3;
      at = nextStartCode(frame, start);
      let end = at < 0 ? frame.length : at;
      while (end > start && frame[end - 1] === 0) end--;
      if (end > start && !this.#add(start, end)) return false;
    }
    return this.count > 0;
  }

  #scanLengths(frame: Uint8Array): boolean {
    let at = 0;
    while (at + 4 < frame.length) {
      const length = u32(frame, at);
      if (length === 0 || length > frame.length - at - 4 || !this.#add(at + 4, at + 4 + length)) break;
      at += 4 + length;
    }
    if (at === frame.length && at > 0) return true;
    this.count = 0;
    return false;
  }

  #whole(frame: Uint8Array): boolean {
    return frame.length > 0 && this.#add(0, frame.length);
  }

  #add(start: number, end: number): boolean {
    if (this.count === MAX_NAL_UNITS) return false;
    this.#starts[this.count] = start;
    this.#ends[this.count] = end;
    this.count++;
    return true;
  }
}

/** Where the next `00 00 01` begins, at or behind `from`; -1 when there is none. */
export function nextStartCode(bytes: Uint8Array, from: number): number {
  let at = from + 2;
  while (at < bytes.length) {
    const byte = bytes[at] as number;
    if (byte > 1) at += 3;
    else if (byte === 0) at++;
    else if (bytes[at - 1] === 0 && bytes[at - 2] === 0) return at - 2;
    else at += 3;
  }
  return -1;
}
