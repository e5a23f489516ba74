/**
 * The default candidate, whose address and port the m= and c= lines carry: RFC 8839 §4.2.1.2, RFC 9429 §5.2.2.
 */
import type { NetworkAddress } from "../sdp/attribute-values.ts";
import { integer, words } from "../sdp/text.ts";

/** Where a section says it can be reached. */
export interface DefaultAddress {
  readonly port: number;
  readonly connection: NetworkAddress;
}

/** What stands there until a candidate is known, and where the default candidate has a name: RFC 8840 §4.1.1. */
export const NO_ADDRESS: DefaultAddress = {
  port: 9,
  connection: { networkType: "IN", addressType: "IP4", address: "0.0.0.0" },
};

/** RFC 8839 §4.2.1.2: relayed first, then server reflexive, then host. */
const TYPES: readonly string[] = ["relay", "srflx", "prflx", "host"];

interface Ranked extends DefaultAddress {
  /** Lower is better. */
  readonly rank: number;
  readonly priority: number;
}

/** Undefined for what cannot be a default: other components, TCP, names, malformed lines. */
function rank(candidate: string): Ranked | undefined {
  const [, component, transport, priority, address, port, , type] = words(candidate);
  const number = integer(port, 0xffff);
  const worth = TYPES.indexOf(type ?? "");
  if (component !== "1" || transport?.toLowerCase() !== "udp" || number === undefined || worth < 0) return undefined;
  const isIp6 = address?.includes(":") ?? false;
  if (address === undefined || (!isIp6 && !/^[0-9.]+$/.test(address))) return undefined;
  return {
    port: number,
    connection: { networkType: "IN", addressType: isIp6 ? "IP6" : "IP4", address },
    // IPv4 is what a host without ICE is most likely to reach.
    rank: worth * 2 + (isIp6 ? 1 : 0),
    priority: integer(priority) ?? 0,
  };
}

/** The address of the default among `candidate:…` lines. */
export function defaultAddress(candidates: readonly string[]): DefaultAddress {
  let best: Ranked | undefined;
  for (const candidate of candidates) {
    const ranked = rank(candidate);
    if (ranked === undefined) continue;
    const isBetter =
      best === undefined || ranked.rank < best.rank || (ranked.rank === best.rank && ranked.priority > best.priority);
    if (isBetter) best = ranked;
  }
  return best === undefined ? NO_ADDRESS : { port: best.port, connection: best.connection };
}
