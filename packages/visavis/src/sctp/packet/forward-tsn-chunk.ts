/**
 * FORWARD TSN: what the receiver shall wait for no longer. RFC 3758 §3.2.
 * https://www.rfc-editor.org/rfc/rfc3758#section-3.2
 *
 * ```
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +---------------+---------------+-------------------------------+
 * |  Type = 192   |  Flags = 0    |            Length             |
 * +---------------+---------------+-------------------------------+
 * |                      New Cumulative TSN                       |
 * +-------------------------------+-------------------------------+
 * |            Stream-1           |      Stream Sequence-1        |
 * \                              ...                              \
 * +-------------------------------+-------------------------------+
 * ```
 */
import { setU16, setU32, u16, u32 } from "../../base/bytes.ts";
import { type Serial16, type Serial32, serial, serialOf16 } from "../../base/serial.ts";
import { ChunkType, chunkEnd, encodeChunkHeader } from "./chunk.ts";

/** Bytes before the streams. */
export const FORWARD_TSN_HEADER = 8;

/** The last message of an ordered stream that was given up. */
export interface SkippedStream {
  readonly stream: number;
  readonly ssn: Serial16;
}

/** A FORWARD TSN. Unordered messages that were given up are in no `skipped` entry. */
export interface ForwardTsnChunk {
  readonly newCumulativeTsn: Serial32;
  readonly skipped: readonly SkippedStream[];
}

/** Reads the FORWARD TSN at `offset`; undefined when there is none or an entry is cut. */
export function decodeForwardTsnChunk(bytes: Uint8Array, offset: number, end: number): ForwardTsnChunk | undefined {
  const chunk = chunkEnd(bytes, offset, end, ChunkType.FORWARD_TSN, FORWARD_TSN_HEADER);
  const first = offset + FORWARD_TSN_HEADER;
  if (chunk < 0 || (chunk - first) % 4 !== 0) return undefined;
  const skipped: SkippedStream[] = [];
  for (let o = first; o < chunk; o += 4) skipped.push({ stream: u16(bytes, o), ssn: serialOf16(u16(bytes, o + 2)) });
  return { newCumulativeTsn: serial(u32(bytes, offset + 4)), skipped };
}

/** Bytes `encodeForwardTsnChunk` takes; no padding is needed. */
export function forwardTsnChunkLength(chunk: ForwardTsnChunk): number {
  return FORWARD_TSN_HEADER + 4 * chunk.skipped.length;
}

/** Writes a FORWARD TSN and returns the offset behind it. */
export function encodeForwardTsnChunk(chunk: ForwardTsnChunk, out: Uint8Array, offset: number): number {
  const value = encodeChunkHeader(out, offset, ChunkType.FORWARD_TSN, 0, forwardTsnChunkLength(chunk));
  let o = setU32(out, value, chunk.newCumulativeTsn);
  for (const { stream, ssn } of chunk.skipped) o = setU16(out, setU16(out, o, stream), ssn);
  return o;
}
