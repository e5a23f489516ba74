/**
 * Which layers of which simulcast streams are sent, and how many bits each has.
 * http://www.webrtc.org/experiments/rtp-hdrext/video-layers-allocation00
 *
 * ```
 *  0 1 2 3 4 5 6 7
 * +---+---+-------+
 * |RID| NS| sl_bm |  this stream's index; streams less one; spatial layers, when all streams have the same
 * +---+---+---+---+
 * |sl0_bm |sl1_bm |  spatial layers of each stream, when they have not
 * +---+---+---+---+
 * |tl0|tl1|tl2|tl3|  temporal layers less one of each spatial layer, filled up to whole bytes
 * +---+---+---+---+
 * |  kbit/s ...   |  LEB128, for each temporal layer with those below it
 * +---------------+
 * | width less one|  16 bits, optional, with the next two: for each spatial layer
 * | height ...    |  16 bits
 * | frame rate    |  8 bits, frames per second
 * +---------------+
 * ```
 */
import { setU16, u16 } from "../../base/bytes.ts";

/** Its name in `a=extmap`. */
export const VIDEO_LAYERS_ALLOCATION_URI = "http://www.webrtc.org/experiments/rtp-hdrext/video-layers-allocation00";

/** One spatial layer of one stream that is sent. */
export interface AllocatedLayer {
  readonly streamIndex: number;
  readonly spatialId: number;
  /** Bits per second of each temporal layer, with those below it. */
  readonly bitrates: readonly number[];
  /** Undefined when sizes are not told. */
  readonly size: { readonly width: number; readonly height: number; readonly framesPerSecond: number } | undefined;
}

/** Everything that is sent of one source. */
export interface VideoLayersAllocation {
  /** Which of the streams the packet is of. */
  readonly streamIndex: number;
  readonly streamCount: number;
  /** In order of streams, then of spatial layers. */
  readonly layers: readonly AllocatedLayer[];
}

const SIZE_LENGTH = 5;

/** Where reading has got to. */
interface Cursor {
  o: number;
}

/** A number in LEB128; -1 when it is cut or longer than five bytes. */
function readLeb128(bytes: Uint8Array, cursor: Cursor, end: number): number {
  let value = 0;
  for (let shift = 0; shift < 5; shift++) {
    if (cursor.o >= end) return -1;
    const byte = bytes[cursor.o++] as number;
    value += (byte & 0x7f) * 2 ** (7 * shift);
    if (byte < 0x80) return value;
  }
  return -1;
}

function writeLeb128(out: Uint8Array, offset: number, value: number): number {
  let o = offset;
  let left = value;
  for (; left >= 0x80; left = Math.floor(left / 0x80)) out[o++] = 0x80 | (left & 0x7f);
  out[o++] = left;
  return o;
}

/** Reads the value `bytes[start, end)`. */
export function decodeVideoLayersAllocation(bytes: Uint8Array, start: number, end: number): VideoLayersAllocation | undefined {
  if (end <= start) return undefined;
  const first = bytes[start] as number;
  const streamIndex = first >>> 6;
  const streamCount = ((first >>> 4) & 3) + 1;
  if (first === 0 && end === start + 1) return { streamIndex: 0, streamCount: 1, layers: [] };
  if (streamIndex >= streamCount) return undefined;
  const cursor: Cursor = { o: start + 1 };
  const masks = readMasks(bytes, cursor, end, first & 0x0f, streamCount);
  if (masks === undefined) return undefined;
  const active = masks.flatMap((mask, stream) =>
    [0, 1, 2, 3].filter((spatial) => ((mask >>> spatial) & 1) === 1).map((spatialId) => ({ streamIndex: stream, spatialId })),
  );
  const countBytes = Math.ceil(active.length / 4);
  const counts = cursor.o;
  if (counts + countBytes > end) return undefined;
  cursor.o += countBytes;
  const layers: AllocatedLayer[] = [];
  for (const [index, layer] of active.entries()) {
    const temporal = (((bytes[counts + (index >>> 2)] as number) >>> (6 - 2 * (index & 3))) & 3) + 1;
    const bitrates: number[] = [];
    for (let i = 0; i < temporal; i++) {
      const kilobits = readLeb128(bytes, cursor, end);
      if (kilobits < 0) return undefined;
      bitrates.push(kilobits * 1000);
    }
    layers.push({ ...layer, bitrates, size: undefined });
  }
  if (cursor.o === end) return { streamIndex, streamCount, layers };
  if (cursor.o + SIZE_LENGTH * layers.length !== end) return undefined;
  const sized = layers.map((layer, index) => {
    const o = cursor.o + SIZE_LENGTH * index;
    const size = { width: u16(bytes, o) + 1, height: u16(bytes, o + 2) + 1, framesPerSecond: bytes[o + 4] as number };
    return { ...layer, size };
  });
  return { streamIndex, streamCount, layers: sized };
}

/** The spatial layers of each stream, as bits. */
function readMasks(bytes: Uint8Array, cursor: Cursor, end: number, common: number, streamCount: number): number[] | undefined {
  if (common !== 0) return Array.from({ length: streamCount }, () => common);
  const at = cursor.o;
  cursor.o += Math.ceil(streamCount / 2);
  if (cursor.o > end) return undefined;
  return Array.from(
    { length: streamCount },
    (_, stream) => ((bytes[at + (stream >>> 1)] as number) >>> (4 - 4 * (stream & 1))) & 0x0f,
  );
}

/** Writes the value and returns the offset behind it. At most four streams with four spatial layers each; sizes of all or of none. */
export function encodeVideoLayersAllocation(out: Uint8Array, offset: number, allocation: VideoLayersAllocation): number {
  const { streamIndex, streamCount, layers } = allocation;
  if (layers.length === 0) {
    out[offset] = 0;
    return offset + 1;
  }
  const masks = Array.from({ length: streamCount }, () => 0);
  for (const layer of layers) masks[layer.streamIndex] = (masks[layer.streamIndex] ?? 0) | (1 << layer.spatialId);
  const common = masks.every((mask) => mask === masks[0]) ? (masks[0] ?? 0) : 0;
  out[offset] = (streamIndex << 6) | ((streamCount - 1) << 4) | common;
  let o = offset + 1;
  if (common === 0) {
    for (let stream = 0; stream < streamCount; stream += 2) out[o++] = ((masks[stream] ?? 0) << 4) | (masks[stream + 1] ?? 0);
  }
  for (let index = 0; index < layers.length; index += 4) {
    let byte = 0;
    for (let i = 0; i < 4; i++) byte = (byte << 2) | ((layers[index + i]?.bitrates.length ?? 1) - 1);
    out[o++] = byte;
  }
  for (const { bitrates } of layers) for (const bitrate of bitrates) o = writeLeb128(out, o, Math.round(bitrate / 1000));
  for (const { size } of layers) {
    if (size === undefined) continue;
    o = setU16(out, setU16(out, o, size.width - 1), size.height - 1);
    out[o++] = Math.min(255, size.framesPerSecond);
  }
  return o;
}
