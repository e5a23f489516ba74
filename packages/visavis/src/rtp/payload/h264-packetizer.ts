/**
 * Cuts H.264 access units into payloads. RFC 6184 §5.6 (single NAL unit), §5.7.1 (STAP-A), §5.8 (FU-A).
 * https://www.rfc-editor.org/rfc/rfc6184#section-5.6
 *
 * ```
 * single:  | NAL unit |
 * STAP-A:  |F|NRI| 24 | size (16) | NAL unit | size (16) | NAL unit | …
 * FU-A:    |F|NRI| 28 |S|E|R| Type | a piece of a NAL unit, without its header |
 * ```
 */
import { copyBytes, setU8, setU16 } from "../../base/bytes.ts";
import { evenPiece } from "./frame-bytes.ts";
import { H264NalType, h264NalType } from "./h264-nal-unit.ts";
import { NalUnits } from "./nal-units.ts";
import type { FrameInfo, Packetizer } from "./payload-format.ts";

const NO_BYTES = new Uint8Array(0);
const FU_HEADERS = 2;
const SIZE_FIELD = 2;

/** Takes access units with start codes (Annex B) or lengths; packetization modes 0 and 1. */
export class H264Packetizer implements Packetizer {
  readonly #units = new NalUnits();
  /** Packetization mode 1 (§6.3): STAP-A and FU-A may be used. */
  readonly #nonInterleaved: boolean;
  #frame: Uint8Array = NO_BYTES;
  #next = 0;
  /** How far into the unit {@link #next} fragments were written, from its second byte on; 0 before the first. */
  #fragment = 0;
  last = true;

  constructor(packetizationMode: number) {
    this.#nonInterleaved = packetizationMode === 1;
  }

  get marker(): boolean {
    return this.last;
  }

  start(frame: Uint8Array, _info: FrameInfo): boolean {
    this.#frame = frame;
    this.#next = 0;
    this.#fragment = 0;
    this.last = !this.#units.scan(frame);
    return !this.last;
  }

  next(bytes: Uint8Array, start: number, room: number): number {
    if (this.last) return 0;
    const units = this.#units;
    const length = units.endOf(this.#next) - units.startOf(this.#next);
    let written: number;
    if (this.#fragment > 0 || length > room) written = this.#writeFragment(bytes, start, room);
    else if (this.#nonInterleaved && this.#countThatFit(room) > 1) written = this.#writeAggregate(bytes, start, room);
    else {
      copyBytes(bytes, start, this.#frame, units.startOf(this.#next), units.endOf(this.#next));
      written = length;
      this.#next++;
    }
    if (written < 0 || this.#next === units.count) {
      this.last = true;
      this.#frame = NO_BYTES;
    }
    return written;
  }

  #countThatFit(room: number): number {
    const units = this.#units;
    let index = this.#next;
    for (let used = 1; index < units.count; index++) {
      used += SIZE_FIELD + units.endOf(index) - units.startOf(index);
      if (used > room) break;
    }
    return index - this.#next;
  }

  #writeAggregate(bytes: Uint8Array, start: number, room: number): number {
    const units = this.#units;
    let at = start + 1;
    let forbidden = 0;
    let importance = 0;
    for (let count = this.#countThatFit(room); count > 0; count--, this.#next++) {
      const from = units.startOf(this.#next);
      const to = units.endOf(this.#next);
      const header = this.#frame[from] as number;
      forbidden |= header & 0x80;
      importance = Math.max(importance, header & 0x60);
      at = copyBytes(bytes, setU16(bytes, at, to - from), this.#frame, from, to);
    }
    setU8(bytes, start, forbidden | importance | H264NalType.STAP_A);
    return at - start;
  }

  #writeFragment(bytes: Uint8Array, start: number, room: number): number {
    if (!this.#nonInterleaved || room <= FU_HEADERS) return -1;
    const units = this.#units;
    const header = this.#frame[units.startOf(this.#next)] as number;
    const from = units.startOf(this.#next) + 1 + this.#fragment;
    const remaining = units.endOf(this.#next) - from;
    const length = evenPiece(remaining, room - FU_HEADERS);
    const first = this.#fragment === 0 ? 0x80 : 0;
    const final = length === remaining ? 0x40 : 0;
    setU8(bytes, start, (header & 0xe0) | H264NalType.FU_A);
    setU8(bytes, start + 1, first | final | h264NalType(header));
    copyBytes(bytes, start + FU_HEADERS, this.#frame, from, from + length);
    this.#fragment += length;
    if (final !== 0) {
      this.#next++;
      this.#fragment = 0;
    }
    return FU_HEADERS + length;
  }
}
