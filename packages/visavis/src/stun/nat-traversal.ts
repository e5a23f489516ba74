/**
 * Who reaches whom without a relay: UDP hole punching, RFC 5128 §3.3, for each pair of behaviours of RFC 4787.
 */
import type { NatBehaviour } from "./nat-report.ts";

/** How a NAT or firewall behaves. */
export interface NatKind {
  readonly mapping: NatBehaviour;
  readonly filtering: NatBehaviour;
}

/** The address and port that a server was shown are those that everybody sees. */
const isStable = ({ mapping }: NatKind): boolean => mapping === "none" || mapping === "endpoint-independent";
/** Whoever knows the address and port may write to it. */
const isOpen = ({ filtering }: NatKind): boolean => filtering === "none" || filtering === "endpoint-independent";
/** Whoever was written to may answer from any port. */
const isLenient = (kind: NatKind): boolean => isOpen(kind) || kind.filtering === "address-dependent";

/**
 * Whether an ICE connection comes about between two sides that tell each other what a STUN server shows them, without a relay.
 *
 * - Both mappings stable: each side opens its filter for exactly what the other one told, so both first packets make a hole for
 *   the other's (RFC 5128 §3.3.3).
 * - One stable, one not: the unstable side writes from a port that was never told. The stable side's filter has been opened for
 *   that address only, so it must not look at ports. Then the stable side answers where the packet came from (a
 *   peer-reflexive candidate), and that hole is open.
 * - Neither stable: the mappings that were told are open for the server alone, so one side must let in anybody (else no packet
 *   ever arrives), and the other must let the answer in from a port that was not told. Every answer may then
 *   come from yet another port: if both mappings depend on the port, the two sides hunt each other for ever.
 */
export function meetDirectly(a: NatKind, z: NatKind): boolean {
  if (isStable(a) && isStable(z)) return true;
  if (isStable(a) !== isStable(z)) return isLenient(isStable(a) ? a : z);
  if (a.mapping === "address-and-port-dependent" && z.mapping === "address-and-port-dependent") return false;
  return isLenient(a) && isLenient(z) && (isOpen(a) || isOpen(z));
}
