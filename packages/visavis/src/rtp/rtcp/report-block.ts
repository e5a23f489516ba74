/**
 * How one stream arrives: the block that sender and receiver reports share. RFC 3550 §6.4.1.
 * https://www.rfc-editor.org/rfc/rfc3550#section-6.4.1
 *
 * ```
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +---------------------------------------------------------------+
 * |                 SSRC of the stream it is about                |
 * +---------------+-----------------------------------------------+
 * | fraction lost |       cumulative number of packets lost       |
 * +---------------+-----------------------------------------------+
 * |           extended highest sequence number received           |
 * +---------------------------------------------------------------+
 * |                      interarrival jitter                      |
 * +---------------------------------------------------------------+
 * |                         last SR (LSR)                         |
 * +---------------------------------------------------------------+
 * |                   delay since last SR (DLSR)                  |
 * +---------------------------------------------------------------+
 * ```
 */
import { setU24, setU32, u24, u32 } from "../../base/bytes.ts";

/** Bytes of a block. */
export const REPORT_BLOCK = 24;

/** The most blocks that a report has. */
export const MAX_REPORT_BLOCKS = 31;

/** How one stream arrives. */
export interface ReportBlock {
  readonly ssrc: number;
  /** Of the packets since the last report: 0 to 255 stands for 0 to 255/256. */
  readonly fractionLost: number;
  /** Since the beginning; less than zero when there were more duplicates than losses. 24 bits. */
  readonly packetsLost: number;
  /** The highest sequence number, and how often it wrapped in the upper 16 bits. */
  readonly extendedHighestSequenceNumber: number;
  /** In units of the stream's RTP clock. */
  readonly jitter: number;
  /** The middle 32 bits of the NTP time of the last sender report; 0 when there was none. */
  readonly lastSenderReport: number;
  /** In units of 1/65536 s. */
  readonly delaySinceLastSenderReport: number;
}

/** Reads `count` blocks at `o`, which are known to be there. */
export function readReportBlocks(bytes: Uint8Array, o: number, count: number): ReportBlock[] {
  return Array.from({ length: count }, (_, index) => readReportBlock(bytes, o + REPORT_BLOCK * index));
}

function readReportBlock(bytes: Uint8Array, o: number): ReportBlock {
  return {
    ssrc: u32(bytes, o),
    fractionLost: bytes[o + 4] as number,
    packetsLost: (u24(bytes, o + 5) << 8) >> 8,
    extendedHighestSequenceNumber: u32(bytes, o + 8),
    jitter: u32(bytes, o + 12),
    lastSenderReport: u32(bytes, o + 16),
    delaySinceLastSenderReport: u32(bytes, o + 20),
  };
}

/** Writes a block and returns the offset behind it. */
export function writeReportBlock(out: Uint8Array, offset: number, block: ReportBlock): number {
  setU32(out, offset, block.ssrc);
  out[offset + 4] = block.fractionLost;
  setU24(out, offset + 5, Math.max(-0x80_0000, Math.min(0x7f_ffff, block.packetsLost)) & 0xff_ffff);
  setU32(out, offset + 8, block.extendedHighestSequenceNumber);
  setU32(out, offset + 12, block.jitter);
  setU32(out, offset + 16, block.lastSenderReport);
  return setU32(out, offset + 20, block.delaySinceLastSenderReport);
}
