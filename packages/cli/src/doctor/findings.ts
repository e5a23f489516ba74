/** What the doctor saw: plain data, which `--json` prints and `--peer` reads. */
import type { NatReport } from "visavis/stun";

/** Who can reach an address. */
export type AddressKind = "public" | "private" | "carrier" | "link-local" | "loopback";

/** An address of this machine. */
export interface InterfaceFinding {
  readonly name: string;
  readonly address: string;
  readonly family: 4 | 6;
  readonly kind: AddressKind;
}

/** What a STUN server showed. */
export interface NatFinding {
  /** As the server was named. */
  readonly url: string;
  readonly family: 4 | 6;
  readonly report: NatReport;
}

/** What can be said about a server over one transport. */
export interface ServerFinding {
  readonly url: string;
  readonly transport: "udp" | "tcp" | "tls";
  readonly works: boolean;
  /** Milliseconds until it had done what was asked. */
  readonly took?: number;
  /** The relayed address, of TURN servers. */
  readonly relayed?: string;
  /** Whether data passed between two relayed addresses of this server; undefined where that was not tried. */
  readonly carries?: boolean;
  /** Why it does not work: a code of ICE (RFC 8489, RFC 8656, or 701) and what it means. */
  readonly code?: number;
  readonly reason?: string;
}

/** What two servers with different addresses showed to one socket. */
export interface SymmetryFinding {
  readonly family: 4 | 6;
  readonly urls: readonly [string, string];
  /** Whether they saw different addresses or ports. */
  readonly symmetric: boolean;
}

/** All of it. */
export interface Findings {
  readonly interfaces: readonly InterfaceFinding[];
  readonly nats: readonly NatFinding[];
  readonly servers: readonly ServerFinding[];
  /** Where no server could tell more. */
  readonly symmetry?: readonly SymmetryFinding[];
  /** Whether a name of ours (`….local`) was found by multicast DNS; undefined where that was not tried. */
  readonly mdns?: boolean;
}
