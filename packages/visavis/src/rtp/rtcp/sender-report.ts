/**
 * SR: what a sender has sent, and what time that was. RFC 3550 §6.4.1.
 * https://www.rfc-editor.org/rfc/rfc3550#section-6.4.1
 *
 * ```
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +---+-+---------+---------------+-------------------------------+
 * |V=2|P|   RC    |   PT=SR=200   |             length            |
 * +---+-+---------+---------------+-------------------------------+
 * |                         SSRC of sender                        |
 * +---------------------------------------------------------------+
 * |              NTP timestamp, seconds since 1900                |
 * +---------------------------------------------------------------+
 * |              NTP timestamp, fraction                          |
 * +---------------------------------------------------------------+
 * |                         RTP timestamp                         |
 * +---------------------------------------------------------------+
 * |                     sender's packet count                     |
 * +---------------------------------------------------------------+
 * |                      sender's octet count                     |
 * +---------------------------------------------------------------+
 * |                       report blocks ...                       |
 * ```
 */
import { setU32, u32 } from "../../base/bytes.ts";
import { RtcpType, rtcpCount, rtcpEnd, writeRtcpHeader } from "./header.ts";
import { REPORT_BLOCK, type ReportBlock, readReportBlocks, writeReportBlock } from "./report-block.ts";

const FIXED = 28;

/** A sender report. */
export interface SenderReport {
  readonly ssrc: number;
  /** NTP time of the report: seconds since 1900, and 2⁻³² of them. */
  readonly ntpSeconds: number;
  readonly ntpFraction: number;
  /** The same time by the clock of the stream. */
  readonly rtpTimestamp: number;
  /** Modulo 2³². */
  readonly packetCount: number;
  /** Bytes of payload, modulo 2³². */
  readonly octetCount: number;
  readonly reports: readonly ReportBlock[];
}

/** Reads the packet at `offset`; undefined when it is no sender report. */
export function decodeSenderReport(bytes: Uint8Array, offset: number, end: number): SenderReport | undefined {
  const packetEnd = rtcpEnd(bytes, offset, end, RtcpType.SENDER_REPORT, FIXED);
  if (packetEnd < 0) return undefined;
  const count = rtcpCount(bytes, offset);
  if (offset + FIXED + REPORT_BLOCK * count > packetEnd) return undefined;
  return {
    ssrc: u32(bytes, offset + 4),
    ntpSeconds: u32(bytes, offset + 8),
    ntpFraction: u32(bytes, offset + 12),
    rtpTimestamp: u32(bytes, offset + 16),
    packetCount: u32(bytes, offset + 20),
    octetCount: u32(bytes, offset + 24),
    reports: readReportBlocks(bytes, offset + FIXED, count),
  };
}

/** Bytes of a sender report with so many blocks. */
export function senderReportLength(reportCount: number): number {
  return FIXED + REPORT_BLOCK * reportCount;
}

/** Writes the packet, with at most 31 blocks, and returns the offset behind it. */
export function encodeSenderReport(out: Uint8Array, offset: number, report: SenderReport): number {
  const { reports } = report;
  writeRtcpHeader(out, offset, reports.length, RtcpType.SENDER_REPORT, senderReportLength(reports.length));
  setU32(out, offset + 4, report.ssrc);
  setU32(out, offset + 8, report.ntpSeconds);
  setU32(out, offset + 12, report.ntpFraction);
  setU32(out, offset + 16, report.rtpTimestamp);
  setU32(out, offset + 20, report.packetCount);
  let o = setU32(out, offset + 24, report.octetCount);
  for (const block of reports) o = writeReportBlock(out, o, block);
  return o;
}
