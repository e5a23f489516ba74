/**
 * What every RTCP packet begins with. RFC 3550 §6.4.1; RFC 4585 §6.1 for feedback, whose count is a format.
 * https://www.rfc-editor.org/rfc/rfc3550#section-6.4.1
 *
 * ```
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +---+-+---------+---------------+-------------------------------+
 * |V=2|P|  count  |      type     |    length in words, less one  |
 * +---+-+---------+---------------+-------------------------------+
 * ```
 */
import { setU16, setU32, u16, u32 } from "../../base/bytes.ts";

/** Bytes of the header. */
export const RTCP_HEADER = 4;

/** Bytes of a feedback packet before its feedback: the header and two SSRCs. */
export const FEEDBACK_HEADER = 12;

const VERSION = 2;
const PADDING_BIT = 0x20;

/** Types of packets (RFC 3550 §12.1, RFC 4585 §6.1, RFC 3611 §2). */
export const RtcpType = {
  SENDER_REPORT: 200,
  RECEIVER_REPORT: 201,
  SOURCE_DESCRIPTION: 202,
  GOODBYE: 203,
  APPLICATION_DEFINED: 204,
  /** Feedback of the transport layer. */
  TRANSPORT_FEEDBACK: 205,
  /** Feedback of payload formats. */
  PAYLOAD_FEEDBACK: 206,
  EXTENDED_REPORT: 207,
} as const;

/** Formats of `TRANSPORT_FEEDBACK` (RFC 4585 §6.2, RFC 8888 §3.1, the draft of transport-wide feedback §3.1). */
export const TransportFeedbackFormat = { NACK: 1, CONGESTION_CONTROL: 11, TRANSPORT_WIDE: 15 } as const;

/** Formats of `PAYLOAD_FEEDBACK` (RFC 4585 §6.3, RFC 5104 §4.3). */
export const PayloadFeedbackFormat = { PICTURE_LOSS: 1, FULL_INTRA_REQUEST: 4, APPLICATION_LAYER: 15 } as const;

/** The type of the packet at `o`. */
export function rtcpType(bytes: Uint8Array, o: number): number {
  return bytes[o + 1] as number;
}

/** The count, subtype or format of the packet at `o`. */
export function rtcpCount(bytes: Uint8Array, o: number): number {
  return (bytes[o] as number) & 0x1f;
}

/** Where the packet at `o` ends, padding included; -1 when it is none, or is longer than what there is. */
export function rtcpPacketEnd(bytes: Uint8Array, o: number, end: number): number {
  if (end - o < RTCP_HEADER || (bytes[o] as number) >>> 6 !== VERSION) return -1;
  const packetEnd = o + 4 + 4 * u16(bytes, o + 2);
  return packetEnd > end ? -1 : packetEnd;
}

/** Where what the packet at `o` says ends; -1 when it is none, is of another type, or says less than `least` bytes, header included. */
export function rtcpEnd(bytes: Uint8Array, o: number, end: number, type: number, least: number): number {
  let packetEnd = rtcpPacketEnd(bytes, o, end);
  if (packetEnd < 0 || rtcpType(bytes, o) !== type) return -1;
  if (((bytes[o] as number) & PADDING_BIT) !== 0) {
    const padding = bytes[packetEnd - 1] as number;
    if (padding === 0 || padding > packetEnd - o - RTCP_HEADER) return -1;
    packetEnd -= padding;
  }
  return packetEnd - o < least ? -1 : packetEnd;
}

/** As `rtcpEnd`, of feedback with this format. */
export function feedbackEnd(bytes: Uint8Array, o: number, end: number, type: number, format: number, least: number): number {
  const packetEnd = rtcpEnd(bytes, o, end, type, least);
  return packetEnd >= 0 && rtcpCount(bytes, o) === format ? packetEnd : -1;
}

/** Writes the header of a packet of `length` bytes, header included: a multiple of four. Returns the offset behind it. */
export function writeRtcpHeader(out: Uint8Array, offset: number, count: number, type: number, length: number): number {
  out[offset] = (VERSION << 6) | count;
  out[offset + 1] = type;
  return setU16(out, offset + 2, length / 4 - 1);
}

/** Writes the header of feedback and its two SSRCs, and returns the offset behind them. */
export function writeFeedbackHeader(
  out: Uint8Array,
  offset: number,
  format: number,
  type: number,
  length: number,
  senderSsrc: number,
  mediaSsrc: number,
): number {
  const o = writeRtcpHeader(out, offset, format, type, length);
  return setU32(out, setU32(out, o, senderSsrc), mediaSsrc);
}

/** The SSRC at the beginning of the packet at `o`: of whoever sent it. Eight bytes are there. */
export function rtcpSenderSsrc(bytes: Uint8Array, o: number): number {
  return u32(bytes, o + 4);
}
