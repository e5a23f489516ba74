/**
 * BYE: sources that leave. RFC 3550 §6.6.
 * https://www.rfc-editor.org/rfc/rfc3550#section-6.6
 *
 * ```
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +---+-+---------+---------------+-------------------------------+
 * |V=2|P|   SC    |   PT=BYE=203  |             length            |
 * +---+-+---------+---------------+-------------------------------+
 * |                           SSRC/CSRC ...                       |
 * +---------------+-----------------------------------------------+
 * |     length    |               reason for leaving ...          |  optional
 * +---------------+-----------------------------------------------+
 * ```
 */
import { decodeUtf8, encodeUtf8, padded4, setBytes, setU32, u32 } from "../../base/bytes.ts";
import { RTCP_HEADER, RtcpType, rtcpCount, rtcpEnd, writeRtcpHeader } from "./header.ts";

/** A farewell. */
export interface Goodbye {
  readonly ssrcs: readonly number[];
  /** Undefined when none is given. */
  readonly reason: string | undefined;
}

/** Reads the packet at `offset`; undefined when it is no farewell. */
export function decodeGoodbye(bytes: Uint8Array, offset: number, end: number): Goodbye | undefined {
  const packetEnd = rtcpEnd(bytes, offset, end, RtcpType.GOODBYE, RTCP_HEADER);
  if (packetEnd < 0) return undefined;
  const count = rtcpCount(bytes, offset);
  const o = offset + RTCP_HEADER + 4 * count;
  if (o > packetEnd) return undefined;
  const ssrcs = Array.from({ length: count }, (_, index) => u32(bytes, offset + RTCP_HEADER + 4 * index));
  if (o === packetEnd) return { ssrcs, reason: undefined };
  const reasonEnd = o + 1 + (bytes[o] as number);
  return reasonEnd > packetEnd ? undefined : { ssrcs, reason: decodeUtf8(bytes.subarray(o + 1, reasonEnd)) };
}

/** Bytes of the packet. */
export function goodbyeLength({ ssrcs, reason }: Goodbye): number {
  const reasonLength = reason === undefined ? 0 : 1 + Math.min(255, encodeUtf8(reason).length);
  return RTCP_HEADER + 4 * ssrcs.length + padded4(reasonLength);
}

/** Writes the packet, with at most 31 sources, and returns the offset behind it. */
export function encodeGoodbye(out: Uint8Array, offset: number, goodbye: Goodbye): number {
  const { ssrcs, reason } = goodbye;
  const length = goodbyeLength(goodbye);
  let o = writeRtcpHeader(out, offset, ssrcs.length, RtcpType.GOODBYE, length);
  for (const ssrc of ssrcs) o = setU32(out, o, ssrc);
  if (reason === undefined) return o;
  const text = encodeUtf8(reason).subarray(0, 255);
  out[o] = text.length;
  o = setBytes(out, o + 1, text);
  out.fill(0, o, offset + length);
  return offset + length;
}
