/**
 * Transport-wide feedback: which packets of a transport arrived, and when.
 * https://datatracker.ietf.org/doc/html/draft-holmer-rmcat-transport-wide-cc-extensions-01#section-3.1
 *
 * ```
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +---+-+---------+---------------+-------------------------------+
 * |V=2|P|  FMT=15 |  PT=RTPFB=205 |             length            |
 * +---+-+---------+---------------+-------------------------------+
 * |                   SSRC of packet sender                       |
 * +---------------------------------------------------------------+
 * |                   SSRC of media source                        |
 * +-------------------------------+-------------------------------+
 * |      base sequence number     |      packet status count      |
 * +-------------------------------+---------------+---------------+
 * |       reference time, 64 ms, signed           | fb pkt. count |
 * +-------------------------------+---------------+---------------+
 * |         packet chunk          |         packet chunk          |
 * +-------------------------------+---------------+---------------+
 * |   packet chunk                |  recv delta   |  recv delta   |  1 or 2 bytes each, 250 µs
 * +-------------------------------+---------------+---------------+
 *
 * +-+---+-------------------------+   +-+-+---------------------------+
 * |0| S |       run length        |   |1|S| 14 symbols of 1 bit, or 7 of 2 |
 * +-+---+-------------------------+   +-+-+---------------------------+
 * ```
 */
import { setU16, setU24, u16, u24, u32 } from "../../base/bytes.ts";
import { FEEDBACK_HEADER, feedbackEnd, RtcpType, TransportFeedbackFormat, writeFeedbackHeader } from "./header.ts";

/** Milliseconds of one unit of the reference time. */
export const REFERENCE_TIME_UNIT = 64;

/** Milliseconds of one unit of a delta. */
export const DELTA_UNIT = 0.25;

/** What happened to a packet. */
const Status = { NOT_RECEIVED: 0, SMALL_DELTA: 1, LARGE_DELTA: 2, NO_TIME: 3 } as const;

const FIXED: number = FEEDBACK_HEADER + 8;
const LONGEST_RUN = 0x1fff;
/** Packets that feedback is about at most: a few bytes can tell of 65 535, of which 16 bits tell half apart. A recorder writes no more. */
const MAX_PACKETS = 0x8000;

/** Feedback about `count` packets in a row. The object and its array are used again for every packet that is read into it. */
export class TransportFeedback {
  senderSsrc = 0;
  mediaSsrc = 0;
  /** The 16-bit number of the first packet. */
  baseSequenceNumber = 0;
  /** How many packets it is about; the number of packet `i` is `baseSequenceNumber + i`, modulo 2¹⁶. */
  count = 0;
  /** In units of 64 ms, signed. */
  referenceTime = 0;
  /** Counts these packets, 8 bits. */
  feedbackCount = 0;
  /** When packet `i` arrived: milliseconds after the reference time; NaN when it has not. */
  arrivals: Float64Array = new Float64Array(64);

  /** Makes `arrivals` have room for so many packets. What it held is lost. */
  reserve(count: number): void {
    if (this.arrivals.length < count) this.arrivals = new Float64Array(Math.min(0x1_0000, 2 * count));
  }
}

/** Reads the packet at `offset` into `into`, or a new object; undefined when it is no such feedback. */
export function decodeTransportFeedback(
  bytes: Uint8Array,
  offset: number,
  end: number,
  into: TransportFeedback = new TransportFeedback(),
): TransportFeedback | undefined {
  const { TRANSPORT_FEEDBACK } = RtcpType;
  const packetEnd = feedbackEnd(bytes, offset, end, TRANSPORT_FEEDBACK, TransportFeedbackFormat.TRANSPORT_WIDE, FIXED);
  if (packetEnd < 0) return undefined;
  const count = u16(bytes, offset + 14);
  if (count === 0 || count > MAX_PACKETS) return undefined;
  into.senderSsrc = u32(bytes, offset + 4);
  into.mediaSsrc = u32(bytes, offset + 8);
  into.baseSequenceNumber = u16(bytes, offset + 12);
  into.count = count;
  into.referenceTime = (u24(bytes, offset + 16) << 8) >> 8;
  into.feedbackCount = bytes[offset + 19] as number;
  into.reserve(count);
  const deltas = readStatuses(bytes, offset + FIXED, packetEnd, into);
  return deltas >= 0 && readDeltas(bytes, deltas, packetEnd, into) ? into : undefined;
}

/** Writes the status of each packet into `arrivals`, and returns the offset behind the chunks; -1 when they are cut. */
function readStatuses(bytes: Uint8Array, offset: number, end: number, { arrivals, count }: TransportFeedback): number {
  let o = offset;
  for (let i = 0; i < count; o += 2) {
    if (o + 2 > end) return -1;
    const chunk = u16(bytes, o);
    if (chunk < 0x8000) {
      const stop = Math.min(count, i + (chunk & LONGEST_RUN));
      if (stop === i) return -1;
      arrivals.fill(chunk >>> 13, i, stop);
      i = stop;
    } else {
      const width = (chunk & 0x4000) === 0 ? 1 : 2;
      for (let shift = 14 - width; shift >= 0 && i < count; shift -= width, i++) {
        arrivals[i] = (chunk >>> shift) & (width === 1 ? 1 : 3);
      }
    }
  }
  return o;
}

/** Replaces each status with the time of arrival. False when the deltas are cut. */
function readDeltas(bytes: Uint8Array, offset: number, end: number, { arrivals, count }: TransportFeedback): boolean {
  let o = offset;
  let ticks = 0;
  for (let i = 0; i < count; i++) {
    const status = arrivals[i] as number;
    if (status === Status.SMALL_DELTA) {
      if (o >= end) return false;
      ticks += bytes[o++] as number;
    } else if (status === Status.LARGE_DELTA) {
      if (o + 2 > end) return false;
      ticks += (u16(bytes, o) << 16) >> 16;
      o += 2;
    }
    // A packet that arrived at no time that is told takes that of the one before it.
    arrivals[i] = status === Status.NOT_RECEIVED ? Number.NaN : ticks * DELTA_UNIT;
  }
  return true;
}

/** What is to be written, per packet: grows to the most that was written so far. */
let statuses: Uint8Array = new Uint8Array(64);
let deltas: Int32Array = new Int32Array(64);

/** Fills in status and delta of each packet up to the first whose delta does not fit; returns how many there are. */
function prepare({ arrivals, count }: TransportFeedback): number {
  if (statuses.length < count) {
    statuses = new Uint8Array(2 * count);
    deltas = new Int32Array(2 * count);
  }
  let ticks = 0;
  for (let i = 0; i < count; i++) {
    const arrival = arrivals[i] as number;
    if (Number.isNaN(arrival)) {
      statuses[i] = Status.NOT_RECEIVED;
      continue;
    }
    const at = Math.round(arrival / DELTA_UNIT);
    const delta = at - ticks;
    if (delta < -0x8000 || delta > 0x7fff) return i;
    statuses[i] = delta >= 0 && delta <= 0xff ? Status.SMALL_DELTA : Status.LARGE_DELTA;
    deltas[i] = delta;
    ticks = at;
  }
  return count;
}

/** How many packets from `from` on the best chunk covers; its bits are in `chunkBits`. */
let chunkBits = 0;
function chooseChunk(from: number, count: number): number {
  const symbol = statuses[from] as number;
  let run = 1;
  while (from + run < count && run < LONGEST_RUN && statuses[from + run] === symbol) run++;
  const rest = count - from;
  let short = 0;
  while (short < 14 && short < rest && (statuses[from + short] as number) <= Status.SMALL_DELTA) short++;
  if (run >= 14 || run === rest || (run >= 7 && short < 14)) {
    chunkBits = (symbol << 13) | run;
    return run;
  }
  const width = short === 14 || short === rest ? 1 : 2;
  const covered = Math.min(rest, 14 / width);
  chunkBits = 0x8000 | (width === 2 ? 0x4000 : 0);
  for (let i = 0; i < covered; i++) chunkBits |= (statuses[from + i] as number) << (14 - width * (i + 1));
  return covered;
}

/** Bytes of the deltas of packets `[from, to)`. */
function deltaBytes(from: number, to: number): number {
  let length = 0;
  for (let i = from; i < to; i++) length += statuses[i] as number;
  return length;
}

/**
 * Writes the packet about as many of the packets as `room` bytes hold, at least 24, and returns the offset behind it; how many those
 * are {@link feedbackPacketCount} reads. Arrivals are rounded to 250 µs; it ends where two are more than 8 s apart.
 */
export function encodeTransportFeedback(out: Uint8Array, offset: number, room: number, feedback: TransportFeedback): number {
  const limit = offset + (room & ~3);
  const count = prepare(feedback);
  let o = offset + FIXED;
  let covered = 0;
  let deltaLength = 0;
  while (covered < count) {
    let next = chooseChunk(covered, count);
    let more = deltaBytes(covered, covered + next);
    if (o + 2 + deltaLength + more > limit) {
      // A shorter run may still fit.
      const symbol = chunkBits >>> 13;
      if (chunkBits >= 0x8000 || symbol === 0 || o + 2 + deltaLength + symbol > limit) break;
      next = Math.floor((limit - o - 2 - deltaLength) / symbol);
      more = next * symbol;
      chunkBits = (symbol << 13) | next;
    }
    o = setU16(out, o, chunkBits);
    covered += next;
    deltaLength += more;
  }
  for (let i = 0; i < covered; i++) {
    if (statuses[i] === Status.SMALL_DELTA) out[o++] = deltas[i] as number;
    else if (statuses[i] === Status.LARGE_DELTA) o = setU16(out, o, (deltas[i] as number) & 0xffff);
  }
  while (((o - offset) & 3) !== 0) out[o++] = 0;
  const { senderSsrc, mediaSsrc } = feedback;
  const { TRANSPORT_FEEDBACK } = RtcpType;
  writeFeedbackHeader(out, offset, TransportFeedbackFormat.TRANSPORT_WIDE, TRANSPORT_FEEDBACK, o - offset, senderSsrc, mediaSsrc);
  setU16(out, offset + 12, feedback.baseSequenceNumber);
  setU16(out, offset + 14, covered);
  setU24(out, offset + 16, feedback.referenceTime & 0xff_ffff);
  out[offset + 19] = feedback.feedbackCount;
  return o;
}

/** How many packets the feedback at `offset` is about. */
export function feedbackPacketCount(bytes: Uint8Array, offset: number): number {
  return u16(bytes, offset + 14);
}
