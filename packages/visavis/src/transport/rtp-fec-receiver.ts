/**
 * Packets of one stream brought back by parity: ULPFEC inside the stream, FlexFEC beside it. RFC 5109 §9, RFC 8627 §6.3.
 *
 * What is kept is bounded, and nothing is kept before the first packet of parity has come.
 */
import { FecHeader, FecParity } from "../rtp/fec.ts";
import { parseFlexfec, parseFlexfec03 } from "../rtp/flexfec.ts";
import { parseUlpfec } from "../rtp/ulpfec.ts";

/** How a packet of parity is to be read. */
export type FecKind = "ulpfec" | "flexfec" | "flexfec-03";

/** Packets of media that are kept, a power of two, and packets of parity. */
const MAX_MEDIA = 256;
const MAX_PARITY = 48;

const NO_BYTES = new Uint8Array(0);

class Kept {
  number = -1;
  bytes: Uint8Array = NO_BYTES;
  start = 0;
  end = 0;
}

/** A packet of parity that more than one of its packets is missing of. */
interface Waiting {
  readonly kind: FecKind;
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
  readonly csrc: number;
}

/** A packet that was brought back. */
export interface RecoveredPacket {
  readonly bytes: Uint8Array;
  /** Unwrapped. */
  readonly number: number;
}

/** The parity of one stream. Numbers are sequence numbers that do not wrap. */
export class RtpFecReceiver {
  readonly #ssrc: number;
  readonly #media: readonly Kept[] = Array.from({ length: MAX_MEDIA }, () => new Kept());
  readonly #waiting: Waiting[] = [];
  readonly #header = new FecHeader();
  readonly #parity = new FecParity();
  #newest = 0;

  constructor(ssrc: number) {
    this.#ssrc = ssrc;
  }

  /** Whether a packet of media may complete what waits. */
  get isWaiting(): boolean {
    return this.#waiting.length > 0;
  }

  /** Keeps a packet of media as it was sent, `bytes[start, end)`; the memory is shared. */
  addMedia(number: number, bytes: Uint8Array, start: number, end: number): void {
    const kept = this.#media[number & (MAX_MEDIA - 1)] as Kept;
    if (number < kept.number) return;
    kept.number = number;
    kept.bytes = bytes;
    kept.start = start;
    kept.end = end;
    if (number > this.#newest) this.#newest = number;
  }

  /** Takes a packet of parity, whose payload is `bytes[start, end)`. False when it is of no use: malformed, or of another stream. */
  addParity(kind: FecKind, bytes: Uint8Array, start: number, end: number, csrc: number): boolean {
    if (!this.#parse(kind, bytes, start, end, csrc)) return false;
    if (this.#header.ssrc >= 0 && this.#header.ssrc !== this.#ssrc) return false;
    if (this.#waiting.length >= MAX_PARITY) this.#waiting.shift();
    this.#waiting.push({ kind, bytes, start, end, csrc });
    return true;
  }

  /** Brings a packet back, if that can be; undefined when nothing is left to be done. Add it, and ask again. */
  recover(): RecoveredPacket | undefined {
    for (let i = 0; i < this.#waiting.length; ) {
      const { kind, bytes, start, end, csrc } = this.#waiting[i] as Waiting;
      this.#parse(kind, bytes, start, end, csrc);
      const lost = this.#onlyMissing();
      // Several are missing: it waits, as long as they may still come.
      if (lost === -2) {
        i++;
        continue;
      }
      this.#waiting.splice(i, 1);
      const packet = lost < 0 ? undefined : this.#restore(bytes, lost);
      if (packet !== undefined) return { bytes: packet, number: lost };
    }
    return undefined;
  }

  #parse(kind: FecKind, bytes: Uint8Array, start: number, end: number, csrc: number): boolean {
    if (kind === "ulpfec") return parseUlpfec(bytes, start, end, this.#header);
    if (kind === "flexfec") return parseFlexfec(bytes, start, end, this.#header, csrc);
    return parseFlexfec03(bytes, start, end, this.#header);
  }

  #unwrap(value: number): number {
    return this.#newest + (((value - this.#newest) << 16) >> 16);
  }

  #isKept(number: number): boolean {
    return number >= 0 && this.#media[number & (MAX_MEDIA - 1)]?.number === number;
  }

  /** The only number that is missing; -1 when none is, or they are too old; -2 when several are. */
  #onlyMissing(): number {
    const { numbers, count } = this.#header;
    let lost = -1;
    for (let i = 0; i < count; i++) {
      const number = this.#unwrap(numbers[i] as number);
      if (number <= this.#newest - MAX_MEDIA) return -1;
      if (this.#isKept(number)) continue;
      if (lost >= 0) return -2;
      lost = number;
    }
    return lost;
  }

  #restore(bytes: Uint8Array, lost: number): Uint8Array | undefined {
    const { numbers, count } = this.#header;
    if (!this.#parity.set(bytes, this.#header)) return undefined;
    for (let i = 0; i < count; i++) {
      const number = this.#unwrap(numbers[i] as number);
      if (number === lost) continue;
      const kept = this.#media[number & (MAX_MEDIA - 1)] as Kept;
      if (!this.#parity.add(kept.bytes, kept.start, kept.end)) return undefined;
    }
    return this.#parity.toPacket(lost & 0xffff, this.#ssrc);
  }
}
