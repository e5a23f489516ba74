/**
 * ACK (RFC 9147 §7): the numbers of handshake records that were received.
 *
 * ```text
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |     bytes of the list         |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                        epoch (64 bits)                        |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                   sequence_number (64 bits)                   |   repeated
 * ```
 */
import { setU16, setU48, u16, u48 } from "../../base/bytes.ts";

const ENTRY_LENGTH = 16;

/** The full number of a record. Neither part exceeds 48 bits here. */
export interface RecordNumber {
  readonly epoch: number;
  readonly sequence: number;
}

/** Bytes of an ACK of so many records. */
export function ackLength(count: number): number {
  return 2 + count * ENTRY_LENGTH;
}

/** Reads the numbers; undefined when the list is malformed. Numbers beyond 48 bits are left out: nobody sent such a record. */
export function decodeAck(bytes: Uint8Array, offset: number, end: number): RecordNumber[] | undefined {
  if (end - offset < 2) return undefined;
  const length = u16(bytes, offset);
  if (length !== end - offset - 2 || length % ENTRY_LENGTH !== 0) return undefined;
  const out: RecordNumber[] = [];
  for (let at = offset + 2; at < end; at += ENTRY_LENGTH) {
    if (u16(bytes, at) !== 0 || u16(bytes, at + 8) !== 0) continue;
    out.push({ epoch: u48(bytes, at + 2), sequence: u48(bytes, at + 10) });
  }
  return out;
}

/** Writes the numbers, which must be in increasing order (§7). */
export function encodeAck(numbers: readonly RecordNumber[], out: Uint8Array, offset: number): number {
  let at = setU16(out, offset, numbers.length * ENTRY_LENGTH);
  for (const number of numbers) {
    at = setU48(out, setU16(out, at, 0), number.epoch);
    at = setU48(out, setU16(out, at, 0), number.sequence);
  }
  return at;
}
