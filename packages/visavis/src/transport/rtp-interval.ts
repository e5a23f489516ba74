/**
 * When RTCP is due. RFC 3550 §6.2, §6.3, A.7; RFC 4585 §3.4, §3.5.
 * https://www.rfc-editor.org/rfc/rfc3550#appendix-A.7
 *
 * A transport has two ends, so feedback need not wait for its turn (RFC 4585 §3.5.2: T_dither_max is zero); regular reports keep to
 * their share of the bandwidth.
 */
import type { Instant } from "../base/instant.ts";
import { type Random, randomU32 } from "../base/random.ts";

/** RTCP's share of the bandwidth (RFC 3550 §6.2). */
const SHARE = 0.05;
/** The reduced minimum is 360 s divided by the bandwidth in kbit/s (RFC 3550 §6.2). */
const REDUCED_MINIMUM_KILOBITS = 360_000;
/** Reports are of no more use than this, in milliseconds. */
const LEAST_INTERVAL = 200;
const MOST_INTERVAL = 5000;
/** What reconsideration makes of the mean (RFC 3550 §6.3.1). */
const COMPENSATION = 1.21828;
/** Weight of the newest size in the average (RFC 3550 §6.3.3). */
const SIZE_WEIGHT = 1 / 16;

/** The timer of regular reports. */
export class RtcpInterval {
  readonly #random: Random;
  #averageSize = 100;
  #previous: Instant = 0;
  #next: Instant = Number.POSITIVE_INFINITY;
  #interval = 1000;

  constructor(random: Random) {
    this.#random = random;
  }

  /** When the next regular report is due; `NEVER` while there is nothing to report. */
  get next(): Instant {
    return this.#next;
  }

  /** The interval in milliseconds without chance: what a source must be silent for five times to be gone (RFC 3550 §6.3.5). */
  get deterministic(): number {
    return this.#interval;
  }

  /** Begins; the first report comes after half the interval (RFC 3550 §6.2). */
  start(bandwidth: number, members: number, hasVideo: boolean, now: Instant): void {
    if (this.#next !== Number.POSITIVE_INFINITY) return;
    this.#previous = now;
    this.#update(bandwidth, members, hasVideo);
    this.#next = now + this.#randomised() / 2;
  }

  /** Nothing is to be reported any more. */
  stop(): void {
    this.#next = Number.POSITIVE_INFINITY;
  }

  /** Counts an RTCP packet that came or went, with the headers of UDP and IP. */
  onPacket(bytes: number): void {
    this.#averageSize += (bytes + 28 - this.#averageSize) * SIZE_WEIGHT;
  }

  /**
   * Whether the timer has expired; timer reconsideration (RFC 3550 §6.3.6) may put it off.
   * @param bandwidth of the session, bit/s
   * @param members streams of both sides
   */
  isDue(bandwidth: number, members: number, hasVideo: boolean, now: Instant): boolean {
    if (now < this.#next) return false;
    this.#update(bandwidth, members, hasVideo);
    const next = this.#previous + this.#randomised();
    if (next > now) {
      this.#next = next;
      return false;
    }
    return true;
  }

  /** A regular report went out. */
  sent(now: Instant): void {
    this.#previous = now;
    this.#next = now + this.#randomised();
  }

  #update(bandwidth: number, members: number, hasVideo: boolean): void {
    const kilobits = Math.max(1, bandwidth / 1000);
    const minimum = hasVideo ? Math.min(1000, REDUCED_MINIMUM_KILOBITS / kilobits) : MOST_INTERVAL;
    const byShare = ((this.#averageSize * 8 * members) / (bandwidth * SHARE)) * 1000;
    this.#interval = Math.min(MOST_INTERVAL, Math.max(LEAST_INTERVAL, minimum, byShare));
  }

  #randomised(): number {
    return (this.#interval * (0.5 + randomU32(this.#random) / 0x1_0000_0000)) / COMPENSATION;
  }
}
