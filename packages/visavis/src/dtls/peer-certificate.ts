/**
 * The peer's identity: its certificate must be the one that signalling promised (RFC 8827 §6.5, RFC 8122 §6.2), and its
 * signature must prove that it has the key.
 */
import { parseCertificate } from "../crypto/certificate.ts";
import { checkFingerprints, type Fingerprint } from "../crypto/fingerprint.ts";
import type { PublicKey } from "../crypto/signature.ts";
import { Alert } from "./alert.ts";
import { fatal } from "./errors.ts";
import type { CertificateList } from "./handshake/certificate.ts";
import type { DigitallySigned } from "./handshake/certificate-verify.ts";
import { SIGNATURE_SCHEMES, signatureAlgorithm } from "./signature-schemes.ts";
import type { DtlsVersion } from "./version.ts";

/**
 * Checks the certificates of a peer and returns the key of its own, the first. Nobody vouches for it but the fingerprint.
 * @throws DtlsError `fingerprint-mismatch`, or one named after its alert
 */
export function checkPeerCertificate(certificates: CertificateList, promised: readonly Fingerprint[]): PublicKey {
  const own = certificates[0];
  if (own === undefined) throw fatal(Alert.CERTIFICATE_REQUIRED, "the peer has no certificate");
  switch (checkFingerprints(own, promised)) {
    case "match":
      break;
    case "mismatch":
      throw fatal(Alert.BAD_CERTIFICATE, "the peer's certificate has not the promised fingerprint", "fingerprint-mismatch");
    case "unknown":
      throw fatal(Alert.BAD_CERTIFICATE, "no fingerprint of a known algorithm was promised", "fingerprint-mismatch");
  }
  const parsed = parseCertificate(own);
  if (parsed === undefined) throw fatal(Alert.UNSUPPORTED_CERTIFICATE, "the peer's certificate cannot be used");
  return parsed.publicKey;
}

/** Checks a signature by the peer's key. @throws DtlsError when it is not one, or not by an algorithm that we offered */
export function checkSignature(key: PublicKey, signed: DigitallySigned, content: Uint8Array, version: DtlsVersion): void {
  const algorithm = signatureAlgorithm(signed.scheme, version);
  if (algorithm === undefined || !SIGNATURE_SCHEMES.includes(signed.scheme)) {
    throw fatal(Alert.ILLEGAL_PARAMETER, "the peer signed with an algorithm that was not offered");
  }
  if (!key.verify(algorithm, content, signed.signature)) throw fatal(Alert.DECRYPT_ERROR, "the peer's signature is wrong");
}
