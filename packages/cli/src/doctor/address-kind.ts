/** Who can reach an address: RFC 1918, RFC 6598, RFC 4193, RFC 3927, RFC 4291. */
import { parseIpAddress } from "visavis/base";
import type { AddressKind } from "./findings.ts";

/** The kind of an IP address; zones do not matter. What is no address counts as private. */
export function addressKind(text: string): AddressKind {
  const bytes = parseIpAddress(text)?.bytes;
  if (bytes === undefined) return "private";
  const [first = 0, second = 0] = bytes;
  if (bytes.length === 4) {
    if (first === 127) return "loopback";
    if (first === 169 && second === 254) return "link-local";
    if (first === 100 && second >= 64 && second < 128) return "carrier";
    const isPrivate = first === 10 || (first === 172 && second >= 16 && second < 32) || (first === 192 && second === 168);
    return isPrivate ? "private" : "public";
  }
  if (bytes.every((byte, i) => byte === (i === 15 ? 1 : 0))) return "loopback";
  if (first === 0xfe && (second & 0xc0) === 0x80) return "link-local";
  return (first & 0xfe) === 0xfc ? "private" : "public";
}
