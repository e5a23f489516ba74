/**
 * The fast path of {@link Aead} for ChaCha20-Poly1305 (RFC 8439): a WebAssembly kernel that does all of it, in constant time.
 *
 * A key begins on the plain path and stays there until traffic shows. Long packets take it for good.
 */
import { type Aead, type AeadName, TAG_LENGTH } from "./aead.ts";
import type { Iv } from "./iv.ts";
import { isForKernels, KEY_SLOT_LENGTH, type Kernels, loadKernels, WARM_UP } from "./kernels/kernels.ts";
import type { Tenant } from "./kernels/slot-pool.ts";
import { NodeAead } from "./node-aead.ts";

/** A key of ChaCha20-Poly1305. */
export class WasmChaCha implements Aead, Tenant {
  readonly name: AeadName = "CHACHA20-POLY1305";
  readonly #plain: NodeAead;
  readonly #key: Uint8Array;
  readonly #iv: Iv;
  /** How many packets the plain path takes yet, before the kernels are asked for. */
  #warmUp = WARM_UP;
  #kernels: Kernels | undefined = undefined;
  /** The address of our key; 0 when it is not there. */
  #slot = 0;

  constructor(key: Uint8Array, iv: Uint8Array) {
    this.#plain = new NodeAead(this.name, key, iv);
    this.#key = Uint8Array.from(key);
    this.#iv = this.#plain.iv;
  }

  seal(bytes: Uint8Array, start: number, length: number, high: number, low: number, aadStart: number, aadLength: number): void {
    const kernels = this.#kernels;
    if (kernels !== undefined && isForKernels(start, length, aadStart, aadLength)) {
      kernels.sealChaCha(this.#slotOf(kernels), this.#iv, high, low, bytes, start, length, aadStart, aadLength);
      return;
    }
    this.#plain.seal(bytes, start, length, high, low, aadStart, aadLength);
    this.#count();
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
    const size = length - TAG_LENGTH;
    if (size < 0) return false;
    const kernels = this.#kernels;
    if (kernels !== undefined && isForKernels(start, size, aadStart, aadLength)) {
      return kernels.openChaCha(this.#slotOf(kernels), this.#iv, high, low, bytes, start, size, aadStart, aadLength);
    }
    if (!this.#plain.open(bytes, start, length, high, low, aadStart, aadLength)) return false;
    this.#count();
    return true;
  }

  release(): void {
    this.#warmUp = Number.POSITIVE_INFINITY;
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

  #count(): void {
    if (--this.#warmUp === 0) this.#kernels = loadKernels();
  }

  #slotOf(kernels: Kernels): number {
    if (this.#slot === 0) {
      this.#slot = kernels.keys.take(this);
      kernels.putKey(this.#slot, this.#key);
    }
    kernels.keys.touch(this.#slot);
    return this.#slot;
  }
}
