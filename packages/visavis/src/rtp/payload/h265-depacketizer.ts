/**
 * Reads H.265 payloads and puts access units together with start codes (Annex B). RFC 7798 §4.4.
 * https://www.rfc-editor.org/rfc/rfc7798#section-4.4
 *
 * PACI packets (§4.4.4) and decoding order numbers (sprop-max-don-diff above 0) are never negotiated: they are not taken.
 */
import { u16 } from "../../base/bytes.ts";
import { FrameBytes } from "./frame-bytes.ts";
import { appendStartCode } from "./h264-depacketizer.ts";
import { H265_NAL_HEADER, H265NalType, h265NalType, isIrap, startsH265AccessUnit } from "./h265-nal-unit.ts";
import type { Depacketizer } from "./payload-format.ts";
import type { PayloadInfo } from "./payload-info.ts";

/** Reads an H.265 payload; false when it is malformed or of a kind that is not taken. */
export function parseH265Payload(bytes: Uint8Array, start: number, end: number, into: PayloadInfo): boolean {
  if (end - start <= H265_NAL_HEADER) return false;
  into.reset(start, end);
  const type = h265NalType(bytes[start] as number);
  into.temporalId = ((bytes[start + 1] as number) & 7) - 1;
  if (into.temporalId < 0) return false;
  if (type === H265NalType.FRAGMENTATION) {
    if (end - start < 4) return false;
    const fragmentHeader = bytes[start + 2] as number;
    const fragmentType = fragmentHeader & 0x3f;
    into.startsFrame = (fragmentHeader & 0x80) !== 0 && startsH265AccessUnit(fragmentType, bytes[start + 3] as number);
    into.keyFrame = isIrap(fragmentType);
    return fragmentType <= H265NalType.LAST_SINGLE;
  }
  if (type === H265NalType.AGGREGATION) {
    let at = start + H265_NAL_HEADER;
    while (at < end) {
      if (end - at < 2 + H265_NAL_HEADER) return false;
      const size = u16(bytes, at);
      if (size <= H265_NAL_HEADER || size > end - at - 2) return false;
      const inner = h265NalType(bytes[at + 2] as number);
      if (inner > H265NalType.LAST_SINGLE) return false;
      if (at === start + H265_NAL_HEADER) into.startsFrame = startsH265AccessUnit(inner, bytes[at + 4] as number);
      if (isIrap(inner)) into.keyFrame = true;
      at += 2 + size;
    }
    return true;
  }
  if (type > H265NalType.LAST_SINGLE) return false;
  into.startsFrame = startsH265AccessUnit(type, bytes[start + 2] as number);
  into.keyFrame = isIrap(type);
  return true;
}

/** Puts access units together. */
export class H265Depacketizer implements Depacketizer {
  readonly tellsStart = false;
  readonly #frame = new FrameBytes();
  /** Type of the unit whose fragments arrive; -1 between units. */
  #fragmentType = -1;
  #sound = true;

  parse(bytes: Uint8Array, start: number, end: number, into: PayloadInfo): boolean {
    return parseH265Payload(bytes, start, end, into);
  }

  begin(): void {
    this.#frame.clear();
    this.#fragmentType = -1;
    this.#sound = true;
  }

  append(bytes: Uint8Array, start: number, end: number): boolean {
    this.#sound &&= this.#append(bytes, start, end);
    return this.#sound;
  }

  finish(): Uint8Array | undefined {
    return this.#sound && this.#fragmentType < 0 ? this.#frame.copy() : undefined;
  }

  #append(bytes: Uint8Array, start: number, end: number): boolean {
    if (end - start <= H265_NAL_HEADER) return false;
    const type = h265NalType(bytes[start] as number);
    if (type === H265NalType.FRAGMENTATION) return this.#appendFragment(bytes, start, end);
    if (this.#fragmentType >= 0) return false;
    if (type !== H265NalType.AGGREGATION) return this.#appendUnit(bytes, start, end);
    let at = start + H265_NAL_HEADER;
    while (at < end) {
      if (end - at < 2) return false;
      const size = u16(bytes, at);
      if (size > end - at - 2 || !this.#appendUnit(bytes, at + 2, at + 2 + size)) return false;
      at += 2 + size;
    }
    return true;
  }

  #appendUnit(bytes: Uint8Array, start: number, end: number): boolean {
    if (end - start <= H265_NAL_HEADER || h265NalType(bytes[start] as number) > H265NalType.LAST_SINGLE) return false;
    appendStartCode(this.#frame);
    this.#frame.append(bytes, start, end);
    return true;
  }

  #appendFragment(bytes: Uint8Array, start: number, end: number): boolean {
    if (end - start < 4) return false;
    const fragmentHeader = bytes[start + 2] as number;
    const type = fragmentHeader & 0x3f;
    if ((fragmentHeader & 0x80) !== 0) {
      if (this.#fragmentType >= 0 || type > H265NalType.LAST_SINGLE) return false;
      appendStartCode(this.#frame);
      this.#frame.appendU8(((bytes[start] as number) & 0x81) | (type << 1));
      this.#frame.appendU8(bytes[start + 1] as number);
    } else if (this.#fragmentType !== type) return false;
    this.#fragmentType = (fragmentHeader & 0x40) !== 0 ? -1 : type;
    this.#frame.append(bytes, start + 3, end);
    return true;
  }
}
