/**
 * CUBIC (RFC 9438) with HyStart++ (RFC 9406): the window grows as a cubic function of the time since the last reduction.
 */
import type { Instant } from "../../base/instant.ts";
import { type Acknowledgement, type CongestionControl, INITIAL_PACKETS } from "./congestion-control.ts";
import { HyStart } from "./hystart.ts";

/** RFC 9438 §4.6: what is left of the window after a reduction. */
const BETA = 0.7;
/** RFC 9438 §5: how steep the curve is, in packets per second cubed. */
const C = 0.4;
/** RFC 9438 §4.3: growth that gives a Reno flow's share with this beta. */
const RENO_ALPHA = (3 * (1 - BETA)) / (1 + BETA);
const SLOW_START_GAIN = 2;
const AVOIDANCE_GAIN = 1.25;

/** W_cubic(t) of RFC 9438 §4.2, in packets, `time` seconds after the epoch began; the plateau `maximum` is reached after `k` seconds. */
export function cubicWindow(time: number, k: number, maximum: number): number {
  return C * (time - k) ** 3 + maximum;
}

/** K of RFC 9438 §4.2, in seconds: how long it takes from `window` at the start of the epoch to the plateau, both in packets. */
export function cubicTime(maximum: number, window: number): number {
  return Math.cbrt((maximum - window) / C);
}

/** What a reduction changes, to be put back when it was for nothing. */
interface CubicState {
  window: number;
  threshold: number;
  maximum: number;
  k: number;
  epoch: Instant;
  estimate: number;
}

/** RFC 9438. Windows are kept in packets. */
export class Cubic implements CongestionControl {
  #mtu: number;
  #state: CubicState = {
    window: INITIAL_PACKETS,
    threshold: Number.POSITIVE_INFINITY,
    maximum: 0,
    k: 0,
    epoch: -1,
    estimate: 0,
  };
  #prior: CubicState = { ...this.#state };
  readonly #hystart = new HyStart();
  #roundTripTime = 0;
  #lastUsed: Instant = 0;

  /** @param mtu the largest SCTP packet, in bytes */
  constructor(mtu: number) {
    this.#mtu = mtu;
  }

  get window(): number {
    return this.#state.window * this.#mtu;
  }

  get pacingRate(): number {
    if (this.#roundTripTime === 0) return Number.POSITIVE_INFINITY;
    return ((this.inSlowStart ? SLOW_START_GAIN : AVOIDANCE_GAIN) * this.window) / this.#roundTripTime;
  }

  get inSlowStart(): boolean {
    return this.#state.window < this.#state.threshold;
  }

  setMtu(mtu: number): void {
    this.#state.window = Math.max((this.#state.window * this.#mtu) / mtu, 2);
    this.#mtu = mtu;
  }

  onAcknowledged(sample: Acknowledgement): void {
    this.#roundTripTime = sample.smoothedRoundTripTime;
    if (sample.recovering) return;
    const state = this.#state;
    const acknowledged = sample.acknowledged / this.#mtu;
    const peak = sample.flightPeak / this.#mtu;
    if (this.inSlowStart) {
      this.#hystart.onAcknowledged(sample.roundTripTime, sample.delivered, sample.priorDelivered);
      if (state.window < 2 * peak + 1) state.window += acknowledged / this.#hystart.growthDivisor;
      if (this.#hystart.phase === "over") state.threshold = state.window;
      return;
    }
    const used = peak + 2 > state.window;
    if (!used) {
      // §5.8: the time in which the application had too little to send is no time of growth.
      if (state.epoch >= 0) state.epoch += sample.now - this.#lastUsed;
      this.#lastUsed = sample.now;
      return;
    }
    this.#lastUsed = sample.now;
    if (state.epoch < 0) this.#beginEpoch(sample.now);
    this.#grow(acknowledged, (sample.now - state.epoch) / 1000, sample.smoothedRoundTripTime / 1000);
  }

  onChunkLost(): void {}

  onFastRetransmit(): void {
    this.#reduce();
    this.#state.window = this.#state.threshold;
  }

  onTimeout(): void {
    this.#reduce();
    this.#state.window = 1;
    this.#hystart.restart();
  }

  onSpurious(): void {
    if (this.#state.window < this.#prior.window) Object.assign(this.#state, this.#prior);
  }

  onIdle(timeouts: number, now: Instant): void {
    const state = this.#state;
    if (timeouts < 1) return;
    if (state.epoch >= 0) state.epoch = -1;
    this.#lastUsed = now;
    if (state.window <= INITIAL_PACKETS) return;
    // RFC 9260 §7.2.1: what the path could take is remembered in the threshold.
    if (!this.inSlowStart) state.threshold = Math.max(state.threshold, state.window);
    state.window = Math.max(state.window / 2 ** Math.floor(timeouts), INITIAL_PACKETS);
  }

  /** §4.2: an epoch of congestion avoidance begins. */
  #beginEpoch(now: Instant): void {
    const state = this.#state;
    state.epoch = now;
    state.estimate = state.window;
    if (state.maximum < state.window) state.maximum = state.window;
    state.k = cubicTime(state.maximum, state.window);
  }

  /** §4.3 to §4.5: the window after `acknowledged` packets were acknowledged. */
  #grow(acknowledged: number, time: number, roundTrip: number): void {
    const state = this.#state;
    const alpha = state.estimate >= state.maximum ? 1 : RENO_ALPHA;
    state.estimate += (alpha * acknowledged) / state.window;
    if (cubicWindow(time, state.k, state.maximum) < state.estimate) {
      state.window = Math.max(state.window, state.estimate);
      return;
    }
    const wanted = cubicWindow(time + roundTrip, state.k, state.maximum);
    const target = Math.min(Math.max(wanted, state.window), 1.5 * state.window);
    state.window += ((target - state.window) * acknowledged) / state.window;
  }

  /** §4.6, §4.7. */
  #reduce(): void {
    const state = this.#state;
    Object.assign(this.#prior, state);
    // Fast convergence: a flow that lost before it came back to where it was makes room for others.
    state.maximum = state.window < state.maximum ? (state.window * (1 + BETA)) / 2 : state.window;
    state.threshold = Math.max(state.window * BETA, 2);
    state.epoch = -1;
  }
}
