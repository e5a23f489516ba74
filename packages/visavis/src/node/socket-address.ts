/**
 * Addresses as the kernel of Linux takes and gives them: `sockaddr_in` and `sockaddr_in6`.
 *
 * ```text
 * sockaddr_in:   family (host order) | port | address (4)
 * sockaddr_in6:  family (host order) | port | flow label (4) | address (16) | scope, the interface's index (host order, 4)
 * ```
 */
import os from "node:os";
import { parseIpAddress, printIpAddress } from "../base/ip-address.ts";

const AF_INET = 2;
const AF_INET6 = 10;

/** Bytes of the larger one. */
export const SOCKET_ADDRESS_LENGTH = 28;
/** Bytes of `sockaddr_in`, eight of which are padding. */
const IPV4_LENGTH = 16;

const ADDRESS4 = 4;
const ADDRESS6 = 8;
const SCOPE = 24;

/** The index of an interface; undefined when it has none that is known. */
function interfaceIndex(zone: string): number | undefined {
  if (/^[0-9]+$/.test(zone)) return Number(zone);
  const entry = os.networkInterfaces()[zone]?.find((one) => one.family === "IPv6" && one.scopeid > 0);
  return entry?.family === "IPv6" ? entry.scopeid : undefined;
}

/** The name of an interface, or its index as text. */
function interfaceName(index: number): string {
  for (const [name, entries] of Object.entries(os.networkInterfaces())) {
    if (entries?.some((entry) => entry.family === "IPv6" && entry.scopeid === index)) return name;
  }
  return String(index);
}

/**
 * Writes an address of a family.
 * @returns the bytes written; 0 when it is none of that family, or its zone is unknown
 */
export function encodeSocketAddress(family: 4 | 6, address: string, port: number, out: Uint8Array, offset: number): number {
  const parsed = parseIpAddress(address);
  if (parsed?.family !== family || !(port >= 0 && port <= 0xffff)) return 0;
  out.fill(0, offset, offset + SOCKET_ADDRESS_LENGTH);
  // Little-endian, as all the systems are that this is for.
  out[offset] = family === 4 ? AF_INET : AF_INET6;
  out[offset + 2] = port >>> 8;
  out[offset + 3] = port & 0xff;
  if (family === 4) {
    out.set(parsed.bytes, offset + ADDRESS4);
    return IPV4_LENGTH;
  }
  out.set(parsed.bytes, offset + ADDRESS6);
  if (parsed.zone !== undefined) {
    const index = interfaceIndex(parsed.zone);
    if (index === undefined) return 0;
    for (let i = 0; i < 4; i++) out[offset + SCOPE + i] = index >>> (8 * i);
  }
  return SOCKET_ADDRESS_LENGTH;
}

/** The port in an address. */
export function portOf(bytes: Uint8Array, offset: number): number {
  return ((bytes[offset + 2] as number) << 8) | (bytes[offset + 3] as number);
}

/** Reads an address that the kernel wrote, as text; link-local ones carry their zone. */
export function addressOf(bytes: Uint8Array, offset: number): string {
  if (bytes[offset] === AF_INET) return printIpAddress(bytes.subarray(offset + ADDRESS4, offset + ADDRESS4 + 4));
  const text = printIpAddress(bytes.subarray(offset + ADDRESS6, offset + ADDRESS6 + 16));
  let index = 0;
  for (let i = 3; i >= 0; i--) index = index * 256 + (bytes[offset + SCOPE + i] as number);
  return index === 0 ? text : `${text}%${interfaceName(index)}`;
}
