/**
 * ULPFEC: parity in the stream that it protects, inside RED. RFC 5109 §7.3, §7.4; one level of protection.
 * https://www.rfc-editor.org/rfc/rfc5109#section-7.3
 *
 * ```
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-------+-+-------------+-------------------------------+
 * |E|L|P|X|  CC   |M| PT recovery |            SN base            |
 * +-+-+-+-+-------+-+-------------+-------------------------------+
 * |                          TS recovery                          |
 * +-------------------------------+-------------------------------+
 * |        length recovery        |       protection length       |  level 0 from here on
 * +-------------------------------+-------------------------------+
 * |             mask              |    mask continued, with L ... |  16 or 48 bits
 * +-------------------------------+-------------------------------+
 * ```
 */
import { setU16, setU32, u16 } from "../base/bytes.ts";
import { type FecHeader, type FecParity, readMask, readRecovery, writeMask } from "./fec.ts";

const LONG_MASK_BIT = 0x40;
const EXTENSION_BIT = 0x80;
const SHORT = 14;
const LONG = 18;
const SHORT_MASK = 16;
const LONG_MASK = 48;

/** The most packets that one packet of parity protects. */
export const MAX_ULPFEC_PROTECTED: number = LONG_MASK;

/** Reads the payload `bytes[start, end)`; false when it is none, or has more levels than are understood. */
export function parseUlpfec(bytes: Uint8Array, start: number, end: number, into: FecHeader): boolean {
  if (end - start < SHORT || ((bytes[start] as number) & EXTENSION_BIT) !== 0) return false;
  const isLong = ((bytes[start] as number) & LONG_MASK_BIT) !== 0;
  const payloadStart = start + (isLong ? LONG : SHORT);
  if (payloadStart > end) return false;
  readRecovery(bytes, start, start + 8, start + 4, into);
  into.ssrc = -1;
  readMask(bytes, start + 12, 0, isLong ? LONG_MASK : SHORT_MASK, 0, u16(bytes, start + 2), into);
  into.payloadStart = payloadStart;
  // Levels beyond the first protect less; what they bring would not be a whole packet.
  into.payloadEnd = Math.min(end, payloadStart + u16(bytes, start + 10));
  return into.count > 0;
}

/** Bytes of the header before the parity of payloads. @param span distance of the last packet from the first */
export function ulpfecHeaderLength(span: number): number {
  return span < SHORT_MASK ? SHORT : LONG;
}

/**
 * Writes the payload and returns the offset behind it.
 * @param base the number of the first packet
 * @param distances of all packets from the first, below 48
 */
export function writeUlpfec(
  out: Uint8Array,
  offset: number,
  parity: FecParity,
  base: number,
  distances: ArrayLike<number>,
): number {
  const isLong = (distances[distances.length - 1] as number) >= SHORT_MASK;
  const payload = offset + (isLong ? LONG : SHORT);
  out.fill(0, offset, payload);
  out[offset] = (isLong ? LONG_MASK_BIT : 0) | (parity.first & 0x3f);
  out[offset + 1] = parity.second;
  setU16(out, offset + 2, base);
  setU32(out, offset + 4, parity.timestamp);
  setU16(out, offset + 8, parity.length);
  setU16(out, offset + 10, parity.payloadLength);
  writeMask(out, offset + 12, 0, isLong ? LONG_MASK : SHORT_MASK, 0, distances);
  for (let i = 0; i < parity.payloadLength; i++) out[payload + i] = parity.payload[i] as number;
  return payload + parity.payloadLength;
}
