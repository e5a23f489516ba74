/**
 * SDES: who the sources are. RFC 3550 §6.5.
 * https://www.rfc-editor.org/rfc/rfc3550#section-6.5
 *
 * ```
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +---+-+---------+---------------+-------------------------------+
 * |V=2|P|   SC    |  PT=SDES=202  |             length            |
 * +---+-+---------+---------------+-------------------------------+
 * |                          SSRC/CSRC_1                          |
 * +---------------+---------------+-------------------------------+
 * |     type      |     length    |   text, UTF-8 ...             |  items; a zero ends them, zeros fill up to 32 bits
 * +---------------+---------------+-------------------------------+
 * |                          SSRC/CSRC_2 ...                      |
 * ```
 */
import { decodeUtf8, encodeUtf8, setBytes, setU32, u32 } from "../../base/bytes.ts";
import { RTCP_HEADER, RtcpType, rtcpCount, rtcpEnd, writeRtcpHeader } from "./header.ts";

/** Types of items (RFC 3550 §6.5; RFC 7941 §4.1, RFC 9143 §15.1, RFC 8852 §4 for the last three). */
export const SdesType = {
  CNAME: 1,
  NAME: 2,
  EMAIL: 3,
  PHONE: 4,
  LOC: 5,
  TOOL: 6,
  NOTE: 7,
  PRIV: 8,
  RTP_STREAM_ID: 12,
  REPAIRED_RTP_STREAM_ID: 13,
  MID: 15,
} as const;

/** Items that are read in one packet: more is nothing but work. */
const MAX_ITEMS = 128;

/** One thing that is said about a source. */
export interface SdesItem {
  readonly type: number;
  /** What is not UTF-8 of it is U+FFFD. */
  readonly text: string;
}

/** What is said about one source. */
export interface SdesChunk {
  readonly ssrc: number;
  readonly items: readonly SdesItem[];
}

/** Reads the packet at `offset`; undefined when it is no source description. */
export function decodeSourceDescription(bytes: Uint8Array, offset: number, end: number): SdesChunk[] | undefined {
  const packetEnd = rtcpEnd(bytes, offset, end, RtcpType.SOURCE_DESCRIPTION, RTCP_HEADER);
  if (packetEnd < 0) return undefined;
  const chunks: SdesChunk[] = [];
  let o = offset + RTCP_HEADER;
  let left = MAX_ITEMS;
  for (let count = rtcpCount(bytes, offset); count > 0; count--) {
    if (o + 4 > packetEnd) return undefined;
    const ssrc = u32(bytes, o);
    const items: SdesItem[] = [];
    o += 4;
    for (;;) {
      if (o >= packetEnd) return undefined;
      const type = bytes[o] as number;
      if (type === 0) break;
      if (o + 2 > packetEnd || left-- === 0) return undefined;
      const textEnd = o + 2 + (bytes[o + 1] as number);
      if (textEnd > packetEnd) return undefined;
      items.push({ type, text: decodeUtf8(bytes.subarray(o + 2, textEnd)) });
      o = textEnd;
    }
    // The next chunk begins at a multiple of 32 bits, and at least one zero stands before it.
    o = offset + (((o - offset) >> 2) + 1) * 4;
    chunks.push({ ssrc, items });
  }
  return chunks;
}

/** Bytes of an item's text; no more than 255 are written. */
function textOf({ text }: SdesItem): Uint8Array {
  const bytes = encodeUtf8(text);
  return bytes.length > 255 ? bytes.subarray(0, 255) : bytes;
}

/** Bytes of the packet. */
export function sourceDescriptionLength(chunks: readonly SdesChunk[]): number {
  let length = RTCP_HEADER;
  for (const { items } of chunks) {
    length += 4;
    for (const item of items) length += 2 + textOf(item).length;
    length = ((length >> 2) + 1) * 4;
  }
  return length;
}

/** Writes the packet, with at most 31 chunks, and returns the offset behind it. */
export function encodeSourceDescription(out: Uint8Array, offset: number, chunks: readonly SdesChunk[]): number {
  const length = sourceDescriptionLength(chunks);
  out.fill(0, offset, offset + length);
  let o = writeRtcpHeader(out, offset, chunks.length, RtcpType.SOURCE_DESCRIPTION, length);
  for (const { ssrc, items } of chunks) {
    o = setU32(out, o, ssrc);
    for (const item of items) {
      const text = textOf(item);
      out[o] = item.type;
      out[o + 1] = text.length;
      o = setBytes(out, o + 2, text);
    }
    o = offset + (((o - offset) >> 2) + 1) * 4;
  }
  return o;
}
