/**
 * OBUs of AV1 in the low-overhead format: where they are, and what they tell of key frames and sizes.
 * AV1 Bitstream & Decoding Process Specification, §5.3.2 (header), §4.10.5 (leb128), §5.5 (sequence header), §5.9.2 (frame header).
 *
 * ```
 *  0 1 2 3 4 5 6 7
 * +-+-+-+-+-+-+-+-+
 * |F| type  |X|S|-|   X: a byte of layers follows; S: the size follows
 * +-+-+-+-+-+-+-+-+
 * | tid | sid |- -|   if X
 * +-+-+-+-+-+-+-+-+
 * | size, leb128 …    if S
 * ```
 */
import { HeaderBits } from "./header-bits.ts";
import type { FrameSize } from "./payload-format.ts";

/** Types of OBUs. */
export const ObuType = {
  SEQUENCE_HEADER: 1,
  TEMPORAL_DELIMITER: 2,
  FRAME_HEADER: 3,
  FRAME: 6,
  TILE_LIST: 8,
  PADDING: 15,
} as const;

/** The bit of the header that says that a size follows. */
export const OBU_HAS_SIZE = 0x02;
/** The bit of the header that says that a byte of layers follows. */
export const OBU_HAS_LAYERS = 0x04;

/** More OBUs than this in one temporal unit are more than any encoder makes. */
const MAX_OBUS = 1024;

/** The type in an OBU header. */
export function obuType(header: number): number {
  return (header >> 3) & 0x0f;
}

/** Whether OBUs of this type are left out of RTP: they mean nothing there (AV1 RTP §5). */
export function isDroppedObu(type: number): boolean {
  return type === ObuType.TEMPORAL_DELIMITER || type === ObuType.TILE_LIST || type === ObuType.PADDING;
}

/** Bytes of the leb128 number at `at`, at most 5; 0 when it is cut short or longer than 32 bits. */
export function leb128Length(bytes: Uint8Array, at: number, end: number): number {
  for (let length = 1; length <= 5 && at + length <= end; length++)
    if (((bytes[at + length - 1] as number) & 0x80) === 0) return length;
  return 0;
}

/** The leb128 number of `length` bytes at `at`. */
export function leb128(bytes: Uint8Array, at: number, length: number): number {
  let value = 0;
  for (let i = length - 1; i >= 0; i--) value = value * 128 + ((bytes[at + i] as number) & 0x7f);
  return value;
}

/** How many bytes a leb128 number needs. */
export function leb128Size(value: number): number {
  let size = 1;
  for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 128)) size++;
  return size;
}

/** Where the OBUs of a temporal unit are. Reused from frame to frame. */
export class Obus {
  readonly #headers: number[] = [];
  readonly #layers: number[] = [];
  readonly #starts: number[] = [];
  readonly #ends: number[] = [];
  count = 0;

  /** Type of the OBU. */
  typeOf(index: number): number {
    return obuType(this.headerOf(index));
  }

  /** The first byte. */
  headerOf(index: number): number {
    return this.#headers[index] as number;
  }

  /** The byte of layers; -1 without one. */
  layersOf(index: number): number {
    return this.#layers[index] as number;
  }

  /** Where the payload begins, behind header, layers and size. */
  startOf(index: number): number {
    return this.#starts[index] as number;
  }

  /** Where the payload ends. */
  endOf(index: number): number {
    return this.#ends[index] as number;
  }

  /** Finds the OBUs of `frame`, of which the last may be without a size. False when there are none, too many, or they do not fit. */
  scan(frame: Uint8Array): boolean {
    this.count = 0;
    for (let at = 0; at < frame.length; ) {
      const header = frame[at++] as number;
      let layers = -1;
      if ((header & OBU_HAS_LAYERS) !== 0) {
        if (at === frame.length) return false;
        layers = frame[at++] as number;
      }
      let size = frame.length - at;
      if ((header & OBU_HAS_SIZE) !== 0) {
        const length = leb128Length(frame, at, frame.length);
        if (length === 0) return false;
        size = leb128(frame, at, length);
        at += length;
      }
      if (size > frame.length - at || this.count === MAX_OBUS || (header & 0x80) !== 0) return false;
      this.#headers[this.count] = header;
      this.#layers[this.count] = layers;
      this.#starts[this.count] = at;
      this.#ends[this.count++] = at + size;
      at += size;
    }
    return this.count > 0;
  }
}

const obus = new Obus();

/** Whether the temporal unit begins with a key frame, behind a sequence header. */
export function isAv1KeyFrame(frame: Uint8Array): boolean {
  if (!obus.scan(frame)) return false;
  let sequence = false;
  for (let index = 0; index < obus.count; index++) {
    const type = obus.typeOf(index);
    if (type === ObuType.SEQUENCE_HEADER) sequence = true;
    if (type !== ObuType.FRAME && type !== ObuType.FRAME_HEADER) continue;
    // show_existing_frame and the two bits of frame_type, all of them 0 for a key frame.
    return sequence && obus.startOf(index) < obus.endOf(index) && ((frame[obus.startOf(index)] as number) & 0xe0) === 0;
  }
  return false;
}

/** The largest size that the sequence header of the temporal unit allows, which is that of its frames unless they are scaled. */
export function av1FrameSize(frame: Uint8Array): FrameSize | undefined {
  if (!obus.scan(frame)) return undefined;
  for (let index = 0; index < obus.count; index++) {
    if (obus.typeOf(index) === ObuType.SEQUENCE_HEADER)
      return sequenceSize(new HeaderBits(frame, obus.startOf(index), obus.endOf(index), false));
  }
  return undefined;
}

function sequenceSize(reader: HeaderBits): FrameSize | undefined {
  reader.skip(4);
  if (reader.bit() === 1) reader.skip(5);
  else skipOperatingPoints(reader);
  const widthBits = reader.bits(4) + 1;
  const heightBits = reader.bits(4) + 1;
  const width = reader.bits(widthBits) + 1;
  const height = reader.bits(heightBits) + 1;
  return reader.overrun ? undefined : { width, height };
}

function skipOperatingPoints(reader: HeaderBits): void {
  let delayBits = 0;
  if (reader.bit() === 1) {
    reader.skip(64);
    if (reader.bit() === 1) reader.unsigned();
    if (reader.bit() === 1) {
      delayBits = reader.bits(5) + 1;
      reader.skip(42);
    }
  }
  const displayDelay = reader.bit();
  for (let count = reader.bits(5) + 1; count > 0; count--) {
    reader.skip(12);
    if (reader.bits(5) > 7) reader.bit();
    if (delayBits > 0 && reader.bit() === 1) reader.skip(2 * delayBits + 1);
    if (displayDelay === 1 && reader.bit() === 1) reader.skip(4);
  }
}
