/**
 * HEARTBEAT and HEARTBEAT ACK: is the peer still there? RFC 9260 §3.3.5, §3.3.6.
 * https://www.rfc-editor.org/rfc/rfc9260#section-3.3.5
 *
 * ```
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +---------------+---------------+-------------------------------+
 * | Type = 4 or 5 |  Chunk Flags  |       Heartbeat Length        |
 * +---------------+---------------+-------------------------------+
 * |     Heartbeat Info Type = 1   |          Info Length          |
 * +-------------------------------+-------------------------------+
 * \              Sender-Specific Heartbeat Information            \
 * +---------------------------------------------------------------+
 * ```
 */
import { padded4 } from "../../base/bytes.ts";
import { CHUNK_HEADER, ChunkType, chunkEnd, chunkType, encodeChunkHeader } from "./chunk.ts";
import { encodeParameter, nextParameter, PARAMETER_HEADER, ParameterType, parameterType, parameterValue } from "./parameter.ts";

/** A HEARTBEAT, or the HEARTBEAT ACK that gives its information back unchanged. */
export interface HeartbeatChunk {
  readonly type: typeof ChunkType.HEARTBEAT | typeof ChunkType.HEARTBEAT_ACK;
  /** Only the sender of the HEARTBEAT understands it. A view of the packet when it was read from one. */
  readonly info: Uint8Array;
}

/** Reads the HEARTBEAT or HEARTBEAT ACK at `offset`; undefined when there is none or its information is not there. */
export function decodeHeartbeatChunk(bytes: Uint8Array, offset: number, end: number): HeartbeatChunk | undefined {
  if (offset >= end) return undefined;
  const type = chunkType(bytes, offset);
  if (type !== ChunkType.HEARTBEAT && type !== ChunkType.HEARTBEAT_ACK) return undefined;
  const chunk = chunkEnd(bytes, offset, end, type, CHUNK_HEADER);
  const o = offset + CHUNK_HEADER;
  if (chunk < 0 || nextParameter(bytes, o, chunk) < 0) return undefined;
  if (parameterType(bytes, o) !== ParameterType.HEARTBEAT_INFO) return undefined;
  return { type, info: parameterValue(bytes, o) };
}

/** Bytes `encodeHeartbeatChunk` takes, with padding. */
export function heartbeatChunkLength(chunk: HeartbeatChunk): number {
  return CHUNK_HEADER + PARAMETER_HEADER + padded4(chunk.info.length);
}

/** Writes a HEARTBEAT or HEARTBEAT ACK and returns the offset behind it. */
export function encodeHeartbeatChunk(chunk: HeartbeatChunk, out: Uint8Array, offset: number): number {
  const length = CHUNK_HEADER + PARAMETER_HEADER + chunk.info.length;
  const value = encodeChunkHeader(out, offset, chunk.type, 0, length);
  return encodeParameter(out, value, { type: ParameterType.HEARTBEAT_INFO, value: chunk.info });
}
