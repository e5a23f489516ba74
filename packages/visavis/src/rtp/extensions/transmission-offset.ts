/**
 * How much later a packet was sent than its timestamp says. RFC 5450 §2.
 * https://www.rfc-editor.org/rfc/rfc5450#section-2
 *
 * ```
 *  0                   1                   2
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3
 * +-----------------------------------------------+
 * |          transmission offset, signed          |
 * +-----------------------------------------------+
 * ```
 */
import { setU24, u24 } from "../../base/bytes.ts";

/** Its name in `a=extmap`. */
export const TRANSMISSION_OFFSET_URI = "urn:ietf:params:rtp-hdrext:toffset";

/** Bytes of the value. */
export const TRANSMISSION_OFFSET_LENGTH = 3;

/** Reads the value `bytes[start, end)`: units of the RTP clock. */
export function decodeTransmissionOffset(bytes: Uint8Array, start: number, end: number): number | undefined {
  return end - start < TRANSMISSION_OFFSET_LENGTH ? undefined : (u24(bytes, start) << 8) >> 8;
}

/** Writes the value and returns the offset behind it. */
export function encodeTransmissionOffset(out: Uint8Array, offset: number, ticks: number): number {
  return setU24(out, offset, ticks & 0xff_ffff);
}
