/**
 * Certificates, for those above who may not import `crypto/`: RTCCertificate is one of these in clothes.
 */
export { type Certificate, type CertificateOptions, createCertificate } from "../crypto/certificate.ts";
export { type Fingerprint, fingerprint } from "../crypto/fingerprint.ts";
export { type KeyAlgorithm, PrivateKey } from "../crypto/signature.ts";
