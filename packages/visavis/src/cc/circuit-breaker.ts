/**
 * When to cease sending a stream, whatever congestion control thinks: the other side is no longer heard, media no longer arrives, or far more
 * is sent than TCP would send on such a path. RFC 8083 §4.
 * https://www.rfc-editor.org/rfc/rfc8083#section-4
 */
import { type Instant, NEVER } from "../base/instant.ts";

/** Why a stream must cease. */
export type CircuitBreak =
  /** No report has come for five reporting intervals (§4.1). */
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

/** The longest regular interval between reports, in milliseconds (RFC 3550 §6.2: 5 s, less where feedback is quick). */
const LONGEST_INTERVAL = 5000;
const SILENT_INTERVALS = 5;
const TCP_MULTIPLE = 10;
/** Milliseconds between frames of media. */
const FRAMING = 40;
const INTERVAL_WEIGHT = 0.125;

/** Watches one outgoing stream. */
export class CircuitBreaker {
  #broken: CircuitBreak | undefined = undefined;
  #firstSentAt: Instant = Number.NaN;
  #sentAt: Instant = -NEVER;
  // Since the last report.
  #packets = 0;
  #bytes = 0;
  #reportAt: Instant = Number.NaN;
  #interval = LONGEST_INTERVAL;
  #highest = -1;
  #withoutMedia = 0;
  #congested = 0;

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
    this.#withoutMedia = 0;
    this.#congested = 0;
  }

  /** Counts a packet of the stream. */
  onPacketSent(bytes: number, now: Instant): void {
    // A stream that pauses is not reported on: the wait begins anew with the first packet behind the pause.
    if (Number.isNaN(this.#firstSentAt) || now - this.#sentAt > this.#silence) this.#firstSentAt = now;
    this.#sentAt = now;
    this.#packets++;
    this.#bytes += bytes;
  }

  /** Takes a report of the other side on the stream. */
  onReport({ highestSequenceNumber, loss, roundTrip }: StreamReception, now: Instant): void {
    const elapsed = now - (Number.isNaN(this.#reportAt) ? this.#firstSentAt : this.#reportAt);
    if (!Number.isNaN(this.#reportAt)) this.#interval += INTERVAL_WEIGHT * (Math.min(elapsed, LONGEST_INTERVAL) - this.#interval);
    this.#reportAt = now;
    const needed = this.#intervals(roundTrip);
    if (this.#packets > 0) {
      this.#withoutMedia = highestSequenceNumber === this.#highest ? this.#withoutMedia + 1 : 0;
      this.#congested = loss > 0 && this.#isExcessive(loss, roundTrip, elapsed) ? this.#congested + 1 : 0;
      if (this.#withoutMedia >= needed) this.#broken ??= "media-timeout";
      else if (this.#congested >= needed) this.#broken ??= "congestion";
    }
    this.#highest = highestSequenceNumber;
    this.#packets = 0;
    this.#bytes = 0;
  }

  /** When `advance` is next needed; `NEVER` when nothing is sent, or the stream has to cease already. */
  deadline(): Instant {
    if (this.#broken !== undefined || this.#packets === 0) return NEVER;
    const since = Number.isNaN(this.#reportAt) ? this.#firstSentAt : Math.max(this.#reportAt, this.#firstSentAt);
    return since + this.#silence;
  }

  /** Notices that reports have ceased. */
  advance(now: Instant): void {
    if (now >= this.deadline()) this.#broken = "rtcp-timeout";
  }

  get #silence(): number {
    return SILENT_INTERVALS * LONGEST_INTERVAL;
  }

  /** How many reports in a row it takes: CB_INTERVAL of §4.3. */
  #intervals(roundTrip: number): number {
    const trip = Number.isNaN(roundTrip) ? 0 : roundTrip;
    const span = Math.max(10 * FRAMING, 10 * trip, 3 * this.#interval);
    return Math.max(3, Math.ceil(Math.min(span, Math.max(15_000, 3 * LONGEST_INTERVAL)) / this.#interval));
  }

  /** Whether ten times as much was sent as TCP would send at this loss and round trip: its simple model, §4.3. */
  #isExcessive(loss: number, roundTrip: number, elapsed: number): boolean {
    if (!(roundTrip > 0) || !(elapsed > 0)) return false;
    const packet = this.#bytes / this.#packets;
    const tcp = (packet * 8000) / (roundTrip * Math.sqrt((2 * loss) / 3));
    return (this.#bytes * 8000) / elapsed > TCP_MULTIPLE * tcp;
  }
}
