/**
 * The picture size in a sequence parameter set of H.264. ITU-T H.264 §7.3.2.1.1, §7.4.2.1.1.
 */

import { HeaderBits } from "./header-bits.ts";
import type { FrameSize } from "./payload-format.ts";

/** Profiles whose parameter sets tell the chroma format (§7.3.2.1.1). */
const CHROMA_PROFILES: readonly number[] = [100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135];
/** No picture is larger by level 6.2, in macroblocks along one side. */
const MAX_MACROBLOCKS = 1056;

function skipScalingList(reader: HeaderBits, size: number): void {
  let last = 8;
  let next = 8;
  for (let i = 0; i < size && !reader.overrun; i++) {
    if (next !== 0) next = (last + reader.signed() + 256) % 256;
    if (next !== 0) last = next;
  }
}

/** The size of the pictures that the sequence parameter set `bytes[start, end)`, header included, describes; undefined when it makes no sense. */
export function h264SpsSize(bytes: Uint8Array, start: number, end: number): FrameSize | undefined {
  const reader = new HeaderBits(bytes, start + 1, end, true);
  const profile = reader.bits(8);
  reader.skip(16);
  reader.unsigned();
  let chromaFormat = 1;
  let separatePlanes = 0;
  if (CHROMA_PROFILES.includes(profile)) {
    chromaFormat = reader.unsigned();
    if (chromaFormat === 3) separatePlanes = reader.bit();
    reader.unsigned();
    reader.unsigned();
    reader.bit();
    if (reader.bit() === 1) {
      for (let i = 0; i < (chromaFormat === 3 ? 12 : 8); i++) if (reader.bit() === 1) skipScalingList(reader, i < 6 ? 16 : 64);
    }
  }
  reader.unsigned();
  const orderType = reader.unsigned();
  if (orderType === 0) reader.unsigned();
  else if (orderType === 1) {
    reader.bit();
    reader.signed();
    reader.signed();
    for (let count = Math.min(255, reader.unsigned()); count > 0; count--) reader.signed();
  }
  reader.unsigned();
  reader.bit();
  const widthInMacroblocks = reader.unsigned() + 1;
  const heightInUnits = reader.unsigned() + 1;
  const framesOnly = reader.bit();
  if (framesOnly === 0) reader.bit();
  reader.bit();
  let [left, right, top, bottom] = [0, 0, 0, 0];
  if (reader.bit() === 1) {
    left = reader.unsigned();
    right = reader.unsigned();
    top = reader.unsigned();
    bottom = reader.unsigned();
  }
  if (reader.overrun || widthInMacroblocks > MAX_MACROBLOCKS || heightInUnits > MAX_MACROBLOCKS) return undefined;
  const planar = chromaFormat === 0 || separatePlanes === 1;
  const cropX = planar || chromaFormat === 3 ? 1 : 2;
  const cropY = (planar || chromaFormat !== 1 ? 1 : 2) * (2 - framesOnly);
  const width = 16 * widthInMacroblocks - cropX * (left + right);
  const height = 16 * heightInUnits * (2 - framesOnly) - cropY * (top + bottom);
  return width > 0 && height > 0 ? { width, height } : undefined;
}
