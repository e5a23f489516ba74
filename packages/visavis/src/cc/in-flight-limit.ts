/**
 * Takes the foot off when much more is in flight than the path should hold, before feedback can say why: the part of the target that
 * sources are told falls while the bytes in flight exceed a round trip and a queue of the target, and rises again when they do not.
 */
import type { Instant } from "../base/instant.ts";

/** The queue that is tolerated, in milliseconds of the target. */
const QUEUE = 350;
/** One step each so many milliseconds. */
const STEP = 25;
const FAR_ABOVE = 1.5;
const LITTLE = 0.1;
const FAST_DECREASE = 0.9;
const DECREASE = 0.95;
const INCREASE = 1.05;
/** Sources are told no less than this, bit/s. */
const FLOOR = 30_000;

/** The part of the target that may be used. */
export class InFlightLimit {
  #part = 1;
  #stepAt: Instant = Number.NEGATIVE_INFINITY;

  /** What of `target`, bit/s, sources may be told. */
  apply(target: number): number {
    return Math.max(Math.min(FLOOR, target), this.#part * target);
  }

  /** Begins anew. */
  reset(): void {
    this.#part = 1;
  }

  /** @param target bit/s @param roundTrip without queues, milliseconds @returns whether the part has changed */
  update(bytesInFlight: number, target: number, roundTrip: number, now: Instant): boolean {
    if (now - this.#stepAt < STEP) return false;
    this.#stepAt = now;
    const before = this.#part;
    const fill = (bytesInFlight * 8000) / (target * (roundTrip + QUEUE));
    if (fill > FAR_ABOVE) this.#part *= FAST_DECREASE;
    else if (fill > 1) this.#part *= DECREASE;
    else if (fill < LITTLE) this.#part = 1;
    else this.#part *= INCREASE;
    // No lower than counts: it has to come back from there.
    this.#part = Math.min(1, Math.max(this.#part, FLOOR / target));
    return this.#part !== before;
  }
}
