/**
 * The attributes of NAT behaviour discovery: RFC 5780 §7.
 * https://www.rfc-editor.org/rfc/rfc5780#section-7
 *
 *  CHANGE-REQUEST (§7.2)
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 A B 0|
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *
 * RESPONSE-PORT (§7.5) is a port and two bytes of nothing; RESPONSE-ORIGIN (§7.3) and OTHER-ADDRESS (§7.4) are plain addresses.
 */
import { setU16, u16, u32 } from "../base/bytes.ts";
import { AttributeType } from "./attribute-type.ts";
import { encodeAttribute, findAttribute, type StunMessage } from "./message.ts";

/** What a response is to come from that the request did not go to. */
export interface ChangeRequest {
  readonly address: boolean;
  readonly port: boolean;
}

const CHANGE_ADDRESS = 4;
const CHANGE_PORT = 2;

/** The CHANGE-REQUEST of a message; undefined when absent or malformed. */
export function decodeChangeRequest(message: StunMessage): ChangeRequest | undefined {
  const attribute = findAttribute(message, AttributeType.CHANGE_REQUEST);
  if (attribute?.length !== 4) return undefined;
  const flags = u32(message.bytes, attribute.offset);
  return { address: (flags & CHANGE_ADDRESS) !== 0, port: (flags & CHANGE_PORT) !== 0 };
}

/** Writes a CHANGE-REQUEST and returns the offset behind it. */
export function encodeChangeRequest(out: Uint8Array, offset: number, { address, port }: ChangeRequest): number {
  const value = new Uint8Array(4);
  value[3] = (address ? CHANGE_ADDRESS : 0) | (port ? CHANGE_PORT : 0);
  return encodeAttribute(out, offset, AttributeType.CHANGE_REQUEST, value);
}

/** The RESPONSE-PORT of a message; undefined when absent, malformed or 0. */
export function decodeResponsePort(message: StunMessage): number | undefined {
  const attribute = findAttribute(message, AttributeType.RESPONSE_PORT);
  if (attribute === undefined || (attribute.length !== 2 && attribute.length !== 4)) return undefined;
  return u16(message.bytes, attribute.offset) || undefined;
}

/** Writes a RESPONSE-PORT and returns the offset behind it. */
export function encodeResponsePort(out: Uint8Array, offset: number, port: number): number {
  const value = new Uint8Array(4);
  setU16(value, 0, port);
  return encodeAttribute(out, offset, AttributeType.RESPONSE_PORT, value);
}

/** Writes a PADDING of `length` bytes (§7.6) and returns the offset behind it. */
export function encodePadding(out: Uint8Array, offset: number, length: number): number {
  return encodeAttribute(out, offset, AttributeType.PADDING, new Uint8Array(length));
}
