/**
 * Where a TURN server relays to: RFC 8656 §21.1.5 to §21.2.
 *
 * A relay stands inside a network that its users are outside of. So addresses that mean something only there (loopback, private,
 * link-local, multicast, the metadata services of clouds) are refused unless they are opened by name.
 */
import { u8 } from "../base/bytes.ts";
import { assert } from "../base/errors.ts";
import { isIpv4Mapped, parseIpAddress } from "../base/ip-address.ts";

/** A range of addresses: `10.0.0.0/8`, `fd00::/8`, or one address. */
export interface AddressRange {
  readonly bytes: Uint8Array;
  readonly bits: number;
}

/** The range that a text names; undefined when it names none. */
export function parseAddressRange(text: string): AddressRange | undefined {
  const [address = "", length, ...rest] = text.split("/");
  const parsed = parseIpAddress(address);
  if (parsed === undefined || rest.length > 0) return undefined;
  const all = parsed.bytes.length * 8;
  if (length !== undefined && !/^[0-9]{1,3}$/.test(length)) return undefined;
  const bits = length === undefined ? all : Number(length);
  return bits > all ? undefined : { bytes: parsed.bytes, bits };
}

function contains({ bytes, bits }: AddressRange, address: Uint8Array): boolean {
  if (bytes.length !== address.length) return false;
  for (let bit = 0; bit < bits; bit += 8) {
    const mask = bits - bit >= 8 ? 0xff : (0xff << (8 - (bits - bit))) & 0xff;
    if ((u8(bytes, bit / 8) & mask) !== (u8(address, bit / 8) & mask)) return false;
  }
  return true;
}

function range(text: string): AddressRange {
  const parsed = parseAddressRange(text);
  assert(parsed !== undefined, `${text} is no range`);
  return parsed;
}

/** What is refused by default: IANA's special-purpose registries, RFC 6890, and multicast. */
export const DENIED_RANGES: readonly AddressRange[] = [
  "0.0.0.0/8",
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  // Link-local; the metadata services of most clouds are at 169.254.169.254.
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.0.0.0/24",
  "192.168.0.0/16",
  "198.18.0.0/15",
  "224.0.0.0/4",
  "240.0.0.0/4",
  "::/128",
  "::1/128",
  // Addresses that stand for IPv4 ones: they would lead around the list above.
  "::ffff:0:0/96",
  "64:ff9b::/96",
  "64:ff9b:1::/48",
  "2002::/16",
  // Unique local (fd00:ec2::254 is a metadata service too), link-local, site-local, multicast.
  "fc00::/7",
  "fe80::/10",
  "fec0::/10",
  "ff00::/8",
].map(range);

/** Decides about peers. */
export class RelayPolicy {
  readonly #allowed: readonly AddressRange[];
  readonly #denied: readonly AddressRange[];

  /** @param allowed opened although they are denied by default; @param denied closed besides, whatever is opened */
  constructor(allowed: readonly AddressRange[] = [], denied: readonly AddressRange[] = []) {
    this.#allowed = allowed;
    this.#denied = denied;
  }

  /** Whether datagrams may be relayed to this address. */
  allows(address: string): boolean {
    const parsed = parseIpAddress(address);
    if (parsed === undefined) return false;
    const { bytes } = parsed;
    const plain = isIpv4Mapped(bytes) ? bytes.subarray(12) : bytes;
    if (this.#denied.some((each) => contains(each, plain))) return false;
    if (this.#allowed.some((each) => contains(each, plain))) return true;
    return !DENIED_RANGES.some((each) => contains(each, bytes) || contains(each, plain));
  }
}
