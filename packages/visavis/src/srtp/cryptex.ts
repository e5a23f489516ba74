/**
 * Cryptex (RFC 9335): header extensions and contributing sources are encrypted with the payload.
 *
 * The four bytes that begin the extension stay readable, and say by their first two that the rest is not:
 *
 * ```
 * | fixed header, 12 bytes | CSRCs * | 0xC0DE or 0xC2DE, length | extension * | payload * |
 * ```
 *
 * What is marked is encrypted in one piece. Where there are contributing sources, they trade places with those four bytes while that
 * is done; what is authenticated besides stands in one piece then too (§6.2).
 */
import { setU16, u8, u16 } from "../base/bytes.ts";
import { csrcLengthOf, EXTENSION_BIT, EXTENSION_HEADER_LENGTH, FIXED_LENGTH } from "./rtp-shape.ts";

const ONE_BYTE = 0xbede;
const TWO_BYTE = 0x1000;
const ENCRYPTED_ONE_BYTE = 0xc0de;
const ENCRYPTED_TWO_BYTE = 0xc2de;

/** Bytes that {@link markCryptex} may add to a packet. */
export const CRYPTEX_OVERHEAD: number = EXTENSION_HEADER_LENGTH;

/** What is readable of a packet with Cryptex, once contributing sources and the extension's header have traded places. */
export const CRYPTEX_CLEAR_LENGTH: number = FIXED_LENGTH + EXTENSION_HEADER_LENGTH;

/**
 * Marks a packet as one with Cryptex, if there is something that it hides (§5.1): an empty extension is put into one that has
 * contributing sources but no extension, for which there is room behind `end`.
 * @returns the new end; -1 when the packet is protected the usual way
 */
export function markCryptex(bytes: Uint8Array, start: number, end: number): number {
  const extension = start + FIXED_LENGTH + csrcLengthOf(bytes, start);
  if ((u8(bytes, start) & EXTENSION_BIT) === 0) {
    if (extension === start + FIXED_LENGTH) return -1;
    bytes.copyWithin(extension + EXTENSION_HEADER_LENGTH, extension, end);
    bytes[start] = u8(bytes, start) | EXTENSION_BIT;
    setU16(bytes, extension, ENCRYPTED_ONE_BYTE);
    setU16(bytes, extension + 2, 0);
    return end + EXTENSION_HEADER_LENGTH;
  }
  const profile = u16(bytes, extension);
  if (profile !== ONE_BYTE && profile !== TWO_BYTE) return -1;
  setU16(bytes, extension, profile === ONE_BYTE ? ENCRYPTED_ONE_BYTE : ENCRYPTED_TWO_BYTE);
  return end;
}

/** Whether a packet, whose shape is known to be right, is one with Cryptex. */
export function isCryptex(bytes: Uint8Array, start: number): boolean {
  if ((u8(bytes, start) & EXTENSION_BIT) === 0) return false;
  const profile = u16(bytes, start + FIXED_LENGTH + csrcLengthOf(bytes, start));
  return profile === ENCRYPTED_ONE_BYTE || profile === ENCRYPTED_TWO_BYTE;
}

/** Takes the mark of a packet with Cryptex away: its extension is readable. */
export function unmarkCryptex(bytes: Uint8Array, start: number): void {
  const extension = start + FIXED_LENGTH + csrcLengthOf(bytes, start);
  setU16(bytes, extension, u16(bytes, extension) === ENCRYPTED_ONE_BYTE ? ONE_BYTE : TWO_BYTE);
}

/** Puts the extension's header before the contributing sources, which are `csrcLength` bytes. */
export function joinClear(bytes: Uint8Array, start: number, csrcLength: number): void {
  const sources = start + FIXED_LENGTH;
  const profile = u16(bytes, sources + csrcLength);
  const length = u16(bytes, sources + csrcLength + 2);
  bytes.copyWithin(sources + EXTENSION_HEADER_LENGTH, sources, sources + csrcLength);
  setU16(bytes, sources, profile);
  setU16(bytes, sources + 2, length);
}

/** Puts them back. */
export function partClear(bytes: Uint8Array, start: number, csrcLength: number): void {
  const sources = start + FIXED_LENGTH;
  const profile = u16(bytes, sources);
  const length = u16(bytes, sources + 2);
  bytes.copyWithin(sources, sources + EXTENSION_HEADER_LENGTH, sources + EXTENSION_HEADER_LENGTH + csrcLength);
  setU16(bytes, sources + csrcLength, profile);
  setU16(bytes, sources + csrcLength + 2, length);
}
