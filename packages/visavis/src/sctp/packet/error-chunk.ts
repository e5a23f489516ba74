/**
 * ERROR: something was wrong, the association goes on. RFC 9260 §3.3.10.
 * https://www.rfc-editor.org/rfc/rfc9260#section-3.3.10
 *
 * ```
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +---------------+---------------+-------------------------------+
 * |   Type = 9    |  Chunk Flags  |            Length             |
 * +---------------+---------------+-------------------------------+
 * \                   one or more Error Causes                    \
 * +---------------------------------------------------------------+
 * ```
 */
import { padded4 } from "../../base/bytes.ts";
import { CHUNK_HEADER, ChunkType, chunkEnd, encodeChunkHeader } from "./chunk.ts";
import { decodeErrorCauses, type ErrorCause, encodeErrorCauses, errorCausesLength } from "./error-cause.ts";

/** An ERROR. */
export interface ErrorChunk {
  readonly causes: readonly ErrorCause[];
}

/** Reads the ERROR at `offset`; undefined when there is none or a cause does not fit. */
export function decodeErrorChunk(bytes: Uint8Array, offset: number, end: number): ErrorChunk | undefined {
  const chunk = chunkEnd(bytes, offset, end, ChunkType.ERROR, CHUNK_HEADER);
  if (chunk < 0) return undefined;
  const causes = decodeErrorCauses(bytes, offset + CHUNK_HEADER, chunk);
  return causes && { causes };
}

/** Bytes `encodeErrorChunk` takes, with padding. */
export function errorChunkLength(chunk: ErrorChunk): number {
  return CHUNK_HEADER + padded4(errorCausesLength(chunk.causes));
}

/** Writes an ERROR and returns the offset behind it. */
export function encodeErrorChunk(chunk: ErrorChunk, out: Uint8Array, offset: number): number {
  const length = CHUNK_HEADER + errorCausesLength(chunk.causes);
  return encodeErrorCauses(out, encodeChunkHeader(out, offset, ChunkType.ERROR, 0, length), chunk.causes);
}
