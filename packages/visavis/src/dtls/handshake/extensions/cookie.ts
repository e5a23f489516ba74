/**
 * cookie (RFC 9846 §4.2.2): what a HelloRetryRequest gives and the next ClientHello brings back.
 */
import { setVector16, VectorReader } from "../vectors.ts";

/** Reads `opaque cookie<1..2^16-1>`. */
export function decodeCookie(bytes: Uint8Array, offset: number, end: number): Uint8Array | undefined {
  const reader = new VectorReader(bytes, offset, end);
  const cookie = reader.vector16();
  return reader.complete && cookie.length > 0 ? cookie : undefined;
}

/** Writes it. */
export function encodeCookie(cookie: Uint8Array, out: Uint8Array, offset: number): number {
  return setVector16(out, offset, cookie);
}
