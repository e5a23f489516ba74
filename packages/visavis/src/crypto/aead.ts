/**
 * Authenticated encryption in place: AES-GCM (NIST SP 800-38D) and ChaCha20-Poly1305 (RFC 8439 §2.8).
 *
 * A key is imported once. The nonce of a packet is its 64-bit number XORed into the end of a fixed initialization vector
 * (RFC 9846 §5.3), so that whoever keeps a cipher running ahead of the traffic knows the nonces to come; DTLS 1.2 with
 * AES-GCM is the same with an IV whose last eight bytes are zero (RFC 5288 §3).
 */
import * as crypto from "node:crypto";

/** The ciphers, by the names of RFC 5116 and RFC 8439. */
export type AeadName = "AES-128-GCM" | "AES-256-GCM" | "CHACHA20-POLY1305";

/** Bytes of every tag. */
export const TAG_LENGTH = 16;

/** Bytes of every initialization vector. */
export const IV_LENGTH = 12;

/** Bytes of the key. */
export const KEY_LENGTH: Readonly<Record<AeadName, number>> = {
  "AES-128-GCM": 16,
  "AES-256-GCM": 32,
  "CHACHA20-POLY1305": 32,
};

/** One key in one direction. */
export interface Aead {
  readonly name: AeadName;
  /**
   * Encrypts `bytes[start, start + length)` where it stands and writes the tag behind it.
   * @param high the upper 32 bits of the packet's number, `low` the lower; a number must never be used twice
   * @param additional authenticated with it; it may be a view of the same memory before `start`
   */
  seal(bytes: Uint8Array, start: number, length: number, high: number, low: number, additional: Uint8Array): void;
  /**
   * Decrypts `bytes[start, start + length)` where it stands; its last 16 bytes are the tag.
   * @returns false when the tag is not right; the bytes are as they were then
   */
  open(bytes: Uint8Array, start: number, length: number, high: number, low: number, additional: Uint8Array): boolean;
}

/** Imports a key. `key` and `iv` are copied. */
export function createAead(name: AeadName, key: Uint8Array, iv: Uint8Array): Aead {
  return new NodeAead(name, key, iv);
}

const CIPHERS: Readonly<Record<AeadName, crypto.CipherGCMTypes>> = {
  "AES-128-GCM": "aes-128-gcm",
  "AES-256-GCM": "aes-256-gcm",
  // The typings give each mode a name of its own; the calls are the same.
  "CHACHA20-POLY1305": "chacha20-poly1305" as string as crypto.CipherGCMTypes,
};

const OPTIONS: crypto.CipherGCMOptions = { authTagLength: TAG_LENGTH };

/** A cipher object of `node:crypto` per packet. */
class NodeAead implements Aead {
  readonly name: AeadName;
  readonly #cipher: crypto.CipherGCMTypes;
  readonly #key: crypto.KeyObject;
  readonly #iv: Uint8Array;
  readonly #nonce = new Uint8Array(IV_LENGTH);

  constructor(name: AeadName, key: Uint8Array, iv: Uint8Array) {
    this.name = name;
    this.#cipher = CIPHERS[name];
    this.#key = crypto.createSecretKey(key);
    this.#iv = Uint8Array.from(iv);
  }

  seal(bytes: Uint8Array, start: number, length: number, high: number, low: number, additional: Uint8Array): void {
    const cipher = crypto.createCipheriv(this.#cipher, this.#key, this.#nonceOf(high, low), OPTIONS);
    cipher.setAAD(additional);
    bytes.set(cipher.update(bytes.subarray(start, start + length)), start);
    cipher.final();
    bytes.set(cipher.getAuthTag(), start + length);
  }

  open(bytes: Uint8Array, start: number, length: number, high: number, low: number, additional: Uint8Array): boolean {
    const end = start + length - TAG_LENGTH;
    if (end < start) return false;
    const decipher = crypto.createDecipheriv(this.#cipher, this.#key, this.#nonceOf(high, low), OPTIONS);
    decipher.setAAD(additional);
    decipher.setAuthTag(bytes.subarray(end, end + TAG_LENGTH));
    const plaintext = decipher.update(bytes.subarray(start, end));
    try {
      decipher.final();
    } catch {
      return false;
    }
    bytes.set(plaintext, start);
    return true;
  }

  #nonceOf(high: number, low: number): Uint8Array {
    const nonce = this.#nonce;
    nonce.set(this.#iv);
    for (let i = 0; i < 4; i++) {
      nonce[4 + i] = (nonce[4 + i] as number) ^ (high >>> (24 - 8 * i));
      nonce[8 + i] = (nonce[8 + i] as number) ^ (low >>> (24 - 8 * i));
    }
    return nonce;
  }
}
