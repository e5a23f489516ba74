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
  #lessUntil: Instant = Number.NaN;

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
    this.#lessUntil = Number.NaN;
  }

  /** The source has begun to send more: packets that are sent from now on will tell another rate. */
  onMoreSent(now: Instant): void {
    this.#lessUntil = now;
  }

  /**
   * Takes received packets.
   * @param untold bytes before them of which feedback was lost: without them the loss of feedback would look like a slow path
   * @param limited whether the source sends less than it may
   */
  update(results: PacketResults, untold: number, limited: boolean): void {
    let more = untold;
    for (let i = 0; i < results.received; i++) {
      if ((results.sentAt[i] as number) > this.#lessUntil) {
        this.#variance += SUDDEN_CHANGE;
        this.#lessUntil = Number.NaN;
      }
      this.#take(results.receivedAt[i] as number, results.sizes[i] as number, more, limited);
      more = 0;
    }
  }

  #take(arrival: number, bytes: number, untold: number, limited: boolean): void {
    const window = Number.isNaN(this.#estimate) ? FIRST_WINDOW : WINDOW;
    const sample = untold > 0 ? this.#sampleOfGap(arrival, bytes, untold, window) : this.#sample(arrival, bytes, window);
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

  /** The same behind a gap of which nothing was told: it belongs to the window, however long it is. */
  #sampleOfGap(arrival: number, bytes: number, untold: number, window: number): number {
    const gap = arrival - this.#lastArrival;
    if (!(gap > 0)) return this.#sample(arrival, bytes, window);
    this.#lastArrival = arrival;
    this.#elapsed += gap;
    this.#bytes += untold;
    let sample = Number.NaN;
    if (this.#elapsed >= window) {
      sample = (8 * this.#bytes) / this.#elapsed;
      this.#elapsed = 0;
      this.#bytes = 0;
    }
    this.#bytes += bytes;
    return sample;
  }
}
