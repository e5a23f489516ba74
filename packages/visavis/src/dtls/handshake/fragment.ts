/**
 * The header of a handshake message or of a piece of one (RFC 9147 §5.2, RFC 6347 §4.2.2).
 *
 * ```text
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |   msg_type    |                     length                    |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |          message_seq          |        fragment_offset        |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |  fragment_offset (cont.)      |        fragment_length        |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * ```
 * (`fragment_offset` and `fragment_length` have 24 bits each.)
 */
import { setU8, setU16, setU24, u8, u16, u24 } from "../../base/bytes.ts";

/** Bytes of the header. */
export const FRAGMENT_HEADER_LENGTH = 12;

/** A piece of a message; all of it when `length` equals the body's. */
export interface Fragment {
  readonly type: number;
  readonly seq: number;
  /** Bytes of the whole message. */
  readonly length: number;
  readonly fragmentOffset: number;
  /** A view. */
  readonly body: Uint8Array;
}

/** Reads the piece at `offset`; undefined when it does not fit into `[offset, end)` or into its own message. */
export function decodeFragment(bytes: Uint8Array, offset: number, end: number): Fragment | undefined {
  if (end - offset < FRAGMENT_HEADER_LENGTH) return undefined;
  const length = u24(bytes, offset + 1);
  const fragmentOffset = u24(bytes, offset + 6);
  const fragmentLength = u24(bytes, offset + 9);
  const start = offset + FRAGMENT_HEADER_LENGTH;
  if (fragmentLength > end - start || fragmentOffset + fragmentLength > length) return undefined;
  const body = bytes.subarray(start, start + fragmentLength);
  return { type: u8(bytes, offset), seq: u16(bytes, offset + 4), length, fragmentOffset, body };
}

/** Writes the header of a piece; its bytes follow. */
export function encodeFragmentHeader(
  type: number,
  seq: number,
  length: number,
  fragmentOffset: number,
  fragmentLength: number,
  out: Uint8Array,
  offset: number,
): number {
  let at = setU24(out, setU8(out, offset, type), length);
  at = setU24(out, setU16(out, at, seq), fragmentOffset);
  return setU24(out, at, fragmentLength);
}
