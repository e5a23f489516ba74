/**
 * How a picture is to be turned before it is shown: coordination of video orientation, 3GPP TS 26.114 §7.4.5.
 * https://www.3gpp.org/ftp/Specs/archive/26_series/26.114/
 *
 * ```
 *  0 1 2 3 4 5 6 7
 * +-------+-+-+---+
 * |0 0 0 0|C|F| R |  C: camera at the back; F: mirrored; R: rotation
 * +-------+-+-+---+
 * ```
 */

/** Its name in `a=extmap`. */
export const VIDEO_ORIENTATION_URI = "urn:3gpp:video-orientation";

/** Bytes of the value. */
export const VIDEO_ORIENTATION_LENGTH = 1;

/** How a picture is to be turned. */
export interface VideoOrientation {
  readonly backFacing: boolean;
  /** Mirrored horizontally, before it is turned. */
  readonly flipped: boolean;
  /** Clockwise, in degrees. */
  readonly rotation: 0 | 90 | 180 | 270;
}

const ROTATIONS = [0, 90, 180, 270] as const;

/** Reads the value `bytes[start, end)`. */
export function decodeVideoOrientation(bytes: Uint8Array, start: number, end: number): VideoOrientation | undefined {
  if (end - start < VIDEO_ORIENTATION_LENGTH) return undefined;
  const value = bytes[start] as number;
  return { backFacing: (value & 8) !== 0, flipped: (value & 4) !== 0, rotation: ROTATIONS[value & 3] ?? 0 };
}

/** Writes the value and returns the offset behind it. */
export function encodeVideoOrientation(out: Uint8Array, offset: number, orientation: VideoOrientation): number {
  const { backFacing, flipped, rotation } = orientation;
  out[offset] = (backFacing ? 8 : 0) | (flipped ? 4 : 0) | (rotation / 90);
  return offset + VIDEO_ORIENTATION_LENGTH;
}
