/**
 * The VP9 payload descriptor. RFC 9628 §4.2; the scalability structure is §4.2.1.
 * https://www.rfc-editor.org/rfc/rfc9628#section-4.2
 *
 * ```
 *  0 1 2 3 4 5 6 7
 * +-+-+-+-+-+-+-+-+  I: picture id; P: refers to other pictures; L: layers; F: flexible mode
 * |I|P|L|F|B|E|V|Z|  B, E: begin and end of a frame; V: structure; Z: higher layers do not refer to it
 * +-+-+-+-+-+-+-+-+
 * |M| PICTURE ID  |  if I; 15 bits when M
 * +-+-+-+-+-+-+-+-+
 * | TID |U| SID |D|  if L; U: one may switch up here; D: refers to the next lower spatial layer
 * +-+-+-+-+-+-+-+-+
 * |   TL0PICIDX   |  if L and not F
 * +-+-+-+-+-+-+-+-+
 * | P_DIFF      |N|  if P and F, up to three; N: one more follows
 * +-+-+-+-+-+-+-+-+
 * | SS: N_S|Y|G|- |  if V; then sizes (Y) and the pictures of a group (G)
 * +-+-+-+-+-+-+-+-+
 * ```
 */
import { setU8, setU16, u16 } from "../../base/bytes.ts";
import { MAX_PICTURE_REFERENCES, type PayloadInfo } from "./payload-info.ts";

/** Reads the descriptor; false when it is malformed or nothing is behind it. */
export function parseVp9Payload(bytes: Uint8Array, start: number, end: number, into: PayloadInfo): boolean {
  if (end - start < 2) return false;
  into.reset(start, end);
  const flags = bytes[start] as number;
  into.interPicture = (flags & 0x40) !== 0;
  into.flexible = (flags & 0x10) !== 0;
  into.startsFrame = (flags & 0x08) !== 0;
  into.endsFrame = (flags & 0x04) !== 0;
  into.notForInterLayer = (flags & 0x01) !== 0;
  let at = readPictureId(bytes, start + 1, end, flags, into);
  if (at < 0) return false;
  if ((flags & 0x20) !== 0) {
    if (at >= end) return false;
    const layer = bytes[at++] as number;
    into.temporalId = layer >> 5;
    into.layerSync = (layer & 0x10) !== 0;
    into.spatialId = (layer >> 1) & 7;
    into.interLayer = (layer & 1) !== 0;
    if (!into.flexible) {
      if (at >= end) return false;
      into.tl0PicIdx = bytes[at++] as number;
    }
  }
  if (into.interPicture && into.flexible) {
    for (let more = true; more; ) {
      if (at >= end || into.referenceCount === MAX_PICTURE_REFERENCES) return false;
      const reference = bytes[at++] as number;
      if (reference >> 1 === 0) return false;
      into.references[into.referenceCount++] = reference >> 1;
      more = (reference & 1) !== 0;
    }
  }
  if ((flags & 0x02) !== 0) {
    into.structureStart = at;
    at = structureEnd(bytes, at, end);
    if (at < 0) return false;
    into.structureEnd = at;
    readSize(bytes, into);
  }
  into.dataStart = at;
  into.keyFrame = !into.interPicture && !into.interLayer;
  return at < end;
}

function readPictureId(bytes: Uint8Array, at: number, end: number, flags: number, into: PayloadInfo): number {
  if ((flags & 0x80) === 0) return at;
  const high = bytes[at] as number;
  into.pictureId = high & 0x7f;
  into.pictureIdBits = 7;
  if ((high & 0x80) === 0) return at + 1;
  if (at + 1 >= end) return -1;
  into.pictureId = (into.pictureId << 8) | (bytes[at + 1] as number);
  into.pictureIdBits = 15;
  return at + 2;
}

/** Where the scalability structure at `at` ends; -1 when it is cut short. */
function structureEnd(bytes: Uint8Array, at: number, end: number): number {
  if (at >= end) return -1;
  const flags = bytes[at] as number;
  let o = at + 1;
  if ((flags & 0x10) !== 0) o += 4 * ((flags >> 5) + 1);
  if ((flags & 0x08) !== 0) {
    if (o >= end) return -1;
    for (let count = bytes[o++] as number; count > 0; count--) {
      if (o >= end) return -1;
      o += 1 + (((bytes[o] as number) >> 2) & 3);
    }
  }
  return o > end ? -1 : o;
}

function readSize(bytes: Uint8Array, into: PayloadInfo): void {
  const flags = bytes[into.structureStart] as number;
  const layer = Math.max(0, into.spatialId);
  if ((flags & 0x10) === 0 || layer > flags >> 5) return;
  into.width = u16(bytes, into.structureStart + 1 + 4 * layer);
  into.height = u16(bytes, into.structureStart + 3 + 4 * layer);
}

/** One picture of a group of pictures, of non-flexible mode. */
export interface Vp9GroupPicture {
  readonly temporalId: number;
  /** One may switch up to its temporal layer at this picture. */
  readonly switchingUp: boolean;
  /** Distances of picture ids to what it refers to. */
  readonly references: readonly number[];
}

/** What a scalability structure says. */
export interface Vp9Structure {
  readonly spatialLayers: number;
  /** Sizes of the spatial layers in pixels, from the lowest; empty when not told. */
  readonly sizes: readonly { readonly width: number; readonly height: number }[];
  /** The pictures that repeat; empty when not told. */
  readonly group: readonly Vp9GroupPicture[];
}

/** Reads the scalability structure `bytes[start, end)`; undefined when it is malformed. */
export function decodeVp9Structure(bytes: Uint8Array, start: number, end: number): Vp9Structure | undefined {
  if (structureEnd(bytes, start, end) !== end) return undefined;
  const flags = bytes[start] as number;
  const spatialLayers = (flags >> 5) + 1;
  const sizes: { width: number; height: number }[] = [];
  const group: Vp9GroupPicture[] = [];
  let at = start + 1;
  if ((flags & 0x10) !== 0) {
    for (let layer = 0; layer < spatialLayers; layer++, at += 4)
      sizes.push({ width: u16(bytes, at), height: u16(bytes, at + 2) });
  }
  if ((flags & 0x08) !== 0) {
    for (let count = bytes[at++] as number; count > 0; count--) {
      const picture = bytes[at++] as number;
      const references: number[] = [];
      for (let i = (picture >> 2) & 3; i > 0; i--) references.push(bytes[at++] as number);
      group.push({ temporalId: picture >> 5, switchingUp: (picture & 0x10) !== 0, references });
    }
  }
  return { spatialLayers, sizes, group };
}

/** Bytes of the structure that {@link encodeVp9PlainStructure} writes: with a size, and without. */
export const VP9_PLAIN_STRUCTURE = 8;
/** @see VP9_PLAIN_STRUCTURE */
export const VP9_SIZELESS_STRUCTURE = 4;

/** Writes the structure of a stream without layers, each picture of which refers to the one before; a width of 0 leaves the size out. */
export function encodeVp9PlainStructure(bytes: Uint8Array, at: number, width: number, height: number): number {
  let o = setU8(bytes, at, width > 0 ? 0x18 : 0x08);
  if (width > 0) o = setU16(bytes, setU16(bytes, o, width), height);
  o = setU8(bytes, o, 1);
  o = setU8(bytes, o, 0x04);
  return setU8(bytes, o, 1);
}
