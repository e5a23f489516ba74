/**
 * I-FORWARD-TSN: FORWARD TSN for associations that use I-DATA. RFC 8260 §2.3.1.
 * https://www.rfc-editor.org/rfc/rfc8260#section-2.3.1
 *
 * ```
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +---------------+---------------+-------------------------------+
 * |  Type = 194   |   Flags = 0   |       Length = Variable       |
 * +---------------+---------------+-------------------------------+
 * |                      New Cumulative TSN                       |
 * +-------------------------------+-----------------------------+-+
 * |       Stream Identifier       |          Reserved           |U|
 * +-------------------------------+-----------------------------+-+
 * |                      Message Identifier                       |
 * \                              ...                              \
 * +---------------------------------------------------------------+
 * ```
 */
import { setU16, setU32, u16, u32 } from "../../base/bytes.ts";
import { type Serial32, serial } from "../../base/serial.ts";
import { ChunkType, chunkEnd, encodeChunkHeader } from "./chunk.ts";

/** Bytes before the messages. */
export const IFORWARD_TSN_HEADER = 8;

/** The last message of a stream that was given up; ordered and unordered messages count apart. */
export interface SkippedMessage {
  readonly stream: number;
  readonly unordered: boolean;
  readonly messageIdentifier: Serial32;
}

/** An I-FORWARD-TSN. */
export interface IForwardTsnChunk {
  readonly newCumulativeTsn: Serial32;
  readonly skipped: readonly SkippedMessage[];
}

/** Reads the I-FORWARD-TSN at `offset`; undefined when there is none or an entry is cut. */
export function decodeIForwardTsnChunk(bytes: Uint8Array, offset: number, end: number): IForwardTsnChunk | undefined {
  const chunk = chunkEnd(bytes, offset, end, ChunkType.I_FORWARD_TSN, IFORWARD_TSN_HEADER);
  const first = offset + IFORWARD_TSN_HEADER;
  if (chunk < 0 || (chunk - first) % 8 !== 0) return undefined;
  const skipped: SkippedMessage[] = [];
  for (let o = first; o < chunk; o += 8) {
    const unordered = (u16(bytes, o + 2) & 1) !== 0;
    skipped.push({ stream: u16(bytes, o), unordered, messageIdentifier: serial(u32(bytes, o + 4)) });
  }
  return { newCumulativeTsn: serial(u32(bytes, offset + 4)), skipped };
}

/** Bytes `encodeIForwardTsnChunk` takes; no padding is needed. */
export function iforwardTsnChunkLength(chunk: IForwardTsnChunk): number {
  return IFORWARD_TSN_HEADER + 8 * chunk.skipped.length;
}

/** Writes an I-FORWARD-TSN and returns the offset behind it. */
export function encodeIForwardTsnChunk(chunk: IForwardTsnChunk, out: Uint8Array, offset: number): number {
  const value = encodeChunkHeader(out, offset, ChunkType.I_FORWARD_TSN, 0, iforwardTsnChunkLength(chunk));
  let o = setU32(out, value, chunk.newCumulativeTsn);
  for (const { stream, unordered, messageIdentifier } of chunk.skipped) {
    o = setU32(out, setU16(out, setU16(out, o, stream), unordered ? 1 : 0), messageIdentifier);
  }
  return o;
}
