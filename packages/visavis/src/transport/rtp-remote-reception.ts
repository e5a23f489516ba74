/**
 * What the other side's reports say of a stream of ours, and the round trip they show. RFC 3550 §6.4.1.
 */
import type { Instant } from "../base/instant.ts";
import { millisecondsOfCompact } from "../rtp/ntp.ts";
import type { ReportBlock } from "../rtp/rtcp/report-block.ts";

/** Sender reports that a report may refer to. */
const REMEMBERED = 8;

/** The reports about one stream. Times in milliseconds. */
export class RemoteReception {
  /** The newest report; undefined before the first. */
  block: ReportBlock | undefined = undefined;
  reports = 0;
  /** When the newest report came; NaN before the first. */
  lastAt: Instant = Number.NaN;
  /** The newest measurement; NaN before the first. */
  roundTrip: number = Number.NaN;
  totalRoundTrip = 0;
  roundTripMeasurements = 0;
  readonly #names = new Float64Array(REMEMBERED).fill(-1);
  readonly #sentAt = new Float64Array(REMEMBERED);
  #next = 0;

  /** Notes a sender report. @param name the middle 32 bits of its NTP time */
  onSenderReport(name: number, now: Instant): void {
    this.#names[this.#next] = name;
    this.#sentAt[this.#next] = now;
    this.#next = (this.#next + 1) % REMEMBERED;
  }

  /** Takes a report; NaN, or the round trip that it shows. */
  onReport(block: ReportBlock, now: Instant): number {
    this.block = block;
    this.reports++;
    this.lastAt = now;
    if (block.lastSenderReport === 0) return Number.NaN;
    // Reports that refer to none of ours are forged or stale.
    const index = this.#names.lastIndexOf(block.lastSenderReport);
    if (index < 0) return Number.NaN;
    const elapsed = now - (this.#sentAt[index] as number);
    const roundTrip = elapsed - millisecondsOfCompact(block.delaySinceLastSenderReport);
    if (roundTrip < -1000) return Number.NaN;
    // Rounding may bring it below zero.
    this.roundTrip = Math.max(0, roundTrip);
    this.totalRoundTrip += this.roundTrip;
    this.roundTripMeasurements++;
    return this.roundTrip;
  }
}
