/**
 * Comfort noise: what silence sounds like. RFC 3389 §3.
 * https://www.rfc-editor.org/rfc/rfc3389#section-3
 *
 * ```
 *  0                   1                   2
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3
 * +-+-------------+---------------+---------------+
 * |0|   level     |  spectral 1   |      ...      |  level: 0 to 127 stands for 0 to -127 dBov
 * +-+-------------+---------------+---------------+
 * ```
 */
import { setBytes } from "../base/bytes.ts";

/** Reflection coefficients beyond this many are of no use. */
const MAX_COEFFICIENTS = 64;

/** What silence sounds like. */
export interface ComfortNoise {
  /** 0 (overload) to 127: the distance from full scale in decibels. */
  readonly level: number;
  /** Quantised reflection coefficients, a byte each (RFC 3389 §3.2); none for white noise. A view of what was read. */
  readonly coefficients: Uint8Array;
}

/** Reads the payload `bytes[start, end)`. */
export function decodeComfortNoise(bytes: Uint8Array, start: number, end: number): ComfortNoise | undefined {
  if (end - start < 1) return undefined;
  const coefficients = bytes.subarray(start + 1, Math.min(end, start + 1 + MAX_COEFFICIENTS));
  return { level: (bytes[start] as number) & 0x7f, coefficients };
}

/** Writes the payload and returns the offset behind it. */
export function encodeComfortNoise(out: Uint8Array, offset: number, { level, coefficients }: ComfortNoise): number {
  out[offset] = level & 0x7f;
  return setBytes(out, offset + 1, coefficients);
}
