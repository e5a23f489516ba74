/** The network of the Node peer: no wider than the address that the server listens on. */
import net from "node:net";
import type { Network, Platform } from "visavis/base";
import { isLoopbackHost, type OwnAddresses } from "../own-addresses.ts";

/**
 * `platform` as the Node peer of a server on `host` may use it.
 *
 * On loopback it still binds every address of the machine, because browsers gather from those and Firefox reaches no other from
 * there, but what comes from elsewhere is dropped unread. On one address it binds that one. On a wildcard, or a name, all of them.
 */
export function platformFor(host: string, platform: Platform, own: OwnAddresses): Platform {
  if (isLoopbackHost(host)) return { ...platform, network: fromThisMachine(platform.network, own) };
  if (net.isIP(host) !== 0 && host !== "0.0.0.0" && host !== "::")
    return { ...platform, network: onAddress(platform.network, host) };
  return platform;
}

function fromThisMachine(network: Network, own: OwnAddresses): Network {
  return {
    ...network,
    bindUdp: (options, onDatagram) =>
      network.bindUdp(options, (datagram, address, port) => {
        if (own.has(address)) onDatagram(datagram, address, port);
      }),
  };
}

function onAddress(network: Network, host: string): Network {
  return { ...network, interfaces: () => network.interfaces().filter(({ address }) => address.replace(/%.*$/, "") === host) };
}
