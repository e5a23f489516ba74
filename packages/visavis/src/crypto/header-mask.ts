/**
 * Masks that hide packet numbers in headers, made from a sample of the ciphertext (RFC 9147 §4.2.3).
 */
import * as crypto from "node:crypto";
import type { Aead, AeadName } from "./aead.ts";
import { isAeadBackendAllowed } from "./aead-backends.ts";
import { createFfiMask } from "./ffi.ts";
import { type Kernels, loadKernels, SCHEDULE_LENGTH } from "./kernels/kernels.ts";
import type { Tenant } from "./kernels/slot-pool.ts";
import { createBlockCipher } from "./node-aead.ts";

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
  return name === "CHACHA20-POLY1305" ? new ChaChaMask(key) : new AesMask(key, isAeadBackendAllowed("wasm"));
}

/** How many masks a cipher object makes before the kernels are asked for. */
const WARM_UP = 32;

/** AES of the sample: at first by a cipher object, then by a kernel, which is quicker for a block at a time. */
class AesMask implements HeaderMask, Tenant {
  readonly #key: Uint8Array;
  #cipher: crypto.Cipher | undefined = undefined;
  /** How many masks the cipher object makes yet. */
  #warmUp: number;
  #kernels: Kernels | undefined = undefined;
  /** The address of our round keys; 0 when we have none. */
  #schedule = 0;

  constructor(key: Uint8Array, kernelsAllowed: boolean) {
    this.#key = Uint8Array.from(key);
    this.#warmUp = kernelsAllowed ? WARM_UP : Number.POSITIVE_INFINITY;
  }

  of(bytes: Uint8Array, offset: number): number {
    const kernels = this.#kernels;
    if (kernels === undefined) return this.#plain(bytes, offset);
    if (this.#schedule === 0) {
      this.#schedule = kernels.schedules.take(this);
      kernels.expandKey(this.#schedule, this.#key);
    }
    kernels.schedules.touch(this.#schedule);
    return kernels.maskOf(this.#schedule, this.#key.length / 4 + 6, bytes, offset);
  }

  release(): void {
    this.#warmUp = Number.POSITIVE_INFINITY;
    if (this.#schedule > 0) {
      this.#kernels?.wipe(this.#schedule, SCHEDULE_LENGTH);
      this.#kernels?.schedules.give(this.#schedule);
    }
    this.#schedule = 0;
    this.#kernels = undefined;
  }

  evict(): void {
    this.#schedule = 0;
  }

  #plain(bytes: Uint8Array, offset: number): number {
    this.#cipher ??= createBlockCipher(crypto.createSecretKey(this.#key));
    const block = this.#cipher.update(bytes.subarray(offset, offset + SAMPLE_LENGTH));
    if (--this.#warmUp === 0) {
      this.#kernels = loadKernels();
      if (this.#kernels !== undefined) this.#cipher = undefined;
    }
    return ((block[0] as number) << 8) | (block[1] as number);
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
