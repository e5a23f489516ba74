/**
 * ABORT: the association is over at once. RFC 9260 §3.3.7.
 * https://www.rfc-editor.org/rfc/rfc9260#section-3.3.7
 *
 * ```
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +---------------+-------------+-+-------------------------------+
 * |   Type = 6    |  Reserved   |T|            Length             |
 * +---------------+-------------+-+-------------------------------+
 * \                   zero or more Error Causes                   \
 * +---------------------------------------------------------------+
 * ```
 */
import { padded4 } from "../../base/bytes.ts";
import { CHUNK_HEADER, ChunkType, chunkEnd, chunkFlags, encodeChunkHeader } from "./chunk.ts";
import { decodeErrorCauses, type ErrorCause, encodeErrorCauses, errorCausesLength } from "./error-cause.ts";

/** An ABORT. */
export interface AbortChunk {
  /** Flag T: the sender had no association and gave back the tag of the packet it answers. @see RFC 9260 §8.5.1 */
  readonly tagReflected: boolean;
  readonly causes: readonly ErrorCause[];
}

/** Reads the ABORT at `offset`; undefined when there is none, or a cause does not fit: RFC 9260 §3.3.7 discards it. */
export function decodeAbortChunk(bytes: Uint8Array, offset: number, end: number): AbortChunk | undefined {
  const chunk = chunkEnd(bytes, offset, end, ChunkType.ABORT, CHUNK_HEADER);
  if (chunk < 0) return undefined;
  const causes = decodeErrorCauses(bytes, offset + CHUNK_HEADER, chunk);
  return causes && { tagReflected: (chunkFlags(bytes, offset) & 1) !== 0, causes };
}

/** Bytes `encodeAbortChunk` takes, with padding. */
export function abortChunkLength(chunk: AbortChunk): number {
  return CHUNK_HEADER + padded4(errorCausesLength(chunk.causes));
}

/** Writes an ABORT and returns the offset behind it. */
export function encodeAbortChunk(chunk: AbortChunk, out: Uint8Array, offset: number): number {
  const length = CHUNK_HEADER + errorCausesLength(chunk.causes);
  return encodeErrorCauses(
    out,
    encodeChunkHeader(out, offset, ChunkType.ABORT, chunk.tagReflected ? 1 : 0, length),
    chunk.causes,
  );
}
