/**
 * HelloVerifyRequest (RFC 6347 §4.2.1): 1.2's cookie.
 *
 * ```text
 *  0                   1                   2
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |        server_version         | cookie<0..2^8-1>
 * ```
 */
import { setU16 } from "../../base/bytes.ts";
import { setVector8, VectorReader } from "./vectors.ts";

/** Reads the cookie, a view; undefined when the message is malformed. Its version says nothing (§4.2.1). */
export function decodeHelloVerifyRequest(bytes: Uint8Array, offset: number, end: number): Uint8Array | undefined {
  const reader = new VectorReader(bytes, offset, end);
  reader.u16();
  const cookie = reader.vector8();
  return reader.complete ? cookie : undefined;
}

/** Writes the message. */
export function encodeHelloVerifyRequest(version: number, cookie: Uint8Array, out: Uint8Array, offset: number): number {
  return setVector8(out, setU16(out, offset, version), cookie);
}
