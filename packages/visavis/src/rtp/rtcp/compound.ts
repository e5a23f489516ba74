/**
 * A datagram of RTCP packets, one behind the other. RFC 3550 §6.1, A.2; RFC 5506 §3.1 for reduced size, where any packet may be first.
 * https://www.rfc-editor.org/rfc/rfc3550#section-6.1
 */
import { RtcpType, rtcpPacketEnd, rtcpType } from "./header.ts";

/**
 * Whether `bytes[start, end)` is nothing but whole RTCP packets, at least one, and only the last of them is padded. Without
 * `reducedSize` the first has to be a report.
 */
export function isCompound(bytes: Uint8Array, start: number, end: number, reducedSize: boolean): boolean {
  if (end - start < 4) return false;
  const first = rtcpType(bytes, start);
  if (!reducedSize && first !== RtcpType.SENDER_REPORT && first !== RtcpType.RECEIVER_REPORT) return false;
  for (let o = start; o < end; ) {
    const next = rtcpPacketEnd(bytes, o, end);
    if (next < 0 || (next < end && ((bytes[o] as number) & 0x20) !== 0)) return false;
    o = next;
  }
  return true;
}
