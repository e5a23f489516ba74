/**
 * A STUN server for plain Binding requests as one pure function: RFC 8489 §6.3.1, §12.
 *
 * It keeps no state and asks for no credentials. An answer is never more than 24 bytes longer than its request (the
 * address it tells), so that it is of no use to those who forge source addresses.
 */
import { encodeXorAddress } from "./address-attribute.ts";
import { AttributeType, BINDING_ATTRIBUTES } from "./attribute-type.ts";
import { encodeErrorCode, encodeUnknownAttributes, StunErrorCode } from "./error-code.ts";
import { checkFingerprint, encodeFingerprint, FINGERPRINT_LENGTH } from "./fingerprint.ts";
import {
  decodeMessage,
  encodeHeader,
  finishMessage,
  HEADER_LENGTH,
  StunClass,
  type StunMessage,
  StunMethod,
  unknownAttributes,
} from "./message.ts";

/** The most bytes by which an answer may exceed its request: XOR-MAPPED-ADDRESS of an IPv6 address. */
export const MAX_GROWTH = 24;

/**
 * The answer to one datagram that came from `address` and `port`; undefined when it deserves none.
 * @throws RangeError when `address` is no IP address
 */
export function answerBindingRequest(datagram: Uint8Array, address: string, port: number): Uint8Array | undefined {
  const request = decodeMessage(datagram);
  if (request === undefined || request.class !== StunClass.REQUEST || request.method !== StunMethod.BINDING) return undefined;
  const fingerprint = checkFingerprint(request);
  if (fingerprint === "wrong") return undefined;
  const out = new Uint8Array(request.bytes.length + MAX_GROWTH);
  const end = encodeAnswer(request, out, address, port);
  if (end === undefined) return undefined;
  if (fingerprint === "right") return out.subarray(0, encodeFingerprint(out, 0, end));
  finishMessage(out, 0, end);
  return out.subarray(0, end);
}

/** Writes all but the FINGERPRINT; undefined when it does not fit. */
function encodeAnswer(request: StunMessage, out: Uint8Array, address: string, port: number): number | undefined {
  const unknown = unknownAttributes(request, BINDING_ATTRIBUTES);
  const { transactionId } = request;
  if (unknown.length === 0) {
    const at = encodeHeader(out, 0, StunClass.SUCCESS, StunMethod.BINDING, transactionId);
    return encodeXorAddress(out, 0, at, AttributeType.XOR_MAPPED_ADDRESS, address, port);
  }
  // ERROR-CODE without a reason is 8 bytes, the list at least 8; an unknown attribute took at least 4 in the request.
  const room = out.length - HEADER_LENGTH - 8 - 4 - FINGERPRINT_LENGTH;
  const listed = unknown.slice(0, Math.floor(room / 4) * 2);
  const at = encodeHeader(out, 0, StunClass.ERROR, StunMethod.BINDING, transactionId);
  return encodeUnknownAttributes(out, encodeErrorCode(out, at, StunErrorCode.UNKNOWN_ATTRIBUTE, ""), listed);
}
