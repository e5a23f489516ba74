/**
 * The header of DTLSPlaintext, and of every record of DTLS 1.2 (RFC 9147 §4, RFC 6347 §4.1).
 *
 * ```text
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |     type      |     legacy_record_version     |     epoch     |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * | epoch (cont.) |            sequence_number (48 bits)          |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |           sequence_number (cont.)             |    length     |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * | length (cont.)|
 * +-+-+-+-+-+-+-+-+
 * ```
 */
import { setU8, setU16, setU48, u8, u16, u48 } from "../../base/bytes.ts";

/** Bytes of the header. */
export const PLAIN_HEADER_LENGTH = 13;

/** The header. */
export interface PlainHeader {
  readonly type: number;
  readonly version: number;
  readonly epoch: number;
  readonly sequence: number;
  /** Bytes that follow the header. */
  readonly length: number;
}

/** Reads the header; undefined when it, or what it announces, does not fit into `[offset, end)`, or it is no DTLS. */
export function decodePlainHeader(bytes: Uint8Array, offset: number, end: number): PlainHeader | undefined {
  if (end - offset < PLAIN_HEADER_LENGTH || u8(bytes, offset + 1) !== 0xfe) return undefined;
  const length = u16(bytes, offset + 11);
  if (length > end - offset - PLAIN_HEADER_LENGTH) return undefined;
  return {
    type: u8(bytes, offset),
    version: u16(bytes, offset + 1),
    epoch: u16(bytes, offset + 3),
    sequence: u48(bytes, offset + 5),
    length,
  };
}

/** Writes the header. */
export function encodePlainHeader(header: PlainHeader, out: Uint8Array, offset: number): number {
  let at = setU16(out, setU8(out, offset, header.type), header.version);
  at = setU48(out, setU16(out, at, header.epoch), header.sequence);
  return setU16(out, at, header.length);
}
