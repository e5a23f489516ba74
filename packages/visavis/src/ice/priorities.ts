/**
 * Priorities of candidates and pairs, and foundations: RFC 8445 §5.1.1.3, §5.1.2, §6.1.2.3.
 */
import { encodeUtf8 } from "../base/bytes.ts";
import { crc32 } from "../base/crc32.ts";
import type { CandidateType } from "./candidate.ts";

/** The recommended preferences of RFC 8445 §5.1.2.2. */
const TYPE_PREFERENCE: Readonly<Record<CandidateType, number>> = { host: 126, prflx: 110, srflx: 100, relay: 0 };

/** The highest local preference. */
export const MAX_LOCAL_PREFERENCE = 65535;

/** The priority of a candidate: RFC 8445 §5.1.2.1. @param localPreference 0 to 65535 */
export function candidatePriority(type: CandidateType, localPreference: number, component: 1 | 2 = 1): number {
  return TYPE_PREFERENCE[type] * 2 ** 24 + localPreference * 2 ** 8 + (256 - component);
}

/** The priority of a pair: 2³²·min(G,D) + 2·max(G,D) + (G>D). @param controlling priority of the controlling side's candidate */
export function pairPriority(controlling: number, controlled: number): bigint {
  const [min, max] = controlling < controlled ? [controlling, controlled] : [controlled, controlling];
  return (BigInt(min) << 32n) + 2n * BigInt(max) + (controlling > controlled ? 1n : 0n);
}

/**
 * The foundation of a candidate: equal when type, base address, protocol and server are equal.
 * @param server IP address of the STUN or TURN server; empty for host candidates
 */
export function candidateFoundation(type: CandidateType, baseAddress: string, protocol: "udp" | "tcp", server: string): string {
  return String(crc32(encodeUtf8(`${type} ${baseAddress} ${protocol} ${server}`)));
}
