/**
 * How fast the other side gets what we send: delivery rate samples, as draft-ietf-ccwg-bbr §4.1 takes them.
 *
 * A chunk remembers what had been delivered when it was sent; when it is acknowledged, what was delivered since then, over the longer
 * of the times in which that was sent and acknowledged, is the rate. The longer one, because bursts of SACKs or of packets prove nothing.
 */
import type { Instant } from "../../base/instant.ts";
import type { Acknowledgement } from "./congestion-control.ts";
import type { OutstandingChunk } from "./outstanding-chunk.ts";

/** Counts deliveries of an association. Bytes of user data. */
export class DeliveryRate {
  #delivered = 0;
  #deliveredAt: Instant = 0;
  #firstSentAt: Instant = 0;
  #lost = 0;
  /** Chunks sent before so much was delivered belong to a time in which the application had too little to send; 0: none. */
  #limitedUntil = 0;
  #newest = -1;
  #newestSentAt: Instant = 0;
  #sendTime = 0;
  #priorDelivered = 0;
  #priorDeliveredAt: Instant = 0;
  #flightAtSend = 0;
  #lostBefore = 0;
  #limited = false;

  /** All that was lost so far. */
  get lost(): number {
    return this.#lost;
  }

  /** A chunk goes out; `flight` is what was in flight before it. */
  sent(chunk: OutstandingChunk, flight: number, now: Instant): void {
    if (flight === 0) {
      this.#firstSentAt = now;
      this.#deliveredAt = now;
    }
    chunk.delivered = this.#delivered;
    chunk.deliveredAt = this.#deliveredAt;
    chunk.firstSentAt = this.#firstSentAt;
    chunk.lostBefore = this.#lost;
    chunk.flight = flight + chunk.length;
    chunk.applicationLimited = this.#limitedUntil > 0;
  }

  /** A chunk is taken for lost. @returns what was lost since it was sent, itself included */
  chunkLost(chunk: OutstandingChunk): number {
    this.#lost += chunk.length;
    return this.#lost - chunk.lostBefore;
  }

  /** There was nothing more to send, with so many bytes in flight. */
  applicationLimited(inFlight: number): void {
    this.#limitedUntil = Math.max(this.#delivered + inFlight, 1);
  }

  /** A SACK comes. */
  begin(): void {
    this.#newest = -1;
  }

  /** It acknowledges this chunk. */
  arrived(chunk: OutstandingChunk, now: Instant): void {
    this.#delivered += chunk.length;
    this.#deliveredAt = now;
    if (chunk.transmission <= this.#newest) return;
    this.#newest = chunk.transmission;
    this.#newestSentAt = chunk.sentAt;
    this.#sendTime = chunk.sentAt - chunk.firstSentAt;
    this.#priorDelivered = chunk.delivered;
    this.#priorDeliveredAt = chunk.deliveredAt;
    this.#flightAtSend = chunk.flight;
    this.#lostBefore = chunk.lostBefore;
    this.#limited = chunk.applicationLimited;
  }

  /** The SACK is read: its sample. `shortest` is the shortest round trip so far: what took less proves nothing. */
  finish(sample: Acknowledgement, shortest: number, now: Instant): void {
    if (this.#limitedUntil > 0 && this.#delivered > this.#limitedUntil) this.#limitedUntil = 0;
    sample.delivered = this.#delivered;
    sample.rate = 0;
    sample.priorDelivered = -1;
    sample.deliveredInSample = 0;
    if (this.#newest < 0) return;
    this.#firstSentAt = this.#newestSentAt;
    sample.priorDelivered = this.#priorDelivered;
    sample.flightAtSend = this.#flightAtSend;
    sample.lostInSample = this.#lost - this.#lostBefore;
    sample.applicationLimited = this.#limited;
    sample.deliveredInSample = this.#delivered - this.#priorDelivered;
    const time = Math.max(this.#sendTime, now - this.#priorDeliveredAt);
    if (time > 0 && time >= shortest) sample.rate = sample.deliveredInSample / time;
  }
}
