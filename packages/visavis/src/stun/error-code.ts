/**
 * ERROR-CODE and UNKNOWN-ATTRIBUTES: RFC 8489 §14.8, §14.9; ICE's 487 from RFC 8445 §16.2.
 * https://www.rfc-editor.org/rfc/rfc8489#section-14.8
 *
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |           Reserved, should be 0         |Class|     Number    |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |      Reason Phrase (variable)                                ..
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 */
import { decodeUtf8, encodeUtf8, setU16, u8, u16 } from "../base/bytes.ts";
import { AttributeType } from "./attribute-type.ts";
import { attributeValue, encodeAttribute, findAttribute, type StunMessage } from "./message.ts";

/** Error codes by their names. */
export const StunErrorCode = {
  TRY_ALTERNATE: 300,
  BAD_REQUEST: 400,
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  UNKNOWN_ATTRIBUTE: 420,
  ALLOCATION_MISMATCH: 437,
  STALE_NONCE: 438,
  /** RFC 8656 §19. */
  ADDRESS_FAMILY_NOT_SUPPORTED: 440,
  WRONG_CREDENTIALS: 441,
  UNSUPPORTED_TRANSPORT_PROTOCOL: 442,
  PEER_ADDRESS_FAMILY_MISMATCH: 443,
  ALLOCATION_QUOTA_REACHED: 486,
  ROLE_CONFLICT: 487,
  SERVER_ERROR: 500,
  INSUFFICIENT_CAPACITY: 508,
} as const;

/** The most bytes of a reason phrase (fewer than 128 characters). */
const MAX_REASON = 763;

/** What an error response says. */
export interface StunError {
  /** 300 to 699. */
  readonly code: number;
  /** For people; may be empty. */
  readonly reason: string;
}

/** The ERROR-CODE of a message; undefined when absent or malformed. */
export function decodeErrorCode(message: StunMessage): StunError | undefined {
  const attribute = findAttribute(message, AttributeType.ERROR_CODE);
  if (attribute === undefined || attribute.length < 4 || attribute.length > 4 + MAX_REASON) return undefined;
  const { bytes } = message;
  const hundreds = u8(bytes, attribute.offset + 2) & 7;
  const number = u8(bytes, attribute.offset + 3);
  if (hundreds < 3 || hundreds > 6 || number > 99) return undefined;
  const reason = decodeUtf8(bytes.subarray(attribute.offset + 4, attribute.offset + attribute.length));
  return { code: 100 * hundreds + number, reason };
}

/** Writes an ERROR-CODE and returns the offset behind it. @throws RangeError when the code or reason does not fit */
export function encodeErrorCode(out: Uint8Array, offset: number, code: number, reason: string): number {
  if (!Number.isInteger(code) || code < 300 || code > 699) throw new RangeError("a STUN error code is 300 to 699");
  const text = encodeUtf8(reason);
  if (text.length > MAX_REASON) throw new RangeError("the reason phrase is too long");
  const value = new Uint8Array(4 + text.length);
  value[2] = Math.floor(code / 100);
  value[3] = code % 100;
  value.set(text, 4);
  return encodeAttribute(out, offset, AttributeType.ERROR_CODE, value);
}

/** The types an UNKNOWN-ATTRIBUTES lists; undefined when absent or of odd length. */
export function decodeUnknownAttributes(message: StunMessage): number[] | undefined {
  const value = attributeValue(message, AttributeType.UNKNOWN_ATTRIBUTES);
  if (value === undefined || value.length % 2 !== 0) return undefined;
  return Array.from({ length: value.length / 2 }, (_, i) => u16(value, 2 * i));
}

/** Writes an UNKNOWN-ATTRIBUTES and returns the offset behind it. */
export function encodeUnknownAttributes(out: Uint8Array, offset: number, types: readonly number[]): number {
  const value = new Uint8Array(2 * types.length);
  for (const [i, type] of types.entries()) setU16(value, 2 * i, type);
  return encodeAttribute(out, offset, AttributeType.UNKNOWN_ATTRIBUTES, value);
}
