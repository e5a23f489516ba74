/**
 * What NAT behaviour discovery finds out, and how it is concluded from what was answered: RFC 5780 §3.1, §4.3, §4.4, in the
 * words of RFC 4787 §4.1 and §5.
 */
import type { TransportAddress } from "./address-attribute.ts";

/** How much of the other side's address a NAT looks at; `none` where there is no mapping, or no filter, at all. */
export type NatBehaviour = "none" | "endpoint-independent" | "address-dependent" | "address-and-port-dependent";

/** Why something could not be found out. */
export type NatDiscoveryProblem =
  /** No socket could be bound to the local address. */
  | "bind-failed"
  /** The server does not answer over UDP: it is not there, or UDP is blocked on the way. */
  | "unreachable"
  /** It answers with an error. */
  | "refused"
  /** It has no other address, or does not answer from there: it does not know RFC 5780. */
  | "no-other-address";

/** What was found out. What is undefined could not be. Times in milliseconds. */
export interface NatReport {
  /** The address asked, and the one asked from. */
  readonly server: TransportAddress;
  readonly local: TransportAddress | undefined;
  /** How the server saw us. */
  readonly mapped: TransportAddress | undefined;
  /** From the first request to its answer, retransmissions included. */
  readonly roundTrip: number | undefined;
  /** RFC 4787 §4.1; `none`: what goes out is not translated. */
  readonly mapping: NatBehaviour | undefined;
  /** RFC 4787 §5; `none`: even ports that nothing was sent from are open. */
  readonly filtering: NatBehaviour | undefined;
  /** Whether we reach ourselves by our address outside: RFC 4787 §6. Undefined too where nothing is translated. */
  readonly hairpinning: boolean | undefined;
  /** How long an unused mapping was seen to live, and after how long one was seen dead; undefined where that was not asked. */
  readonly lifetime: { readonly alive: number; readonly expired: number | undefined } | undefined;
  readonly problem: NatDiscoveryProblem | undefined;
}

const same = (one: TransportAddress, other: TransportAddress): boolean =>
  one.address === other.address && one.port === other.port;

/**
 * How mappings are made: RFC 5780 §4.3.
 * @param first as the server's address and port saw us
 * @param otherAddress as its other address saw us, at the same port
 * @param otherPort as its other address saw us, at the other port
 */
export function concludeMapping(
  local: TransportAddress,
  first: TransportAddress,
  otherAddress: TransportAddress | undefined,
  otherPort: TransportAddress | undefined,
): NatBehaviour | undefined {
  if (same(local, first)) return "none";
  if (otherAddress === undefined) return undefined;
  if (same(first, otherAddress)) return "endpoint-independent";
  if (otherPort === undefined) return undefined;
  return same(otherAddress, otherPort) ? "address-dependent" : "address-and-port-dependent";
}

/** What came in to a port that had only sent to the server's first address and port. */
export interface FilterProbes {
  /** From its other address and port. */
  readonly otherAddress: boolean;
  /** From its other port. */
  readonly otherPort: boolean;
  /** To a port that had sent nothing at all. */
  readonly unused: boolean;
}

/** Who is let in: RFC 5780 §4.4, with a fourth outcome. */
export function concludeFiltering({ otherAddress, otherPort, unused }: FilterProbes): NatBehaviour {
  if (unused) return "none";
  if (otherAddress) return "endpoint-independent";
  return otherPort ? "address-dependent" : "address-and-port-dependent";
}
