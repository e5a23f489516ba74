/**
 * The tones of a transport: those that are sent, one for each sender, and those that arrive. RFC 4733.
 */
import { type Instant, NEVER } from "../base/instant.ts";
import { decodeTelephoneEvent, eventOfTone, toneOfEvent } from "../rtp/dtmf.ts";
import type { RoutedPacket } from "./routed-packet.ts";
import { DtmfTone } from "./rtp-dtmf.ts";
import type { RtpSenders } from "./rtp-senders.ts";

/** Streams whose last tone is remembered. */
const MAX_HEARD = 64;

/** A tone that ended at the other side. */
export interface HeardTone {
  readonly tone: string;
  /** Milliseconds. */
  readonly duration: number;
}

/** Sends tones and hears them. */
export class RtpTones {
  readonly #senders: RtpSenders;
  readonly #tones = new Map<string, DtmfTone>();
  /** The timestamp of the last tone that ended, by SSRC: its end is told three times. */
  readonly #heard = new Map<number, number>();

  constructor(senders: RtpSenders) {
    this.#senders = senders;
  }

  /** When the next packet is due; `NEVER` when there is none. */
  deadline(): Instant {
    let deadline = NEVER;
    for (const tone of this.#tones.values()) deadline = Math.min(deadline, tone.deadline);
    return deadline;
  }

  /** Whether the sender can send tones: it has an active encoding, and telephone events are negotiated. */
  canSend(id: string): boolean {
    const stream = this.#senders.stream(id, 0);
    return stream?.encoding.active === true && stream.toneCodec !== undefined;
  }

  /** Sends a tone of `duration` milliseconds; one that is being sent is replaced. False when that cannot be. */
  send(id: string, tone: string, duration: number, now: Instant): boolean {
    const stream = this.#senders.stream(id, 0);
    const codec = stream?.toneCodec;
    const event = eventOfTone(tone);
    if (stream === undefined || codec === undefined || event === undefined || !stream.encoding.active) return false;
    this.#tones.set(id, new DtmfTone(event, codec, duration, stream.timestampAt(now), now));
    this.advance(now);
    return true;
  }

  /** Queues the packets that are due. */
  advance(now: Instant): void {
    for (const [id, tone] of this.#tones) {
      if (tone.deadline > now) continue;
      const stream = this.#senders.stream(id, 0);
      tone.advance((packet) => stream?.sendPacket(packet, now), now);
      if (stream === undefined || tone.deadline === NEVER) this.#tones.delete(id);
    }
  }

  /** What a packet of telephone events says that is new: a tone that has ended. */
  hear(packet: RoutedPacket, clockRate: number): HeardTone | undefined {
    const { bytes, payloadStart, payloadEnd, ssrc, timestamp } = packet;
    const event = decodeTelephoneEvent(bytes, payloadStart, payloadEnd);
    const tone = event?.end === true ? toneOfEvent(event.event) : undefined;
    if (event === undefined || tone === undefined || this.#heard.get(ssrc) === timestamp) return undefined;
    if (this.#heard.size >= MAX_HEARD && !this.#heard.has(ssrc)) this.#heard.clear();
    this.#heard.set(ssrc, timestamp);
    return { tone, duration: (event.duration * 1000) / clockRate };
  }
}
