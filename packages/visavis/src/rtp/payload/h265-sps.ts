/**
 * The picture size in a sequence parameter set of H.265. ITU-T H.265 §7.3.2.2.1, §7.3.3.
 */

import { H265_NAL_HEADER } from "./h265-nal-unit.ts";
import { HeaderBits } from "./header-bits.ts";
import type { FrameSize } from "./payload-format.ts";

/** No picture is larger by level 6.2, in pixels along one side. */
const LARGEST = 16888;

/** profile_tier_level(). */
function skipProfileTierLevel(reader: HeaderBits, maxSubLayersMinus1: number): void {
  reader.skip(96);
  const present: { profile: boolean; level: boolean }[] = [];
  for (let i = 0; i < maxSubLayersMinus1; i++) present.push({ profile: reader.bit() === 1, level: reader.bit() === 1 });
  if (maxSubLayersMinus1 > 0) reader.skip(2 * (8 - maxSubLayersMinus1));
  for (const { profile, level } of present) reader.skip((profile ? 88 : 0) + (level ? 8 : 0));
}

/** The size of the pictures that the sequence parameter set `bytes[start, end)`, header included, describes; undefined when it makes no sense. */
export function h265SpsSize(bytes: Uint8Array, start: number, end: number): FrameSize | undefined {
  const reader = new HeaderBits(bytes, start + H265_NAL_HEADER, end, true);
  reader.skip(4);
  const maxSubLayersMinus1 = reader.bits(3);
  reader.bit();
  skipProfileTierLevel(reader, maxSubLayersMinus1);
  reader.unsigned();
  const chromaFormat = reader.unsigned();
  const separatePlanes = chromaFormat === 3 ? reader.bit() : 0;
  let width = reader.unsigned();
  let height = reader.unsigned();
  if (reader.bit() === 1) {
    const cropX = separatePlanes === 0 && (chromaFormat === 1 || chromaFormat === 2) ? 2 : 1;
    const cropY = separatePlanes === 0 && chromaFormat === 1 ? 2 : 1;
    width -= cropX * (reader.unsigned() + reader.unsigned());
    height -= cropY * (reader.unsigned() + reader.unsigned());
  }
  if (reader.overrun || width < 1 || height < 1 || width > LARGEST || height > LARGEST) return undefined;
  return { width, height };
}
