/**
 * The least and the most delay between capture and playing that the sender wants.
 * http://www.webrtc.org/experiments/rtp-hdrext/playout-delay
 *
 * ```
 *  0                   1                   2
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3
 * +-----------------------+-----------------------+
 * |       MIN delay       |       MAX delay       |  units of 10 ms
 * +-----------------------+-----------------------+
 * ```
 */
import { setU24, u24 } from "../../base/bytes.ts";

/** Its name in `a=extmap`. */
export const PLAYOUT_DELAY_URI = "http://www.webrtc.org/experiments/rtp-hdrext/playout-delay";

/** Bytes of the value. */
export const PLAYOUT_DELAY_LENGTH = 3;

const UNIT = 10;
const LARGEST = 0xfff;

/** Bounds in milliseconds; at most 40 950. */
export interface PlayoutDelay {
  readonly minimum: number;
  readonly maximum: number;
}

/** Reads the value `bytes[start, end)`; undefined also when the bounds are the wrong way round. */
export function decodePlayoutDelay(bytes: Uint8Array, start: number, end: number): PlayoutDelay | undefined {
  if (end - start < PLAYOUT_DELAY_LENGTH) return undefined;
  const value = u24(bytes, start);
  const [minimum, maximum] = [(value >>> 12) * UNIT, (value & LARGEST) * UNIT];
  return minimum > maximum ? undefined : { minimum, maximum };
}

/** Writes the value, rounded to 10 ms, and returns the offset behind it. */
export function encodePlayoutDelay(out: Uint8Array, offset: number, { minimum, maximum }: PlayoutDelay): number {
  const units = (milliseconds: number): number => Math.max(0, Math.min(LARGEST, Math.round(milliseconds / UNIT)));
  return setU24(out, offset, (units(minimum) << 12) | units(maximum));
}
