/**
 * What the receiver thinks the path carries, for senders that want REMB instead of feedback on packets: the same look at delays, with the
 * times of sending that packets carry (abs-send-time), and what arrives in the last second.
 * https://datatracker.ietf.org/doc/html/draft-alvestrand-rmcat-remb-03
 */
import { type Instant, NEVER } from "../base/instant.ts";
import { InterArrival } from "./inter-arrival.ts";
import { RateControl } from "./rate-control.ts";
import { Trendline } from "./trendline.ts";

/** Milliseconds of what arrived that count, and into how many parts they are cut. */
const WINDOW = 1000;
const BUCKETS = 50;
const BUCKET = WINDOW / BUCKETS;
/** Before so many milliseconds of media nothing is said. */
const FIRST_LOOK = 500;
/** The estimate is worked out so often, and told so often, in milliseconds; a fall is told at once. */
const UPDATE_INTERVAL = 200;
const TELL_INTERVAL = 1000;
const WORTH_TELLING = 0.97;
const MIN_RATE = 30_000;
/** After a silence of so long, in milliseconds, all begins anew. */
const STALE_AFTER = 2000;
/** Units of abs-send-time in a millisecond; it has 24 bits. */
const TICKS = 262.144;

/** Estimates the bitrate of all streams of one sender together. */
export class ReceiveSideEstimate {
  readonly #arrivals = new InterArrival();
  readonly #trend = new Trendline();
  #control: RateControl | undefined = undefined;
  readonly #buckets: Float64Array = new Float64Array(BUCKETS);
  #bucket = 0;
  #bytes = 0;
  #firstAt: Instant = Number.NaN;
  #lastAt: Instant = Number.NaN;
  #sendTicks = Number.NaN;
  #updatedAt: Instant = -NEVER;
  #told = Number.POSITIVE_INFINITY;
  #toldAt: Instant = -NEVER;

  /** Bit/s; undefined before enough has arrived. */
  get bitrate(): number | undefined {
    return this.#control?.rate;
  }

  /** Milliseconds, where it is known: the slower the path, the slower it grows. */
  set roundTrip(value: number) {
    if (this.#control !== undefined) this.#control.roundTrip = value;
  }

  /** Takes a packet. @param absSendTime its 24 bits, in units of 2⁻¹⁸ s */
  onPacket(absSendTime: number, bytes: number, now: Instant): void {
    if (now - this.#lastAt > STALE_AFTER) this.#restart();
    if (Number.isNaN(this.#firstAt)) this.#firstAt = now;
    this.#lastAt = now;
    this.#count(bytes, now);
    const before = Number.isNaN(this.#sendTicks) ? absSendTime : this.#sendTicks;
    const ticks = before + (((absSendTime - before) << 8) >> 8);
    this.#sendTicks = Math.max(before, ticks);
    if (this.#arrivals.add(ticks / TICKS, now, now)) {
      this.#trend.update(this.#arrivals.arrivalDelta, this.#arrivals.sendDelta, now);
    }
    this.#estimate(now);
  }

  /** When {@link take} is next needed; `NEVER` while there is nothing to tell. */
  deadline(): Instant {
    if (this.#control === undefined || this.#lastAt <= this.#toldAt) return NEVER;
    return this.#control.rate < WORTH_TELLING * this.#told ? this.#lastAt : Math.max(this.#lastAt, this.#toldAt + TELL_INTERVAL);
  }

  /** The estimate when it is due to be told, bit/s. */
  take(now: Instant): number | undefined {
    if (this.#control === undefined || now < this.deadline()) return undefined;
    this.#told = this.#control.rate;
    this.#toldAt = now;
    return this.#told;
  }

  #restart(): void {
    this.#arrivals.reset();
    this.#trend.reset();
    this.#buckets.fill(0);
    this.#bytes = 0;
    this.#firstAt = Number.NaN;
    this.#sendTicks = Number.NaN;
  }

  #count(bytes: number, now: Instant): void {
    const bucket = Math.floor(now / BUCKET);
    for (let each = Math.max(this.#bucket + 1, bucket - BUCKETS + 1); each <= bucket; each++) {
      const slot = each % BUCKETS;
      this.#bytes -= this.#buckets[slot] as number;
      this.#buckets[slot] = 0;
    }
    this.#bucket = Math.max(this.#bucket, bucket);
    this.#buckets[this.#bucket % BUCKETS] = (this.#buckets[this.#bucket % BUCKETS] as number) + bytes;
    this.#bytes += bytes;
  }

  #estimate(now: Instant): void {
    const span = Math.min(WINDOW, now - this.#firstAt);
    if (span < FIRST_LOOK) return;
    const rate = (this.#bytes * 8000) / span;
    this.#control ??= new RateControl(Math.max(rate, MIN_RATE), MIN_RATE);
    const { state } = this.#trend;
    if (state === "overuse") {
      if (this.#control.mayReduce(rate, now)) this.#control.update(state, rate, now);
    } else if (now - this.#updatedAt >= UPDATE_INTERVAL) {
      this.#updatedAt = now;
      this.#control.update(state, rate, now);
    }
  }
}
