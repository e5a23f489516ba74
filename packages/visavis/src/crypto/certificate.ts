/**
 * Self-signed certificates (X.509 version 3, RFC 5280 §4.1) made, and peers' certificates read.
 *
 * WebRTC authenticates by fingerprint (RFC 8827 §6.5): nothing in a certificate is believed but its key, so the writer
 * sets no extension and the reader looks at nothing else.
 */
import * as crypto from "node:crypto";
import { equalBytes, u8 } from "../base/bytes.ts";
import { type Random, randomBytes } from "../base/random.ts";
import {
  derBitString,
  derContents,
  derContext,
  derEnd,
  derInteger,
  derNull,
  derObjectIdentifier,
  derSequence,
  derSet,
  derTime,
  derUtf8String,
  utcToWallTime,
} from "./der.ts";
import { type KeyAlgorithm, PrivateKey, PublicKey, type SignatureAlgorithm } from "./signature.ts";

const DAY = 86_400_000;

/** How long a certificate is good for when nothing is asked: 30 days, in milliseconds. */
export const DEFAULT_LIFETIME: number = 30 * DAY;

/** A certificate of ours with the key that proves it. */
export interface Certificate {
  readonly der: Uint8Array;
  readonly privateKey: PrivateKey;
  /** When it ends, in milliseconds since the Unix epoch. */
  readonly expires: number;
  readonly keyAlgorithm: KeyAlgorithm;
}

/** What a certificate is made of. */
export interface CertificateOptions {
  readonly random: Random;
  /** Now, in milliseconds since the Unix epoch. */
  readonly wallTime: number;
  /** When it is to end, in milliseconds since the Unix epoch; default 30 days after `wallTime`. */
  readonly expires?: number;
  /** Default: a new ECDSA P-256 key. */
  readonly privateKey?: PrivateKey;
}

const OID = {
  commonName: derObjectIdentifier("2.5.4.3"),
  ecdsaWithSha256: derObjectIdentifier("1.2.840.10045.4.3.2"),
  sha256WithRsa: derObjectIdentifier("1.2.840.113549.1.1.11"),
} as const;

// Everybody's certificate has this name: it must not tell one user from another.
const NAME = derSequence(derSet(derSequence(OID.commonName, derUtf8String("WebRTC"))));

/** The last second that a certificate can name: the end of the year 9999. */
const END_OF_TIME = 253_402_300_799_000;

/** Makes a self-signed certificate with a random serial number. */
export function createCertificate(options: CertificateOptions): Certificate {
  const { random, wallTime } = options;
  const privateKey = options.privateKey ?? PrivateKey.generateP256(random);
  const expires = Math.floor(Math.min(options.expires ?? wallTime + DEFAULT_LIFETIME, END_OF_TIME));
  const isRsa = privateKey.type === "rsa";
  const algorithm: SignatureAlgorithm = isRsa ? "rsa-pkcs1-sha256" : "ecdsa-p256-sha256";
  const identifier = isRsa ? derSequence(OID.sha256WithRsa, derNull()) : derSequence(OID.ecdsaWithSha256);
  const serial = randomBytes(random, 9);
  // Positive, not zero, and always of one length (RFC 5280 §4.1.2.2).
  serial[0] = 0x40 | (u8(serial, 0) & 0x3f);
  const signed = derSequence(
    derContext(0, derInteger(Uint8Array.of(2))),
    derInteger(serial),
    identifier,
    NAME,
    // A day early, for peers whose clock is behind.
    derSequence(derTime(wallTime - DAY), derTime(expires)),
    NAME,
    privateKey.publicKeyDer(),
  );
  const signature = privateKey.sign(algorithm, signed, random);
  const der = derSequence(signed, identifier, derBitString(signature));
  return { der, privateKey, expires, keyAlgorithm: privateKey.algorithm };
}

/** What is read of a peer's certificate. */
export interface ParsedCertificate {
  readonly publicKey: PublicKey;
}

/**
 * Reads a certificate in DER; undefined when it is none, or when its key is of no kind that is understood. It never throws.
 * Signature, names and validity are not looked at.
 */
export function parseCertificate(der: Uint8Array): ParsedCertificate | undefined {
  // PEM text would be taken too, and bytes behind the end ignored: what was fingerprinted must be what is used.
  if (!isOneSequence(der)) return undefined;
  const info = publicKeyInfoOf(der);
  if (info === undefined) return undefined;
  const common = PublicKey.ofP256(info);
  if (common !== undefined) return { publicKey: common };
  try {
    const publicKey = PublicKey.of(new crypto.X509Certificate(der).publicKey);
    return publicKey === undefined ? undefined : { publicKey };
  } catch {
    return undefined;
  }
}

/** Whether the bytes are exactly one DER SEQUENCE. */
function isOneSequence(der: Uint8Array): boolean {
  return der[0] === 0x30 && derEnd(der, 0, der.length) === der.length;
}

/**
 * The SubjectPublicKeyInfo of a certificate, as a view (RFC 5280 §4.1); undefined when the elements before it are not there or do not end
 * with what holds them. `node:crypto` takes four times as long to read all of it, and nothing else of it counts.
 */
function publicKeyInfoOf(der: Uint8Array): Uint8Array | undefined {
  const signed = derContents(der, 0);
  const signedEnd = derEnd(der, signed, der.length);
  const algorithm = signedEnd > 0 ? derEnd(der, signedEnd, der.length) : -1;
  if (der[signed] !== 0x30 || algorithm < 0 || derEnd(der, algorithm, der.length) !== der.length) return undefined;
  let at = derContents(der, signed);
  // Version 1 is not written down.
  if (der[at] === 0xa0) at = derEnd(der, at, signedEnd);
  // The serial number, the signature's algorithm, the issuer, the validity, the subject.
  for (let i = 0; i < 5 && at >= 0; i++) at = derEnd(der, at, signedEnd);
  const end = at < 0 ? -1 : derEnd(der, at, signedEnd);
  return end < 0 ? undefined : der.subarray(at, end);
}

/** A certificate as two PEM texts. The second is a secret. */
export interface PemCertificate {
  readonly certificate: string;
  readonly privateKey: string;
}

/** Writes a certificate and its key as PEM, for a program that keeps them. */
export function exportCertificate(certificate: Certificate): PemCertificate {
  return {
    certificate: new crypto.X509Certificate(certificate.der).toString(),
    privateKey: certificate.privateKey.toPem(),
  };
}

/**
 * Reads a certificate and its key from PEM; undefined when they are unreadable, of a kind that cannot be used or do not
 * belong together.
 */
export function importCertificate(pem: PemCertificate): Certificate | undefined {
  const privateKey = PrivateKey.parse(pem.privateKey);
  if (privateKey === undefined) return undefined;
  try {
    const certificate = new crypto.X509Certificate(pem.certificate);
    const publicKey = certificate.publicKey.export({ format: "der", type: "spki" });
    const expires = parseValidTo(certificate.validTo);
    if (expires === undefined || !equalBytes(publicKey, privateKey.publicKeyDer())) return undefined;
    return { der: Uint8Array.from(certificate.raw), privateKey, expires, keyAlgorithm: privateKey.algorithm };
  } catch {
    return undefined;
  }
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** The end of validity as `node:crypto` prints it: `Feb  3 04:05:06 2030 GMT`. */
function parseValidTo(text: string): number | undefined {
  const match = /^([A-Z][a-z]{2}) +(\d+) (\d+):(\d+):(\d+) (\d+) GMT$/.exec(text);
  if (match === null) return undefined;
  const [day = 0, hour = 0, minute = 0, second = 0, year = 0] = match.slice(2).map(Number);
  return utcToWallTime(year, MONTHS.indexOf(match[1] ?? "") + 1, day, hour, minute, second);
}
