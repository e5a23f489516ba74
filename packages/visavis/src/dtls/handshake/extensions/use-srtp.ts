/**
 * use_srtp (RFC 5764 §4.1.1): protection profiles, several from the client, one from the server, and an MKI.
 */
import { setU8, setU16 } from "../../../base/bytes.ts";
import { setNumbers16, VectorReader } from "../vectors.ts";

/** Reads the profiles; undefined when it is malformed or empty. The MKI is not used by WebRTC and not looked at. */
export function decodeUseSrtp(bytes: Uint8Array, offset: number, end: number): number[] | undefined {
  const reader = new VectorReader(bytes, offset, end);
  const profiles = reader.list16();
  reader.vector8();
  return reader.complete && profiles.length > 0 ? profiles : undefined;
}

/** Writes the profiles with an empty MKI. */
export function encodeUseSrtp(profiles: readonly number[], out: Uint8Array, offset: number): number {
  return setU8(out, setNumbers16(out, setU16(out, offset, 2 * profiles.length), profiles), 0);
}
