/**
 * The unified header of DTLSCiphertext (RFC 9147 §4).
 *
 * ```text
 *  0 1 2 3 4 5 6 7
 * +-+-+-+-+-+-+-+-+
 * |0|0|1|C|S|L|E E|   C: a connection id follows. S: the number has 16 bits, else 8.
 * +-+-+-+-+-+-+-+-+   L: a length follows the number, else the record ends the datagram. E: the epoch's low bits.
 * | 8 or 16 bits  |
 * | record number |
 * +-+-+-+-+-+-+-+-+
 * | 16 bits length|
 * | (if present)  |
 * +-+-+-+-+-+-+-+-+
 * ```
 * The number on the wire is masked (§4.2.3).
 */
import { setU8, setU16, u8, u16 } from "../../base/bytes.ts";

const FIXED = 0x20;
const FIXED_MASK = 0xe0;
const CONNECTION_ID = 0x10;
const LONG_NUMBER = 0x08;
const HAS_LENGTH = 0x04;
const EPOCH_MASK = 0x03;

/** Bytes of the header that we write: a 16-bit number and a length. */
export const UNIFIED_HEADER_LENGTH = 5;

/** The header. */
export interface UnifiedHeader {
  /** The two low bits of the epoch. */
  epochBits: number;
  /** Bytes of the record number, which starts at the second byte. */
  numberLength: 1 | 2;
  /** The record number as it stands, masked or not. */
  number: number;
  /** Bytes of the header. */
  headerLength: number;
  /** Bytes that follow the header. */
  length: number;
}

/** A header to be filled in. */
export function emptyUnifiedHeader(): UnifiedHeader {
  return { epochBits: 0, numberLength: 2, number: 0, headerLength: 0, length: 0 };
}

/** Whether a record that begins so has this header (§4.1). */
export function isUnifiedHeader(firstByte: number): boolean {
  return (firstByte & FIXED_MASK) === FIXED;
}

/**
 * Reads the header; undefined when it, or what it announces, does not fit into `[offset, end)`, or there is a connection
 * id, which was not negotiated (§9).
 * @param header is filled in and returned, so that nothing is made for each record
 */
export function decodeUnifiedHeader(
  bytes: Uint8Array,
  offset: number,
  end: number,
  header: UnifiedHeader = emptyUnifiedHeader(),
): UnifiedHeader | undefined {
  if (end - offset < 1) return undefined;
  const first = u8(bytes, offset);
  if (!isUnifiedHeader(first) || (first & CONNECTION_ID) !== 0) return undefined;
  const numberLength = (first & LONG_NUMBER) !== 0 ? 2 : 1;
  const hasLength = (first & HAS_LENGTH) !== 0;
  const headerLength = 1 + numberLength + (hasLength ? 2 : 0);
  if (end - offset < headerLength) return undefined;
  const length = hasLength ? u16(bytes, offset + headerLength - 2) : end - offset - headerLength;
  if (length > end - offset - headerLength) return undefined;
  header.epochBits = first & EPOCH_MASK;
  header.numberLength = numberLength;
  header.number = numberLength === 2 ? u16(bytes, offset + 1) : u8(bytes, offset + 1);
  header.headerLength = headerLength;
  header.length = length;
  return header;
}

/** Writes a header with a 16-bit number, in clear, and a length. */
export function encodeUnifiedHeader(epoch: number, sequence: number, length: number, out: Uint8Array, offset: number): number {
  const first = setU8(out, offset, FIXED | LONG_NUMBER | HAS_LENGTH | (epoch & EPOCH_MASK));
  return setU16(out, setU16(out, first, sequence % 0x1_0000), length);
}

/**
 * The full record number that ends in `number` and is closest to the one expected next (§4.2.2).
 * @param expected one more than the highest number that was received in the epoch
 */
export function reconstructSequence(number: number, numberLength: 1 | 2, expected: number): number {
  const step = numberLength === 2 ? 0x1_0000 : 0x100;
  const candidate = expected - (expected % step) + number;
  if (candidate - expected > step / 2 && candidate >= step) return candidate - step;
  if (expected - candidate >= step / 2) return candidate + step;
  return candidate;
}
