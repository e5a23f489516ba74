/**
 * Redundant data: a payload with older ones before it. RFC 2198 §3.
 * https://www.rfc-editor.org/rfc/rfc2198#section-3
 *
 * ```
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-------------+---------------------------+-------------------+
 * |1|  block PT   |     timestamp offset      |    block length   |  for each older one, oldest first
 * +-+-------------+---------------------------+-------------------+
 * |0|  block PT   |  for the newest, whose length and time are those of the packet
 * +-+-------------+
 * ```
 */
import { setU24, u24 } from "../base/bytes.ts";

/** Bytes of the header of an older payload. */
export const RED_BLOCK_HEADER = 4;

/** Bytes of the header of the newest payload. */
export const RED_LAST_HEADER = 1;

/** The largest distance of an older payload's time, in units of the clock. */
export const MAX_RED_OFFSET = 0x3fff;

/** The largest length of an older payload. */
export const MAX_RED_LENGTH = 0x3ff;

/** Payloads in one packet that are looked at. */
const MAX_BLOCKS = 32;

/** Where the payloads of a packet are; used again for every packet. */
export class RedBlocks {
  /** How many there are; the last is the newest. */
  count = 0;
  readonly payloadTypes: Uint8Array = new Uint8Array(MAX_BLOCKS);
  /** How much older each is than the packet says, in units of the clock. */
  readonly offsets: Uint16Array = new Uint16Array(MAX_BLOCKS);
  /** Payload `i` is `bytes[starts[i], ends[i])`. */
  readonly starts: Uint32Array = new Uint32Array(MAX_BLOCKS);
  readonly ends: Uint32Array = new Uint32Array(MAX_BLOCKS);
}

/** Reads where the payloads of `bytes[start, end)` are; false when its headers say more than there is. */
export function parseRedBlocks(bytes: Uint8Array, start: number, end: number, into: RedBlocks): boolean {
  into.count = 0;
  let o = start;
  let count = 0;
  for (; o < end && (bytes[o] as number) >= 0x80; o += RED_BLOCK_HEADER, count++) {
    if (o + RED_BLOCK_HEADER > end || count === MAX_BLOCKS - 1) return false;
    const rest = u24(bytes, o + 1);
    into.payloadTypes[count] = (bytes[o] as number) & 0x7f;
    into.offsets[count] = rest >>> 10;
    into.ends[count] = rest & MAX_RED_LENGTH;
  }
  if (o >= end) return false;
  into.payloadTypes[count] = bytes[o] as number;
  into.offsets[count] = 0;
  o += RED_LAST_HEADER;
  for (let i = 0; i < count; i++) {
    into.starts[i] = o;
    o += into.ends[i] as number;
    if (o > end) return false;
    into.ends[i] = o;
  }
  into.starts[count] = o;
  into.ends[count] = end;
  into.count = count + 1;
  return true;
}

/** Writes the header of an older payload and returns the offset behind it. */
export function writeRedBlockHeader(out: Uint8Array, offset: number, payloadType: number, age: number, length: number): number {
  out[offset] = 0x80 | payloadType;
  return setU24(out, offset + 1, (age << 10) | length);
}

/** Writes the header of the newest payload and returns the offset behind it. */
export function writeRedLastHeader(out: Uint8Array, offset: number, payloadType: number): number {
  out[offset] = payloadType;
  return offset + RED_LAST_HEADER;
}
