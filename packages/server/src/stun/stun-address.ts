/** Where a page finds the STUN server: at the host that the page was opened by, unless that is a name of loopback. */
import { isLoopbackHost, isWildcard, type OwnAddresses } from "../own-addresses.ts";
import type { StunAddress } from "../signalling/messages.ts";

/**
 * The address for a page whose request named `pageHost`; `host` is what the server listens on.
 * A page that was opened by localhost gets an address of the network: Firefox gathers from no loopback address and asks none.
 */
export function stunAddressFor(pageHost: string | undefined, host: string, port: number, own: OwnAddresses): StunAddress {
  const name = pageHost?.replace(/:\d+$/, "") ?? "localhost";
  if (!isLoopbackHost(name)) return { port };
  if (!isLoopbackHost(host) && !isWildcard(host)) return { host, port };
  return { host: own.outward()[0] ?? "127.0.0.1", port };
}
