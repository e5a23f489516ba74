/**
 * As much of an RTP packet's shape as SRTP needs (RFC 3550 §5.1), of which nothing is encrypted: how much padding there is, is.
 *
 * ```
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |V=2|P|X|  CC   |M|     PT      |       sequence number         |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                           timestamp                           |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                             SSRC                              |
 * +=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+
 * |                    CC contributing sources                    |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |      defined by profile       |   length of the extension     |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * ```
 */
import { u8, u16 } from "../base/bytes.ts";

/** Bytes before the contributing sources. */
export const FIXED_LENGTH = 12;

/** Bytes of the extension's own header. */
export const EXTENSION_HEADER_LENGTH = 4;

/** The bit of the first byte that says that there is an extension. */
export const EXTENSION_BIT = 0x10;

/** Bytes of contributing sources, of which it is known that they are there. */
export function csrcLengthOf(bytes: Uint8Array, start: number): number {
  return (u8(bytes, start) & 0x0f) << 2;
}

/** Where the payload of the packet `bytes[start, end)` begins; -1 when it is no RTP packet, or shorter than it says. */
export function payloadStartOf(bytes: Uint8Array, start: number, end: number): number {
  if (end - start < FIXED_LENGTH) return -1;
  const first = u8(bytes, start);
  if ((first & 0xc0) !== 0x80) return -1;
  let at = start + FIXED_LENGTH + ((first & 0x0f) << 2);
  if ((first & EXTENSION_BIT) !== 0) {
    if (at + EXTENSION_HEADER_LENGTH > end) return -1;
    at += EXTENSION_HEADER_LENGTH + (u16(bytes, at + 2) << 2);
  }
  return at <= end ? at : -1;
}
