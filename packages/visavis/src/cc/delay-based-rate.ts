/**
 * The rate that the delay allows (draft-ietf-rmcat-gcc-02 §5): groups of packets, the slope of their delay, and the rate control behind.
 */
import { type Instant, NEVER } from "../base/instant.ts";
import { InterArrival } from "./inter-arrival.ts";
import type { PacketResults } from "./packet-results.ts";
import { RateControl } from "./rate-control.ts";
import { type PathUse, Trendline } from "./trendline.ts";

/** Without feedback for so long, in milliseconds, what was learnt of the delay is worth nothing. */
const STALE_AFTER = 2000;

/** Rate control by delay. */
export class DelayBasedRate {
  readonly control: RateControl;
  readonly #arrivals = new InterArrival();
  readonly #trend = new Trendline();
  #lastFeedbackAt: Instant = -NEVER;
  #recovered = false;

  /** @param rate to begin with, bit/s @param minRate bit/s */
  constructor(rate: number, minRate: number) {
    this.control = new RateControl(rate, minRate);
  }

  /** Bit/s. */
  get rate(): number {
    return this.control.rate;
  }

  /** How the path is used. */
  get use(): PathUse {
    return this.#trend.state;
  }

  /** Whether the queue was drained and the delay became normal in the last update. */
  get recovered(): boolean {
    return this.#recovered;
  }

  /** Forgets the delays of the old path. */
  reset(): void {
    this.#arrivals.reset();
    this.#trend.reset();
    this.#lastFeedbackAt = -NEVER;
    this.control.capacity.reset();
  }

  /**
   * Takes received packets.
   * @param acknowledged what arrives, bit/s; NaN when it is not known
   * @param probed what a probe measured, bit/s; NaN when there was none
   * @returns whether the rate was set by a probe
   */
  update(results: PacketResults, acknowledged: number, probed: number, now: Instant): boolean {
    this.#recovered = false;
    if (results.received === 0) return false;
    if (now - this.#lastFeedbackAt > STALE_AFTER) {
      this.#arrivals.reset();
      this.#trend.reset();
    }
    this.#lastFeedbackAt = now;
    for (let i = 0; i < results.received; i++) {
      const receivedAt = results.receivedAt[i] as number;
      const before = this.#trend.state;
      if (this.#arrivals.add(results.sentAt[i] as number, receivedAt, now)) {
        this.#trend.update(this.#arrivals.arrivalDelta, this.#arrivals.sendDelta, receivedAt);
        if (before === "underuse" && this.#trend.state === "normal") this.#recovered = true;
      }
    }
    return this.#decide(acknowledged, probed, now);
  }

  #decide(acknowledged: number, probed: number, now: Instant): boolean {
    const { control } = this;
    if (this.#trend.state === "overuse") {
      if (!Number.isNaN(acknowledged)) {
        if (control.mayReduce(acknowledged, now)) control.update("overuse", acknowledged, now);
      } else if (control.mayReduce(acknowledged, now)) {
        // Overuse before anything was measured.
        control.setRate(control.rate / 2, now);
      }
      return false;
    }
    if (!Number.isNaN(probed)) {
      control.capacity.onProbe(probed);
      control.setRate(probed, now);
      return true;
    }
    control.update(this.#trend.state, acknowledged, now);
    return false;
  }
}
