/**
 * XR: reports beyond SR and RR; of its blocks, the two that tell receivers the round trip. RFC 3611 §2, §3, §4.4, §4.5.
 * https://www.rfc-editor.org/rfc/rfc3611#section-4.4
 *
 * ```
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +---+-+---------+---------------+-------------------------------+
 * |V=2|P|reserved |   PT=XR=207   |             length            |
 * +---+-+---------+---------------+-------------------------------+
 * |                              SSRC                             |
 * +---------------+---------------+-------------------------------+
 * |     BT=4      |   reserved    |       block length = 2        |  receiver reference time (RRTR)
 * +---------------+---------------+-------------------------------+
 * |                 NTP timestamp, seconds, fraction              |  64 bits
 * +---------------+---------------+-------------------------------+
 * |     BT=5      |   reserved    |         block length = 3 n    |  delay since last RR (DLRR)
 * +---------------+---------------+-------------------------------+
 * |                 SSRC of the receiver                          |
 * +---------------------------------------------------------------+
 * |                 last RR: middle 32 bits of its RRTR           |
 * +---------------------------------------------------------------+
 * |                 delay since last RR, 1/65536 s                |
 * +---------------------------------------------------------------+
 * ```
 */
import { setU16, setU32, u16, u32 } from "../../base/bytes.ts";
import { RtcpType, rtcpEnd, writeRtcpHeader } from "./header.ts";

const FIXED = 8;
const BLOCK_HEADER = 4;
const RRTR = 4;
const DLRR = 5;
const RRTR_LENGTH = 12;
const DLRR_ITEM = 12;

/** The time of a receiver, which its senders answer with a delay. */
export interface ReferenceTime {
  /** NTP time: seconds since 1900, and 2⁻³² of them. */
  readonly ntpSeconds: number;
  readonly ntpFraction: number;
}

/** The answer to the reference time of one receiver. */
export interface ReceiverDelay {
  readonly ssrc: number;
  /** The middle 32 bits of the NTP time. */
  readonly lastReferenceTime: number;
  /** In units of 1/65536 s. */
  readonly delay: number;
}

/** An extended report; blocks of other kinds are passed over. */
export interface ExtendedReport {
  readonly ssrc: number;
  readonly referenceTime: ReferenceTime | undefined;
  readonly delays: readonly ReceiverDelay[];
}

/** Reads the packet at `offset`; undefined when it is no extended report. */
export function decodeExtendedReport(bytes: Uint8Array, offset: number, end: number): ExtendedReport | undefined {
  const packetEnd = rtcpEnd(bytes, offset, end, RtcpType.EXTENDED_REPORT, FIXED);
  if (packetEnd < 0) return undefined;
  let referenceTime: ReferenceTime | undefined;
  const delays: ReceiverDelay[] = [];
  for (let o = offset + FIXED; o < packetEnd; ) {
    if (o + BLOCK_HEADER > packetEnd) return undefined;
    const blockEnd = o + BLOCK_HEADER + 4 * u16(bytes, o + 2);
    if (blockEnd > packetEnd) return undefined;
    const type = bytes[o] as number;
    if (type === RRTR && blockEnd - o === RRTR_LENGTH) {
      referenceTime = { ntpSeconds: u32(bytes, o + 4), ntpFraction: u32(bytes, o + 8) };
    } else if (type === DLRR) {
      for (let item = o + BLOCK_HEADER; item + DLRR_ITEM <= blockEnd; item += DLRR_ITEM) {
        const [ssrc, lastReferenceTime, delay] = [u32(bytes, item), u32(bytes, item + 4), u32(bytes, item + 8)];
        delays.push({ ssrc, lastReferenceTime, delay });
      }
    }
    o = blockEnd;
  }
  return { ssrc: u32(bytes, offset + 4), referenceTime, delays };
}

/** Bytes of the packet. */
export function extendedReportLength({ referenceTime, delays }: ExtendedReport): number {
  const dlrr = delays.length === 0 ? 0 : BLOCK_HEADER + DLRR_ITEM * delays.length;
  return FIXED + (referenceTime === undefined ? 0 : RRTR_LENGTH) + dlrr;
}

/** Writes the packet and returns the offset behind it. */
export function encodeExtendedReport(out: Uint8Array, offset: number, report: ExtendedReport): number {
  const { ssrc, referenceTime, delays } = report;
  writeRtcpHeader(out, offset, 0, RtcpType.EXTENDED_REPORT, extendedReportLength(report));
  let o = setU32(out, offset + 4, ssrc);
  const blockHeader = (type: number, words: number): void => {
    out[o] = type;
    out[o + 1] = 0;
    o = setU16(out, o + 2, words);
  };
  if (referenceTime !== undefined) {
    blockHeader(RRTR, 2);
    o = setU32(out, setU32(out, o, referenceTime.ntpSeconds), referenceTime.ntpFraction);
  }
  if (delays.length > 0) {
    blockHeader(DLRR, 3 * delays.length);
    for (const one of delays) o = setU32(out, setU32(out, setU32(out, o, one.ssrc), one.lastReferenceTime), one.delay);
  }
  return o;
}
