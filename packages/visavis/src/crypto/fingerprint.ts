/**
 * Fingerprints of certificates, as SDP carries them (RFC 8122 §5).
 */
import { toHex } from "../base/bytes.ts";
import { type DigestName, digest } from "./hash.ts";

const DIGESTS: Readonly<Record<string, DigestName>> = {
  "sha-1": "sha1",
  "sha-224": "sha224",
  "sha-256": "sha256",
  "sha-384": "sha384",
  "sha-512": "sha512",
};

/** The algorithms that are computed and compared, weakest first. MD5 and MD2 must not be used (RFC 8122 §5). */
export const FINGERPRINT_ALGORITHMS: readonly string[] = Object.keys(DIGESTS);

/** A fingerprint: the name of its hash and upper-case hexadecimal pairs with colons between. */
export interface Fingerprint {
  readonly algorithm: string;
  readonly value: string;
}

/**
 * The fingerprint of a certificate in DER: `AA:BB:…`.
 * @throws RangeError when the algorithm is none of {@link FINGERPRINT_ALGORITHMS}
 */
export function fingerprint(der: Uint8Array, algorithm: string): string {
  const name = digestName(algorithm);
  if (name === undefined) throw new RangeError(`no fingerprint algorithm ${algorithm}`);
  return toHex(digest(name, der))
    .toUpperCase()
    .replace(/(..)(?=.)/g, "$1:");
}

/**
 * Compares a certificate with what signalling promised (RFC 8122 §6.2). Names and digits are compared without regard to case.
 * @returns `match` when one of a known algorithm matches, `mismatch` when known ones were given and none does, `unknown`
 * when none given is of an algorithm that is computed here
 */
export function checkFingerprints(der: Uint8Array, promised: readonly Fingerprint[]): "match" | "mismatch" | "unknown" {
  const known = promised.filter((one) => digestName(one.algorithm) !== undefined);
  if (known.length === 0) return "unknown";
  const matches = known.some((one) => fingerprint(der, one.algorithm) === one.value.toUpperCase());
  return matches ? "match" : "mismatch";
}

function digestName(algorithm: string): DigestName | undefined {
  const name = algorithm.toLowerCase();
  return Object.hasOwn(DIGESTS, name) ? DIGESTS[name] : undefined;
}
