/**
 * Hashes and HMACs (FIPS 180-4, RFC 1321, RFC 2104) over `node:crypto`, with plain `Uint8Array` results.
 *
 * MD5 and SHA-1 are here because STUN and SRTP name them; nothing new should use them.
 */
import * as crypto from "node:crypto";

/** The hashes that TLS key schedules and transcripts use. */
export type HashName = "sha256" | "sha384";

/** Every hash of this file. */
export type DigestName = "md5" | "sha1" | "sha224" | "sha256" | "sha384" | "sha512";

/** Bytes of a digest, by name. */
export const DIGEST_LENGTH: Readonly<Record<DigestName, number>> = {
  md5: 16,
  sha1: 20,
  sha224: 28,
  sha256: 32,
  sha384: 48,
  sha512: 64,
};

/** The same memory without Buffer's own `slice`, which would be a view where everyone expects a copy. */
function plain(buffer: Uint8Array): Uint8Array {
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.length);
}

/** The digest of all parts, one after another. */
export function digest(name: DigestName, ...parts: readonly Uint8Array[]): Uint8Array {
  const hash = crypto.createHash(name);
  for (const part of parts) hash.update(part);
  return plain(hash.digest());
}

/** MD5 of all parts, 16 bytes. */
export function md5(...parts: readonly Uint8Array[]): Uint8Array {
  return digest("md5", ...parts);
}

/** SHA-1 of all parts, 20 bytes. */
export function sha1(...parts: readonly Uint8Array[]): Uint8Array {
  return digest("sha1", ...parts);
}

/** SHA-256 of all parts, 32 bytes. */
export function sha256(...parts: readonly Uint8Array[]): Uint8Array {
  return digest("sha256", ...parts);
}

/** SHA-384 of all parts, 48 bytes. */
export function sha384(...parts: readonly Uint8Array[]): Uint8Array {
  return digest("sha384", ...parts);
}

/** Bytes of a block, by name: what HMAC pads its key to. */
const BLOCK_LENGTH: Readonly<Record<DigestName, number>> = {
  md5: 64,
  sha1: 64,
  sha224: 64,
  sha256: 64,
  sha384: 128,
  sha512: 128,
};

/** The longest block and digest. */
const MAX_BLOCK = 128;
const MAX_DIGEST = 64;

/** The inner and the outer message of the HMAC in hand. Longer ones go to an object of `node:crypto`. */
const inner = new Uint8Array(2048);
const outer = new Uint8Array(MAX_BLOCK + MAX_DIGEST);
const innerWords = new Uint32Array(inner.buffer);
const outerWords = new Uint32Array(outer.buffer);

/** Writes both pads of a key (RFC 2104 §2), by words. */
function writePads(key: Uint8Array, block: number): void {
  inner.fill(0, key.length, block);
  inner.set(key);
  for (let i = 0; i < block >>> 2; i++) {
    const word = innerWords[i] as number;
    innerWords[i] = word ^ 0x3636_3636;
    outerWords[i] = word ^ 0x5c5c_5c5c;
  }
}

/**
 * HMAC (RFC 2104 §2) by two hashes. A key object, and an HMAC of its own, are twice the work: a handshake makes thirty of them, each
 * under a key that is used once.
 */
function hmacByHashes(name: DigestName, key: Uint8Array, parts: readonly Uint8Array[]): Uint8Array {
  const block = BLOCK_LENGTH[name];
  let end = block;
  for (const part of parts) end += part.length;
  if (end > inner.length) {
    const mac = crypto.createHmac(name, crypto.createSecretKey(key));
    for (const part of parts) mac.update(part);
    return plain(mac.digest());
  }
  writePads(key.length > block ? digest(name, key) : key, block);
  let at = block;
  for (const part of parts) {
    inner.set(part, at);
    at += part.length;
  }
  outer.set(crypto.hash(name, inner.subarray(0, end), "buffer"), block);
  const mac = plain(crypto.hash(name, outer.subarray(0, block + DIGEST_LENGTH[name]), "buffer"));
  inner.fill(0, 0, block);
  outer.fill(0, 0, block);
  return mac;
}

/** A key of HMAC. Its bytes cannot be read back. */
export class HmacKey {
  readonly #key: Uint8Array;

  /** @param bytes the key, copied; it may be empty */
  constructor(bytes: Uint8Array) {
    this.#key = Uint8Array.from(bytes);
  }

  /** The HMAC of all parts, with `name` as its hash. */
  sign(name: DigestName, ...parts: readonly Uint8Array[]): Uint8Array {
    return hmacByHashes(name, this.#key, parts);
  }
}

/** Imports a key for HMAC; `bytes` are copied. */
export function createHmacKey(bytes: Uint8Array): HmacKey {
  return new HmacKey(bytes);
}

/** The HMAC of all parts under a key that is used once. */
export function hmac(name: DigestName, key: Uint8Array, ...parts: readonly Uint8Array[]): Uint8Array {
  return hmacByHashes(name, key, parts);
}

/** HMAC-SHA-1 of `bytes[start, end)`, 20 bytes. */
export function hmacSha1(key: HmacKey, bytes: Uint8Array, start: number = 0, end: number = bytes.length): Uint8Array {
  return key.sign("sha1", bytes.subarray(start, end));
}

/** HMAC-SHA-256 of `bytes[start, end)`, 32 bytes. */
export function hmacSha256(key: HmacKey, bytes: Uint8Array, start: number = 0, end: number = bytes.length): Uint8Array {
  return key.sign("sha256", bytes.subarray(start, end));
}

/** Whether both hold the same bytes, in a time that depends on the length alone. Different lengths are never equal. */
export function timingSafeEqual(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && crypto.timingSafeEqual(a, b);
}

/** A hash that is fed piece by piece and asked along the way, as a handshake transcript is. */
export class TranscriptHash {
  readonly name: HashName;
  #hash: crypto.Hash;

  constructor(name: HashName) {
    this.name = name;
    this.#hash = crypto.createHash(name);
  }

  /** Adds bytes; they are borrowed. */
  update(bytes: Uint8Array): void {
    this.#hash.update(bytes);
  }

  /** A second transcript that goes on from here. */
  copy(): TranscriptHash {
    const copy = new TranscriptHash(this.name);
    copy.#hash = this.#hash.copy();
    return copy;
  }

  /** The digest of what was added so far; more may be added afterwards. */
  digest(): Uint8Array {
    return plain(this.#hash.copy().digest());
  }
}
