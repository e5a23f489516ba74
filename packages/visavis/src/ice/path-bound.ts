/**
 * The largest datagram that can be sent by a route at all, from the interfaces of this machine: where path MTU discovery ends (RFC 8899 §3).
 *
 * A socket that cannot forbid fragments would find the kernel's largest datagram on every path, because the kernel cuts what is
 * larger than its interface. Up to the MTU of the interface nothing is cut here; on most systems nothing is cut on the way either.
 */
import { addressScope, parseIpAddress, printIpAddress } from "../base/ip-address.ts";
import type { NetworkInterface } from "../base/platform.ts";

/** The MTU of an interface that does not tell: Ethernet's, in bytes. */
export const USUAL_MTU = 1500;
/** The MTU of loopback where it does not tell, in bytes: as large as a datagram can be. */
const LOOPBACK_MTU = 65_535;
/** IP and UDP headers, in bytes. */
const HEADERS = { 4: 28, 6: 48 } as const;

/** What is known of a route before anything is sent by it. Sizes in bytes. */
export interface PathBound {
  /** The largest IP packet. */
  readonly mtu: number;
  /** The IP and UDP headers in it. */
  readonly headers: number;
  /** It leads back into this machine, whatever addresses it wears. */
  readonly isLocal: boolean;
}

/**
 * In a stream there is no largest datagram to find, but a reader with a buffer of a fixed size: what gets through everywhere over UDP
 * does so here. Larger ones would wait longer behind each other.
 */
export const STREAM_PATH: PathBound = { mtu: 1200 + 42, headers: 42, isLocal: false };

/** The bound of the way from the socket bound to `local` to `remote`; both are addresses as the platform prints them. */
export function pathBound(interfaces: readonly NetworkInterface[], local: string, remote: string): PathBound {
  const to = parseIpAddress(remote);
  const family = to?.family ?? (remote.includes(":") ? 6 : 4);
  const headers = HEADERS[family];
  const isLoopback = to !== undefined && addressScope(to.bytes) === "loopback";
  // What is sent to an address of its own never leaves a machine.
  if (isLoopback || (to !== undefined && interfaces.some(({ address }) => isSame(address, printIpAddress(to.bytes))))) {
    const loopback = interfaces.find((each) => each.internal && each.family === family);
    return { mtu: loopback?.mtu ?? LOOPBACK_MTU, headers, isLocal: true };
  }
  const mtu = interfaces.find(({ address }) => address === local)?.mtu ?? USUAL_MTU;
  return { mtu, headers, isLocal: false };
}

/** Whether an address of an interface is this one, zones aside. */
function isSame(address: string, canonical: string): boolean {
  const parsed = parseIpAddress(address);
  return parsed !== undefined && printIpAddress(parsed.bytes) === canonical;
}
