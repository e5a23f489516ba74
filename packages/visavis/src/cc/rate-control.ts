/**
 * Additive increase, multiplicative decrease (draft-ietf-rmcat-gcc-02 §5.5): what the delay says becomes a rate. Far from the capacity of
 * the link the rate grows by 8 % a second, near to it by about a packet a response time; at overuse it falls to 85 % of what arrived.
 */
import type { Instant } from "../base/instant.ts";
import { LinkCapacity } from "./link-capacity.ts";
import type { PathUse } from "./trendline.ts";

const DECREASE = 0.85;
const GROWTH = 1.08;
const LEAST_GROWTH = 1000;
const LEAST_STEP = 4000;
/** So much more than the link was thought to carry is not chance, nor the share of another flow that pauses for breath. */
const CLEARLY_MORE = 1.5;
const PACKET_BITS = 1200 * 8;
const FRAMES = 30;
/** What the sender and the receiver add to the round trip before a change shows, in milliseconds. */
const RESPONSE = 100;

/** The rate that the delay allows. */
export class RateControl {
  readonly capacity: LinkCapacity = new LinkCapacity();
  #rate: number;
  #minRate: number;
  #state: "hold" | "increase" | "decrease" = "hold";
  #roundTrip = 200;
  #changedAt: Instant = Number.NEGATIVE_INFINITY;
  /** What the link was thought to carry before it was found to carry more. */
  #outgrown: number = Number.POSITIVE_INFINITY;
  #exceeded = false;

  /** @param rate to begin with, bit/s @param minRate bit/s */
  constructor(rate: number, minRate: number) {
    this.#rate = rate;
    this.#minRate = minRate;
  }

  /** Bit/s. */
  get rate(): number {
    return this.#rate;
  }

  /** Milliseconds. */
  set roundTrip(value: number) {
    this.#roundTrip = value;
  }

  /** The rate never falls below it, bit/s. */
  set minRate(value: number) {
    this.#minRate = value;
    this.#rate = Math.max(this.#rate, value);
  }

  /** Whether, since it was asked last, clearly more arrived than the link was thought to carry. */
  takeExceeded(): boolean {
    const exceeded = this.#exceeded;
    this.#exceeded = false;
    return exceeded;
  }

  /** Sets the rate, as a probe measured it or the application wants it. */
  setRate(rate: number, now: Instant): void {
    const before = this.#rate;
    this.#rate = Math.max(rate, this.#minRate);
    this.#changedAt = now;
    if (this.#rate < before) this.#state = "hold";
  }

  /**
   * Whether it is time to reduce again: a round trip after the last change, or at once when less than half of the rate arrives.
   * @param throughput bit/s; NaN when it is not known
   */
  mayReduce(throughput: number, now: Instant): boolean {
    const interval = Math.min(Math.max(this.#roundTrip, 10), 200);
    return now - this.#changedAt >= interval || throughput < 0.5 * this.#rate;
  }

  /**
   * Takes what the delay says.
   * @param throughput what arrives at the other end, bit/s; NaN when it is not known
   */
  update(use: PathUse, throughput: number, now: Instant): number {
    this.#enter(use, now);
    if (this.#state === "increase") this.#increase(throughput, now);
    else if (this.#state === "decrease") this.#decrease(throughput, now);
    return this.#rate;
  }

  #enter(use: PathUse, now: Instant): void {
    if (use === "overuse") this.#state = "decrease";
    else if (use === "underuse") this.#state = "hold";
    else if (this.#state === "hold") {
      this.#changedAt = now;
      this.#state = "increase";
    }
  }

  #increase(throughput: number, now: Instant): void {
    if (throughput > this.capacity.upper) {
      this.#outgrown = this.capacity.estimate;
      this.capacity.reset();
    }
    if (throughput > CLEARLY_MORE * this.#outgrown) {
      this.#outgrown = Number.POSITIVE_INFINITY;
      this.#exceeded = true;
    }
    const limit = Number.isNaN(throughput) ? Number.POSITIVE_INFINITY : 1.5 * throughput + 10_000;
    if (this.#rate < limit) {
      const elapsed = Math.min(Math.max(now - this.#changedAt, 0), 1000);
      const growth = this.capacity.known
        ? (this.#nearCapacityStep() * elapsed) / 1000
        : Math.max(this.#rate * (GROWTH ** (elapsed / 1000) - 1), LEAST_GROWTH);
      this.#rate = Math.max(Math.min(this.#rate + growth, limit), this.#minRate);
    }
    this.#changedAt = now;
  }

  /** Bit/s per second: one packet of the present stream per response time. */
  #nearCapacityStep(): number {
    const frame = this.#rate / FRAMES;
    const packet = frame / Math.ceil(frame / PACKET_BITS);
    return Math.max(LEAST_STEP, (packet * 1000) / (this.#roundTrip + RESPONSE));
  }

  #decrease(arriving: number, now: Instant): void {
    const throughput = Number.isNaN(arriving) ? this.#rate : arriving;
    let next = DECREASE * throughput;
    if (next > this.#rate && this.capacity.known) next = DECREASE * this.capacity.estimate;
    if (next < this.#rate) this.#rate = Math.max(next, this.#minRate);
    if (throughput < this.capacity.lower) this.capacity.reset();
    this.capacity.onOveruse(throughput);
    this.#outgrown = Number.POSITIVE_INFINITY;
    // Stay until the path says that it has recovered.
    this.#state = "hold";
    this.#changedAt = now;
  }
}
