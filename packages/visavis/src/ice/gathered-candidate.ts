/**
 * What the candidates that gathering finds say of themselves: RFC 8445 §5.1.1.1, §5.1.1.2, §5.1.2.
 */
import type { TransportAddress } from "../stun/address-attribute.ts";
import type { IceCandidate } from "./candidate.ts";
import { MAX_HOST_ADDRESSES } from "./host-addresses.ts";
import type { RelayServer, StunServer } from "./ice-servers.ts";
import type { Base } from "./local-candidates.ts";
import { candidateFoundation, candidatePriority } from "./priorities.ts";

/** The candidate that is a socket itself, or connects from its address or listens there (RFC 6544 §5.1). @param address what is shown for the address of the base */
export function hostCandidate(base: Base, address: string, usernameFragment: string): IceCandidate {
  const { port, localPreference, tcpType } = base;
  const protocol = tcpType === undefined ? "udp" : "tcp";
  return {
    foundation: candidateFoundation("host", address, protocol, ""),
    component: 1,
    protocol,
    priority: candidatePriority("host", localPreference, 1, protocol),
    address,
    port,
    type: "host",
    ...(tcpType && { tcpType }),
    usernameFragment,
  };
}

/** Where a server, or whoever set a NAT up, sees a base. @param server undefined when none had to be asked */
export function reflexiveCandidate(
  base: Base,
  related: TransportAddress,
  server: StunServer | RelayServer | undefined,
  mapped: TransportAddress,
  usernameFragment: string,
): IceCandidate {
  return {
    foundation: candidateFoundation("srflx", related.address, "udp", server?.address ?? ""),
    component: 1,
    protocol: "udp",
    priority: candidatePriority("srflx", Math.max(base.localPreference - MAX_HOST_ADDRESSES * (server?.index ?? 0), 0)),
    address: mapped.address,
    port: mapped.port,
    type: "srflx",
    relatedAddress: related.address,
    relatedPort: related.port,
    usernameFragment,
    ...(server && { url: server.url }),
  };
}

/** The end of an allocation that the peer sees. @param related where the server sees us, or what is shown for it */
export function relayCandidate(
  base: Base,
  server: RelayServer,
  relayed: TransportAddress,
  related: TransportAddress,
  usernameFragment: string,
): IceCandidate {
  return {
    foundation: candidateFoundation("relay", relayed.address, "udp", `${server.address} ${server.transport}`),
    component: 1,
    protocol: "udp",
    priority: candidatePriority("relay", base.localPreference),
    address: relayed.address,
    port: relayed.port,
    type: "relay",
    relatedAddress: related.address,
    relatedPort: related.port,
    usernameFragment,
    url: server.url,
    relayProtocol: server.transport,
  };
}

/** In place of an address that is not to be shown: RFC 8828 §5, RFC 8839 §5.1. */
export function hiddenAddress(family: 4 | 6): TransportAddress {
  return { address: family === 4 ? "0.0.0.0" : "::", port: 0 };
}
