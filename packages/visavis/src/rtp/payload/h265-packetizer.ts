/**
 * Cuts H.265 access units into payloads. RFC 7798 §4.4.1 (single), §4.4.2 (aggregation), §4.4.3 (fragmentation).
 * https://www.rfc-editor.org/rfc/rfc7798#section-4.4
 *
 * ```
 * single:         | NAL unit |
 * aggregation:    | header, type 48 (16) | size (16) | NAL unit | size (16) | NAL unit | …
 * fragmentation:  | header, type 49 (16) |S|E| type | a piece of a NAL unit, without its header |
 * ```
 */
import { copyBytes, setU8, setU16 } from "../../base/bytes.ts";
import { evenPiece } from "./frame-bytes.ts";
import { H265_NAL_HEADER, H265NalType, h265NalType } from "./h265-nal-unit.ts";
import { NalUnits } from "./nal-units.ts";
import type { FrameInfo, Packetizer } from "./payload-format.ts";

const NO_BYTES = new Uint8Array(0);
const FU_HEADERS = 3;
const SIZE_FIELD = 2;

/** Takes access units with start codes (Annex B) or lengths. Decoding order numbers are not written: sprop-max-don-diff is 0. */
export class H265Packetizer implements Packetizer {
  readonly #units = new NalUnits();
  #frame: Uint8Array = NO_BYTES;
  #next = 0;
  /** How much of the unit {@link #next} was written in fragments, counted behind its header; 0 before the first. */
  #fragment = 0;
  last = true;

  get marker(): boolean {
    return this.last;
  }

  start(frame: Uint8Array, _info: FrameInfo): boolean {
    this.#frame = frame;
    this.#next = 0;
    this.#fragment = 0;
    this.last = !this.#units.scan(frame);
    for (let index = 0; index < this.#units.count; index++)
      if (this.#units.endOf(index) - this.#units.startOf(index) <= H265_NAL_HEADER) this.last = true;
    return !this.last;
  }

  next(bytes: Uint8Array, start: number, room: number): number {
    if (this.last) return 0;
    const units = this.#units;
    const length = units.endOf(this.#next) - units.startOf(this.#next);
    let written: number;
    if (this.#fragment > 0 || length > room) written = this.#writeFragment(bytes, start, room);
    else if (this.#countThatFit(room) > 1) written = this.#writeAggregate(bytes, start, room);
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
    for (let used = H265_NAL_HEADER; index < units.count; index++) {
      used += SIZE_FIELD + units.endOf(index) - units.startOf(index);
      if (used > room) break;
    }
    return index - this.#next;
  }

  #writeAggregate(bytes: Uint8Array, start: number, room: number): number {
    const units = this.#units;
    let at = start + H265_NAL_HEADER;
    let forbidden = 0;
    // §4.4.2: the lowest of the layers and of the temporal ids.
    let layer = 0x3f;
    let temporal = 7;
    for (let count = this.#countThatFit(room); count > 0; count--, this.#next++) {
      const from = units.startOf(this.#next);
      const to = units.endOf(this.#next);
      const [high, low] = [this.#frame[from] as number, this.#frame[from + 1] as number];
      forbidden |= high & 0x80;
      layer = Math.min(layer, ((high & 1) << 5) | (low >> 3));
      temporal = Math.min(temporal, low & 7);
      at = copyBytes(bytes, setU16(bytes, at, to - from), this.#frame, from, to);
    }
    setU8(bytes, start, forbidden | (H265NalType.AGGREGATION << 1) | (layer >> 5));
    setU8(bytes, start + 1, ((layer & 0x1f) << 3) | temporal);
    return at - start;
  }

  #writeFragment(bytes: Uint8Array, start: number, room: number): number {
    if (room <= FU_HEADERS) return -1;
    const units = this.#units;
    const unit = units.startOf(this.#next);
    const high = this.#frame[unit] as number;
    const from = unit + H265_NAL_HEADER + this.#fragment;
    const remaining = units.endOf(this.#next) - from;
    const length = evenPiece(remaining, room - FU_HEADERS);
    const first = this.#fragment === 0 ? 0x80 : 0;
    const final = length === remaining ? 0x40 : 0;
    setU8(bytes, start, (high & 0x81) | (H265NalType.FRAGMENTATION << 1));
    setU8(bytes, start + 1, this.#frame[unit + 1] as number);
    setU8(bytes, start + 2, first | final | h265NalType(high));
    copyBytes(bytes, start + FU_HEADERS, this.#frame, from, from + length);
    this.#fragment += length;
    if (final !== 0) {
      this.#next++;
      this.#fragment = 0;
    }
    return FU_HEADERS + length;
  }
}
