/**
 * Extensions that are a list of 16-bit numbers: supported_groups (RFC 9846 §4.2.7) and signature_algorithms (§4.2.3).
 */
import { setU16 } from "../../../base/bytes.ts";
import { setNumbers16, VectorReader } from "../vectors.ts";

/** Reads `uint16 list<2..2^16-2>`; undefined when it is malformed or empty. */
export function decodeNumberList(bytes: Uint8Array, offset: number, end: number): number[] | undefined {
  const reader = new VectorReader(bytes, offset, end);
  const numbers = reader.list16();
  return reader.complete && numbers.length > 0 ? numbers : undefined;
}

/** Writes such a list. */
export function encodeNumberList(numbers: readonly number[], out: Uint8Array, offset: number): number {
  return setNumbers16(out, setU16(out, offset, 2 * numbers.length), numbers);
}
