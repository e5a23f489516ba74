/**
 * REMB: the bandwidth that a receiver thinks there is.
 * https://datatracker.ietf.org/doc/html/draft-alvestrand-rmcat-remb-03#section-2.2
 *
 * ```
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +---+-+---------+---------------+-------------------------------+
 * |V=2|P|  FMT=15 |  PT=PSFB=206  |             length            |
 * +---+-+---------+---------------+-------------------------------+
 * |                   SSRC of packet sender                       |
 * +---------------------------------------------------------------+
 * |                   SSRC of media source (unused: 0)            |
 * +---------------------------------------------------------------+
 * |                   "R" "E" "M" "B"                             |
 * +---------------+-----------+-----------------------------------+
 * |  Num SSRC     |  exponent |             mantissa              |  bit/s
 * +---------------+-----------+-----------------------------------+
 * |                   SSRCs it is about ...                       |
 * ```
 */
import { setU32, u24, u32 } from "../../base/bytes.ts";
import { FEEDBACK_HEADER, feedbackEnd, PayloadFeedbackFormat, RtcpType, writeFeedbackHeader } from "./header.ts";

const FIXED: number = FEEDBACK_HEADER + 8;
const NAME = 0x52454d42;
const MANTISSA_BITS = 18;

/** An estimate of the bandwidth. */
export interface Remb {
  readonly senderSsrc: number;
  /** Bits per second. */
  readonly bitrate: number;
  readonly ssrcs: readonly number[];
}

/** Reads the packet at `offset`; undefined when it is no REMB. */
export function decodeRemb(bytes: Uint8Array, offset: number, end: number): Remb | undefined {
  const packetEnd = feedbackEnd(bytes, offset, end, RtcpType.PAYLOAD_FEEDBACK, PayloadFeedbackFormat.APPLICATION_LAYER, FIXED);
  if (packetEnd < 0 || u32(bytes, offset + FEEDBACK_HEADER) !== NAME) return undefined;
  const o = offset + FEEDBACK_HEADER + 4;
  const count = bytes[o] as number;
  if (offset + FIXED + 4 * count > packetEnd) return undefined;
  const value = u24(bytes, o + 1);
  return {
    senderSsrc: u32(bytes, offset + 4),
    bitrate: (value & 0x3_ffff) * 2 ** (value >>> MANTISSA_BITS),
    ssrcs: Array.from({ length: count }, (_, index) => u32(bytes, offset + FIXED + 4 * index)),
  };
}

/** Bytes of the packet about so many streams. */
export function rembLength(ssrcCount: number): number {
  return FIXED + 4 * ssrcCount;
}

/** Writes the packet, about at most 255 streams, and returns the offset behind it. The bitrate is rounded down to 18 bits of precision. */
export function encodeRemb(out: Uint8Array, offset: number, { senderSsrc, bitrate, ssrcs }: Remb): number {
  let exponent = 0;
  let mantissa = Math.max(0, Math.floor(bitrate));
  while (mantissa > 0x3_ffff) {
    mantissa = Math.floor(mantissa / 2);
    exponent++;
  }
  const { PAYLOAD_FEEDBACK } = RtcpType;
  let o = writeFeedbackHeader(
    out,
    offset,
    PayloadFeedbackFormat.APPLICATION_LAYER,
    PAYLOAD_FEEDBACK,
    rembLength(ssrcs.length),
    senderSsrc,
    0,
  );
  o = setU32(out, o, NAME);
  o = setU32(out, o, ((ssrcs.length << 24) | (exponent << MANTISSA_BITS) | mantissa) >>> 0);
  for (const ssrc of ssrcs) o = setU32(out, o, ssrc);
  return o;
}
