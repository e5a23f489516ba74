/**
 * How loud each contributing source of a mix is, in the order of the CSRCs. RFC 6465 §3.
 * https://www.rfc-editor.org/rfc/rfc6465#section-3
 *
 * ```
 *  0                   1
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5
 * +-+-------------+-+-------------+
 * |0|   level 1   |0|   level 2   | ...
 * +-+-------------+-+-------------+
 * ```
 */
import { MAX_CSRCS } from "../packet.ts";

/** Its name in `a=extmap`. */
export const CSRC_AUDIO_LEVEL_URI = "urn:ietf:params:rtp-hdrext:csrc-audio-level";

/** Reads the value `bytes[start, end)`: levels from 0 (overload) to 127 (silence). */
export function decodeCsrcAudioLevels(bytes: Uint8Array, start: number, end: number): number[] | undefined {
  const count = end - start;
  if (count < 1 || count > MAX_CSRCS) return undefined;
  return Array.from({ length: count }, (_, index) => (bytes[start + index] as number) & 0x7f);
}

/** Writes the value and returns the offset behind it. */
export function encodeCsrcAudioLevels(out: Uint8Array, offset: number, levels: ArrayLike<number>): number {
  const count = Math.min(levels.length, MAX_CSRCS);
  for (let i = 0; i < count; i++) out[offset + i] = (levels[i] as number) & 0x7f;
  return offset + count;
}
