/**
 * What the uncompressed header of a VP9 frame tells: whether it is a key frame, and its size.
 * VP9 Bitstream & Decoding Process Specification, §6.2 and §7.2.
 */
import { HeaderBits } from "./header-bits.ts";
import type { FrameSize } from "./payload-format.ts";

const FRAME_MARKER = 2;
const SYNC_CODE = 0x498342;
const COLOR_SPACE_RGB = 7;

/** The reader behind frame_type and the profile, for key frames; undefined for other frames. */
function keyFrameHeader(frame: Uint8Array): { readonly reader: HeaderBits; readonly profile: number } | undefined {
  const reader = new HeaderBits(frame, 0, frame.length, false);
  if (reader.bits(2) !== FRAME_MARKER) return undefined;
  const profile = reader.bit() + 2 * reader.bit();
  if (profile === 3) reader.bit();
  const showExisting = reader.bit();
  const frameType = reader.bit();
  return showExisting === 0 && frameType === 0 && !reader.overrun ? { reader, profile } : undefined;
}

/** Whether the VP9 frame is a key frame. */
export function isVp9KeyFrame(frame: Uint8Array): boolean {
  return keyFrameHeader(frame) !== undefined;
}

/** The size of a VP9 key frame. */
export function vp9FrameSize(frame: Uint8Array): FrameSize | undefined {
  const header = keyFrameHeader(frame);
  if (header === undefined) return undefined;
  const { reader, profile } = header;
  reader.skip(2);
  if (reader.bits(24) !== SYNC_CODE) return undefined;
  if (profile >= 2) reader.bit();
  if (reader.bits(3) === COLOR_SPACE_RGB) {
    if (profile % 2 === 1) reader.bit();
  } else {
    reader.bit();
    if (profile % 2 === 1) reader.skip(3);
  }
  const width = reader.bits(16) + 1;
  const height = reader.bits(16) + 1;
  return reader.overrun ? undefined : { width, height };
}
