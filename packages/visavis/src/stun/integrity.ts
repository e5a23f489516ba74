/**
 * MESSAGE-INTEGRITY and MESSAGE-INTEGRITY-SHA256: an HMAC over everything before, with the header's length as if the
 * message ended with this attribute. RFC 8489 §14.5, §14.6.
 * https://www.rfc-editor.org/rfc/rfc8489#section-14.5
 */
import { setU16, u16 } from "../base/bytes.ts";
import { type HmacKey, hmacSha1, hmacSha256, timingSafeEqual } from "../crypto/hash.ts";
import { AttributeType } from "./attribute-type.ts";
import { encodeAttribute, findAttribute, finishMessage, HEADER_LENGTH, type StunMessage } from "./message.ts";

/** Bytes that {@link encodeIntegrity} adds. */
export const INTEGRITY_LENGTH = 24;

/** Whether the MESSAGE-INTEGRITY of a message is there and right. Compares in constant time. */
export function checkIntegrity(message: StunMessage, key: HmacKey): boolean {
  return check(message, key, AttributeType.MESSAGE_INTEGRITY);
}

/** Whether the MESSAGE-INTEGRITY-SHA256 of a message is there and right, whole or truncated to at least 16 bytes. */
export function checkIntegritySha256(message: StunMessage, key: HmacKey): boolean {
  return check(message, key, AttributeType.MESSAGE_INTEGRITY_SHA256);
}

function check(message: StunMessage, key: HmacKey, type: number): boolean {
  const attribute = findAttribute(message, type);
  if (attribute === undefined) return false;
  const { bytes } = message;
  const { offset, length } = attribute;
  const sha256 = type === AttributeType.MESSAGE_INTEGRITY_SHA256;
  if (sha256 ? length < 16 || length > 32 || length % 4 !== 0 : length !== 20) return false;
  // The length is put into the message for the time of the computation, so that nothing is copied.
  const whole = u16(bytes, 2);
  setU16(bytes, 2, offset + length - HEADER_LENGTH);
  const mac = (sha256 ? hmacSha256 : hmacSha1)(key, bytes, 0, offset - 4);
  setU16(bytes, 2, whole);
  return timingSafeEqual(mac.subarray(0, length), bytes.subarray(offset, offset + length));
}

/** Writes a MESSAGE-INTEGRITY over the message from `start` to `offset` and returns the offset behind it. */
export function encodeIntegrity(out: Uint8Array, start: number, offset: number, key: HmacKey): number {
  finishMessage(out, start, offset + INTEGRITY_LENGTH);
  return encodeAttribute(out, offset, AttributeType.MESSAGE_INTEGRITY, hmacSha1(key, out, start, offset));
}

/** Writes a MESSAGE-INTEGRITY-SHA256 over the message from `start` to `offset` and returns the offset behind it. */
export function encodeIntegritySha256(out: Uint8Array, start: number, offset: number, key: HmacKey): number {
  finishMessage(out, start, offset + 36);
  return encodeAttribute(out, offset, AttributeType.MESSAGE_INTEGRITY_SHA256, hmacSha256(key, out, start, offset));
}
