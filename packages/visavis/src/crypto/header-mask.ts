/**
 * Masks that hide packet numbers in headers, made from a sample of the ciphertext (RFC 9147 §4.2.3).
 */
import * as crypto from "node:crypto";
import type { Aead, AeadName } from "./aead.ts";
import { isAeadBackendAllowed } from "./aead-backends.ts";
import { createFfiMask } from "./ffi.ts";

/** Bytes of ciphertext that a mask is made from. */
export const SAMPLE_LENGTH = 16;

/** One key in one direction. */
export interface HeaderMask {
  /** The first 16 bits of the mask for the sample at `bytes[offset, offset + 16)`, big-endian. */
  of(bytes: Uint8Array, offset: number): number;
  /** Like {@link Aead.release}. */
  release(): void;
}

/** Imports a key, which is as long as that of the AEAD it goes with. `key` is copied. */
export function createHeaderMask(name: AeadName, key: Uint8Array): HeaderMask {
  const native = isAeadBackendAllowed("ffi") ? createFfiMask(name, key) : undefined;
  if (native !== undefined) return native;
  return name === "CHACHA20-POLY1305" ? new ChaChaMask(key) : new AesMask(key);
}

/** AES-ECB of the sample: one cipher object that lives as long as the key. */
class AesMask implements HeaderMask {
  readonly #cipher: crypto.Cipher;

  constructor(key: Uint8Array) {
    this.#cipher = crypto.createCipheriv(`aes-${key.length * 8}-ecb`, crypto.createSecretKey(key), null);
    this.#cipher.setAutoPadding(false);
  }

  of(bytes: Uint8Array, offset: number): number {
    const block = this.#cipher.update(bytes.subarray(offset, offset + SAMPLE_LENGTH));
    return ((block[0] as number) << 8) | (block[1] as number);
  }

  release(): void {
    // The cipher object is left to garbage collection.
  }
}

const TWO_ZEROS = new Uint8Array(2);

/**
 * The ChaCha20 block function (RFC 8439 §2.3) with the sample's first four bytes as its little-endian counter and the
 * rest as its nonce, which is how `node:crypto` takes an initialization vector of 16 bytes.
 */
class ChaChaMask implements HeaderMask {
  readonly #key: crypto.KeyObject;

  constructor(key: Uint8Array) {
    this.#key = crypto.createSecretKey(key);
  }

  of(bytes: Uint8Array, offset: number): number {
    const cipher = crypto.createCipheriv("chacha20", this.#key, bytes.subarray(offset, offset + SAMPLE_LENGTH));
    const block = cipher.update(TWO_ZEROS);
    return ((block[0] as number) << 8) | (block[1] as number);
  }

  release(): void {
    // The cipher object is left to garbage collection.
  }
}
