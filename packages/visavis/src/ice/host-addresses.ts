/**
 * Which addresses of this machine become host candidates, and in what order: RFC 8445 §5.1.1.1, RFC 8421.
 */
import { type AddressScope, addressScope, parseIpAddress } from "../base/ip-address.ts";
import type { NetworkInterface } from "../base/platform.ts";
import { MAX_LOCAL_PREFERENCE } from "./priorities.ts";

/** No more sockets than this are bound, however many addresses a machine has. */
export const MAX_HOST_ADDRESSES = 16;

/** One address to bind. */
export interface HostAddress {
  /** As the platform prints it, zone included. */
  readonly address: string;
  readonly family: 4 | 6;
  readonly scope: AddressScope;
  /** Higher is preferred; unique. */
  readonly localPreference: number;
}

interface Candidate {
  readonly interfaceName: string;
  readonly address: string;
  readonly family: 4 | 6;
  readonly scope: AddressScope;
}

/** IPv6 and IPv4 by turns, IPv6 first, so that neither family waits for all of the other: RFC 8421 §4. */
function interleaved(addresses: readonly Candidate[]): Candidate[] {
  const six = addresses.filter(({ family }) => family === 6);
  const four = addresses.filter(({ family }) => family === 4);
  const out: Candidate[] = [];
  for (let i = 0; i < Math.max(six.length, four.length); i++) out.push(...six.slice(i, i + 1), ...four.slice(i, i + 1));
  return out;
}

/**
 * Chooses and orders: routable addresses, then link-local ones, loopback last. Loopback is taken only when asked for or
 * when no routable address exists; a link-local IPv6 address only where its interface has no better one.
 */
export function chooseHostAddresses(interfaces: readonly NetworkInterface[], includeLoopback: boolean): HostAddress[] {
  const seen = new Set<string>();
  const found: Candidate[] = [];
  for (const { name, address } of interfaces) {
    const parsed = parseIpAddress(address);
    if (parsed === undefined || seen.has(address)) continue;
    seen.add(address);
    found.push({ interfaceName: name, address, family: parsed.family, scope: addressScope(parsed.bytes) });
  }
  const routable = found.filter(({ scope }) => scope === "other");
  const covered = new Set(routable.map(({ interfaceName, family }) => `${interfaceName} ${family}`));
  const linkLocal = found.filter(
    ({ scope, family, interfaceName }) => scope === "link-local" && !covered.has(`${interfaceName} ${family}`),
  );
  const loopback = includeLoopback || routable.length === 0 ? found.filter(({ scope }) => scope === "loopback") : [];
  return [...interleaved(routable), ...interleaved(linkLocal), ...interleaved(loopback)]
    .slice(0, MAX_HOST_ADDRESSES)
    .map(({ address, family, scope }, i) => ({ address, family, scope, localPreference: MAX_LOCAL_PREFERENCE - i }));
}
