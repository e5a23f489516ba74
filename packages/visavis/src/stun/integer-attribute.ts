/**
 * Attributes that hold an integer or nothing: PRIORITY (32 bits), ICE-CONTROLLED and ICE-CONTROLLING (64 bits),
 * USE-CANDIDATE (a flag). RFC 8445 §16.1.
 * https://www.rfc-editor.org/rfc/rfc8445#section-16.1
 */
import { setU32, setU64, u32, u64 } from "../base/bytes.ts";
import { encodeAttribute, findAttribute, type StunMessage } from "./message.ts";

/** The 32-bit value of an attribute; undefined when absent or of another length. */
export function decodeU32(message: StunMessage, type: number): number | undefined {
  const attribute = findAttribute(message, type);
  return attribute?.length === 4 ? u32(message.bytes, attribute.offset) : undefined;
}

/** The 64-bit value of an attribute; undefined when absent or of another length. */
export function decodeU64(message: StunMessage, type: number): bigint | undefined {
  const attribute = findAttribute(message, type);
  return attribute?.length === 8 ? u64(message.bytes, attribute.offset) : undefined;
}

/** Writes a 32-bit attribute and returns the offset behind it. */
export function encodeU32(out: Uint8Array, offset: number, type: number, value: number): number {
  const bytes = new Uint8Array(4);
  setU32(bytes, 0, value);
  return encodeAttribute(out, offset, type, bytes);
}

/** Writes a 64-bit attribute and returns the offset behind it. */
export function encodeU64(out: Uint8Array, offset: number, type: number, value: bigint): number {
  const bytes = new Uint8Array(8);
  setU64(bytes, 0, value);
  return encodeAttribute(out, offset, type, bytes);
}

/** Writes an attribute without a value and returns the offset behind it. */
export function encodeFlag(out: Uint8Array, offset: number, type: number): number {
  return encodeAttribute(out, offset, type, new Uint8Array(0));
}
