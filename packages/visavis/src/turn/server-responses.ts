/**
 * What a TURN server answers: RFC 8489 §6.3.3, §6.3.4; RFC 8656 §7.3, §7.4. Each function writes one whole message.
 */
import type { Instant } from "../base/instant.ts";
import { encodePlainAddress, encodeXorAddress, type TransportAddress } from "../stun/address-attribute.ts";
import { AttributeType } from "../stun/attribute-type.ts";
import { encodeErrorCode, encodeUnknownAttributes } from "../stun/error-code.ts";
import { encodeU32 } from "../stun/integer-attribute.ts";
import { encodeHeader, finishMessage, StunClass, type StunMessage, StunMethod } from "../stun/message.ts";
import type { WantedAddresses } from "./allocate-request.ts";
import type { Allocation } from "./allocation.ts";
import type { Proven, Refusal, ServerAuthentication } from "./server-authentication.ts";
import { encodeAddressError } from "./turn-attribute.ts";

/** Room for any response. */
const MAX_RESPONSE = 1500;

/** What a refusal tells besides its code. */
export interface RefusalDetails {
  readonly unknown?: readonly number[];
  readonly alternate?: TransportAddress;
}

/**
 * To somebody who is not believed, or not yet: how to prove who he is. It has words for people where the request was as long: who forges
 * the source of a short one is to gain no more than there must be.
 */
export function challengeResponse(
  authentication: ServerAuthentication,
  message: StunMessage,
  refusal: Refusal,
  from: string,
  wallTime: number,
): Uint8Array {
  const out = new Uint8Array(MAX_RESPONSE);
  const at = encodeHeader(out, 0, StunClass.ERROR, message.method, message.transactionId);
  let end = authentication.challenge(out, at, refusal, from, wallTime);
  if (end > message.bytes.length) end = authentication.challenge(out, at, { ...refusal, reason: "" }, from, wallTime);
  finishMessage(out, 0, end);
  return out.subarray(0, end);
}

/** To somebody who proved who he is: why not. */
export function refusalResponse(
  authentication: ServerAuthentication,
  message: StunMessage,
  proven: Proven,
  { code, reason }: Refusal,
  { unknown = [], alternate }: RefusalDetails = {},
): Uint8Array {
  const out = new Uint8Array(MAX_RESPONSE);
  let at = encodeHeader(out, 0, StunClass.ERROR, message.method, message.transactionId);
  at = encodeErrorCode(out, at, code, reason);
  if (unknown.length > 0) at = encodeUnknownAttributes(out, at, unknown);
  if (alternate !== undefined)
    at = encodePlainAddress(out, at, AttributeType.ALTERNATE_SERVER, alternate.address, alternate.port);
  return out.subarray(0, authentication.seal(out, at, proven));
}

/** Done. @param lifetime seconds, of what was refreshed */
export function successResponse(
  authentication: ServerAuthentication,
  message: StunMessage,
  proven: Proven,
  lifetime?: number,
): Uint8Array {
  const out = new Uint8Array(200);
  let at = encodeHeader(out, 0, StunClass.SUCCESS, message.method, message.transactionId);
  if (lifetime !== undefined) at = encodeU32(out, at, AttributeType.LIFETIME, lifetime);
  return out.subarray(0, authentication.seal(out, at, proven));
}

/** An allocation is there. */
export function allocatedResponse(
  authentication: ServerAuthentication,
  message: StunMessage,
  proven: Proven,
  { client, relayed, expiresAt }: Allocation,
  addressError: WantedAddresses["addressError"],
  now: Instant,
): Uint8Array {
  const out = new Uint8Array(MAX_RESPONSE);
  let at = encodeHeader(out, 0, StunClass.SUCCESS, StunMethod.ALLOCATE, message.transactionId);
  for (const { address, port } of relayed) at = encodeXorAddress(out, 0, at, AttributeType.XOR_RELAYED_ADDRESS, address, port);
  if (addressError !== undefined) at = encodeAddressError(out, at, addressError.family, addressError.code);
  at = encodeU32(out, at, AttributeType.LIFETIME, Math.ceil((expiresAt - now) / 1000));
  at = encodeXorAddress(out, 0, at, AttributeType.XOR_MAPPED_ADDRESS, client.address, client.port);
  return out.subarray(0, authentication.seal(out, at, proven));
}
