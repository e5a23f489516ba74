/**
 * The VP8 payload descriptor. RFC 7741 §4.2.
 * https://www.rfc-editor.org/rfc/rfc7741#section-4.2
 *
 * ```
 *  0 1 2 3 4 5 6 7
 * +-+-+-+-+-+-+-+-+
 * |X|R|N|S|R| PID |  X: extended; N: no other frame refers to it; S: start of partition PID
 * +-+-+-+-+-+-+-+-+
 * |I|L|T|K| RSV   |  if X
 * +-+-+-+-+-+-+-+-+
 * |M| PictureID   |  if I; 15 bits when M
 * +-+-+-+-+-+-+-+-+
 * |   TL0PICIDX   |  if L
 * +-+-+-+-+-+-+-+-+
 * |TID|Y| KEYIDX  |  if T or K
 * +-+-+-+-+-+-+-+-+
 * ```
 */
import { setU8, setU16 } from "../../base/bytes.ts";
import type { PayloadInfo } from "./payload-info.ts";

/**
 * Reads the descriptor and what the payload header behind it says of a key frame (§4.3).
 * False when it is cut short or nothing is behind it.
 */
export function parseVp8Payload(bytes: Uint8Array, start: number, end: number, into: PayloadInfo): boolean {
  if (end - start < 2) return false;
  into.reset(start, end);
  const first = bytes[start] as number;
  let at = start + 1;
  into.nonReference = (first & 0x20) !== 0;
  if ((first & 0x80) !== 0) {
    const extension = bytes[at++] as number;
    if ((extension & 0x80) !== 0) {
      if (at >= end) return false;
      const high = bytes[at++] as number;
      into.pictureId = high & 0x7f;
      into.pictureIdBits = 7;
      if ((high & 0x80) !== 0) {
        if (at >= end) return false;
        into.pictureId = (into.pictureId << 8) | (bytes[at++] as number);
        into.pictureIdBits = 15;
      }
    }
    if ((extension & 0x40) !== 0) {
      if (at >= end) return false;
      into.tl0PicIdx = bytes[at++] as number;
    }
    if ((extension & 0x30) !== 0) {
      if (at >= end) return false;
      const layer = bytes[at++] as number;
      if ((extension & 0x20) !== 0) {
        into.temporalId = layer >> 6;
        into.layerSync = (layer & 0x20) !== 0;
      }
    }
  }
  if (at >= end) return false;
  into.dataStart = at;
  into.startsFrame = (first & 0x10) !== 0 && (first & 0x07) === 0;
  if (into.startsFrame && ((bytes[at] as number) & 1) === 0) {
    into.keyFrame = true;
    if (end - at >= 10) {
      into.width = vp8Width(bytes, at);
      into.height = vp8Height(bytes, at);
    }
  }
  return true;
}

/** Width of the key frame at `at`, of which at least 10 bytes are there. RFC 6386 §9.1. */
export function vp8Width(bytes: Uint8Array, at: number): number {
  return (bytes[at + 6] as number) | (((bytes[at + 7] as number) & 0x3f) << 8);
}

/** Height of the key frame at `at`, of which at least 10 bytes are there. RFC 6386 §9.1. */
export function vp8Height(bytes: Uint8Array, at: number): number {
  return (bytes[at + 8] as number) | (((bytes[at + 9] as number) & 0x3f) << 8);
}

/** Bytes of a descriptor with a long picture id, and of one with a layer besides. */
export const VP8_DESCRIPTOR = 4;
/** @see VP8_DESCRIPTOR */
export const VP8_LAYER_DESCRIPTOR = 6;

/** Writes a descriptor with a picture id of 15 bits and returns the offset behind it; `temporalId` -1 leaves the layer out. */
export function encodeVp8Descriptor(
  bytes: Uint8Array,
  at: number,
  startsFrame: boolean,
  pictureId: number,
  temporalId: number,
  tl0PicIdx: number,
  layerSync: boolean,
): number {
  const layered = temporalId >= 0;
  let o = setU8(bytes, at, startsFrame ? 0x90 : 0x80);
  o = setU8(bytes, o, layered ? 0xe0 : 0x80);
  o = setU16(bytes, o, 0x8000 | pictureId);
  if (!layered) return o;
  o = setU8(bytes, o, tl0PicIdx);
  return setU8(bytes, o, (temporalId << 6) | (layerSync ? 0x20 : 0));
}
