/**
 * Initialization vectors of AEADs as numbers, which packets' numbers are XORed into.
 */
import { u32 } from "../base/bytes.ts";

/** Three big-endian words. */
export type Iv = readonly [number, number, number];

/** Reads an initialization vector of 12 bytes. */
export function ivOf(iv: Uint8Array): Iv {
  return [u32(iv, 0), u32(iv, 4), u32(iv, 8)];
}
