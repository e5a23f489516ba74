/**
 * How a stream arrives: counts, jitter, and the report block about it. RFC 3550 §6.4.1, A.1, A.3, A.8.
 * https://www.rfc-editor.org/rfc/rfc3550#appendix-A.3
 */
import type { Instant } from "../base/instant.ts";
import { compactOfMilliseconds } from "../rtp/ntp.ts";
import type { ReportBlock } from "../rtp/rtcp/report-block.ts";

/** Numbers further ahead than this are no loss but something else (RFC 3550 A.1). */
const MAX_DROPOUT = 3000;
/** Numbers further behind than this are no reordering (RFC 3550 A.1). */
const MAX_MISORDER = 100;

/** Counts of one stream. */
export class Reception {
  packets = 0;
  /** Bytes of payload, without headers and padding. */
  bytes = 0;
  headerBytes = 0;
  /** When the last packet arrived; NaN before the first. */
  lastAt: Instant = Number.NaN;
  /** How often the numbers jumped so that they were taken for a new beginning. */
  restarts = 0;
  #jitter = 0;
  #clockRate = 90_000;
  #transit = Number.NaN;
  #lastTimestamp = 0;
  #first = -1;
  #newest = -1;
  /** The number that would show that a jump was meant. */
  #suspect = -1;
  /** Packets that were expected before the numbers began anew. */
  #expectedBefore = 0;
  #expectedPrior = 0;
  #receivedPrior = 0;

  /** The highest number so far, unwrapped; -1 before the first packet. */
  get newest(): number {
    return this.#newest;
  }

  /** Interarrival jitter, in units of the RTP clock. */
  get jitter(): number {
    return this.#jitter;
  }

  /** Interarrival jitter, in seconds. */
  get jitterSeconds(): number {
    return this.#jitter / this.#clockRate;
  }

  /** Packets that should have come so far. */
  get expected(): number {
    return this.#newest < 0 ? 0 : this.#expectedBefore + this.#newest - this.#first + 1;
  }

  /** Packets that did not come; less than zero when there were more duplicates than losses. */
  get lost(): number {
    return this.expected - this.packets;
  }

  /**
   * The number of a packet, which grows without end; -1 when it is so far from the others that it counts only if the next one follows it.
   * @param value the 16 bits of the header
   */
  unwrap(value: number): number {
    if (this.#newest < 0) {
      this.#first = value + 0x1_0000;
      this.#newest = this.#first;
      return this.#first;
    }
    const distance = ((value - this.#newest) << 16) >> 16;
    const ahead = distance & 0xffff;
    if (distance >= -MAX_MISORDER && distance < MAX_DROPOUT) {
      const number = this.#newest + distance;
      if (number > this.#newest) this.#newest = number;
      if (number < this.#first) this.#first = number;
      this.#suspect = -1;
      return number;
    }
    // Late by more than reordering, but no more than what was asked for again may be: it belongs to what came.
    if (distance < 0 && distance > -MAX_DROPOUT && this.#newest + distance >= this.#first) return this.#newest + distance;
    if (value !== this.#suspect) {
      this.#suspect = (value + 1) & 0xffff;
      return -1;
    }
    // Two in a row: the other side began anew. Numbers go on growing.
    this.#expectedBefore = this.expected;
    this.#first = this.#newest + ahead;
    this.#newest = this.#first;
    this.#suspect = -1;
    this.#transit = Number.NaN;
    this.restarts++;
    return this.#newest;
  }

  /** Counts a packet. @param clockRate units of the timestamp per second; 0 when its time says nothing of when it was sent */
  count(payloadBytes: number, headerBytes: number, timestamp: number, clockRate: number, now: Instant): void {
    this.packets++;
    this.bytes += payloadBytes;
    this.headerBytes += headerBytes;
    this.lastAt = now;
    if (clockRate === 0) return;
    if (clockRate !== this.#clockRate) {
      this.#jitter *= clockRate / this.#clockRate;
      this.#transit = Number.NaN;
      this.#clockRate = clockRate;
    }
    // The difference of relative transit times; only of packets that were sampled at different times.
    if (timestamp !== this.#lastTimestamp || Number.isNaN(this.#transit)) {
      const arrival = Math.round((now * clockRate) / 1000);
      const transit = (arrival - timestamp) | 0;
      if (!Number.isNaN(this.#transit)) {
        const difference = Math.abs((transit - this.#transit) | 0);
        // A jump of the clock is no jitter: of more than ten seconds nothing is said.
        if (difference < 10 * clockRate) this.#jitter += (difference - this.#jitter) / 16;
      }
      this.#transit = transit;
      this.#lastTimestamp = timestamp;
    }
  }

  /**
   * The report block, and begins the next interval.
   * @param lastSenderReport the middle 32 bits of the NTP time of the last SR; 0 without one
   * @param senderReportAt when that arrived
   */
  report(ssrc: number, lastSenderReport: number, senderReportAt: Instant, now: Instant): ReportBlock {
    const expected = this.expected - this.#expectedPrior;
    const lost = expected - (this.packets - this.#receivedPrior);
    this.#expectedPrior = this.expected;
    this.#receivedPrior = this.packets;
    return {
      ssrc,
      fractionLost: expected > 0 && lost > 0 ? Math.min(255, Math.floor((lost * 256) / expected)) : 0,
      packetsLost: this.lost,
      // Numbers begin one cycle up.
      extendedHighestSequenceNumber: this.#newest < 0 ? 0 : (this.#newest - 0x1_0000) >>> 0,
      jitter: Math.floor(this.#jitter),
      lastSenderReport,
      delaySinceLastSenderReport: lastSenderReport === 0 ? 0 : compactOfMilliseconds(now - senderReportAt),
    };
  }
}
