/**
 * COOKIE ECHO and COOKIE ACK: the last two chunks of the handshake. RFC 9260 §3.3.11, §3.3.12.
 * https://www.rfc-editor.org/rfc/rfc9260#section-3.3.11
 *
 * ```
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +---------------+---------------+-------------------------------+
 * |   Type = 10   |  Chunk Flags  |            Length             |
 * +---------------+---------------+-------------------------------+
 * \                            Cookie                             \
 * +---------------------------------------------------------------+
 *
 * +---------------+---------------+-------------------------------+
 * |   Type = 11   |  Chunk Flags  |          Length = 4           |
 * +---------------+---------------+-------------------------------+
 * ```
 */
import { padded4, setBytes } from "../../base/bytes.ts";
import { CHUNK_HEADER, ChunkType, chunkEnd, encodeChunkHeader, encodePadding } from "./chunk.ts";

/** A COOKIE ECHO: the State Cookie of the INIT ACK, given back. */
export interface CookieEchoChunk {
  /** A view of the packet when it was read from one. */
  readonly cookie: Uint8Array;
}

/** Reads the COOKIE ECHO at `offset`; undefined when there is none. */
export function decodeCookieEchoChunk(bytes: Uint8Array, offset: number, end: number): CookieEchoChunk | undefined {
  const chunk = chunkEnd(bytes, offset, end, ChunkType.COOKIE_ECHO, CHUNK_HEADER);
  return chunk < 0 ? undefined : { cookie: bytes.subarray(offset + CHUNK_HEADER, chunk) };
}

/** Bytes `encodeCookieEchoChunk` takes, with padding. */
export function cookieEchoChunkLength(chunk: CookieEchoChunk): number {
  return CHUNK_HEADER + padded4(chunk.cookie.length);
}

/** Writes a COOKIE ECHO and returns the offset behind it. */
export function encodeCookieEchoChunk(chunk: CookieEchoChunk, out: Uint8Array, offset: number): number {
  const value = encodeChunkHeader(out, offset, ChunkType.COOKIE_ECHO, 0, CHUNK_HEADER + chunk.cookie.length);
  return encodePadding(out, offset, setBytes(out, value, chunk.cookie));
}

/** Bytes of a COOKIE ACK. */
export const COOKIE_ACK_LENGTH: number = CHUNK_HEADER;

/** Whether a COOKIE ACK lies at `o`; it says nothing but its type. */
export function isCookieAckChunk(bytes: Uint8Array, o: number, end: number): boolean {
  return chunkEnd(bytes, o, end, ChunkType.COOKIE_ACK, CHUNK_HEADER) >= 0;
}

/** Writes a COOKIE ACK and returns the offset behind it. */
export function encodeCookieAckChunk(out: Uint8Array, offset: number): number {
  return encodeChunkHeader(out, offset, ChunkType.COOKIE_ACK, 0, CHUNK_HEADER);
}
