/**
 * SACK: what arrived, what is missing, how much room is left. RFC 9260 §3.3.4.
 * https://www.rfc-editor.org/rfc/rfc9260#section-3.3.4
 *
 * ```
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +---------------+---------------+-------------------------------+
 * |   Type = 3    |  Chunk Flags  |         Chunk Length          |
 * +---------------+---------------+-------------------------------+
 * |                      Cumulative TSN Ack                       |
 * +---------------------------------------------------------------+
 * |         Advertised Receiver Window Credit (a_rwnd)            |
 * +-------------------------------+-------------------------------+
 * | Number of Gap Ack Blocks = N  |  Number of Duplicate TSNs = M |
 * +-------------------------------+-------------------------------+
 * |    Gap Ack Block #1 Start     |     Gap Ack Block #1 End      |
 * \                              ...                              \
 * +-------------------------------+-------------------------------+
 * |                       Duplicate TSN 1                         |
 * \                              ...                              \
 * +---------------------------------------------------------------+
 * ```
 */
import { setU16, setU32, u16, u32 } from "../../base/bytes.ts";
import { type Serial32, serial } from "../../base/serial.ts";
import { ChunkType, chunkEnd, encodeChunkHeader } from "./chunk.ts";

/** Bytes of a SACK without gaps and duplicates. */
export const SACK_HEADER = 16;

/** TSNs that arrived behind a gap, as distances from the cumulative TSN ack, both ends included. */
export interface GapBlock {
  readonly start: number;
  readonly end: number;
}

/** A SACK chunk, read at once. */
export interface SackChunk {
  readonly cumulativeTsnAck: Serial32;
  /** Bytes the receiver has room for (a_rwnd). */
  readonly advertisedWindow: number;
  /** As they came: not proven to ascend, nor that `start` is not behind `end`. */
  readonly gapBlocks: readonly GapBlock[];
  readonly duplicates: readonly Serial32[];
}

/** Whether a whole SACK chunk, with all the blocks it announces, lies at `o`. */
export function isSackChunk(bytes: Uint8Array, o: number, end: number): boolean {
  const chunk = chunkEnd(bytes, o, end, ChunkType.SACK, SACK_HEADER);
  return chunk >= 0 && o + sackChunkLength(sackGapCount(bytes, o), sackDuplicateCount(bytes, o)) <= chunk;
}

/** The last TSN before the first gap, of the SACK at `o`. */
export function sackCumulativeTsnAck(bytes: Uint8Array, o: number): Serial32 {
  return serial(u32(bytes, o + 4));
}

/** The bytes the sender of the SACK at `o` has room for (a_rwnd). */
export function sackAdvertisedWindow(bytes: Uint8Array, o: number): number {
  return u32(bytes, o + 8);
}

/** How many gap ack blocks the SACK at `o` has. */
export function sackGapCount(bytes: Uint8Array, o: number): number {
  return u16(bytes, o + 12);
}

/** The start of block `i`, as a distance from the cumulative TSN ack. */
export function sackGapStart(bytes: Uint8Array, o: number, i: number): number {
  return u16(bytes, o + SACK_HEADER + 4 * i);
}

/** The end of block `i`, included, as a distance from the cumulative TSN ack. */
export function sackGapEnd(bytes: Uint8Array, o: number, i: number): number {
  return u16(bytes, o + SACK_HEADER + 4 * i + 2);
}

/** How many duplicate TSNs the SACK at `o` reports. */
export function sackDuplicateCount(bytes: Uint8Array, o: number): number {
  return u16(bytes, o + 14);
}

/** The duplicate TSN `i` of the SACK at `o`. */
export function sackDuplicate(bytes: Uint8Array, o: number, i: number): Serial32 {
  return serial(u32(bytes, o + SACK_HEADER + 4 * (sackGapCount(bytes, o) + i)));
}

/** Reads the SACK at `offset`; undefined when there is none. */
export function decodeSackChunk(bytes: Uint8Array, offset: number, end: number): SackChunk | undefined {
  if (!isSackChunk(bytes, offset, end)) return undefined;
  return {
    cumulativeTsnAck: sackCumulativeTsnAck(bytes, offset),
    advertisedWindow: sackAdvertisedWindow(bytes, offset),
    gapBlocks: Array.from({ length: sackGapCount(bytes, offset) }, (_, i) => ({
      start: sackGapStart(bytes, offset, i),
      end: sackGapEnd(bytes, offset, i),
    })),
    duplicates: Array.from({ length: sackDuplicateCount(bytes, offset) }, (_, i) => sackDuplicate(bytes, offset, i)),
  };
}

/** Bytes a SACK with so many blocks and duplicates takes; no padding is needed. */
export function sackChunkLength(gapCount: number, duplicateCount: number): number {
  return SACK_HEADER + 4 * (gapCount + duplicateCount);
}

/**
 * Writes a SACK and returns the offset behind it.
 * `gapBlocks` holds `gapCount` pairs start, end as distances from `cumulativeTsnAck`; `duplicates` holds TSNs.
 */
export function encodeSackChunk(
  out: Uint8Array,
  offset: number,
  cumulativeTsnAck: number,
  advertisedWindow: number,
  gapBlocks: ArrayLike<number>,
  gapCount: number,
  duplicates: ArrayLike<number>,
  duplicateCount: number,
): number {
  encodeChunkHeader(out, offset, ChunkType.SACK, 0, sackChunkLength(gapCount, duplicateCount));
  setU32(out, offset + 4, cumulativeTsnAck);
  setU32(out, offset + 8, advertisedWindow);
  setU16(out, offset + 12, gapCount);
  setU16(out, offset + 14, duplicateCount);
  let o = offset + SACK_HEADER;
  for (let i = 0; i < 2 * gapCount; i++) o = setU16(out, o, gapBlocks[i] as number);
  for (let i = 0; i < duplicateCount; i++) o = setU32(out, o, duplicates[i] as number);
  return o;
}
