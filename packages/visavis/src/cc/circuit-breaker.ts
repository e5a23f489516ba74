/**
 * When to cease sending a stream, whatever congestion control thinks: the other side is no longer heard, media no longer arrives, or far more
 * is sent than TCP would send on such a path. RFC 8083 §4.
 * https://www.rfc-editor.org/rfc/rfc8083#section-4
 */
import { type Instant, NEVER } from "../base/instant.ts";

/** Why a stream must cease. */
export type CircuitBreak =
  /** Reports came, and none has come for five reporting intervals (§4.1); of a side that never reported, consent (RFC 7675) tells more. */
  | "rtcp-timeout"
  /** Reports come, and say that nothing arrives (§4.2). */
  | "media-timeout"
  /** More than ten times what TCP would send, interval after interval (§4.3). */
  | "congestion";

/** What a report says of the stream. */
export interface StreamReception {
  /** Extended highest sequence number received. */
  readonly highestSequenceNumber: number;
  /** Of the packets since the last report, 0 to 1. */
  readonly loss: number;
  /** Milliseconds; NaN when it is not known. */
  readonly roundTrip: number;
}

/** The longest regular interval between reports, in milliseconds (RFC 3550 §6.2). */
const LONGEST_INTERVAL = 5000;
const SILENCE = 5 * LONGEST_INTERVAL;
/** How long and over how many reports a condition must last: the most that §4.3 leaves, since what ceases does not begin again by itself. */
const LASTS = 3 * LONGEST_INTERVAL;
const REPORTS = 3;
const TCP_MULTIPLE = 10;

/** A condition that has to last. */
class Lasting {
  #since: Instant = Number.NaN;
  #reports = 0;

  /** @returns whether it has lasted long enough */
  update(holds: boolean, now: Instant): boolean {
    this.#reports = holds ? this.#reports + 1 : 0;
    if (this.#reports <= 1) this.#since = now;
    return this.#reports >= REPORTS && now - this.#since >= LASTS;
  }
}

/** Watches one outgoing stream. */
export class CircuitBreaker {
  #broken: CircuitBreak | undefined = undefined;
  #firstSentAt: Instant = Number.NaN;
  #sentAt: Instant = -NEVER;
  // Since the last report.
  #packets = 0;
  #bytes = 0;
  #reportAt: Instant = Number.NaN;
  #highest = -1;
  readonly #withoutMedia = new Lasting();
  readonly #congested = new Lasting();

  /** Why the stream must cease; undefined while it may go on. */
  get broken(): CircuitBreak | undefined {
    return this.#broken;
  }

  /** Begins anew: the stream may be tried again. */
  reset(): void {
    this.#broken = undefined;
    this.#firstSentAt = Number.NaN;
    this.#packets = 0;
    this.#bytes = 0;
    this.#reportAt = Number.NaN;
    this.#highest = -1;
    this.#withoutMedia.update(false, 0);
    this.#congested.update(false, 0);
  }

  /** Counts a packet of the stream. */
  onPacketSent(bytes: number, now: Instant): void {
    // A stream that pauses is not reported on: the wait begins anew with the first packet behind the pause.
    if (Number.isNaN(this.#firstSentAt) || now - this.#sentAt > SILENCE) this.#firstSentAt = now;
    this.#sentAt = now;
    this.#packets++;
    this.#bytes += bytes;
  }

  /** Takes a report of the other side on the stream. */
  onReport({ highestSequenceNumber, loss, roundTrip }: StreamReception, now: Instant): void {
    const elapsed = now - (Number.isNaN(this.#reportAt) ? this.#firstSentAt : this.#reportAt);
    this.#reportAt = now;
    if (this.#packets > 0) {
      if (this.#withoutMedia.update(highestSequenceNumber === this.#highest, now)) this.#broken ??= "media-timeout";
      if (this.#congested.update(loss > 0 && this.#isExcessive(loss, roundTrip, elapsed), now)) this.#broken ??= "congestion";
    }
    this.#highest = highestSequenceNumber;
    this.#packets = 0;
    this.#bytes = 0;
  }

  /** When `advance` is next needed; `NEVER` when nothing is sent, or the stream has to cease already. */
  deadline(): Instant {
    if (this.#broken !== undefined || this.#packets === 0 || Number.isNaN(this.#reportAt)) return NEVER;
    return Math.max(this.#reportAt, this.#firstSentAt) + SILENCE;
  }

  /** Notices that reports have ceased. */
  advance(now: Instant): void {
    if (now >= this.deadline()) this.#broken = "rtcp-timeout";
  }

  /** Whether ten times as much was sent as TCP would send at this loss and round trip: its simple model, §4.3. */
  #isExcessive(loss: number, roundTrip: number, elapsed: number): boolean {
    if (!(roundTrip > 0) || !(elapsed > 0)) return false;
    const packet = this.#bytes / this.#packets;
    const tcp = (packet * 8000) / (roundTrip * Math.sqrt((2 * loss) / 3));
    return (this.#bytes * 8000) / elapsed > TCP_MULTIPLE * tcp;
  }
}
