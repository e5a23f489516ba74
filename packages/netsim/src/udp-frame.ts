/**
 * IP and UDP headers around a datagram, as they would have been on the wire: RFC 791 §3.1, RFC 8200 §3, RFC 768.
 */
import type { Address } from "./address.ts";

/** Adds big-endian 16-bit words; an odd byte counts as the high one. */
function addWords(sum: number, bytes: Uint8Array, start: number, end: number): number {
  let total = sum;
  for (let i = start; i < end; i += 2) total += ((bytes[i] as number) << 8) | (i + 1 < end ? (bytes[i + 1] as number) : 0);
  return total;
}

/** RFC 1071: the one's complement of the one's complement sum. */
function checksum(sum: number): number {
  let folded = sum;
  while (folded > 0xffff) folded = (folded & 0xffff) + Math.floor(folded / 0x1_0000);
  return ~folded & 0xffff;
}

function putU16(out: Uint8Array, offset: number, value: number): void {
  out[offset] = value >>> 8;
  out[offset + 1] = value;
}

/** The datagram with an IPv4 or IPv6 header and a UDP header, checksums included. Both addresses are of one family. */
export function udpFrame(
  source: Address,
  sourcePort: number,
  destination: Address,
  port: number,
  payload: Uint8Array,
): Uint8Array {
  const ip = source.family === 4 ? 20 : 40;
  const length = 8 + payload.length;
  const out = new Uint8Array(ip + length);
  if (source.family === 4) {
    out[0] = 0x45;
    putU16(out, 2, ip + length);
    // Do not fragment; 64 hops; UDP.
    out[6] = 0x40;
    out[8] = 64;
    out[9] = 17;
    out.set(source.bytes, 12);
    out.set(destination.bytes, 16);
    putU16(out, 10, checksum(addWords(0, out, 0, ip)));
  } else {
    out[0] = 0x60;
    putU16(out, 4, length);
    out[6] = 17;
    out[7] = 64;
    out.set(source.bytes, 8);
    out.set(destination.bytes, 24);
  }
  putU16(out, ip, sourcePort);
  putU16(out, ip + 2, port);
  putU16(out, ip + 4, length);
  out.set(payload, ip + 8);
  // The pseudo header: both addresses, the protocol, the length.
  const addresses =
    addWords(0, source.bytes, 0, source.bytes.length) + addWords(0, destination.bytes, 0, destination.bytes.length);
  putU16(out, ip + 6, checksum(addWords(addresses + 17 + length, out, ip, out.length)) || 0xffff);
  return out;
}
