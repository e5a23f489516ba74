/**
 * Attributes that hold a transport address: MAPPED-ADDRESS, ALTERNATE-SERVER (plain) and XOR-MAPPED-ADDRESS,
 * XOR-PEER-ADDRESS, XOR-RELAYED-ADDRESS (xored). RFC 8489 §14.1, §14.2, §14.15.
 * https://www.rfc-editor.org/rfc/rfc8489#section-14.1
 *
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |0 0 0 0 0 0 0 0|    Family     |         Port (or X-Port)      |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |              Address (or X-Address), 32 or 128 bits           |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *
 * The xored form hides the address from NATs that rewrite what looks like one: the port is xored with the first half of
 * the magic cookie, the address with the cookie and, for IPv6, the transaction id, which is header bytes 4 to 20.
 */
import { setU16, u8, u16 } from "../base/bytes.ts";
import { parseIpAddress, printIpAddress } from "../base/ip-address.ts";
import { encodeAttribute, findAttribute, MAGIC_COOKIE, type StunAttribute, type StunMessage } from "./message.ts";

/** An IP address in canonical text, without a zone, and a port. */
export interface TransportAddress {
  readonly address: string;
  readonly port: number;
}

const Family = { IPV4: 1, IPV6: 2 } as const;

function xorWithHeader(address: Uint8Array, message: Uint8Array, start: number): void {
  for (let i = 0; i < address.length; i++) address[i] = u8(address, i) ^ u8(message, start + 4 + i);
}

function decodeAddress(
  { bytes }: StunMessage,
  attribute: StunAttribute | undefined,
  xored: boolean,
): TransportAddress | undefined {
  if (attribute === undefined || attribute.length < 4) return undefined;
  const { offset } = attribute;
  const family = u8(bytes, offset + 1);
  const length = family === Family.IPV4 ? 4 : family === Family.IPV6 ? 16 : 0;
  if (length === 0 || attribute.length !== 4 + length) return undefined;
  const address = bytes.slice(offset + 4, offset + 4 + length);
  if (xored) xorWithHeader(address, bytes, 0);
  const port = u16(bytes, offset + 2) ^ (xored ? MAGIC_COOKIE >>> 16 : 0);
  return { address: printIpAddress(address), port };
}

/** The address of a plain attribute; undefined when absent or malformed. */
export function decodePlainAddress(message: StunMessage, type: number): TransportAddress | undefined {
  return decodeAddress(message, findAttribute(message, type), false);
}

/** The address of a xored attribute; undefined when absent or malformed. */
export function decodeXorAddress(message: StunMessage, type: number): TransportAddress | undefined {
  return decodeAddress(message, findAttribute(message, type), true);
}

/** The address of one xored attribute of several; undefined when malformed. */
export function decodeXorAddressAt(message: StunMessage, attribute: StunAttribute): TransportAddress | undefined {
  return decodeAddress(message, attribute, true);
}

function addressValue(address: string, port: number): Uint8Array {
  const parsed = parseIpAddress(address);
  if (parsed === undefined) throw new RangeError("not an IP address");
  const value = new Uint8Array(4 + parsed.bytes.length);
  value[1] = parsed.family === 4 ? Family.IPV4 : Family.IPV6;
  setU16(value, 2, port);
  value.set(parsed.bytes, 4);
  return value;
}

/**
 * Writes a plain address attribute and returns the offset behind it. A zone is left out.
 * @throws RangeError when `address` is no IP address
 */
export function encodePlainAddress(out: Uint8Array, offset: number, type: number, address: string, port: number): number {
  return encodeAttribute(out, offset, type, addressValue(address, port));
}

/**
 * Writes a xored address attribute of the message that began at `start`, whose header is there already, and returns the
 * offset behind it. A zone is left out.
 * @throws RangeError when `address` is no IP address
 */
export function encodeXorAddress(
  out: Uint8Array,
  start: number,
  offset: number,
  type: number,
  address: string,
  port: number,
): number {
  const value = addressValue(address, port ^ (MAGIC_COOKIE >>> 16));
  xorWithHeader(value.subarray(4), out, start);
  return encodeAttribute(out, offset, type, value);
}
