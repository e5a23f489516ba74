/**
 * Signature schemes (RFC 9846 §4.2.3), which TLS 1.2 reads as pairs of hash and signature (RFC 5246 §7.4.1.4.1).
 */
import type { KeyType, SignatureAlgorithm } from "../crypto/signature.ts";
import { keyTypeOf } from "../crypto/signature.ts";
import { DtlsVersion } from "./version.ts";

const SCHEMES: ReadonlyMap<number, SignatureAlgorithm> = new Map<number, SignatureAlgorithm>([
  [0x0403, "ecdsa-p256-sha256"],
  [0x0804, "rsa-pss-sha256"],
  [0x0503, "ecdsa-p384-sha384"],
  [0x0603, "ecdsa-p521-sha512"],
  [0x0807, "ed25519"],
  [0x0805, "rsa-pss-sha384"],
  [0x0806, "rsa-pss-sha512"],
  [0x0401, "rsa-pkcs1-sha256"],
  [0x0501, "rsa-pkcs1-sha384"],
  [0x0601, "rsa-pkcs1-sha512"],
]);

/** What we verify, best first. */
export const SIGNATURE_SCHEMES: readonly number[] = [...SCHEMES.keys()];

/** What a scheme means; undefined when it is not one of ours or not allowed to sign a handshake of that version. */
export function signatureAlgorithm(scheme: number, version: DtlsVersion): SignatureAlgorithm | undefined {
  const algorithm = SCHEMES.get(scheme);
  // RFC 9846 §4.2.3: PKCS #1 signatures are for certificates only.
  if (version === DtlsVersion.V1_3 && algorithm?.startsWith("rsa-pkcs1") === true) return undefined;
  return algorithm;
}

/** The first scheme that our key can sign with and the peer said it verifies; undefined when there is none. */
export function chooseScheme(key: KeyType, offered: readonly number[], version: DtlsVersion): number | undefined {
  return SIGNATURE_SCHEMES.find((scheme) => {
    const algorithm = signatureAlgorithm(scheme, version);
    return algorithm !== undefined && keyTypeOf(algorithm) === key && offered.includes(scheme);
  });
}
