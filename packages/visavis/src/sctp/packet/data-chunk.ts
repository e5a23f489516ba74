/**
 * DATA: a message or a fragment of one. RFC 9260 §3.3.1.
 * https://www.rfc-editor.org/rfc/rfc9260#section-3.3.1
 *
 * ```
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +---------------+-------+-+-+-+-+-------------------------------+
 * |   Type = 0    |  Res  |I|U|B|E|            Length             |
 * +---------------+-------+-+-+-+-+-------------------------------+
 * |                              TSN                              |
 * +-------------------------------+-------------------------------+
 * |       Stream Identifier       |    Stream Sequence Number     |
 * +-------------------------------+-------------------------------+
 * |                  Payload Protocol Identifier                  |
 * +---------------------------------------------------------------+
 * \                           User Data                           \
 * +---------------------------------------------------------------+
 * ```
 */
import { copyBytes, padded4, setU16, setU32, u16, u32 } from "../../base/bytes.ts";
import { type Serial16, type Serial32, serial, serialOf16 } from "../../base/serial.ts";
import { ChunkType, chunkEnd, chunkFlags, chunkLength, encodeChunkHeader, encodePadding } from "./chunk.ts";

/** Bytes before the payload. */
export const DATA_HEADER = 16;
/** Flag E: the last fragment of its message. */
export const DATA_END = 1;
/** Flag B: the first fragment of its message. */
export const DATA_BEGIN = 2;
/** Flag U: delivered without waiting for its turn; the stream sequence number means nothing. */
export const DATA_UNORDERED = 4;
/** Flag I: the sender wants its SACK at once. @see RFC 9260 §6.2 */
export const DATA_IMMEDIATE = 8;

/** A DATA chunk. */
export interface DataChunk {
  /** The bits `DATA_END`, `DATA_BEGIN`, `DATA_UNORDERED`, `DATA_IMMEDIATE`. */
  readonly flags: number;
  readonly tsn: Serial32;
  readonly stream: number;
  readonly ssn: Serial16;
  readonly ppid: number;
  /** A view of the packet. May be empty, which the sender must not do: RFC 9260 §6.2. */
  readonly payload: Uint8Array;
}

/** Whether a whole DATA chunk lies at `o`. One without user data passes: it aborts the association (RFC 9260 §6.2). */
export function isDataChunk(bytes: Uint8Array, o: number, end: number): boolean {
  return chunkEnd(bytes, o, end, ChunkType.DATA, DATA_HEADER) >= 0;
}

/** The TSN of the DATA chunk at `o`. */
export function dataTsn(bytes: Uint8Array, o: number): Serial32 {
  return serial(u32(bytes, o + 4));
}

/** The stream identifier of the DATA chunk at `o`. */
export function dataStream(bytes: Uint8Array, o: number): number {
  return u16(bytes, o + 8);
}

/** The stream sequence number of the DATA chunk at `o`. */
export function dataSsn(bytes: Uint8Array, o: number): Serial16 {
  return serialOf16(u16(bytes, o + 10));
}

/** The payload protocol identifier of the DATA chunk at `o`. */
export function dataPpid(bytes: Uint8Array, o: number): number {
  return u32(bytes, o + 12);
}

/** The offset of the payload of the DATA chunk at `o`. */
export function dataPayloadStart(_bytes: Uint8Array, o: number): number {
  return o + DATA_HEADER;
}

/** The bytes of payload of the DATA chunk at `o`, without padding. */
export function dataPayloadLength(bytes: Uint8Array, o: number): number {
  return chunkLength(bytes, o) - DATA_HEADER;
}

/** Reads the DATA chunk at `offset`; undefined when there is none. */
export function decodeDataChunk(bytes: Uint8Array, offset: number, end: number): DataChunk | undefined {
  if (!isDataChunk(bytes, offset, end)) return undefined;
  return {
    flags: chunkFlags(bytes, offset) & 0x0f,
    tsn: dataTsn(bytes, offset),
    stream: dataStream(bytes, offset),
    ssn: dataSsn(bytes, offset),
    ppid: dataPpid(bytes, offset),
    payload: bytes.subarray(offset + DATA_HEADER, offset + chunkLength(bytes, offset)),
  };
}

/** Bytes a DATA chunk with this much payload takes, with padding. */
export function dataChunkLength(payloadLength: number): number {
  return DATA_HEADER + padded4(payloadLength);
}

/** Writes a DATA chunk with the payload `payload[payloadStart, payloadStart + payloadLength)`; returns the offset behind it. */
export function encodeDataChunk(
  out: Uint8Array,
  offset: number,
  flags: number,
  tsn: number,
  stream: number,
  ssn: number,
  ppid: number,
  payload: Uint8Array,
  payloadStart: number,
  payloadLength: number,
): number {
  encodeChunkHeader(out, offset, ChunkType.DATA, flags, DATA_HEADER + payloadLength);
  setU32(out, offset + 4, tsn);
  setU16(out, offset + 8, stream);
  setU16(out, offset + 10, ssn);
  setU32(out, offset + 12, ppid);
  return encodePadding(out, offset, copyBytes(out, offset + DATA_HEADER, payload, payloadStart, payloadStart + payloadLength));
}
