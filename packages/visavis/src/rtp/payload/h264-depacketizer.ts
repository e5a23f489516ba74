/**
 * Reads H.264 payloads and puts access units together with start codes (Annex B). RFC 6184 §5.6, §5.7.1, §5.8.
 * https://www.rfc-editor.org/rfc/rfc6184#section-5.4
 *
 * STAP-B, MTAPs and FU-B exist in the interleaved mode alone, which is never negotiated: they are not taken.
 */
import { decodeBase64 } from "../../base/base64.ts";
import { u16 } from "../../base/bytes.ts";
import { FrameBytes } from "./frame-bytes.ts";
import { H264NalType, h264NalType, startsAccessUnit } from "./h264-nal-unit.ts";
import type { Depacketizer } from "./payload-format.ts";
import type { PayloadInfo } from "./payload-info.ts";

/** Reads an H.264 payload; false when it is malformed or of the interleaved mode. */
export function parseH264Payload(bytes: Uint8Array, start: number, end: number, into: PayloadInfo): boolean {
  if (end <= start) return false;
  into.reset(start, end);
  const header = bytes[start] as number;
  const type = h264NalType(header);
  if (type === H264NalType.FU_A) {
    if (end - start < 3) return false;
    const fragmentHeader = bytes[start + 1] as number;
    const fragmentType = h264NalType(fragmentHeader);
    into.startsFrame = (fragmentHeader & 0x80) !== 0 && startsAccessUnit(fragmentType, bytes[start + 2] as number);
    into.keyFrame = fragmentType === H264NalType.IDR;
    return fragmentType > 0 && fragmentType <= H264NalType.LAST_SINGLE;
  }
  if (type === H264NalType.STAP_A) {
    let at = start + 1;
    if (at === end) return false;
    while (at < end) {
      if (end - at < 3) return false;
      const size = u16(bytes, at);
      if (size === 0 || size > end - at - 2) return false;
      const inner = h264NalType(bytes[at + 2] as number);
      if (inner === 0 || inner > H264NalType.LAST_SINGLE) return false;
      if (at === start + 1) into.startsFrame = startsAccessUnit(inner, size > 1 ? (bytes[at + 3] as number) : 0);
      if (inner === H264NalType.IDR) into.keyFrame = true;
      at += 2 + size;
    }
    return true;
  }
  if (type === 0 || type > H264NalType.LAST_SINGLE) return false;
  into.startsFrame = startsAccessUnit(type, end - start > 1 ? (bytes[start + 1] as number) : 0);
  into.keyFrame = type === H264NalType.IDR;
  return true;
}

/** Whether the payload of a key frame is the first of its picture's slices: first_mb_in_slice is 0. */
function startsIdrPicture(bytes: Uint8Array, start: number, end: number): boolean {
  const fragment = h264NalType(bytes[start] as number) === H264NalType.FU_A;
  if (fragment) return ((bytes[start + 1] as number) & 0x80) !== 0 && ((bytes[start + 2] as number) & 0x80) !== 0;
  return (
    h264NalType(bytes[start] as number) === H264NalType.IDR && end - start > 1 && ((bytes[start + 1] as number) & 0x80) !== 0
  );
}

/** NAL units of `sprop-parameter-sets` (RFC 6184 §8.1) with start codes; undefined when there are none that can be read. */
export function spropParameterSets(value: string | undefined): Uint8Array | undefined {
  if (value === undefined) return undefined;
  const sets = new FrameBytes();
  for (const text of value.split(",")) {
    const set = decodeBase64(text.trim());
    if (set === undefined || set.length === 0) return undefined;
    appendStartCode(sets);
    sets.append(set, 0, set.length);
  }
  return sets.copy();
}

/** Adds `00 00 00 01`. */
export function appendStartCode(frame: FrameBytes): void {
  frame.appendU8(0);
  frame.appendU8(0);
  frame.appendU8(0);
  frame.appendU8(1);
}

/** Puts access units together. */
export class H264Depacketizer implements Depacketizer {
  readonly tellsStart = false;
  readonly #frame = new FrameBytes();
  /** Parameter sets of the description, for senders that do not send them. */
  readonly #sprop: Uint8Array | undefined;
  /** Type of the unit whose fragments arrive; 0 between units. */
  #fragmentType = 0;
  #keyFrame = false;
  #parameterSets = false;
  #sound = true;

  constructor(sprop: Uint8Array | undefined) {
    this.#sprop = sprop;
  }

  parse(bytes: Uint8Array, start: number, end: number, into: PayloadInfo): boolean {
    if (!parseH264Payload(bytes, start, end, into)) return false;
    // No parameter sets are sent in front of key frames whose description has them.
    if (this.#sprop !== undefined && into.keyFrame) into.startsFrame ||= startsIdrPicture(bytes, start, end);
    return true;
  }

  begin(): void {
    this.#frame.clear();
    this.#fragmentType = 0;
    this.#keyFrame = false;
    this.#parameterSets = false;
    this.#sound = true;
  }

  append(bytes: Uint8Array, start: number, end: number): boolean {
    this.#sound &&= this.#append(bytes, start, end);
    return this.#sound;
  }

  finish(): Uint8Array | undefined {
    if (!this.#sound || this.#fragmentType !== 0) return undefined;
    const frame = this.#frame;
    const sprop = this.#sprop;
    if (sprop !== undefined && this.#keyFrame && !this.#parameterSets && frame.length > 0) {
      frame.insert(0, sprop.length);
      for (let i = 0; i < sprop.length; i++) frame.write(i, sprop[i] as number);
    }
    return frame.copy();
  }

  #append(bytes: Uint8Array, start: number, end: number): boolean {
    if (end <= start) return false;
    const type = h264NalType(bytes[start] as number);
    if (type === H264NalType.FU_A) return this.#appendFragment(bytes, start, end);
    if (this.#fragmentType !== 0) return false;
    if (type !== H264NalType.STAP_A) return this.#appendUnit(bytes, start, end);
    let at = start + 1;
    while (at < end) {
      if (end - at < 3) return false;
      const size = u16(bytes, at);
      if (size > end - at - 2 || !this.#appendUnit(bytes, at + 2, at + 2 + size)) return false;
      at += 2 + size;
    }
    return true;
  }

  #appendUnit(bytes: Uint8Array, start: number, end: number): boolean {
    const type = end > start ? h264NalType(bytes[start] as number) : 0;
    if (type === 0 || type > H264NalType.LAST_SINGLE) return false;
    this.#note(type);
    appendStartCode(this.#frame);
    this.#frame.append(bytes, start, end);
    return true;
  }

  #appendFragment(bytes: Uint8Array, start: number, end: number): boolean {
    if (end - start < 3) return false;
    const fragmentHeader = bytes[start + 1] as number;
    const type = h264NalType(fragmentHeader);
    if ((fragmentHeader & 0x80) !== 0) {
      if (this.#fragmentType !== 0 || type === 0 || type > H264NalType.LAST_SINGLE) return false;
      this.#note(type);
      appendStartCode(this.#frame);
      this.#frame.appendU8(((bytes[start] as number) & 0xe0) | type);
    } else if (this.#fragmentType !== type) return false;
    this.#fragmentType = (fragmentHeader & 0x40) !== 0 ? 0 : type;
    this.#frame.append(bytes, start + 2, end);
    return true;
  }

  #note(type: number): void {
    if (type === H264NalType.IDR) this.#keyFrame = true;
    if (type === H264NalType.SPS) this.#parameterSets = true;
  }
}
