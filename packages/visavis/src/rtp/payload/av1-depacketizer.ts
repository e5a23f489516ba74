/**
 * Reads AV1 payloads and puts temporal units together in the low-overhead format, each OBU with its size.
 * RTP Payload Format For AV1 v1.0, §4.4, §5.
 * https://aomediacodec.github.io/av1-rtp-spec/#44-av1-aggregation-header
 */
import { isDroppedObu, leb128, leb128Length, leb128Size, OBU_HAS_LAYERS, OBU_HAS_SIZE, ObuType, obuType } from "./av1-obu.ts";
import { FrameBytes } from "./frame-bytes.ts";
import type { Depacketizer } from "./payload-format.ts";
import type { PayloadInfo } from "./payload-info.ts";

/** The aggregation header's bits. */
const CONTINUES = 0x80;
const CONTINUED = 0x40;
const SEQUENCE_START = 0x08;

/** Bytes of the length in front of the element at `at`; 0 when it has none, -1 when it is malformed. */
function lengthField(bytes: Uint8Array, at: number, end: number, count: number, index: number): number {
  if (count > 0 && index === count - 1) return 0;
  return leb128Length(bytes, at, end) || -1;
}

/** Reads an AV1 payload; false when it is malformed. */
export function parseAv1Payload(bytes: Uint8Array, start: number, end: number, into: PayloadInfo): boolean {
  if (end - start < 2) return false;
  into.reset(start + 1, end);
  const header = bytes[start] as number;
  const continues = (header & CONTINUES) !== 0;
  const count = (header >> 4) & 3;
  into.startsFrame = (header & SEQUENCE_START) !== 0;
  into.keyFrame = into.startsFrame;
  if (into.startsFrame && continues) return false;
  let at = start + 1;
  let index = 0;
  for (; at < end; index++) {
    if (count > 0 && index === count) return false;
    const field = lengthField(bytes, at, end, count, index);
    if (field < 0) return false;
    const length = field === 0 ? end - at : leb128(bytes, at, field);
    at += field;
    if (length === 0 || length > end - at) return false;
    if (index === 0 && !continues) readFirstObu(bytes, at, length, into);
    at += length;
  }
  return count === 0 || index === count;
}

function readFirstObu(bytes: Uint8Array, at: number, length: number, into: PayloadInfo): void {
  const header = bytes[at] as number;
  if (obuType(header) === ObuType.TEMPORAL_DELIMITER) into.startsFrame = true;
  if (obuType(header) === ObuType.SEQUENCE_HEADER) {
    into.startsFrame = true;
    into.keyFrame = true;
  }
  if ((header & OBU_HAS_LAYERS) === 0 || length < 2) return;
  const layers = bytes[at + 1] as number;
  into.temporalId = layers >> 5;
  into.spatialId = (layers >> 3) & 3;
}

/** Puts temporal units together. */
export class Av1Depacketizer implements Depacketizer {
  readonly tellsStart = false;
  readonly #frame = new FrameBytes();
  /** Where the OBU begins that is not complete; -1 between OBUs. */
  #open = -1;
  #sound = true;

  parse(bytes: Uint8Array, start: number, end: number, into: PayloadInfo): boolean {
    return parseAv1Payload(bytes, start, end, into);
  }

  begin(): void {
    this.#frame.clear();
    this.#open = -1;
    this.#sound = true;
  }

  append(bytes: Uint8Array, start: number, end: number): boolean {
    this.#sound &&= this.#append(bytes, start, end);
    return this.#sound;
  }

  finish(): Uint8Array | undefined {
    return this.#sound && this.#open < 0 ? this.#frame.copy() : undefined;
  }

  #append(bytes: Uint8Array, start: number, end: number): boolean {
    if (end - start < 2) return false;
    const header = bytes[start] as number;
    const count = (header >> 4) & 3;
    if (((header & CONTINUES) !== 0) !== this.#open >= 0) return false;
    let at = start + 1;
    let index = 0;
    for (; at < end; index++) {
      if (count > 0 && index === count) return false;
      const field = lengthField(bytes, at, end, count, index);
      if (field < 0) return false;
      const length = field === 0 ? end - at : leb128(bytes, at, field);
      at += field;
      if (length === 0 || length > end - at) return false;
      if (this.#open < 0) this.#open = this.#frame.length;
      this.#frame.append(bytes, at, at + length);
      at += length;
      if (at < end || (header & CONTINUED) === 0) if (!this.#close()) return false;
    }
    return count === 0 || index === count;
  }

  /** Gives the OBU its size, or takes it out when it means nothing here. */
  #close(): boolean {
    const frame = this.#frame;
    const start = this.#open;
    this.#open = -1;
    const header = frame.at(start);
    if (isDroppedObu(obuType(header))) {
      frame.truncate(start);
      return true;
    }
    const payload = start + ((header & OBU_HAS_LAYERS) === 0 ? 1 : 2);
    if (payload > frame.length || (header & 0x80) !== 0) return false;
    if ((header & OBU_HAS_SIZE) !== 0) return this.#hasItsSize(payload);
    const size = frame.length - payload;
    frame.insert(payload, leb128Size(size));
    frame.write(start, header | OBU_HAS_SIZE);
    let rest = size;
    let at = payload;
    for (; rest >= 0x80; rest = Math.floor(rest / 128)) frame.write(at++, (rest % 128) | 0x80);
    frame.write(at, rest);
    return true;
  }

  /** An OBU may bring its size (§5); then it must be the right one. */
  #hasItsSize(at: number): boolean {
    let value = 0;
    for (let i = 0; i < 5 && at + i < this.#frame.length; i++) {
      const byte = this.#frame.at(at + i);
      value += (byte & 0x7f) * 128 ** i;
      if ((byte & 0x80) === 0) return at + i + 1 + value === this.#frame.length;
    }
    return false;
  }
}
