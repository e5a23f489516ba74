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
  type: number;
  version: number;
  epoch: number;
  sequence: number;
  /** Bytes that follow the header. */
  length: number;
}

/** A header to be filled in. */
export function emptyPlainHeader(): PlainHeader {
  return { type: 0, version: 0, epoch: 0, sequence: 0, length: 0 };
}

/**
 * Reads the header; undefined when it, or what it announces, does not fit into `[offset, end)`, or it is no DTLS.
 * @param header is filled in and returned, so that nothing is made for each record
 */
export function decodePlainHeader(
  bytes: Uint8Array,
  offset: number,
  end: number,
  header: PlainHeader = emptyPlainHeader(),
): PlainHeader | undefined {
  if (end - offset < PLAIN_HEADER_LENGTH || u8(bytes, offset + 1) !== 0xfe) return undefined;
  const length = u16(bytes, offset + 11);
  if (length > end - offset - PLAIN_HEADER_LENGTH) return undefined;
  header.type = u8(bytes, offset);
  header.version = u16(bytes, offset + 1);
  header.epoch = u16(bytes, offset + 3);
  header.sequence = u48(bytes, offset + 5);
  header.length = length;
  return header;
}

/** Writes the header. */
export function encodePlainHeader(header: PlainHeader, out: Uint8Array, offset: number): number {
  let at = setU16(out, setU8(out, offset, header.type), header.version);
  at = setU48(out, setU16(out, at, header.epoch), header.sequence);
  return setU16(out, at, header.length);
}
