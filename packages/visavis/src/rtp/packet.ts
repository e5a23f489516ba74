/**
 * The RTP packet. RFC 3550 §5.1, §5.3.1.
 * https://www.rfc-editor.org/rfc/rfc3550#section-5.1
 *
 * ```
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +---+-+-+-------+-+-------------+-------------------------------+
 * |V=2|P|X|  CC   |M|     PT      |        sequence number        |
 * +---+-+-+-------+-+-------------+-------------------------------+
 * |                           timestamp                           |
 * +---------------------------------------------------------------+
 * |           synchronization source (SSRC) identifier            |
 * +---------------------------------------------------------------+
 * |            contributing source (CSRC) identifiers             |
 * \                              ...                              \
 * +-------------------------------+-------------------------------+
 * |      defined by profile       |           length              |  with X
 * +-------------------------------+-------------------------------+
 * |                       header extension                        |
 * \                              ...                              \
 * ```
 *
 * A header is read into an object that its owner uses again for every packet: nothing is copied, nothing is made.
 */
import { setU16, setU32, u16, u32 } from "../base/bytes.ts";

/** Bytes of the header before CSRCs and extensions. */
export const RTP_HEADER = 12;

/** The most CSRCs that a packet has room for. */
export const MAX_CSRCS = 15;

const VERSION = 2;
const PADDING_BIT = 0x20;
const EXTENSION_BIT = 0x10;

/** Where the parts of one packet are, and what its header says. Offsets count from the beginning of the array that it was read from. */
export class RtpHeader {
  marker = false;
  payloadType = 0;
  sequenceNumber = 0;
  timestamp = 0;
  ssrc = 0;
  /** CSRCs follow the fixed header, at `start + 12`. */
  csrcCount = 0;
  /** The profile of the header extension: 0xbede, 0x100x, or one of somebody else's; 0 when there is none. */
  extensionProfile = 0;
  extensionStart = 0;
  extensionEnd = 0;
  start = 0;
  payloadStart = 0;
  /** Behind the payload; padding is not part of it. */
  payloadEnd = 0;
  /** Behind the packet. */
  end = 0;
}

/** Reads the header of the packet `bytes[start, end)`. False when it is none; then `into` holds nothing of use. */
export function parseRtpHeader(bytes: Uint8Array, start: number, end: number, into: RtpHeader): boolean {
  if (end - start < RTP_HEADER) return false;
  const first = bytes[start] as number;
  if (first >>> 6 !== VERSION) return false;
  const second = bytes[start + 1] as number;
  const csrcCount = first & 0x0f;
  let o = start + RTP_HEADER + 4 * csrcCount;
  if (o > end) return false;
  into.extensionProfile = 0;
  into.extensionStart = o;
  into.extensionEnd = o;
  if ((first & EXTENSION_BIT) !== 0) {
    if (o + 4 > end) return false;
    into.extensionProfile = u16(bytes, o);
    into.extensionStart = o + 4;
    o += 4 + 4 * u16(bytes, o + 2);
    if (o > end) return false;
    into.extensionEnd = o;
  }
  let payloadEnd = end;
  if ((first & PADDING_BIT) !== 0) {
    const padding = o < end ? (bytes[end - 1] as number) : 0;
    if (padding === 0 || padding > end - o) return false;
    payloadEnd -= padding;
  }
  into.marker = second >= 0x80;
  into.payloadType = second & 0x7f;
  into.sequenceNumber = u16(bytes, start + 2);
  into.timestamp = u32(bytes, start + 4);
  into.ssrc = u32(bytes, start + 8);
  into.csrcCount = csrcCount;
  into.start = start;
  into.payloadStart = o;
  into.payloadEnd = payloadEnd;
  into.end = end;
  return true;
}

/** The CSRC number `index` of the packet that `header` was read from. */
export function csrcOf(bytes: Uint8Array, header: RtpHeader, index: number): number {
  return u32(bytes, header.start + RTP_HEADER + 4 * index);
}

/**
 * Writes a header without extensions at `start` and returns the offset behind it. Extensions, if any, are written from there on
 * (`header-extensions.ts`).
 */
export function writeRtpHeader(
  bytes: Uint8Array,
  start: number,
  marker: boolean,
  payloadType: number,
  sequenceNumber: number,
  timestamp: number,
  ssrc: number,
  csrcs?: ArrayLike<number>,
): number {
  const csrcCount = csrcs === undefined ? 0 : Math.min(csrcs.length, MAX_CSRCS);
  bytes[start] = (VERSION << 6) | csrcCount;
  bytes[start + 1] = (marker ? 0x80 : 0) | payloadType;
  setU16(bytes, start + 2, sequenceNumber);
  setU32(bytes, start + 4, timestamp);
  let o = setU32(bytes, start + 8, ssrc);
  if (csrcs !== undefined) for (let i = 0; i < csrcCount; i++) o = setU32(bytes, o, csrcs[i] as number);
  return o;
}

/** Says in the header at `start` that an extension follows. */
export function markExtension(bytes: Uint8Array, start: number): void {
  bytes[start] = (bytes[start] as number) | EXTENSION_BIT;
}

/** Puts `count` bytes of padding (1 to 255) behind the packet that begins at `start`, and returns the offset behind them. */
export function writePadding(bytes: Uint8Array, start: number, end: number, count: number): number {
  bytes[start] = (bytes[start] as number) | PADDING_BIT;
  bytes.fill(0, end, end + count - 1);
  bytes[end + count - 1] = count;
  return end + count;
}
