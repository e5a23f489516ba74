/**
 * NAL units of H.265 in RTP: the header of RFC 7798 §1.1.4 and the numbers of §4.4.
 * https://www.rfc-editor.org/rfc/rfc7798#section-1.1.4
 *
 * ```
 *  0                   1
 *  0 1 2 3 4 5 6 7 0 1 2 3 4 5 6 7
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |F|   Type    |  LayerId  | TID |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * ```
 */

/** Types of NAL units, those of RTP's packets included. */
export const H265NalType = {
  /** The last of the ordinary slices. */
  LAST_SLICE: 9,
  /** The first and the last of the types of intra random access points. */
  FIRST_IRAP: 16,
  LAST_IRAP: 23,
  VPS: 32,
  SPS: 33,
  ACCESS_UNIT_DELIMITER: 35,
  /** The last of those that are NAL units by themselves. */
  LAST_SINGLE: 47,
  AGGREGATION: 48,
  FRAGMENTATION: 49,
} as const;

/** Bytes of a NAL unit header. */
export const H265_NAL_HEADER = 2;

/** The type in the first byte of the header. */
export function h265NalType(header: number): number {
  return (header >> 1) & 0x3f;
}

/** Whether a slice of this type belongs to a picture at which decoding can begin. */
export function isIrap(type: number): boolean {
  return type >= H265NalType.FIRST_IRAP && type <= H265NalType.LAST_IRAP;
}

/**
 * Whether the NAL unit of this type, whose first byte behind the header is `payload`, can only be the first of an access unit: a delimiter,
 * a video parameter set, an ordinary slice with first_slice_segment_in_pic_flag. Not so for slices of intra random access points, in front
 * of which there are parameter sets.
 */
export function startsH265AccessUnit(type: number, payload: number): boolean {
  if (type === H265NalType.VPS || type === H265NalType.ACCESS_UNIT_DELIMITER) return true;
  return type <= H265NalType.LAST_SLICE && (payload & 0x80) !== 0;
}
