/**
 * One tone at a time as packets of telephone events. RFC 4733 §2.5.1.
 *
 * The state of a tone is told every 50 ms, and its end three times, so that a lost packet does not matter.
 */
import { type Instant, NEVER } from "../base/instant.ts";
import { encodeTelephoneEvent, LONGEST_SEGMENT, TELEPHONE_EVENT_LENGTH } from "../rtp/dtmf.ts";
import type { OutgoingPacket } from "./rtp-outgoing.ts";
import type { RtpCodec } from "./rtp-parameters.ts";

/** Milliseconds between two packets (§2.5.1.2). */
const PERIOD = 50;
/** How often the end is told (§2.5.1.4). */
const ENDS = 3;
/** How loud, in -dBm0: what telephones do. */
const VOLUME = 10;

/** A tone that is sent. */
export class DtmfTone {
  readonly #event: number;
  readonly #codec: RtpCodec;
  readonly #endAt: Instant;
  /** Of the segment that is told now. */
  #timestamp: number;
  #segmentAt: Instant;
  #next: Instant;
  #isFirst = true;

  /**
   * @param event 0 to 15
   * @param duration in milliseconds
   * @param timestamp of the stream, now
   */
  constructor(event: number, codec: RtpCodec, duration: number, timestamp: number, now: Instant) {
    this.#event = event;
    this.#codec = codec;
    this.#endAt = now + duration;
    this.#timestamp = timestamp;
    this.#segmentAt = now;
    this.#next = now;
  }

  /** When the next packet is due; `NEVER` when all were sent. */
  get deadline(): Instant {
    return this.#next;
  }

  /** Ends it now. */
  stop(now: Instant): void {
    if (this.#next !== NEVER) this.#next = now;
  }

  /** Sends the packets that are due. */
  advance(send: (packet: OutgoingPacket) => void, now: Instant): void {
    if (now < this.#next) return;
    const units = Math.round(((Math.min(now, this.#endAt) - this.#segmentAt) * this.#codec.clockRate) / 1000);
    if (units > LONGEST_SEGMENT) {
      // The segment is full: the event goes on in one that begins where it ends (§2.5.1.3).
      send(this.#packet(LONGEST_SEGMENT, false));
      this.#timestamp = (this.#timestamp + LONGEST_SEGMENT) >>> 0;
      this.#segmentAt += (LONGEST_SEGMENT * 1000) / this.#codec.clockRate;
      this.advance(send, now);
      return;
    }
    const isOver = now >= this.#endAt;
    // The first packet says how long the tone will have lasted when the next comes.
    const told = Math.max(units, this.#isFirst ? Math.round((PERIOD * this.#codec.clockRate) / 1000) : units);
    for (let i = 0; i < (isOver ? ENDS : 1); i++) send(this.#packet(told, isOver));
    this.#next = isOver ? NEVER : Math.min(now + PERIOD, this.#endAt);
  }

  #packet(duration: number, end: boolean): OutgoingPacket {
    const bytes = new Uint8Array(TELEPHONE_EVENT_LENGTH);
    encodeTelephoneEvent(bytes, 0, { event: this.#event, end, volume: VOLUME, duration });
    const marker = this.#isFirst;
    this.#isFirst = false;
    return { bytes, start: 0, end: bytes.length, payloadType: this.#codec.payloadType, timestamp: this.#timestamp, marker };
  }
}
