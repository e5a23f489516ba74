/**
 * What arrives at the other end, from feedback: samples of 150 ms, joined by how far each may be believed. A sample that differs much is
 * uncertain; that keeps the estimate from following gaps of the source, and lets it follow a change that lasts.
 */
import type { Instant } from "../base/instant.ts";
import type { PacketResults } from "./packet-results.ts";

/** Length of a sample, in milliseconds; the first is longer. */
const WINDOW = 150;
const FIRST_WINDOW = 500;
const UNCERTAINTY = 10;
/** While the source sends less than it may, smaller samples say little about the path. */
const UNCERTAINTY_WHEN_LIMITED = 20;
/** Added to the variance with each sample, and when a sudden change is to be expected; kbit/s squared. */
const DRIFT = 5;
const SUDDEN_CHANGE = 200;
const FIRST_VARIANCE = 50;

/** The bitrate that the receiver acknowledges. */
export class AcknowledgedBitrate {
  #estimate = Number.NaN;
  #variance = FIRST_VARIANCE;
  #bytes = 0;
  #elapsed = 0;
  #lastArrival = Number.NaN;
  #limitedUntil: Instant = Number.NaN;

  /** Bit/s; NaN when it is not known. */
  get bitrate(): number {
    return this.#estimate * 1000;
  }

  /** Begins anew. */
  reset(): void {
    this.#estimate = Number.NaN;
    this.#variance = FIRST_VARIANCE;
    this.#bytes = 0;
    this.#elapsed = 0;
    this.#lastArrival = Number.NaN;
    this.#limitedUntil = Number.NaN;
  }

  /** The source has begun to use what it may: packets sent from now on will tell another rate. */
  onLimitEnded(now: Instant): void {
    this.#limitedUntil = now;
  }

  /** Takes received packets. @param limited whether the source sends less than it may */
  update(results: PacketResults, limited: boolean): void {
    for (let i = 0; i < results.received; i++) {
      if ((results.sentAt[i] as number) > this.#limitedUntil) {
        this.#variance += SUDDEN_CHANGE;
        this.#limitedUntil = Number.NaN;
      }
      this.#take(results.receivedAt[i] as number, results.sizes[i] as number, limited);
    }
  }

  #take(arrival: number, bytes: number, limited: boolean): void {
    const window = Number.isNaN(this.#estimate) ? FIRST_WINDOW : WINDOW;
    const sample = this.#sample(arrival, bytes, window);
    if (Number.isNaN(sample)) return;
    if (Number.isNaN(this.#estimate)) {
      this.#estimate = sample;
      return;
    }
    const scale = limited && sample < this.#estimate ? UNCERTAINTY_WHEN_LIMITED : UNCERTAINTY;
    const uncertainty = (scale * Math.abs(this.#estimate - sample)) / Math.max(this.#estimate, 1);
    const sampleVariance = uncertainty * uncertainty;
    const variance = this.#variance + DRIFT;
    this.#estimate = (sampleVariance * this.#estimate + variance * sample) / (sampleVariance + variance);
    this.#variance = (sampleVariance * variance) / (sampleVariance + variance);
  }

  /** The rate of the window that ends with this arrival, in kbit/s; NaN when none ends. */
  #sample(arrival: number, bytes: number, window: number): number {
    let sample = Number.NaN;
    if (arrival < this.#lastArrival) {
      // The receiver's clock went back.
      this.#bytes = 0;
      this.#elapsed = 0;
    } else if (!Number.isNaN(this.#lastArrival)) {
      const gap = arrival - this.#lastArrival;
      this.#elapsed += gap;
      if (gap > window) {
        this.#bytes = 0;
        this.#elapsed %= window;
      }
    }
    this.#lastArrival = arrival;
    if (this.#elapsed >= window) {
      sample = (8 * this.#bytes) / window;
      this.#elapsed -= window;
      this.#bytes = 0;
    }
    this.#bytes += bytes;
    return sample;
  }
}
