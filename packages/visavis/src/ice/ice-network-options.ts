/**
 * Which of a machine's networks an agent uses, and how it shows itself there: choices that no standard API has.
 */
import type { NetworkInterface } from "../base/platform.ts";

/** A static address of a NAT that maps whole addresses and keeps ports, as those of cloud providers do. */
export interface Nat1To1Address {
  /** The address of this machine that is mapped; default every one of the family. */
  readonly local?: string;
  /** What it is from outside. */
  readonly external: string;
}

/** How an agent uses the networks of this machine. */
export interface IceNetworkOptions {
  /** Whether an address of an interface is used; default all. It must be quick, and must not throw. */
  readonly interfaceFilter?: (networkInterface: NetworkInterface) => boolean;
  /** Default both. */
  readonly addressFamilies?: readonly (4 | 6)[];
  /** The local ports of host candidates, inclusive; default whatever the system gives. What listens over TCP has the port of its address over UDP. */
  readonly portRange?: { readonly first: number; readonly last: number };
  /**
   * The kinds of host candidates over TCP (RFC 6544 §4.1) that are offered. By default none is told, but where the peer listens it is
   * connected to, as by `["active"]`; `[]` uses UDP alone. Each `"passive"` one costs a listening socket: it is for those whom others
   * reach. `"so"` needs both sides to connect at one moment.
   */
  readonly tcp?: readonly ("active" | "passive" | "so")[];
  /** Addresses that this machine is known by outside, without a server having to tell. */
  readonly nat1To1?: readonly Nat1To1Address[];
  /**
   * Whether an address of `nat1To1` takes the place of the host candidate, or is told besides it as server-reflexive;
   * default `"host"`.
   */
  readonly nat1To1Type?: "host" | "srflx";
  /**
   * Whether host candidates show a random `.local` name in place of the address, which multicast DNS resolves within the local
   * network (draft-ietf-mmusic-mdns-ice-candidates); default false.
   */
  readonly obfuscateAddresses?: boolean;
  /** Whether sockets follow the interfaces of this machine as they come and go while connected; default true. */
  readonly followChanges?: boolean;
  /**
   * Whether gathering never completes, so that candidates on new interfaces are told too. Without it they are used all the same, but
   * only the peer's sight of their checks tells it of them (RFC 8838 §13: nothing is told after the end); default false.
   */
  readonly continualGathering?: boolean;
  /**
   * Whether the controlling side may nominate a better pair while the one in use works, where both sides say so
   * (draft-thatcher-ice-renomination); default false. A path that is lost is replaced without it.
   */
  readonly renomination?: boolean;
  /** Only answers checks and never sends any: for servers that everybody reaches (RFC 8445 §2.5); default false. */
  readonly lite?: boolean;
}
