/**
 * Cuts AV1 temporal units into payloads. RTP Payload Format For AV1 v1.0, §4.4 (aggregation header), §4.5, §5.
 * https://aomediacodec.github.io/av1-rtp-spec/#44-av1-aggregation-header
 *
 * ```
 *  0 1 2 3 4 5 6 7
 * +-+-+-+-+-+-+-+-+  Z: the first element continues an OBU; Y: the last one is continued
 * |Z|Y| W |N|-|-|-|  W: how many elements, the last of them without a length (0: each has one)
 * +-+-+-+-+-+-+-+-+  N: first packet of a coded video sequence
 * ```
 */
import { copyBytes, setU8 } from "../../base/bytes.ts";
import { isDroppedObu, leb128Size, OBU_HAS_SIZE, Obus, ObuType } from "./av1-obu.ts";
import { evenPiece } from "./frame-bytes.ts";
import type { FrameInfo, Packetizer } from "./payload-format.ts";

const NO_BYTES = new Uint8Array(0);
/** As many elements as W counts. */
const MAX_ELEMENTS = 3;
/** The aggregation header, and the lengths of all elements but the last, of a payload that fits a datagram. */
const OVERHEAD = 1 + 3 * (MAX_ELEMENTS - 1);

/** Takes temporal units, or frames of them, in the low-overhead format. */
export class Av1Packetizer implements Packetizer {
  readonly #obus = new Obus();
  #frame: Uint8Array = NO_BYTES;
  #endOfPicture = true;
  #sequenceStart = false;
  /** The OBU that is next, and how much of its element was sent. */
  #index = 0;
  #sent = 0;
  /** Bytes of elements that were not sent. */
  #remaining = 0;
  last = true;

  get marker(): boolean {
    return this.last && this.#endOfPicture;
  }

  start(frame: Uint8Array, info: FrameInfo): boolean {
    this.#frame = frame;
    this.#endOfPicture = info.endOfPicture ?? true;
    this.#sequenceStart = false;
    this.#index = -1;
    this.#sent = 0;
    this.#remaining = 0;
    this.last = true;
    if (!this.#obus.scan(frame)) return false;
    for (let index = 0; index < this.#obus.count; index++) {
      const type = this.#obus.typeOf(index);
      if (isDroppedObu(type)) continue;
      this.#remaining += this.#elementLength(index);
      if (type === ObuType.SEQUENCE_HEADER) this.#sequenceStart = true;
    }
    this.#toNextObu();
    this.last = this.#remaining === 0;
    return !this.last;
  }

  next(bytes: Uint8Array, start: number, room: number): number {
    if (this.last) return 0;
    if (room < 2) {
      this.last = true;
      return -1;
    }
    const even = room > 2 * OVERHEAD ? evenPiece(this.#remaining, room - OVERHEAD) + OVERHEAD : room;
    const limit = start + Math.min(room, even);
    const continues = this.#sent > 0;
    let elements = 0;
    let at = start + 1;
    for (let more = true; more; ) {
      const rest = this.#elementLength(this.#index) - this.#sent;
      elements++;
      // Another element is worth it when it brings its header and one byte at least.
      const another = elements < MAX_ELEMENTS && rest < this.#remaining && at + leb128Size(rest) + rest + 2 <= limit;
      if (another) at = writeLeb128(bytes, at, rest);
      const length = Math.min(rest, limit - at);
      at = this.#writeElement(bytes, at, length);
      more = another;
    }
    const header = (continues ? 0x80 : 0) | (this.#sent > 0 ? 0x40 : 0) | (elements << 4) | (this.#sequenceStart ? 0x08 : 0);
    setU8(bytes, start, header);
    this.#sequenceStart = false;
    this.last = this.#remaining === 0;
    if (this.last) this.#frame = NO_BYTES;
    return at - start;
  }

  /** Header, layers and payload: an OBU in RTP is without its size (§5). */
  #elementLength(index: number): number {
    const header = this.#obus.layersOf(index) < 0 ? 1 : 2;
    return header + this.#obus.endOf(index) - this.#obus.startOf(index);
  }

  /** Writes the next `length` bytes of the element that is in turn. */
  #writeElement(bytes: Uint8Array, start: number, length: number): number {
    const obus = this.#obus;
    const layers = obus.layersOf(this.#index);
    const end = start + length;
    let at = start;
    if (this.#sent === 0) at = setU8(bytes, at, obus.headerOf(this.#index) & ~OBU_HAS_SIZE);
    if (layers >= 0 && this.#sent + at - start === 1 && at < end) at = setU8(bytes, at, layers);
    const header = layers < 0 ? 1 : 2;
    const from = obus.startOf(this.#index) + this.#sent + at - start - header;
    copyBytes(bytes, at, this.#frame, from, from + end - at);
    this.#sent += length;
    this.#remaining -= length;
    if (this.#sent === this.#elementLength(this.#index)) this.#toNextObu();
    return end;
  }

  #toNextObu(): void {
    this.#sent = 0;
    this.#index++;
    while (this.#index < this.#obus.count && isDroppedObu(this.#obus.typeOf(this.#index))) this.#index++;
  }
}

function writeLeb128(bytes: Uint8Array, start: number, value: number): number {
  let at = start;
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 128)) at = setU8(bytes, at, (rest % 128) | 0x80);
  return setU8(bytes, at, rest);
}
