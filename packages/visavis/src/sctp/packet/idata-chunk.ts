/**
 * I-DATA: DATA whose fragments may be interleaved with those of other messages. RFC 8260 §2.1.
 * https://www.rfc-editor.org/rfc/rfc8260#section-2.1
 *
 * ```
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +---------------+-------+-+-+-+-+-------------------------------+
 * |   Type = 64   |  Res  |I|U|B|E|       Length = Variable       |
 * +---------------+-------+-+-+-+-+-------------------------------+
 * |                              TSN                              |
 * +-------------------------------+-------------------------------+
 * |        Stream Identifier      |           Reserved            |
 * +-------------------------------+-------------------------------+
 * |                      Message Identifier                       |
 * +---------------------------------------------------------------+
 * |    Payload Protocol Identifier / Fragment Sequence Number     |
 * +---------------------------------------------------------------+
 * \                           User Data                           \
 * +---------------------------------------------------------------+
 * ```
 *
 * The flags are those of DATA (data-chunk.ts).
 */
import { copyBytes, padded4, setU16, setU32, u16, u32 } from "../../base/bytes.ts";
import { type Serial32, serial } from "../../base/serial.ts";
import { ChunkType, chunkEnd, chunkFlags, chunkLength, encodeChunkHeader, encodePadding } from "./chunk.ts";
import { DATA_BEGIN } from "./data-chunk.ts";

/** Bytes before the payload. */
export const IDATA_HEADER = 20;

/** An I-DATA chunk. */
export interface IDataChunk {
  /** The bits `DATA_END`, `DATA_BEGIN`, `DATA_UNORDERED`, `DATA_IMMEDIATE`. */
  readonly flags: number;
  readonly tsn: Serial32;
  readonly stream: number;
  readonly messageIdentifier: Serial32;
  /** Only the first fragment carries it; 0 in the others. */
  readonly ppid: number;
  /** 0 in the first fragment, whose field is the payload protocol identifier. */
  readonly fragmentSequenceNumber: Serial32;
  /** A view of the packet. */
  readonly payload: Uint8Array;
}

/** Whether a whole I-DATA chunk lies at `o`. One without user data passes, as with DATA. */
export function isIDataChunk(bytes: Uint8Array, o: number, end: number): boolean {
  return chunkEnd(bytes, o, end, ChunkType.I_DATA, IDATA_HEADER) >= 0;
}

/** The TSN of the I-DATA chunk at `o`. */
export function idataTsn(bytes: Uint8Array, o: number): Serial32 {
  return serial(u32(bytes, o + 4));
}

/** The stream identifier of the I-DATA chunk at `o`. */
export function idataStream(bytes: Uint8Array, o: number): number {
  return u16(bytes, o + 8);
}

/** The message identifier (MID) of the I-DATA chunk at `o`. */
export function idataMessageIdentifier(bytes: Uint8Array, o: number): Serial32 {
  return serial(u32(bytes, o + 12));
}

/** The payload protocol identifier of the I-DATA chunk at `o`; 0 when it is not a first fragment. */
export function idataPpid(bytes: Uint8Array, o: number): number {
  return (chunkFlags(bytes, o) & DATA_BEGIN) !== 0 ? u32(bytes, o + 16) : 0;
}

/** The fragment sequence number (FSN) of the I-DATA chunk at `o`; 0 when it is a first fragment. */
export function idataFragmentSequenceNumber(bytes: Uint8Array, o: number): Serial32 {
  return serial((chunkFlags(bytes, o) & DATA_BEGIN) !== 0 ? 0 : u32(bytes, o + 16));
}

/** The offset of the payload of the I-DATA chunk at `o`. */
export function idataPayloadStart(_bytes: Uint8Array, o: number): number {
  return o + IDATA_HEADER;
}

/** The bytes of payload of the I-DATA chunk at `o`, without padding. */
export function idataPayloadLength(bytes: Uint8Array, o: number): number {
  return chunkLength(bytes, o) - IDATA_HEADER;
}

/** Reads the I-DATA chunk at `offset`; undefined when there is none. */
export function decodeIDataChunk(bytes: Uint8Array, offset: number, end: number): IDataChunk | undefined {
  if (!isIDataChunk(bytes, offset, end)) return undefined;
  return {
    flags: chunkFlags(bytes, offset) & 0x0f,
    tsn: idataTsn(bytes, offset),
    stream: idataStream(bytes, offset),
    messageIdentifier: idataMessageIdentifier(bytes, offset),
    ppid: idataPpid(bytes, offset),
    fragmentSequenceNumber: idataFragmentSequenceNumber(bytes, offset),
    payload: bytes.subarray(offset + IDATA_HEADER, offset + chunkLength(bytes, offset)),
  };
}

/** Bytes an I-DATA chunk with this much payload takes, with padding. */
export function idataChunkLength(payloadLength: number): number {
  return IDATA_HEADER + padded4(payloadLength);
}

/**
 * Writes an I-DATA chunk with the payload `payload[payloadStart, payloadStart + payloadLength)`; returns the offset
 * behind it. `ppidOrFsn` is the payload protocol identifier when `flags` has `DATA_BEGIN`, else the fragment sequence number.
 */
export function encodeIDataChunk(
  out: Uint8Array,
  offset: number,
  flags: number,
  tsn: number,
  stream: number,
  messageIdentifier: number,
  ppidOrFsn: number,
  payload: Uint8Array,
  payloadStart: number,
  payloadLength: number,
): number {
  encodeChunkHeader(out, offset, ChunkType.I_DATA, flags, IDATA_HEADER + payloadLength);
  setU32(out, offset + 4, tsn);
  setU16(out, offset + 8, stream);
  setU16(out, offset + 10, 0);
  setU32(out, offset + 12, messageIdentifier);
  setU32(out, offset + 16, ppidOrFsn);
  return encodePadding(out, offset, copyBytes(out, offset + IDATA_HEADER, payload, payloadStart, payloadStart + payloadLength));
}
