/**
 * A limit of bits per second, as a bucket that fills while time passes.
 */
import type { Instant } from "../base/instant.ts";

/** Seconds over which a bitrate is measured: so much may come at once. */
const BURST = 0.5;

/** One limit. */
export class Bitrate {
  readonly #rate: number;
  #bits: number;
  #at: Instant;

  /** @param rate bits per second */
  constructor(rate: number, now: Instant) {
    this.#rate = rate;
    this.#bits = rate * BURST;
    this.#at = now;
  }

  /** Whether `bytes` may pass now; they are counted when they may. */
  affords(bytes: number, now: Instant): boolean {
    const bits = Math.min(this.#bits + ((now - this.#at) / 1000) * this.#rate, this.#rate * BURST);
    this.#at = now;
    const isEnough = bits >= bytes * 8;
    this.#bits = isEnough ? bits - bytes * 8 : bits;
    return isEnough;
  }
}
