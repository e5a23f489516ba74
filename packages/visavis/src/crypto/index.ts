/**
 * `visavis/crypto`: the primitives under the protocols, over `node:crypto`.
 */

export { type Aead, type AeadName, IV_LENGTH, KEY_LENGTH, TAG_LENGTH } from "./aead.ts";
export { AEAD_BACKENDS, type AeadBackendName, createAead, useAeadBackends } from "./aead-backends.ts";
export {
  type Certificate,
  type CertificateOptions,
  createCertificate,
  DEFAULT_LIFETIME,
  exportCertificate,
  importCertificate,
  type ParsedCertificate,
  type PemCertificate,
  parseCertificate,
} from "./certificate.ts";
export { checkFingerprints, FINGERPRINT_ALGORITHMS, type Fingerprint, fingerprint } from "./fingerprint.ts";
export {
  createHmacKey,
  DIGEST_LENGTH,
  type DigestName,
  digest,
  type HashName,
  HmacKey,
  hmac,
  hmacSha1,
  hmacSha256,
  md5,
  sha1,
  sha256,
  sha384,
  TranscriptHash,
  timingSafeEqual,
} from "./hash.ts";
export { createHeaderMask, type HeaderMask, SAMPLE_LENGTH } from "./header-mask.ts";
export { hkdfExpand, hkdfExtract, pHash } from "./hkdf.ts";
export { answerKeyShare, createKeyShare, type KeyAnswer, type KeyExchangeName, type KeyShare } from "./key-exchange.ts";
export { type KeyAlgorithm, type KeyType, type NativeKey, PrivateKey, PublicKey, type SignatureAlgorithm } from "./signature.ts";
export { SystemRandom } from "./system-random.ts";
