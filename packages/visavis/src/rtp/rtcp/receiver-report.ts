/**
 * RR: how streams arrive at one that sends none. RFC 3550 §6.4.2.
 * https://www.rfc-editor.org/rfc/rfc3550#section-6.4.2
 *
 * ```
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +---+-+---------+---------------+-------------------------------+
 * |V=2|P|   RC    |   PT=RR=201   |             length            |
 * +---+-+---------+---------------+-------------------------------+
 * |                     SSRC of packet sender                     |
 * +---------------------------------------------------------------+
 * |                       report blocks ...                       |
 * ```
 */
import { setU32, u32 } from "../../base/bytes.ts";
import { RtcpType, rtcpCount, rtcpEnd, writeRtcpHeader } from "./header.ts";
import { REPORT_BLOCK, type ReportBlock, readReportBlocks, writeReportBlock } from "./report-block.ts";

const FIXED = 8;

/** A receiver report. */
export interface ReceiverReport {
  readonly ssrc: number;
  readonly reports: readonly ReportBlock[];
}

/** Reads the packet at `offset`; undefined when it is no receiver report. */
export function decodeReceiverReport(bytes: Uint8Array, offset: number, end: number): ReceiverReport | undefined {
  const packetEnd = rtcpEnd(bytes, offset, end, RtcpType.RECEIVER_REPORT, FIXED);
  if (packetEnd < 0) return undefined;
  const count = rtcpCount(bytes, offset);
  if (offset + FIXED + REPORT_BLOCK * count > packetEnd) return undefined;
  return { ssrc: u32(bytes, offset + 4), reports: readReportBlocks(bytes, offset + FIXED, count) };
}

/** Bytes of a receiver report with so many blocks. */
export function receiverReportLength(reportCount: number): number {
  return FIXED + REPORT_BLOCK * reportCount;
}

/** Writes the packet, with at most 31 blocks, and returns the offset behind it. */
export function encodeReceiverReport(out: Uint8Array, offset: number, { ssrc, reports }: ReceiverReport): number {
  writeRtcpHeader(out, offset, reports.length, RtcpType.RECEIVER_REPORT, receiverReportLength(reports.length));
  let o = setU32(out, offset + 4, ssrc);
  for (const block of reports) o = writeReportBlock(out, o, block);
  return o;
}
