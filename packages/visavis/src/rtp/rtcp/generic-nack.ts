/**
 * Generic NACK: packets that did not arrive. RFC 4585 §6.2.1.
 * https://www.rfc-editor.org/rfc/rfc4585#section-6.2.1
 *
 * ```
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +---+-+---------+---------------+-------------------------------+
 * |V=2|P|  FMT=1  |  PT=RTPFB=205 |             length            |
 * +---+-+---------+---------------+-------------------------------+
 * |                   SSRC of packet sender                       |
 * +---------------------------------------------------------------+
 * |                   SSRC of media source                        |
 * +-------------------------------+-------------------------------+
 * |        packet id (PID)        |  16 that follow, lowest first |
 * +-------------------------------+-------------------------------+
 * |                              ...                              |
 * ```
 */
import { setU16, u16, u32 } from "../../base/bytes.ts";
import { FEEDBACK_HEADER, feedbackEnd, RtcpType, TransportFeedbackFormat, writeFeedbackHeader } from "./header.ts";

const ITEM = 4;
/** Packets that are named at most: those of a datagram of 1200 bytes, all bits set. */
const MAX_NAMED = 17 * 300;

/** A request for packets. */
export interface GenericNack {
  readonly senderSsrc: number;
  readonly mediaSsrc: number;
  /** In the order they are named; at most 5100. */
  readonly sequenceNumbers: readonly number[];
}

/** Reads the packet at `offset`; undefined when it is no NACK. */
export function decodeGenericNack(bytes: Uint8Array, offset: number, end: number): GenericNack | undefined {
  const packetEnd = feedbackEnd(bytes, offset, end, RtcpType.TRANSPORT_FEEDBACK, TransportFeedbackFormat.NACK, FEEDBACK_HEADER);
  if (packetEnd < 0) return undefined;
  const sequenceNumbers: number[] = [];
  for (let o = offset + FEEDBACK_HEADER; o + ITEM <= packetEnd && sequenceNumbers.length + 17 <= MAX_NAMED; o += ITEM) {
    const first = u16(bytes, o);
    const mask = u16(bytes, o + 2);
    sequenceNumbers.push(first);
    for (let bit = 0; bit < 16; bit++) if (((mask >>> bit) & 1) === 1) sequenceNumbers.push((first + bit + 1) & 0xffff);
  }
  return { senderSsrc: u32(bytes, offset + 4), mediaSsrc: u32(bytes, offset + 8), sequenceNumbers };
}

/** How many of `sequenceNumbers[from…]`, which ascend, one item names: those within 16 behind the first. */
function itemSpan(sequenceNumbers: ArrayLike<number>, from: number): number {
  const first = sequenceNumbers[from] as number;
  let count = 1;
  while (from + count < sequenceNumbers.length) {
    const distance = ((sequenceNumbers[from + count] as number) - first) & 0xffff;
    if (distance === 0 || distance > 16) break;
    count++;
  }
  return count;
}

/**
 * Writes the packet with as many of the numbers, which ascend, as `room` bytes hold, and returns the offset behind it; `offset` when
 * there is no number or no room.
 */
export function encodeGenericNack(
  out: Uint8Array,
  offset: number,
  room: number,
  senderSsrc: number,
  mediaSsrc: number,
  sequenceNumbers: ArrayLike<number>,
): number {
  let o = offset + FEEDBACK_HEADER;
  for (let i = 0; i < sequenceNumbers.length && o + ITEM <= offset + room; ) {
    const first = sequenceNumbers[i] as number;
    const count = itemSpan(sequenceNumbers, i);
    let mask = 0;
    for (let next = i + 1; next < i + count; next++) mask |= 1 << ((((sequenceNumbers[next] as number) - first) & 0xffff) - 1);
    o = setU16(out, setU16(out, o, first), mask);
    i += count;
  }
  if (o === offset + FEEDBACK_HEADER) return offset;
  writeFeedbackHeader(out, offset, TransportFeedbackFormat.NACK, RtcpType.TRANSPORT_FEEDBACK, o - offset, senderSsrc, mediaSsrc);
  return o;
}
