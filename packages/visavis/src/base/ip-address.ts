/**
 * IP addresses as text and as bytes: RFC 4291 §2.2 and RFC 4007 §11 (zones) in, RFC 5952 out.
 *
 * The printed form is the one operating systems print, so that an address from a message and one from a socket compare
 * as strings.
 */

import { u32 } from "./bytes.ts";

/** A parsed address. */
export interface IpAddress {
  readonly family: 4 | 6;
  /** 4 or 16 bytes, in network order. */
  readonly bytes: Uint8Array;
  /** The zone behind `%`, such as `eth0`; undefined when there is none. */
  readonly zone: string | undefined;
}

const DECIMAL_OCTET = /^(?:0|[1-9][0-9]{0,2})$/;
const HEX_GROUP = /^[0-9a-fA-F]{1,4}$/;
const ZONE = /^[^\s%]{1,64}$/;

/** Four bytes of a dotted quad, written to `out` at `offset`; false when `text` is none. */
function readDottedQuad(text: string, out: Uint8Array, offset: number): boolean {
  const octets = text.split(".");
  if (octets.length !== 4) return false;
  for (const [i, octet] of octets.entries()) {
    // Leading zeros are refused: some readers take them for octal.
    if (!DECIMAL_OCTET.test(octet) || Number(octet) > 255) return false;
    out[offset + i] = Number(octet);
  }
  return true;
}

/** The bytes of colon-separated groups; undefined when one is malformed. Only the last may be a dotted quad. */
function readGroups(text: string, mayEndDotted: boolean): Uint8Array | undefined {
  if (text === "") return new Uint8Array(0);
  const groups = text.split(":");
  if (groups.length > 8) return undefined;
  const out = new Uint8Array(2 * groups.length + 2);
  let length = 0;
  for (const [i, group] of groups.entries()) {
    if (HEX_GROUP.test(group)) {
      const value = Number.parseInt(group, 16);
      out[length] = value >>> 8;
      out[length + 1] = value;
      length += 2;
    } else {
      if (!mayEndDotted || i !== groups.length - 1 || !readDottedQuad(group, out, length)) return undefined;
      length += 4;
    }
  }
  return out.subarray(0, length);
}

function parseIpv6(text: string): Uint8Array | undefined {
  const gap = text.indexOf("::");
  if (gap < 0) {
    const bytes = readGroups(text, true);
    return bytes?.length === 16 ? bytes : undefined;
  }
  if (text.includes("::", gap + 1)) return undefined;
  const head = readGroups(text.slice(0, gap), false);
  const tail = readGroups(text.slice(gap + 2), true);
  // The gap stands for at least one group of zeros.
  if (head === undefined || tail === undefined || head.length + tail.length > 14) return undefined;
  const bytes = new Uint8Array(16);
  bytes.set(head, 0);
  bytes.set(tail, 16 - tail.length);
  return bytes;
}

/** The newest addresses that were read: a connection asks for the same few again and again. */
const RECENT_LIMIT = 64;
const recent: Map<string, IpAddress> = new Map();

/** The address that `text` writes; undefined when it is none (a host name, or malformed). It is shared: its bytes are not to be changed. */
export function parseIpAddress(text: string): IpAddress | undefined {
  if (text.length > 128) return undefined;
  const known = recent.get(text);
  if (known !== undefined) return known;
  const address = readIpAddress(text);
  if (address === undefined) return undefined;
  if (recent.size >= RECENT_LIMIT) recent.clear();
  recent.set(text, address);
  return address;
}

function readIpAddress(text: string): IpAddress | undefined {
  if (!text.includes(":")) {
    const bytes = new Uint8Array(4);
    return readDottedQuad(text, bytes, 0) ? { family: 4, bytes, zone: undefined } : undefined;
  }
  const percent = text.indexOf("%");
  const zone = percent < 0 ? undefined : text.slice(percent + 1);
  if (zone !== undefined && !ZONE.test(zone)) return undefined;
  const bytes = parseIpv6(percent < 0 ? text : text.slice(0, percent));
  return bytes === undefined ? undefined : { family: 6, bytes, zone };
}

function isAll(bytes: Uint8Array, start: number, end: number, value: number): boolean {
  for (let i = start; i < end; i++) if (bytes[i] !== value) return false;
  return true;
}

/** Whether these 16 bytes are `::ffff:0:0/96`, an IPv4 address in IPv6 clothes. */
export function isIpv4Mapped(bytes: Uint8Array): boolean {
  return bytes.length === 16 && isAll(bytes, 0, 10, 0) && isAll(bytes, 10, 12, 0xff);
}

/**
 * The canonical text of 4 or 16 bytes (RFC 5952), without a zone.
 * @throws RangeError for any other length
 */
export function printIpAddress(bytes: Uint8Array): string {
  if (bytes.length === 4) return `${bytes[0]}.${bytes[1]}.${bytes[2]}.${bytes[3]}`;
  if (bytes.length !== 16) throw new RangeError("an IP address has 4 or 16 bytes");
  const key = `${u32(bytes, 0)} ${u32(bytes, 4)} ${u32(bytes, 8)} ${u32(bytes, 12)}`;
  let text = printed.get(key);
  if (text === undefined) {
    text = printIpv6(bytes);
    if (printed.size >= RECENT_LIMIT) printed.clear();
    printed.set(key, text);
  }
  return text;
}

/** The newest IPv6 addresses that were printed, by their words. */
const printed: Map<string, string> = new Map();

function printIpv6(bytes: Uint8Array): string {
  if (isIpv4Mapped(bytes)) return `::ffff:${bytes.subarray(12).join(".")}`;
  const groups: number[] = [];
  for (let i = 0; i < 16; i += 2) groups.push(((bytes[i] as number) << 8) | (bytes[i + 1] as number));
  // The longest run of at least two zero groups, the first of equals (RFC 5952 §4.2).
  let start = -1;
  let length = 1;
  for (let i = 0; i < 8; i++) {
    let end = i;
    while (end < 8 && groups[end] === 0) end++;
    if (end - i > length) {
      start = i;
      length = end - i;
    }
    i = Math.max(i, end);
  }
  return start < 0 ? printGroups(groups, 0, 8) : `${printGroups(groups, 0, start)}::${printGroups(groups, start + length, 8)}`;
}

function printGroups(groups: readonly number[], from: number, to: number): string {
  let text = "";
  for (let i = from; i < to; i++)
    text += i === from ? (groups[i] as number).toString(16) : `:${(groups[i] as number).toString(16)}`;
  return text;
}

/** The canonical text of an address, its zone kept; undefined when `text` is no address. */
export function canonicalIpAddress(text: string): string | undefined {
  const address = parseIpAddress(text);
  if (address === undefined) return undefined;
  const canonical = printIpAddress(address.bytes);
  return address.zone === undefined ? canonical : `${canonical}%${address.zone}`;
}

/** What kind of place an address names, as far as it matters for who can talk to whom. */
export type AddressScope =
  | "unspecified"
  | "loopback"
  | "link-local"
  | "multicast"
  | "broadcast"
  | "ipv4-mapped"
  /** IPv4-compatible (RFC 4291 §2.5.5.1) and site-local (RFC 3879): not to be used any more. */
  | "deprecated"
  | "other";

/** The scope of 4 or 16 bytes: RFC 6890, RFC 4291 §2.4. Private and unique local addresses are `other`. */
export function addressScope(bytes: Uint8Array): AddressScope {
  const first = bytes[0] as number;
  if (bytes.length === 4) {
    if (first === 0) return "unspecified";
    if (first === 127) return "loopback";
    if (first === 169 && bytes[1] === 254) return "link-local";
    if (first >= 224 && first < 240) return "multicast";
    return isAll(bytes, 0, 4, 255) ? "broadcast" : "other";
  }
  if (isAll(bytes, 0, 15, 0) && (bytes[15] as number) < 2) return bytes[15] === 0 ? "unspecified" : "loopback";
  if (isIpv4Mapped(bytes)) return "ipv4-mapped";
  if (first === 0xff) return "multicast";
  const prefix = first === 0xfe ? (bytes[1] as number) & 0xc0 : -1;
  if (prefix === 0x80) return "link-local";
  return prefix === 0xc0 || isAll(bytes, 0, 12, 0) ? "deprecated" : "other";
}
