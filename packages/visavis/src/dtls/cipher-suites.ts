/**
 * Cipher suites: those of TLS 1.3 (RFC 9846 §B.4) and the ephemeral AEAD ones of TLS 1.2 (RFC 5289, RFC 7905).
 */
import type { AeadName } from "../crypto/aead.ts";
import type { HashName } from "../crypto/hash.ts";
import { DtlsVersion } from "./version.ts";

/** What a suite is made of. */
export interface CipherSuite {
  readonly id: number;
  /** IANA's name. */
  readonly name: string;
  readonly version: DtlsVersion;
  readonly aead: AeadName;
  readonly hash: HashName;
  /** The kind of key that must sign the exchange; undefined in 1.3, where the suite does not say. */
  readonly authentication: "ecdsa" | "rsa" | undefined;
}

function suite13(id: number, name: string, aead: AeadName, hash: HashName): CipherSuite {
  return { id, name, version: DtlsVersion.V1_3, aead, hash, authentication: undefined };
}

function suite12(id: number, authentication: "ecdsa" | "rsa", cipher: string, aead: AeadName, hash: HashName): CipherSuite {
  const name = `TLS_ECDHE_${authentication.toUpperCase()}_WITH_${cipher}_${hash.toUpperCase()}`;
  return { id, name, version: DtlsVersion.V1_2, aead, hash, authentication };
}

/** All suites, best first within their version. */
export const CIPHER_SUITES: readonly CipherSuite[] = [
  suite13(0x1301, "TLS_AES_128_GCM_SHA256", "AES-128-GCM", "sha256"),
  suite13(0x1303, "TLS_CHACHA20_POLY1305_SHA256", "CHACHA20-POLY1305", "sha256"),
  suite13(0x1302, "TLS_AES_256_GCM_SHA384", "AES-256-GCM", "sha384"),
  suite12(0xc02b, "ecdsa", "AES_128_GCM", "AES-128-GCM", "sha256"),
  suite12(0xc02f, "rsa", "AES_128_GCM", "AES-128-GCM", "sha256"),
  suite12(0xcca9, "ecdsa", "CHACHA20_POLY1305", "CHACHA20-POLY1305", "sha256"),
  suite12(0xcca8, "rsa", "CHACHA20_POLY1305", "CHACHA20-POLY1305", "sha256"),
  suite12(0xc02c, "ecdsa", "AES_256_GCM", "AES-256-GCM", "sha384"),
  suite12(0xc030, "rsa", "AES_256_GCM", "AES-256-GCM", "sha384"),
];

/** The signalling value that stands for an empty renegotiation_info extension (RFC 5746 §3.3). */
export const EMPTY_RENEGOTIATION_INFO_SCSV = 0x00ff;

/** A suite by its number; undefined when it is not one of ours. */
export function cipherSuite(id: number): CipherSuite | undefined {
  return CIPHER_SUITES.find((suite) => suite.id === id);
}
