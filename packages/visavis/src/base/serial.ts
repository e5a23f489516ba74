/**
 * Serial numbers that wrap, compared as RFC 1982 says.
 *
 * They are branded, so that comparing two of them with `<` needs a deliberate cast.
 */

declare const serial32: unique symbol;
declare const serial16: unique symbol;

/** A 32-bit serial number, such as an SCTP TSN. */
export type Serial32 = number & { readonly [serial32]: true };

/** A 16-bit serial number, such as an SCTP SSN or an RTP sequence number. */
export type Serial16 = number & { readonly [serial16]: true };

/** Any integer as a 32-bit serial number. */
export function serial(value: number): Serial32 {
  return (value >>> 0) as Serial32;
}

/** `a + count`, wrapping; `count` may be negative. */
export function addSerial(a: Serial32, count: number): Serial32 {
  return ((a + count) >>> 0) as Serial32;
}

/** How far `a` is ahead of `b`: positive when newer, negative when older, in [-2³¹, 2³¹). */
export function diffSerial(a: Serial32, b: Serial32): number {
  return (a - b) | 0;
}

/** Whether `a` is newer than `b`. */
export function isNewer(a: Serial32, b: Serial32): boolean {
  return ((a - b) | 0) > 0;
}

/** Whether `a` is `b` or newer. */
export function isNewerOrEqual(a: Serial32, b: Serial32): boolean {
  return ((a - b) | 0) >= 0;
}

/** Any integer as a 16-bit serial number. */
export function serialOf16(value: number): Serial16 {
  return (value & 0xffff) as Serial16;
}

/** `a + count`, wrapping at 2¹⁶. */
export function addSerial16(a: Serial16, count: number): Serial16 {
  return ((a + count) & 0xffff) as Serial16;
}

/** How far `a` is ahead of `b`, in [-2¹⁵, 2¹⁵). */
export function diffSerial16(a: Serial16, b: Serial16): number {
  return ((a - b) << 16) >> 16;
}
