/**
 * How long media waits between the fastest arrival and its playout: as long as the network's jitter needs, the application asks, the
 * sender asks (playout-delay), and the other stream needs to stay in step.
 */
import type { Instant } from "../../base/instant.ts";
import { DelayHistogram } from "./delay-histogram.ts";

/** Nearly all arrivals are to be in time. */
const QUANTILE = 0.97;
/** Arrivals after which one weighs half. */
const MEMORY = 400;
/** A delay that is no longer needed is given back at this many milliseconds per second, so that playout is not hurried. */
const RETURN_RATE = 20;
/** No delay is longer, in milliseconds. */
export const MAX_TARGET_DELAY = 10_000;

/** The target delay of one stream; all in milliseconds. */
export class TargetDelay {
  readonly #histogram: DelayHistogram = new DelayHistogram(QUANTILE, MEMORY);
  #needed = 0;
  #updated: Instant = 0;
  /** What the application asks at least (`jitterBufferTarget`). */
  requested = 0;
  /** What keeps the stream in step with another one. */
  sync = 0;
  /** Bounds that the sender asks for (playout-delay). */
  senderMinimum = 0;
  senderMaximum: number = MAX_TARGET_DELAY;

  /** Takes into account that media arrived late by `delay`. */
  update(delay: number, now: Instant): void {
    this.#histogram.add(delay);
    const wanted = this.#histogram.delay();
    const returned = Math.max(0, now - this.#updated) * (RETURN_RATE / 1000);
    this.#needed = Math.max(wanted, this.#needed - returned);
    this.#updated = now;
  }

  /** Forgets what was learnt of the network. */
  restart(): void {
    this.#histogram.clear();
    this.#needed = 0;
  }

  /** What the network needs, and the sender and the other stream, without the application's wish. */
  get minimum(): number {
    return this.#bounded(Math.max(this.#needed, this.sync));
  }

  /** How long media waits. */
  get target(): number {
    return this.#bounded(Math.max(this.#needed, this.sync, this.requested));
  }

  /** The target as it would be without the other stream. */
  get withoutSync(): number {
    return this.#bounded(Math.max(this.#needed, this.requested));
  }

  #bounded(delay: number): number {
    return Math.min(Math.max(delay, this.senderMinimum), this.senderMaximum, MAX_TARGET_DELAY);
  }
}
