/**
 * The plain path of {@link Aead}: a cipher object of `node:crypto` for each packet.
 *
 * It is OpenSSL's code alone, in constant time where the processor has instructions for AES, and the fastest way for
 * packets of many kilobytes. A small packet costs it 4 µs, of which 2 µs go into making the object.
 */
import * as crypto from "node:crypto";
import { setU32 } from "../base/bytes.ts";
import { type Aead, type AeadName, IV_LENGTH, TAG_LENGTH } from "./aead.ts";
import { freeMemory } from "./free-memory.ts";
import { type Iv, ivOf } from "./iv.ts";

const CIPHERS: Readonly<Record<AeadName, crypto.CipherGCMTypes>> = {
  "AES-128-GCM": "aes-128-gcm",
  "AES-256-GCM": "aes-256-gcm",
  // The typings give each mode a name of its own; the calls are the same.
  "CHACHA20-POLY1305": "chacha20-poly1305" as string as crypto.CipherGCMTypes,
};

const OPTIONS: crypto.CipherGCMOptions = { authTagLength: TAG_LENGTH };

/** AES of blocks, without chaining: one cipher object that lives as long as the key. */
export function createBlockCipher(key: crypto.KeyObject): crypto.Cipher {
  const cipher = crypto.createCipheriv(`aes-${(key.symmetricKeySize ?? 0) * 8}-ecb`, key, null);
  cipher.setAutoPadding(false);
  return cipher;
}

/** The nonce of the packet in hand; a cipher object copies it. */
const nonce = new Uint8Array(IV_LENGTH);

/** What is longer is worth the microsecond that freeing it takes. */
const LARGE = 4096;

/** A key whose packets get a cipher object each. */
export class NodeAead implements Aead {
  readonly name: AeadName;
  readonly #cipher: crypto.CipherGCMTypes;
  readonly #key: crypto.KeyObject;
  /** It is to be changed by `setIv` alone. */
  iv: Iv;

  constructor(name: AeadName, key: Uint8Array, iv: Uint8Array) {
    this.name = name;
    this.#cipher = CIPHERS[name];
    this.#key = crypto.createSecretKey(key);
    this.iv = ivOf(iv);
  }

  seal(bytes: Uint8Array, start: number, length: number, high: number, low: number, aadStart: number, aadLength: number): void {
    const cipher = crypto.createCipheriv(this.#cipher, this.#key, this.#nonceOf(high, low), OPTIONS);
    cipher.setAAD(bytes.subarray(aadStart, aadStart + aadLength));
    const ciphertext = cipher.update(bytes.subarray(start, start + length));
    bytes.set(ciphertext, start);
    if (length >= LARGE) freeMemory(ciphertext);
    cipher.final();
    bytes.set(cipher.getAuthTag(), start + length);
  }

  open(
    bytes: Uint8Array,
    start: number,
    length: number,
    high: number,
    low: number,
    aadStart: number,
    aadLength: number,
  ): boolean {
    const end = start + length - TAG_LENGTH;
    if (end < start) return false;
    const decipher = crypto.createDecipheriv(this.#cipher, this.#key, this.#nonceOf(high, low), OPTIONS);
    decipher.setAAD(bytes.subarray(aadStart, aadStart + aadLength));
    decipher.setAuthTag(bytes.subarray(end, end + TAG_LENGTH));
    const plaintext = decipher.update(bytes.subarray(start, end));
    try {
      decipher.final();
    } catch {
      return false;
    }
    bytes.set(plaintext, start);
    if (plaintext.length >= LARGE) freeMemory(plaintext);
    return true;
  }

  /** Takes another initialization vector from now on; it is copied. */
  setIv(iv: Uint8Array): void {
    this.iv = ivOf(iv);
  }

  /** AES of blocks with this key, without chaining. */
  createBlockCipher(): crypto.Cipher {
    return createBlockCipher(this.#key);
  }

  release(): void {
    // The key object is left to garbage collection.
  }

  #nonceOf(high: number, low: number): Uint8Array {
    const [first, second, third] = this.iv;
    setU32(nonce, 0, first);
    setU32(nonce, 4, second ^ high);
    setU32(nonce, 8, third ^ low);
    return nonce;
  }
}
