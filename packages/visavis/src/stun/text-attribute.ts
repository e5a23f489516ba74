/**
 * Attributes that hold UTF-8 text: USERNAME, REALM, NONCE, SOFTWARE, ALTERNATE-DOMAIN. RFC 8489 §14.3, §14.9, §14.10, §14.14.
 * https://www.rfc-editor.org/rfc/rfc8489#section-14.3
 */
import { decodeUtf8Strict, encodeUtf8 } from "../base/bytes.ts";
import { AttributeType } from "./attribute-type.ts";
import { attributeValue, encodeAttribute, type StunMessage } from "./message.ts";

/** The most bytes of each: 508 for a user name, 763 for what is "fewer than 128 characters". */
const LIMITS: ReadonlyMap<number, number> = new Map([
  [AttributeType.USERNAME, 508],
  [AttributeType.REALM, 763],
  [AttributeType.NONCE, 763],
  [AttributeType.SOFTWARE, 763],
  [AttributeType.ALTERNATE_DOMAIN, 255],
]);

/** The text of an attribute; undefined when absent, too long or not UTF-8. */
export function decodeText(message: StunMessage, type: number): string | undefined {
  const value = attributeValue(message, type);
  if (value === undefined || value.length > (LIMITS.get(type) ?? 763)) return undefined;
  return decodeUtf8Strict(value);
}

/** Writes text and returns the offset behind it. @throws RangeError when it is too long for its type */
export function encodeText(out: Uint8Array, offset: number, type: number, text: string): number {
  const value = encodeUtf8(text);
  if (value.length > (LIMITS.get(type) ?? 763)) throw new RangeError("the text is too long for its STUN attribute");
  return encodeAttribute(out, offset, type, value);
}
