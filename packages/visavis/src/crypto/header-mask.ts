/**
 * Masks that hide packet numbers in headers, made from a sample of the ciphertext (RFC 9147 §4.2.3).
 */
import * as crypto from "node:crypto";
import type { Aead, AeadName } from "./aead.ts";
import { isAeadBackendAllowed } from "./aead-backends.ts";
import { createFfiMask } from "./ffi.ts";
import { KEY_SLOT_LENGTH, type Kernels, loadKernels } from "./kernels/kernels.ts";
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
  const kernels = isAeadBackendAllowed("wasm");
  return name === "CHACHA20-POLY1305" ? new ChaChaMask(key, kernels) : new AesMask(key, kernels);
}

/**
 * A mask by the kernels, from the first packet on: they are quicker for one block, and an object of `node:crypto` that waits for the next
 * one keeps 6 KiB of memory for each key of an idle connection.
 */
abstract class KernelMask implements HeaderMask, Tenant {
  protected readonly key: Uint8Array;
  #kernels: Kernels | undefined;
  /** The address of our key; 0 when it is not there. */
  #slot = 0;

  constructor(key: Uint8Array, kernelsAllowed: boolean) {
    this.key = Uint8Array.from(key);
    this.#kernels = kernelsAllowed ? loadKernels() : undefined;
  }

  of(bytes: Uint8Array, offset: number): number {
    const kernels = this.#kernels;
    if (kernels === undefined) {
      const block = this.plainBlock(bytes.subarray(offset, offset + SAMPLE_LENGTH));
      return ((block[0] as number) << 8) | (block[1] as number);
    }
    if (this.#slot === 0) {
      this.#slot = kernels.keys.take(this);
      this.putKey(kernels, this.#slot);
    }
    kernels.keys.touch(this.#slot);
    return this.kernelMask(kernels, this.#slot, bytes, offset);
  }

  release(): void {
    if (this.#slot > 0) {
      this.#kernels?.wipe(this.#slot, KEY_SLOT_LENGTH);
      this.#kernels?.keys.give(this.#slot);
    }
    this.#slot = 0;
    this.#kernels = undefined;
  }

  evict(): void {
    this.#slot = 0;
  }

  /** The mask by `node:crypto`; its first two bytes count. */
  protected abstract plainBlock(sample: Uint8Array): Uint8Array;
  protected abstract putKey(kernels: Kernels, slot: number): void;
  protected abstract kernelMask(kernels: Kernels, slot: number, bytes: Uint8Array, offset: number): number;
}

/** AES of the sample. */
class AesMask extends KernelMask {
  #cipher: crypto.Cipher | undefined = undefined;

  protected override plainBlock(sample: Uint8Array): Uint8Array {
    this.#cipher ??= createBlockCipher(crypto.createSecretKey(this.key));
    return this.#cipher.update(sample);
  }

  protected override putKey(kernels: Kernels, slot: number): void {
    kernels.expandKey(slot, this.key);
  }

  protected override kernelMask(kernels: Kernels, slot: number, bytes: Uint8Array, offset: number): number {
    return kernels.aesMaskOf(slot, this.key.length / 4 + 6, bytes, offset);
  }
}

const TWO_ZEROS = new Uint8Array(2);

/**
 * The ChaCha20 block function (RFC 8439 §2.3) with the sample's first four bytes as its little-endian counter and the
 * rest as its nonce, which is how `node:crypto` takes an initialization vector of 16 bytes.
 */
class ChaChaMask extends KernelMask {
  #object: crypto.KeyObject | undefined = undefined;

  protected override plainBlock(sample: Uint8Array): Uint8Array {
    this.#object ??= crypto.createSecretKey(this.key);
    return crypto.createCipheriv("chacha20", this.#object, sample).update(TWO_ZEROS);
  }

  protected override putKey(kernels: Kernels, slot: number): void {
    kernels.putKey(slot, this.key);
  }

  protected override kernelMask(kernels: Kernels, slot: number, bytes: Uint8Array, offset: number): number {
    return kernels.chaChaMaskOf(slot, bytes, offset);
  }
}
