/**
 * PAD: nothing, to make a packet longer; path MTU probes are made of it. RFC 4820 §3.
 * https://www.rfc-editor.org/rfc/rfc4820#section-3
 *
 * ```
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +---------------+---------------+-------------------------------+
 * |  Type = 132   |   Flags = 0   |            Length             |
 * +---------------+---------------+-------------------------------+
 * \                         Padding Data                          \
 * +---------------------------------------------------------------+
 * ```
 */
import { padded4 } from "../../base/bytes.ts";
import { CHUNK_HEADER, ChunkType, chunkEnd, encodeChunkHeader } from "./chunk.ts";

/** A PAD. */
export interface PadChunk {
  /** Bytes behind the header; their content is not looked at. */
  readonly padding: number;
}

/** Reads the PAD at `offset`; undefined when there is none. */
export function decodePadChunk(bytes: Uint8Array, offset: number, end: number): PadChunk | undefined {
  const chunk = chunkEnd(bytes, offset, end, ChunkType.PAD, CHUNK_HEADER);
  return chunk < 0 ? undefined : { padding: chunk - offset - CHUNK_HEADER };
}

/** Bytes `encodePadChunk` takes, with padding to a multiple of four. */
export function padChunkLength(chunk: PadChunk): number {
  return CHUNK_HEADER + padded4(chunk.padding);
}

/** Writes a PAD, all zeros, and returns the offset behind it. */
export function encodePadChunk(chunk: PadChunk, out: Uint8Array, offset: number): number {
  const value = encodeChunkHeader(out, offset, ChunkType.PAD, 0, CHUNK_HEADER + chunk.padding);
  const end = offset + padChunkLength(chunk);
  out.fill(0, value, end);
  return end;
}
