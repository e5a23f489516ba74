/**
 * The controller of RFC 9260 §7.2: slow start, congestion avoidance, halving. Kept for comparison.
 */
import { type Acknowledgement, type CongestionControl, INITIAL_PACKETS } from "./congestion-control.ts";

/** Packets that one SACK may release at the most: SACKs come one for each batch of arrivals, so one packet each would starve the path. */
const PACKETS_PER_SACK = 32;
/** Pace as a multiple of a window each round trip. */
const SLOW_START_GAIN = 2;
const AVOIDANCE_GAIN = 1.25;

/** RFC 9260 §7.2. */
export class NewReno implements CongestionControl {
  #mtu: number;
  #window: number;
  #slowStartThreshold = Number.POSITIVE_INFINITY;
  #partialBytesAcked = 0;
  #roundTripTime = 0;
  #priorWindow = 0;
  #priorThreshold = 0;

  /** @param mtu the largest SCTP packet, in bytes */
  constructor(mtu: number) {
    this.#mtu = mtu;
    this.#window = INITIAL_PACKETS * mtu;
  }

  get window(): number {
    return this.#window;
  }

  get pacingRate(): number {
    if (this.#roundTripTime === 0) return Number.POSITIVE_INFINITY;
    return ((this.inSlowStart ? SLOW_START_GAIN : AVOIDANCE_GAIN) * this.#window) / this.#roundTripTime;
  }

  get inSlowStart(): boolean {
    return this.#window <= this.#slowStartThreshold;
  }

  setMtu(mtu: number): void {
    this.#mtu = mtu;
    this.#window = Math.max(this.#window, mtu);
  }

  onAcknowledged(sample: Acknowledgement): void {
    this.#roundTripTime = sample.smoothedRoundTripTime;
    if (sample.recovering) return;
    const { acknowledged } = sample;
    if (this.inSlowStart) {
      // §7.2.1. Only a window that was in use grows; half of it is as much as was allowed a round trip ago.
      if (sample.advanced && this.#window < 2 * sample.flightPeak + this.#mtu)
        this.#window += Math.min(acknowledged, PACKETS_PER_SACK * this.#mtu);
      return;
    }
    // §7.2.2. "In use" allows for the part of a packet that no chunk fills.
    const used = sample.flightPeak + 2 * this.#mtu > this.#window;
    this.#partialBytesAcked += acknowledged;
    if (this.#partialBytesAcked >= this.#window) {
      this.#partialBytesAcked = used ? this.#partialBytesAcked - this.#window : this.#window;
      if (used) this.#window += this.#mtu;
    }
    if (acknowledged >= sample.flightBefore) this.#partialBytesAcked = 0;
  }

  onChunkLost(): void {}

  onFastRetransmit(): void {
    this.#halve();
    this.#window = this.#slowStartThreshold;
  }

  onTimeout(): void {
    this.#halve();
    this.#window = this.#mtu;
  }

  onSpurious(): void {
    this.#window = Math.max(this.#window, this.#priorWindow);
    this.#slowStartThreshold = Math.max(this.#slowStartThreshold, this.#priorThreshold);
  }

  onIdle(timeouts: number): void {
    const least = INITIAL_PACKETS * this.#mtu;
    if (timeouts < 1 || this.#window <= least) return;
    // §7.2.1: what the path could take is remembered in the threshold; the window is halved for each timeout.
    this.#slowStartThreshold = Math.max(this.#slowStartThreshold, this.#window);
    this.#window = Math.max(this.#window / 2 ** Math.floor(timeouts), least);
    this.#partialBytesAcked = 0;
  }

  /** §7.2.3. */
  #halve(): void {
    this.#priorWindow = this.#window;
    this.#priorThreshold = this.#slowStartThreshold;
    this.#slowStartThreshold = Math.max(this.#window / 2, 4 * this.#mtu);
    this.#partialBytesAcked = 0;
  }
}
