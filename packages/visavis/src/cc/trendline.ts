/**
 * Whether the queue on the path grows: the slope of the smoothed delay over the last twenty groups, held against a threshold that adapts
 * itself (draft-ietf-rmcat-gcc-02 §5.4 on the threshold; a line by least squares in place of the Kalman filter of §5.3, as browsers do).
 */

/** What the delay says of the path. */
export type PathUse = "normal" | "overuse" | "underuse";

/** Groups on the line. */
const WINDOW = 20;
const SMOOTHING = 0.9;
/** What makes a slope comparable with the threshold, in milliseconds. */
const GAIN = 4;
const MOST_DELTAS = 60;
const MOST_COUNTED = 1000;

const FIRST_THRESHOLD = 12.5;
const LEAST_THRESHOLD = 6;
const MOST_THRESHOLD = 600;
/** How fast the threshold follows up and down, per millisecond; beyond a spike it does not follow at all. */
const FOLLOWS_UP = 0.0087;
const FOLLOWS_DOWN = 0.039;
const SPIKE = 15;
const LONGEST_STEP = 100;
/** Overuse has to last, in milliseconds. */
const OVERUSE_TIME = 10;

/** Tells from groups of packets how the path is used. */
export class Trendline {
  readonly #times: Float64Array = new Float64Array(WINDOW);
  readonly #delays: Float64Array = new Float64Array(WINDOW);
  #size = 0;
  #next = 0;
  #deltas = 0;
  #firstArrival = Number.NaN;
  #accumulated = 0;
  #smoothed = 0;
  #threshold = FIRST_THRESHOLD;
  #thresholdAt = Number.NaN;
  #slope = 0;
  #overuseTime = -1;
  #overuses = 0;
  #state: PathUse = "normal";

  /** What the last groups say. */
  get state(): PathUse {
    return this.#state;
  }

  /** The slope of the delay: milliseconds of delay per millisecond. */
  get slope(): number {
    return this.#slope;
  }

  /** Begins anew. */
  reset(): void {
    this.#size = 0;
    this.#next = 0;
    this.#deltas = 0;
    this.#firstArrival = Number.NaN;
    this.#accumulated = 0;
    this.#smoothed = 0;
    this.#threshold = FIRST_THRESHOLD;
    this.#thresholdAt = Number.NaN;
    this.#slope = 0;
    this.#overuseTime = -1;
    this.#overuses = 0;
    this.#state = "normal";
  }

  /** Takes what lies between two groups, in milliseconds; `arrival` is when the packet behind them arrived. */
  update(arrivalDelta: number, sendDelta: number, arrival: number): void {
    this.#deltas = Math.min(this.#deltas + 1, MOST_COUNTED);
    if (Number.isNaN(this.#firstArrival)) this.#firstArrival = arrival;
    this.#accumulated += arrivalDelta - sendDelta;
    this.#smoothed = SMOOTHING * this.#smoothed + (1 - SMOOTHING) * this.#accumulated;
    this.#times[this.#next] = arrival - this.#firstArrival;
    this.#delays[this.#next] = this.#smoothed;
    this.#next = (this.#next + 1) % WINDOW;
    if (this.#size < WINDOW) this.#size++;
    const before = this.#slope;
    if (this.#size === WINDOW) this.#fit();
    this.#detect(before, sendDelta, arrival);
  }

  /** The line through the window. */
  #fit(): void {
    let times = 0;
    let delays = 0;
    for (let i = 0; i < WINDOW; i++) {
      times += this.#times[i] as number;
      delays += this.#delays[i] as number;
    }
    times /= WINDOW;
    delays /= WINDOW;
    let numerator = 0;
    let denominator = 0;
    for (let i = 0; i < WINDOW; i++) {
      const x = (this.#times[i] as number) - times;
      numerator += x * ((this.#delays[i] as number) - delays);
      denominator += x * x;
    }
    if (denominator > 0) this.#slope = numerator / denominator;
  }

  #detect(before: number, sendDelta: number, arrival: number): void {
    if (this.#deltas < 2) {
      this.#state = "normal";
      return;
    }
    const trend = Math.min(this.#deltas, MOST_DELTAS) * this.#slope * GAIN;
    if (trend > this.#threshold) {
      this.#overuseTime = this.#overuseTime < 0 ? sendDelta / 2 : this.#overuseTime + sendDelta;
      this.#overuses++;
      if (this.#overuseTime > OVERUSE_TIME && this.#overuses > 1 && this.#slope >= before) {
        this.#overuseTime = 0;
        this.#overuses = 0;
        this.#state = "overuse";
      }
    } else {
      this.#overuseTime = -1;
      this.#overuses = 0;
      this.#state = trend < -this.#threshold ? "underuse" : "normal";
    }
    this.#adapt(Math.abs(trend), arrival);
  }

  #adapt(trend: number, arrival: number): void {
    if (Number.isNaN(this.#thresholdAt)) this.#thresholdAt = arrival;
    if (trend <= this.#threshold + SPIKE) {
      const follows = trend < this.#threshold ? FOLLOWS_DOWN : FOLLOWS_UP;
      const step = Math.min(arrival - this.#thresholdAt, LONGEST_STEP);
      const next = this.#threshold + follows * (trend - this.#threshold) * step;
      this.#threshold = Math.min(Math.max(next, LEAST_THRESHOLD), MOST_THRESHOLD);
    }
    this.#thresholdAt = arrival;
  }
}
