/**
 * Priorities of candidates and pairs, and foundations: RFC 8445 §5.1.1.3, §5.1.2, §6.1.2.3.
 */
import { encodeUtf8 } from "../base/bytes.ts";
import { crc32 } from "../base/crc32.ts";
import type { CandidateType } from "./candidate.ts";

/** The recommended preferences of RFC 8445 §5.1.2.2. */
const TYPE_PREFERENCE: Readonly<Record<CandidateType, number>> = { host: 126, prflx: 110, srflx: 100, relay: 0 };

/** The same over TCP, which is liked less than anything over UDP but a relay: the values of libwebrtc, in the order of RFC 6544 §4.2. */
const TCP_TYPE_PREFERENCE: Readonly<Record<CandidateType, number>> = { host: 90, prflx: 80, srflx: 75, relay: 0 };

/** How a connection of a host candidate comes about, by how likely it is to: RFC 6544 §4.2. */
const DIRECTION_PREFERENCE = { active: 6, passive: 4, so: 2 } as const;

/** The highest preference among addresses that leaves room for the direction. */
const MAX_OTHER_PREFERENCE = 8191;

/** The highest local preference. */
export const MAX_LOCAL_PREFERENCE = 65535;

/** The priority of a candidate: RFC 8445 §5.1.2.1. @param localPreference 0 to 65535 */
export function candidatePriority(
  type: CandidateType,
  localPreference: number,
  component: 1 | 2 = 1,
  protocol: "udp" | "tcp" = "udp",
): number {
  const typePreference = (protocol === "udp" ? TYPE_PREFERENCE : TCP_TYPE_PREFERENCE)[type];
  return typePreference * 2 ** 24 + localPreference * 2 ** 8 + (256 - component);
}

/** The local preference of a host candidate over TCP. @param other that of its address over UDP, 65535 and a little less */
export function tcpLocalPreference(tcpType: "active" | "passive" | "so", other: number): number {
  const address = Math.max(MAX_OTHER_PREFERENCE - (MAX_LOCAL_PREFERENCE - other), 0);
  return DIRECTION_PREFERENCE[tcpType] * 2 ** 13 + address;
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
