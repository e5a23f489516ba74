/**
 * What an Allocate request asks for, and what of it can be had: RFC 8656 §7.2.
 */
import { AttributeType } from "../stun/attribute-type.ts";
import { StunErrorCode } from "../stun/error-code.ts";
import { findAttribute, type StunMessage } from "../stun/message.ts";
import type { Refusal } from "./server-authentication.ts";
import {
  type AddressFamily,
  decodeAddressFamily,
  decodeEvenPort,
  decodeRequestedTransport,
  UDP_PROTOCOL,
} from "./turn-attribute.ts";
import type { RelayAddress } from "./turn-server-options.ts";

/** Seconds: RFC 8656 §7.2. */
const DEFAULT_LIFETIME = 600;
const DEFAULT_MAX_LIFETIME = 3600;

/** Refusals that several requests may get. */
export const BAD_REQUEST: Refusal = { code: StunErrorCode.BAD_REQUEST, reason: "Bad Request" };
/** See {@link BAD_REQUEST}. */
export const INSUFFICIENT_CAPACITY: Refusal = { code: StunErrorCode.INSUFFICIENT_CAPACITY, reason: "Insufficient Capacity" };

/** What is to be bound for a request. */
export interface WantedAddresses {
  readonly wanted: RelayAddress[];
  /** A second family that is not served. */
  readonly addressError: { readonly family: AddressFamily; readonly code: number } | undefined;
}

/** Why a request cannot be granted whoever it comes from; undefined when it can. */
export function refusalOfAllocate(message: StunMessage): Refusal | undefined {
  const transport = decodeRequestedTransport(message);
  if (transport === undefined) return BAD_REQUEST;
  if (transport !== UDP_PROTOCOL) {
    return { code: StunErrorCode.UNSUPPORTED_TRANSPORT_PROTOCOL, reason: "Unsupported Transport Protocol" };
  }
  const { RESERVATION_TOKEN, REQUESTED_ADDRESS_FAMILY, ADDITIONAL_ADDRESS_FAMILY, EVEN_PORT, DONT_FRAGMENT } = AttributeType;
  const has = (type: number): boolean => findAttribute(message, type) !== undefined;
  // RFC 8656 §7.2, 5. to 8.
  if (has(RESERVATION_TOKEN) && (has(EVEN_PORT) || has(REQUESTED_ADDRESS_FAMILY) || has(ADDITIONAL_ADDRESS_FAMILY)))
    return BAD_REQUEST;
  if (has(REQUESTED_ADDRESS_FAMILY) && has(ADDITIONAL_ADDRESS_FAMILY)) return BAD_REQUEST;
  // Ports are not reserved in pairs, and DF cannot be set: §7.2 has answers for both.
  if (has(RESERVATION_TOKEN) || decodeEvenPort(message) === true) return INSUFFICIENT_CAPACITY;
  if (has(DONT_FRAGMENT)) return { code: StunErrorCode.UNKNOWN_ATTRIBUTE, reason: "Unknown Attribute" };
  return undefined;
}

/** The addresses to bind for what a request asks; `addressError` for a second family that is not served. */
export function wantedAddresses(message: StunMessage, relay: readonly RelayAddress[]): WantedAddresses {
  const of = (family: AddressFamily | "unknown"): RelayAddress | undefined => relay.find((each) => each.family === family);
  const additional = decodeAddressFamily(message, AttributeType.ADDITIONAL_ADDRESS_FAMILY);
  if (additional === 6) {
    const [first, second] = [of(4), of(6)];
    const wanted = [first, second].flatMap((each) => each ?? []);
    const missing = first === undefined ? 4 : second === undefined ? 6 : undefined;
    const code = StunErrorCode.ADDRESS_FAMILY_NOT_SUPPORTED;
    return { wanted, addressError: missing && { family: missing, code } };
  }
  const requested = decodeAddressFamily(message, AttributeType.REQUESTED_ADDRESS_FAMILY) ?? 4;
  return { wanted: [of(requested)].flatMap((each) => each ?? []), addressError: undefined };
}

/** The seconds that an allocation gets. @param most the longest that the server gives */
export function grantedLifetime(asked: number | undefined, most: number = DEFAULT_MAX_LIFETIME): number {
  return Math.min(Math.max(asked ?? DEFAULT_LIFETIME, DEFAULT_LIFETIME), Math.max(most, DEFAULT_LIFETIME));
}
