/**
 * The operating system's chance, drawn in blocks: one call of `randomFillSync` costs as much as a hundred small copies.
 */
import * as crypto from "node:crypto";
import type { Random } from "../base/random.ts";

const BLOCK = 4096;

/** Cryptographically strong randomness for production. Handed-out bytes are wiped from the block. */
export class SystemRandom implements Random {
  readonly seeded: boolean = false;
  readonly #block = new Uint8Array(BLOCK);
  #used = BLOCK;

  fill(out: Uint8Array, start: number = 0, end: number = out.length): void {
    const length = end - start;
    if (length > BLOCK / 2) {
      crypto.randomFillSync(out, start, length);
      return;
    }
    if (this.#used + length > BLOCK) {
      crypto.randomFillSync(this.#block);
      this.#used = 0;
    }
    const next = this.#used + length;
    out.set(this.#block.subarray(this.#used, next), start);
    this.#block.fill(0, this.#used, next);
    this.#used = next;
  }
}
