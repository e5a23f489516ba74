/**
 * FINGERPRINT: the CRC-32 of everything before it, xored with "STUN" in ASCII; the last attribute when there is one.
 * RFC 8489 §14.7.
 * https://www.rfc-editor.org/rfc/rfc8489#section-14.7
 */
import { u32 } from "../base/bytes.ts";
import { crc32 } from "../base/crc32.ts";
import { AttributeType } from "./attribute-type.ts";
import { encodeU32 } from "./integer-attribute.ts";
import { findAttribute, finishMessage, type StunMessage } from "./message.ts";

const XOR = 0x5354554e;

/** Bytes that {@link encodeFingerprint} adds. */
export const FINGERPRINT_LENGTH = 8;

/** Whether a FINGERPRINT is right, wrong or not there. */
export function checkFingerprint(message: StunMessage): "right" | "wrong" | "absent" {
  const attribute = findAttribute(message, AttributeType.FINGERPRINT);
  if (attribute === undefined) return "absent";
  const { bytes } = message;
  const { offset, length } = attribute;
  if (length !== 4 || offset + 4 !== bytes.length) return "wrong";
  return u32(bytes, offset) === (crc32(bytes, 0, offset - 4) ^ XOR) >>> 0 ? "right" : "wrong";
}

/** Writes a FINGERPRINT over the message from `start` to `offset` and returns the offset behind it: the message's end. */
export function encodeFingerprint(out: Uint8Array, start: number, offset: number): number {
  finishMessage(out, start, offset + FINGERPRINT_LENGTH);
  return encodeU32(out, offset, AttributeType.FINGERPRINT, (crc32(out, start, offset) ^ XOR) >>> 0);
}
