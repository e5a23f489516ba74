/**
 * Named groups for key exchange (RFC 9846 §4.2.7, draft-ietf-tls-ecdhe-mlkem).
 */
import type { KeyExchangeName } from "../crypto/key-exchange.ts";
import { HAS_ML_KEM } from "../crypto/ml-kem.ts";

/** Numbers on the wire. */
export const NamedGroup = {
  SECP256R1: 0x0017,
  X25519: 0x001d,
  X25519MLKEM768: 0x11ec,
} as const;

const NAMES: ReadonlyMap<number, KeyExchangeName> = new Map([
  [NamedGroup.X25519MLKEM768, "X25519MLKEM768"],
  [NamedGroup.X25519, "X25519"],
  [NamedGroup.SECP256R1, "P-256"],
]);

/** The groups that are offered when nothing else is said, best first: all that this runtime can do. */
export const DEFAULT_GROUPS: readonly number[] = [...NAMES.keys()].filter(
  (group) => HAS_ML_KEM || group !== NamedGroup.X25519MLKEM768,
);

/** The name of a group; undefined when it is not one of ours. */
export function groupName(group: number): KeyExchangeName | undefined {
  return NAMES.get(group);
}

/** Whether the group exists in TLS 1.2 too (RFC 8422 §5.1.1): hybrids do not. */
export function isGroupOf12(group: number): boolean {
  return group === NamedGroup.X25519 || group === NamedGroup.SECP256R1;
}
