/**
 * Feedback for congestion control: which packets of each stream arrived, when, and with which ECN mark. RFC 8888 §3.1.
 * https://www.rfc-editor.org/rfc/rfc8888#section-3.1
 *
 * ```
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +---+-+---------+---------------+-------------------------------+
 * |V=2|P| FMT=11  |    PT = 205   |             length            |
 * +---+-+---------+---------------+-------------------------------+
 * |                 SSRC of RTCP packet sender                    |
 * +---------------------------------------------------------------+
 * |                   SSRC of 1st RTP stream                      |
 * +-------------------------------+-------------------------------+
 * |            begin_seq          |          num_reports          |
 * +-+---+-------------------------+-+---+-------------------------+
 * |R|ECN|  arrival time offset    |R|ECN|  arrival time offset    |
 * +-+---+-------------------------+-+---+-------------------------+
 * \                              ...                              \
 * +---------------------------------------------------------------+
 * |                 report timestamp (32 bits)                    |
 * +---------------------------------------------------------------+
 * ```
 */
import { setU16, setU32, u16, u32 } from "../../base/bytes.ts";
import { RtcpType, rtcpCount, rtcpEnd, TransportFeedbackFormat, writeRtcpHeader } from "./header.ts";

const FIXED = 12;
const STREAM_HEADER = 8;
/** The most packets one stream is reported about (RFC 8888 §3.1). */
const MAX_REPORTS = 16384;
/** Offsets from here on: more than 8 s ago, and unknown. */
const LARGEST_OFFSET = 0x1ffd;
const OVER = 0x1ffe;
const UNKNOWN = 0x1fff;

/** What happened to one packet. */
export interface PacketReport {
  readonly received: boolean;
  /** The two bits of the IP header. */
  readonly ecn: 0 | 1 | 2 | 3;
  /** How long before the report it arrived, in milliseconds; Infinity for more than eight seconds; NaN when it is not known. */
  readonly age: number;
}

/** What happened to the packets of one stream, from `beginSequenceNumber` on. */
export interface StreamReport {
  readonly ssrc: number;
  readonly beginSequenceNumber: number;
  readonly packets: readonly PacketReport[];
}

/** Feedback about several streams. */
export interface CongestionFeedback {
  readonly senderSsrc: number;
  readonly streams: readonly StreamReport[];
  /** When it was made: the middle 32 bits of the NTP time. */
  readonly timestamp: number;
}

const MS_PER_UNIT: number = 1000 / 1024;

function readPacket(block: number): PacketReport {
  const offset = block & UNKNOWN;
  const age = offset === OVER ? Number.POSITIVE_INFINITY : offset === UNKNOWN ? Number.NaN : offset * MS_PER_UNIT;
  if (block < 0x8000) return { received: false, ecn: 0, age: Number.NaN };
  return { received: true, ecn: ((block >>> 13) & 3) as PacketReport["ecn"], age };
}

function blockOf({ received, ecn, age }: PacketReport): number {
  if (!received) return 0;
  const units = Math.round(age / MS_PER_UNIT);
  const offset = Number.isNaN(age) ? UNKNOWN : units > LARGEST_OFFSET ? OVER : Math.max(0, units);
  return 0x8000 | (ecn << 13) | offset;
}

/** Reads the packet at `offset`; undefined when it is no such feedback. */
export function decodeCongestionFeedback(bytes: Uint8Array, offset: number, end: number): CongestionFeedback | undefined {
  const packetEnd = rtcpEnd(bytes, offset, end, RtcpType.TRANSPORT_FEEDBACK, FIXED);
  if (packetEnd < 0 || rtcpCount(bytes, offset) !== TransportFeedbackFormat.CONGESTION_CONTROL) return undefined;
  const streams: StreamReport[] = [];
  const last = packetEnd - 4;
  for (let o = offset + 8; o < last; ) {
    if (o + STREAM_HEADER > last) return undefined;
    const count = u16(bytes, o + 6);
    const blocks = o + STREAM_HEADER;
    const next = blocks + ((2 * count + 3) & ~3);
    if (count > MAX_REPORTS || next > last) return undefined;
    const packets = Array.from({ length: count }, (_, index) => readPacket(u16(bytes, blocks + 2 * index)));
    streams.push({ ssrc: u32(bytes, o), beginSequenceNumber: u16(bytes, o + 4), packets });
    o = next;
  }
  return { senderSsrc: u32(bytes, offset + 4), streams, timestamp: u32(bytes, last) };
}

/** Bytes of the packet. */
export function congestionFeedbackLength({ streams }: CongestionFeedback): number {
  let length = FIXED;
  for (const { packets } of streams) length += STREAM_HEADER + ((2 * packets.length + 3) & ~3);
  return length;
}

/** Writes the packet and returns the offset behind it. */
export function encodeCongestionFeedback(out: Uint8Array, offset: number, feedback: CongestionFeedback): number {
  const length = congestionFeedbackLength(feedback);
  const { CONGESTION_CONTROL } = TransportFeedbackFormat;
  let o = writeRtcpHeader(out, offset, CONGESTION_CONTROL, RtcpType.TRANSPORT_FEEDBACK, length);
  o = setU32(out, o, feedback.senderSsrc);
  for (const { ssrc, beginSequenceNumber, packets } of feedback.streams) {
    o = setU16(out, setU16(out, setU32(out, o, ssrc), beginSequenceNumber), packets.length);
    for (const packet of packets) o = setU16(out, o, blockOf(packet));
    if (packets.length % 2 === 1) o = setU16(out, o, 0);
  }
  return setU32(out, o, feedback.timestamp);
}
