/**
 * Which local base may be paired with which remote candidate: RFC 8445 §6.1.2.2.
 */
import type { Base, LocalCandidate } from "./local-candidates.ts";
import type { RemoteCandidate } from "./remote-candidates.ts";

/**
 * Same family; IPv6 link-local only with link-local. From loopback only this machine is reached: loopback itself and the
 * addresses that we have bound, where a peer on the same machine may be.
 */
export function canPair(base: Base, remote: RemoteCandidate, bases: readonly LocalCandidate[]): boolean {
  if (base.family !== remote.family) return false;
  if (base.family === 6 && (base.scope === "link-local") !== (remote.scope === "link-local")) return false;
  if (base.scope !== "loopback" || remote.scope === "loopback") return true;
  return bases.some((local) => local.candidate.address === remote.address);
}
