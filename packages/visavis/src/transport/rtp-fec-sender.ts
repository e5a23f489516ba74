/**
 * Parity of what one encoding sends, as much as the losses that are reported want. RFC 5109 §8, RFC 8627 §6.2; RFC 8854 §5.1 on when it
 * is of use: where packets that are sent again come too late.
 */
import { FecParity } from "../rtp/fec.ts";
import { flexfecHeaderLength, writeFlexfec } from "../rtp/flexfec.ts";
import { MAX_ULPFEC_PROTECTED, ulpfecHeaderLength, writeUlpfec } from "../rtp/ulpfec.ts";
import type { FecKind } from "./rtp-fec-receiver.ts";
import type { PacketHistory } from "./rtp-packet-history.ts";

/** Below this loss, and with a shorter round trip in milliseconds, sending again does. */
const LEAST_LOSS = 0.01;
const LEAST_ROUND_TRIP = 40;
/** Packets of parity for each packet that is lost, and for each packet of media at most. */
const FACTOR = 2;
const MOST_RATE = 0.5;
/** Weight of the newest report when losses fall. */
const DECAY = 0.3;
/** Frames that share packets of parity. */
const MOST_FRAMES = 4;
/** The longest of their packets is no longer than this before parity. */
const MOST_PROTECTED = Math.min(MAX_ULPFEC_PROTECTED, 32);

/** Bytes that a packet of parity has more than the longest that it protects, at most: of its own header and of RED. */
export const FEC_OVERHEAD: number = flexfecHeaderLength(MOST_PROTECTED, true) + 1;

/** The parity of one encoding. */
export class RtpFecSender {
  readonly kind: FecKind;
  readonly #ssrc: number;
  readonly #parity = new FecParity();
  #rate = 0;
  /** Packets of the frames that are collected: they have numbers in a row, but for those of parity between. */
  readonly #numbers: number[] = [];
  #frames = 0;
  /** Packets of parity that are to be written, and how many there will have been. */
  #next = 0;
  #count = 0;
  readonly #distances: number[] = [];

  constructor(kind: FecKind, ssrc: number) {
    this.kind = kind;
    this.#ssrc = ssrc;
  }

  /** Packets of parity for each packet of media. */
  get rate(): number {
    return this.#rate;
  }

  /** Whether a packet of parity is to be sent next. */
  get isDue(): boolean {
    return this.#next < this.#count;
  }

  /** Takes what the other side reports. @param loss of the packets since the last report @param roundTrip NaN when it is not known */
  onReport(loss: number, roundTrip: number): void {
    const wanted = loss < LEAST_LOSS || roundTrip < LEAST_ROUND_TRIP ? 0 : Math.min(MOST_RATE, FACTOR * loss);
    const rate = wanted > this.#rate ? wanted : this.#rate + (wanted - this.#rate) * DECAY;
    this.#rate = rate < LEAST_LOSS / 2 ? 0 : rate;
  }

  /** Notes a packet of media that was sent. @param number unwrapped */
  onPacket(number: number, endsFrame: boolean): void {
    if (this.#rate === 0) {
      this.#clear();
      return;
    }
    if (this.isDue) this.#clear();
    this.#numbers.push(number);
    if (endsFrame) this.#frames++;
    const span = number - (this.#numbers[0] as number) + 1;
    const wanted = this.#numbers.length * this.#rate;
    const isFull = span >= MOST_PROTECTED;
    if (!isFull && !(endsFrame && (wanted >= 1 || this.#frames >= MOST_FRAMES))) return;
    this.#next = 0;
    this.#count = Math.min(this.#numbers.length, Math.ceil(wanted));
  }

  /**
   * Writes the payload of the next packet of parity and returns the offset behind it; `offset` when it cannot be made.
   * @param limit the end of the room
   */
  write(out: Uint8Array, offset: number, limit: number, history: PacketHistory): number {
    const parity = this.#parity;
    parity.reset();
    this.#distances.length = 0;
    const first = this.#numbers[this.#next] as number;
    // Each packet of parity takes every so manieth packet, so that a row of losses is spread over them.
    for (let i = this.#next; i < this.#numbers.length; i += this.#count) {
      const number = this.#numbers[i] as number;
      if (!history.find(number) || !history.addTo(parity)) {
        if (number === first) break;
        continue;
      }
      this.#distances.push(number - first);
    }
    this.#next++;
    if (this.#next === this.#count) this.#clear();
    if (this.#distances.length === 0) return offset;
    const span = this.#distances.at(-1) ?? 0;
    const isUlpfec = this.kind === "ulpfec";
    const headerLength = isUlpfec ? ulpfecHeaderLength(span) : flexfecHeaderLength(span, this.kind === "flexfec-03");
    if (offset + headerLength + parity.payloadLength > limit) return offset;
    if (isUlpfec) return writeUlpfec(out, offset, parity, first & 0xffff, this.#distances);
    return writeFlexfec(out, offset, parity, this.kind === "flexfec-03" ? this.#ssrc : -1, first & 0xffff, this.#distances);
  }

  #clear(): void {
    this.#numbers.length = 0;
    this.#frames = 0;
    this.#next = 0;
    this.#count = 0;
  }
}
