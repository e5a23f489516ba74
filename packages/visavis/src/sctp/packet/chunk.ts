/**
 * The header that all SCTP chunks share, and the walk over the chunks of a packet. RFC 9260 §3.2.
 * https://www.rfc-editor.org/rfc/rfc9260#section-3.2
 *
 * ```
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +---------------+---------------+-------------------------------+
 * |  Chunk Type   |  Chunk Flags  |         Chunk Length          |
 * +---------------+---------------+-------------------------------+
 * \                          Chunk Value                          \
 * +---------------------------------------------------------------+
 * ```
 *
 * The length counts the header but not the padding to a multiple of four.
 */
import { padded4, setU16, u8, u16 } from "../../base/bytes.ts";

/** Chunk types: RFC 9260 §3.2, RFC 3758 §3.2, RFC 6525 §3.1, RFC 4820 §3, RFC 8260 §2.1 and §2.3. */
export const ChunkType = {
  DATA: 0,
  INIT: 1,
  INIT_ACK: 2,
  SACK: 3,
  HEARTBEAT: 4,
  HEARTBEAT_ACK: 5,
  ABORT: 6,
  SHUTDOWN: 7,
  SHUTDOWN_ACK: 8,
  ERROR: 9,
  COOKIE_ECHO: 10,
  COOKIE_ACK: 11,
  SHUTDOWN_COMPLETE: 14,
  I_DATA: 64,
  RE_CONFIG: 130,
  PAD: 132,
  FORWARD_TSN: 192,
  I_FORWARD_TSN: 194,
} as const;

/** One of the chunk types this library knows. */
export type ChunkType = (typeof ChunkType)[keyof typeof ChunkType];

/** Bytes of the header of a chunk. */
export const CHUNK_HEADER = 4;

/** A chunk's header, read at once; `type` may be unknown, `length` is the field as it came. */
export interface ChunkHeader {
  readonly type: number;
  readonly flags: number;
  readonly length: number;
}

/** The type of the chunk at `o`. */
export function chunkType(bytes: Uint8Array, o: number): number {
  return u8(bytes, o);
}

/** The flags of the chunk at `o`. */
export function chunkFlags(bytes: Uint8Array, o: number): number {
  return u8(bytes, o + 1);
}

/** The length field of the chunk at `o`: bytes with the header, without padding. */
export function chunkLength(bytes: Uint8Array, o: number): number {
  return u16(bytes, o + 2);
}

/**
 * The offset of the chunk behind the one at `o`, or -1 when that one does not fit before `end`.
 * The last chunk may lack its padding: its bytes are all there, so nothing is lost by reading it.
 */
export function nextChunk(bytes: Uint8Array, o: number, end: number): number {
  if (o + CHUNK_HEADER > end) return -1;
  const length = chunkLength(bytes, o);
  if (length < CHUNK_HEADER || o + length > end) return -1;
  return Math.min(o + padded4(length), end);
}

/** The end of the chunk at `o` without its padding; -1 when it is not of `type`, shorter than `least` or beyond `end`. */
export function chunkEnd(bytes: Uint8Array, o: number, end: number, type: number, least: number): number {
  if (o + least > end || chunkType(bytes, o) !== type) return -1;
  const length = chunkLength(bytes, o);
  return length < least || o + length > end ? -1 : o + length;
}

/** Reads the header at `offset`; undefined when the chunk does not fit before `end`. */
export function decodeChunkHeader(bytes: Uint8Array, offset: number, end: number): ChunkHeader | undefined {
  if (nextChunk(bytes, offset, end) < 0) return undefined;
  return { type: chunkType(bytes, offset), flags: chunkFlags(bytes, offset), length: chunkLength(bytes, offset) };
}

/** Writes a chunk header and returns the offset of the value. `length` counts the header, not the padding. */
export function encodeChunkHeader(out: Uint8Array, offset: number, type: number, flags: number, length: number): number {
  out[offset] = type;
  out[offset + 1] = flags;
  return setU16(out, offset + 2, length);
}

/** Zeroes what lacks to a multiple of four from `start` and returns the offset behind it. */
export function encodePadding(out: Uint8Array, start: number, offset: number): number {
  const end = start + padded4(offset - start);
  for (let i = offset; i < end; i++) out[i] = 0;
  return end;
}

/** Whether the rest of a packet is dropped when this unknown type is met (highest bit 0). @see RFC 9260 §3.2 */
export function stopsAtUnknownChunk(type: number): boolean {
  return (type & 0x80) === 0;
}

/** Whether an unknown chunk of this type is reported in an ERROR (second highest bit 1). @see RFC 9260 §3.2 */
export function reportsUnknownChunk(type: number): boolean {
  return (type & 0x40) !== 0;
}
