/**
 * NAL units of H.264 in RTP: the numbers of RFC 6184 §5.2 and the header of ITU-T H.264 §7.3.1.
 * https://www.rfc-editor.org/rfc/rfc6184#section-5.2
 *
 * ```
 * +---------------+
 * |0|1|2|3|4|5|6|7|
 * +-+-+-+-+-+-+-+-+
 * |F|NRI|  Type   |
 * +---------------+
 * ```
 */

/** Types of NAL units, those of RTP's packets included. */
export const H264NalType = {
  SLICE: 1,
  IDR: 5,
  SPS: 7,
  PPS: 8,
  ACCESS_UNIT_DELIMITER: 9,
  /** The last of those that are NAL units by themselves. */
  LAST_SINGLE: 23,
  STAP_A: 24,
  FU_A: 28,
} as const;

/** The type in the NAL unit header. */
export function h264NalType(header: number): number {
  return header & 0x1f;
}

/**
 * Whether the NAL unit of this type, whose first byte behind the header is `payload`, can only be the first of an access unit: a delimiter,
 * a sequence parameter set, a slice of an ordinary picture that begins at its first macroblock (first_mb_in_slice is 0, which is a single
 * bit). Not so for slices of IDR pictures, in front of which there are parameter sets.
 */
export function startsAccessUnit(type: number, payload: number): boolean {
  if (type === H264NalType.SPS || type === H264NalType.ACCESS_UNIT_DELIMITER) return true;
  return type === H264NalType.SLICE && (payload & 0x80) !== 0;
}
