/**
 * The attributes that TURN adds to STUN: RFC 8656 §18, and ACCESS-TOKEN of RFC 7635 §6.2.
 * https://www.rfc-editor.org/rfc/rfc8656#section-18
 *
 * LIFETIME, EVEN-PORT and the like are a few bytes each; what is written here takes its meaning from the section named there.
 */
import { setU16, u8, u16 } from "../base/bytes.ts";
import { decodeXorAddressAt, type TransportAddress } from "../stun/address-attribute.ts";
import { AttributeType } from "../stun/attribute-type.ts";
import { attributeValue, encodeAttribute, findAttribute, type StunMessage } from "../stun/message.ts";

/** Channel numbers that clients may bind: RFC 8656 §12. */
export const FIRST_CHANNEL = 0x4000;
/** The last one of them. */
export const LAST_CHANNEL = 0x4fff;
/** The last one that clients from before RFC 8656 may bind; a server, at whose ports nothing else begins so, takes them. */
export const LAST_OLD_CHANNEL = 0x7fff;

/** The protocol number of UDP, the only REQUESTED-TRANSPORT there is without RFC 6062. */
export const UDP_PROTOCOL = 17;

/** RFC 8656 §18.6. */
export type AddressFamily = 4 | 6;

/** What the attributes are called in errors and counters of a TURN server or client that understands all of this. */
export const TURN_ATTRIBUTES: ReadonlySet<number> = new Set([
  AttributeType.MAPPED_ADDRESS,
  AttributeType.USERNAME,
  AttributeType.MESSAGE_INTEGRITY,
  AttributeType.ERROR_CODE,
  AttributeType.UNKNOWN_ATTRIBUTES,
  AttributeType.CHANNEL_NUMBER,
  AttributeType.LIFETIME,
  AttributeType.XOR_PEER_ADDRESS,
  AttributeType.DATA,
  AttributeType.REALM,
  AttributeType.NONCE,
  AttributeType.XOR_RELAYED_ADDRESS,
  AttributeType.REQUESTED_ADDRESS_FAMILY,
  AttributeType.EVEN_PORT,
  AttributeType.REQUESTED_TRANSPORT,
  AttributeType.DONT_FRAGMENT,
  AttributeType.ACCESS_TOKEN,
  AttributeType.MESSAGE_INTEGRITY_SHA256,
  AttributeType.PASSWORD_ALGORITHM,
  AttributeType.USERHASH,
  AttributeType.XOR_MAPPED_ADDRESS,
  AttributeType.RESERVATION_TOKEN,
]);

/** Writes a CHANNEL-NUMBER (§18.1) and returns the offset behind it. */
export function encodeChannelNumber(out: Uint8Array, offset: number, channel: number): number {
  const value = new Uint8Array(4);
  setU16(value, 0, channel);
  return encodeAttribute(out, offset, AttributeType.CHANNEL_NUMBER, value);
}

/** The CHANNEL-NUMBER of a message; undefined when absent or malformed. Any number: the caller looks at the range. */
export function decodeChannelNumber(message: StunMessage): number | undefined {
  const attribute = findAttribute(message, AttributeType.CHANNEL_NUMBER);
  return attribute?.length === 4 ? u16(message.bytes, attribute.offset) : undefined;
}

/** Writes a one-byte attribute in the first of four bytes: REQUESTED-TRANSPORT (§18.7), the address families (§18.6, §18.11). */
function encodeFirstByte(out: Uint8Array, offset: number, type: number, value: number): number {
  return encodeAttribute(out, offset, type, Uint8Array.of(value, 0, 0, 0));
}

/** Writes REQUESTED-TRANSPORT for UDP (§18.7) and returns the offset behind it. */
export function encodeRequestedTransport(out: Uint8Array, offset: number): number {
  return encodeFirstByte(out, offset, AttributeType.REQUESTED_TRANSPORT, UDP_PROTOCOL);
}

/** The protocol number of REQUESTED-TRANSPORT; undefined when absent or malformed. */
export function decodeRequestedTransport(message: StunMessage): number | undefined {
  const value = attributeValue(message, AttributeType.REQUESTED_TRANSPORT);
  return value?.length === 4 ? u8(value, 0) : undefined;
}

/** Either attribute that names a family: REQUESTED-ADDRESS-FAMILY (§18.6) or ADDITIONAL-ADDRESS-FAMILY (§18.11). */
export type FamilyAttribute = typeof AttributeType.REQUESTED_ADDRESS_FAMILY | typeof AttributeType.ADDITIONAL_ADDRESS_FAMILY;

/** Writes an address family and returns the offset behind it. */
export function encodeAddressFamily(out: Uint8Array, offset: number, type: FamilyAttribute, family: AddressFamily): number {
  return encodeFirstByte(out, offset, type, family === 4 ? 1 : 2);
}

/** The address family that a message names; `unknown` for a value that is none; undefined when absent or malformed. */
export function decodeAddressFamily(message: StunMessage, type: FamilyAttribute): AddressFamily | "unknown" | undefined {
  const value = attributeValue(message, type);
  if (value?.length !== 4) return undefined;
  const family = u8(value, 0);
  return family === 1 ? 4 : family === 2 ? 6 : "unknown";
}

/** Every address of a xored attribute that may be there more than once: two relayed addresses, several peers. Malformed ones are left out. */
export function decodeXorAddresses(message: StunMessage, type: number): TransportAddress[] {
  const addresses: TransportAddress[] = [];
  for (const attribute of message.attributes) {
    const address = attribute.type === type ? decodeXorAddressAt(message, attribute) : undefined;
    if (address !== undefined) addresses.push(address);
  }
  return addresses;
}

/** What ADDRESS-ERROR-CODE says (§18.12): the family that could not be had, and why. Undefined when absent or malformed. */
export function decodeAddressError(message: StunMessage): { readonly family: AddressFamily; readonly code: number } | undefined {
  const value = attributeValue(message, AttributeType.ADDRESS_ERROR_CODE);
  if (value === undefined || value.length < 4) return undefined;
  const family = u8(value, 0);
  const hundreds = u8(value, 2) & 7;
  const number = u8(value, 3);
  if ((family !== 1 && family !== 2) || hundreds < 3 || hundreds > 6 || number > 99) return undefined;
  return { family: family === 1 ? 4 : 6, code: 100 * hundreds + number };
}

/** Writes an ADDRESS-ERROR-CODE without a phrase and returns the offset behind it. */
export function encodeAddressError(out: Uint8Array, offset: number, family: AddressFamily, code: number): number {
  const value = Uint8Array.of(family === 4 ? 1 : 2, 0, Math.floor(code / 100), code % 100);
  return encodeAttribute(out, offset, AttributeType.ADDRESS_ERROR_CODE, value);
}

/** EVEN-PORT (§18.5): whether the next port is to be reserved; undefined when absent or malformed. */
export function decodeEvenPort(message: StunMessage): boolean | undefined {
  const value = attributeValue(message, AttributeType.EVEN_PORT);
  return value?.length === 1 ? (u8(value, 0) & 0x80) !== 0 : undefined;
}

/** Writes an EVEN-PORT and returns the offset behind it. */
export function encodeEvenPort(out: Uint8Array, offset: number, reserve: boolean): number {
  return encodeAttribute(out, offset, AttributeType.EVEN_PORT, Uint8Array.of(reserve ? 0x80 : 0));
}

/** Where the value of DATA (§18.4) lies in the message's bytes; undefined when absent. */
export function findData(message: StunMessage): { readonly start: number; readonly end: number } | undefined {
  const attribute = findAttribute(message, AttributeType.DATA);
  return attribute && { start: attribute.offset, end: attribute.offset + attribute.length };
}
