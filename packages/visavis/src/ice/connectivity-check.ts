/**
 * The messages of a connectivity check: a Binding request with credentials and ICE's attributes, and its answers.
 * RFC 8445 §7.1, §7.2.2, §7.3, §16.1.
 */

import type { HmacKey } from "../crypto/hash.ts";
import { encodeXorAddress } from "../stun/address-attribute.ts";
import { AttributeType } from "../stun/attribute-type.ts";
import { encodeErrorCode, encodeUnknownAttributes } from "../stun/error-code.ts";
import { encodeFingerprint } from "../stun/fingerprint.ts";
import { decodeU32, decodeU64, encodeFlag, encodeU32, encodeU64 } from "../stun/integer-attribute.ts";
import { encodeIntegrity } from "../stun/integrity.ts";
import {
  encodeHeader,
  findAttribute,
  finishMessage,
  StunClass,
  type StunMessage,
  StunMethod,
  type TransactionId,
} from "../stun/message.ts";
import { encodeText } from "../stun/text-attribute.ts";
import type { IceRole } from "./ice-event.ts";

/** Room for any of these messages: two fragments of 256 characters and everything else. */
const MAX_MESSAGE = 700;

/** What a check says, besides who sends it. */
export interface CheckRequest {
  /** The priority a peer-reflexive candidate would have. */
  readonly priority: number;
  /** The controlling side asks to use this pair. */
  readonly useCandidate: boolean;
  /** Which of several nominations this is: the highest counts (renomination). */
  readonly nomination?: number | undefined;
  readonly role: IceRole;
  readonly tieBreaker: bigint;
}

/** A check, ready to send. @param username `<remote fragment>:<local fragment>` */
export function encodeCheckRequest(id: TransactionId, username: string, request: CheckRequest, key: HmacKey): Uint8Array {
  const out = new Uint8Array(MAX_MESSAGE);
  let at = encodeHeader(out, 0, StunClass.REQUEST, StunMethod.BINDING, id);
  at = encodeText(out, at, AttributeType.USERNAME, username);
  const role = request.role === "controlling" ? AttributeType.ICE_CONTROLLING : AttributeType.ICE_CONTROLLED;
  at = encodeU64(out, at, role, request.tieBreaker);
  if (request.useCandidate) at = encodeFlag(out, at, AttributeType.USE_CANDIDATE);
  if (request.nomination !== undefined) at = encodeU32(out, at, AttributeType.NOMINATION, request.nomination);
  at = encodeU32(out, at, AttributeType.PRIORITY, request.priority);
  return seal(out, at, key);
}

/** What a request says; undefined when it lacks PRIORITY. Without a role attribute the sender is taken to agree with ours. */
export function decodeCheckRequest(message: StunMessage, ourRole: IceRole): CheckRequest | undefined {
  const priority = decodeU32(message, AttributeType.PRIORITY);
  if (priority === undefined) return undefined;
  const controlling = decodeU64(message, AttributeType.ICE_CONTROLLING);
  const controlled = decodeU64(message, AttributeType.ICE_CONTROLLED);
  const opposite = ourRole === "controlling" ? "controlled" : "controlling";
  const nomination = decodeU32(message, AttributeType.NOMINATION);
  return {
    priority,
    // A nomination is one also without the flag of regular nomination.
    useCandidate: nomination !== undefined || findAttribute(message, AttributeType.USE_CANDIDATE) !== undefined,
    ...(nomination !== undefined && { nomination }),
    role: controlling !== undefined ? "controlling" : controlled !== undefined ? "controlled" : opposite,
    tieBreaker: controlling ?? controlled ?? 0n,
  };
}

/** The answer to a check that came from `address` and `port`. */
export function encodeCheckSuccess(id: TransactionId, address: string, port: number, key: HmacKey): Uint8Array {
  const out = new Uint8Array(MAX_MESSAGE);
  const at = encodeHeader(out, 0, StunClass.SUCCESS, StunMethod.BINDING, id);
  return seal(out, encodeXorAddress(out, 0, at, AttributeType.XOR_MAPPED_ADDRESS, address, port), key);
}

/** A refusal. @param key undefined when the sender did not prove who it is: then the answer is not protected either */
export function encodeCheckError(
  id: TransactionId,
  code: number,
  unknown: readonly number[],
  key: HmacKey | undefined,
): Uint8Array {
  const out = new Uint8Array(MAX_MESSAGE);
  let at = encodeHeader(out, 0, StunClass.ERROR, StunMethod.BINDING, id);
  at = encodeErrorCode(out, at, code, "");
  if (unknown.length > 0) at = encodeUnknownAttributes(out, at, unknown);
  return seal(out, at, key);
}

function seal(out: Uint8Array, end: number, key: HmacKey | undefined): Uint8Array {
  finishMessage(out, 0, end);
  const at = key === undefined ? end : encodeIntegrity(out, 0, end, key);
  return out.slice(0, encodeFingerprint(out, 0, at));
}
