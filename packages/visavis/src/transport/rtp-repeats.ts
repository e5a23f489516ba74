/**
 * Packets that are sent again: those that NACKs ask for, and those that fill up what probes want. RFC 4585 §6.2.1, RFC 4588 §4, §6.
 */
import { copyBytes, setU16, u16 } from "../base/bytes.ts";
import type { Instant } from "../base/instant.ts";
import { type Random, randomU32 } from "../base/random.ts";
import { Ring } from "../base/ring.ts";
import type { Transmit } from "../base/transmit.ts";
import { RtpHeader, writePadding, writeRtpHeader } from "../rtp/packet.ts";
import type { RtpElementWriter } from "./rtp-element-writer.ts";
import { PacketHistory } from "./rtp-packet-history.ts";
import type { CodecTable, RtpSendEncoding } from "./rtp-parameters.ts";

/** Repetitions that wait at most. */
const MOST_REPEATS = 1024;
/** Bytes of padding in a packet of nothing else. */
const PADDING = 224;
/** Of a round trip: a packet that was sent so shortly ago is on its way. */
const PATIENCE = 0.8;

/** What is negotiated for the stream. */
export interface RepeatTerms {
  readonly codecs: CodecTable;
  readonly elements: RtpElementWriter;
  readonly encoding: RtpSendEncoding;
}

/** What `write` wrote last. */
export interface WrittenPacket {
  /** It went out before, bit by bit: SRTP must know. */
  isRepeat: boolean;
}

/** Packets that may get lost before the first one arrives, at most. */
const LOST_AT_FIRST = 1024;

/** The sequence number to go on from with keys that are new: the same, unless it is about to wrap. */
export function awayFromWrapping(sequenceNumber: number): number {
  return sequenceNumber > 0xffff - LOST_AT_FIRST ? 0xffff : sequenceNumber;
}

/** The repetitions of one encoding. */
export class RtpRepeats {
  readonly history: PacketHistory = new PacketHistory();
  /** Of the packet that was written last. */
  readonly header: RtpHeader = new RtpHeader();
  readonly #queue = new Ring<number>();
  readonly #terms: RepeatTerms;
  #sequenceNumber: number;

  constructor(terms: RepeatTerms, random: Random) {
    this.#terms = terms;
    this.#sequenceNumber = randomU32(random) & 0x7fff;
  }

  /** How many wait. */
  get size(): number {
    return this.#queue.size;
  }

  /** Whether the packet with this number is there: it is what `history.start` and `header` refer to, then. */
  find(number: number): boolean {
    return this.history.find(number) && this.history.parse(this.header);
  }

  /** Queues a packet, if it is there and was not sent just now. */
  push(number: number, roundTrip: number, now: Instant): void {
    const { history } = this;
    if (this.#queue.size >= MOST_REPEATS || !history.find(number)) return;
    if (!history.mayRepeat(number, roundTrip * PATIENCE, now)) return;
    history.repeated(number, now);
    this.#queue.push(number);
  }

  /** Writes the oldest that waits; false when there is none. */
  write(out: Transmit, transportNumber: number, most: number, written: WrittenPacket, now: Instant): boolean {
    for (let number = this.#queue.shift(); number !== undefined; number = this.#queue.shift()) {
      if (!this.find(number)) continue;
      if (this.#terms.encoding.rtxSsrc !== undefined && this.#rtxPayloadType !== 0) {
        if (!this.#wrap(out, transportNumber, most, now)) continue;
        written.isRepeat = false;
      } else {
        const { bytes, start, end } = this.history;
        copyBytes(out.bytes, out.start, bytes, start, end);
        out.length = end - start;
        written.isRepeat = true;
      }
      return true;
    }
    return false;
  }

  /** Writes a packet that fills up: the one with this number, if it is there, as that is of more use than zeros. */
  fill(
    out: Transmit,
    number: number,
    payloadType: number,
    timestamp: number,
    transportNumber: number,
    most: number,
    now: Instant,
  ): boolean {
    if (this.find(number) && this.#wrap(out, transportNumber, most, now)) return true;
    const { encoding, elements } = this.#terms;
    const { start, bytes } = out;
    let o = writeRtpHeader(bytes, start, false, payloadType, this.#nextNumber(), timestamp, encoding.rtxSsrc ?? 0);
    o = elements.write(bytes, start, o, transportNumber, true, undefined, false, now);
    out.length = writePadding(bytes, start, o, PADDING) - start;
    return false;
  }

  /** Goes on with other keys. */
  onNewKeys(): void {
    this.#sequenceNumber = awayFromWrapping(this.#sequenceNumber);
  }

  /** Forgets all. */
  clear(): void {
    this.#queue.clear();
    this.history.clear();
  }

  get #rtxPayloadType(): number {
    return this.#terms.codecs.rtxOf(this.header.payloadType);
  }

  #nextNumber(): number {
    this.#sequenceNumber = (this.#sequenceNumber + 1) & 0xffff;
    return this.#sequenceNumber;
  }

  /** Wraps the packet that was found. */
  #wrap(out: Transmit, transportNumber: number, most: number, now: Instant): boolean {
    const { header, history } = this;
    const { elements, encoding } = this.#terms;
    const payloadType = this.#rtxPayloadType;
    if (payloadType === 0) return false;
    const { bytes, start } = out;
    const { marker, timestamp } = header;
    let o = writeRtpHeader(bytes, start, marker, payloadType, this.#nextNumber(), timestamp, encoding.rtxSsrc ?? 0);
    o = elements.writeRepair(bytes, start, o, transportNumber, history.bytes, header, now);
    o = setU16(bytes, o, u16(history.bytes, header.start + 2));
    if (o - start + header.payloadEnd - header.payloadStart > most) return false;
    out.length = copyBytes(bytes, o, history.bytes, header.payloadStart, header.payloadEnd) - start;
    return true;
  }
}
