/**
 * SHUTDOWN, SHUTDOWN ACK and SHUTDOWN COMPLETE: the three steps of an orderly end. RFC 9260 §3.3.8, §3.3.9, §3.3.13.
 * https://www.rfc-editor.org/rfc/rfc9260#section-3.3.8
 *
 * ```
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +---------------+---------------+-------------------------------+
 * |   Type = 7    |  Chunk Flags  |          Length = 8           |
 * +---------------+---------------+-------------------------------+
 * |                      Cumulative TSN Ack                       |
 * +---------------------------------------------------------------+
 *
 * +---------------+---------------+-------------------------------+
 * |   Type = 8    |  Chunk Flags  |          Length = 4           |
 * +---------------+---------------+-------------------------------+
 *
 * +---------------+-------------+-+-------------------------------+
 * |   Type = 14   |  Reserved   |T|          Length = 4           |
 * +---------------+-------------+-+-------------------------------+
 * ```
 */
import { setU32, u32 } from "../../base/bytes.ts";
import { type Serial32, serial } from "../../base/serial.ts";
import { CHUNK_HEADER, ChunkType, chunkEnd, chunkFlags, encodeChunkHeader } from "./chunk.ts";

/** Bytes of a SHUTDOWN. */
export const SHUTDOWN_LENGTH = 8;
/** Bytes of a SHUTDOWN ACK. */
export const SHUTDOWN_ACK_LENGTH: number = CHUNK_HEADER;
/** Bytes of a SHUTDOWN COMPLETE. */
export const SHUTDOWN_COMPLETE_LENGTH: number = CHUNK_HEADER;

/** A SHUTDOWN: the sender has nothing left to send. */
export interface ShutdownChunk {
  readonly cumulativeTsnAck: Serial32;
}

/** A SHUTDOWN COMPLETE: the association is over. */
export interface ShutdownCompleteChunk {
  /** Flag T: the sender had no association and gave back the tag of the packet it answers. @see RFC 9260 §8.5.1 */
  readonly tagReflected: boolean;
}

/** Reads the SHUTDOWN at `offset`; undefined when there is none. */
export function decodeShutdownChunk(bytes: Uint8Array, offset: number, end: number): ShutdownChunk | undefined {
  if (chunkEnd(bytes, offset, end, ChunkType.SHUTDOWN, SHUTDOWN_LENGTH) < 0) return undefined;
  return { cumulativeTsnAck: serial(u32(bytes, offset + CHUNK_HEADER)) };
}

/** Writes a SHUTDOWN and returns the offset behind it. */
export function encodeShutdownChunk(chunk: ShutdownChunk, out: Uint8Array, offset: number): number {
  return setU32(out, encodeChunkHeader(out, offset, ChunkType.SHUTDOWN, 0, SHUTDOWN_LENGTH), chunk.cumulativeTsnAck);
}

/** Whether a SHUTDOWN ACK lies at `o`; it says nothing but its type. */
export function isShutdownAckChunk(bytes: Uint8Array, o: number, end: number): boolean {
  return chunkEnd(bytes, o, end, ChunkType.SHUTDOWN_ACK, SHUTDOWN_ACK_LENGTH) >= 0;
}

/** Writes a SHUTDOWN ACK and returns the offset behind it. */
export function encodeShutdownAckChunk(out: Uint8Array, offset: number): number {
  return encodeChunkHeader(out, offset, ChunkType.SHUTDOWN_ACK, 0, SHUTDOWN_ACK_LENGTH);
}

/** Reads the SHUTDOWN COMPLETE at `offset`; undefined when there is none. */
export function decodeShutdownCompleteChunk(bytes: Uint8Array, offset: number, end: number): ShutdownCompleteChunk | undefined {
  if (chunkEnd(bytes, offset, end, ChunkType.SHUTDOWN_COMPLETE, SHUTDOWN_COMPLETE_LENGTH) < 0) return undefined;
  return { tagReflected: (chunkFlags(bytes, offset) & 1) !== 0 };
}

/** Writes a SHUTDOWN COMPLETE and returns the offset behind it. */
export function encodeShutdownCompleteChunk(chunk: ShutdownCompleteChunk, out: Uint8Array, offset: number): number {
  const flags = chunk.tagReflected ? 1 : 0;
  return encodeChunkHeader(out, offset, ChunkType.SHUTDOWN_COMPLETE, flags, SHUTDOWN_COMPLETE_LENGTH);
}
