/**
 * How much may be in flight: RFC 9260 §7.2, behind a face that other controllers can take.
 */

/** Decides the congestion window. Sizes in bytes of user data. */
export interface CongestionControl {
  /** What may be in flight. */
  readonly window: number;
  /** Whether the window still grows with every acknowledgement. */
  readonly inSlowStart: boolean;
  /**
   * A SACK acknowledged `acknowledged` bytes; `inFlight` is what was in flight before it.
   * `cumulative` says whether the cumulative TSN moved, `recovering` whether fast recovery goes on.
   */
  onAcknowledged(acknowledged: number, inFlight: number, cumulative: boolean, recovering: boolean): void;
  /** A loss was seen by missing reports: once for each fast recovery. */
  onFastRetransmit(): void;
  /** T3-rtx expired. */
  onTimeout(): void;
  /** Sending begins again, so many retransmission timeouts after the last packet. */
  onIdle(timeouts: number): void;
  /** The largest packet changed. */
  setMtu(mtu: number): void;
}

/** Packets that one SACK may release at the most: SACKs come one for each batch of arrivals, so one packet each would starve the path. */
const PACKETS_PER_SACK = 32;
/** RFC 6928 in packets. */
const INITIAL_PACKETS = 10;

/** The controller of RFC 9260 §7.2: slow start, congestion avoidance, halving. */
export class StandardCongestionControl implements CongestionControl {
  #mtu: number;
  #window: number;
  #slowStartThreshold = Number.POSITIVE_INFINITY;
  #partialBytesAcked = 0;

  /** @param mtu the largest SCTP packet, in bytes */
  constructor(mtu: number) {
    this.#mtu = mtu;
    this.#window = INITIAL_PACKETS * mtu;
  }

  get window(): number {
    return this.#window;
  }

  get inSlowStart(): boolean {
    return this.#window <= this.#slowStartThreshold;
  }

  setMtu(mtu: number): void {
    this.#mtu = mtu;
    this.#window = Math.max(this.#window, mtu);
  }

  onAcknowledged(acknowledged: number, inFlight: number, cumulative: boolean, recovering: boolean): void {
    if (recovering) return;
    // Only a window that was in use grows; "in use" allows for the part of a packet that no chunk fills.
    const used = inFlight + this.#mtu > this.#window;
    if (this.inSlowStart) {
      // §7.2.1.
      if (used && cumulative) this.#window += Math.min(acknowledged, PACKETS_PER_SACK * this.#mtu);
      return;
    }
    // §7.2.2.
    this.#partialBytesAcked += acknowledged;
    if (this.#partialBytesAcked >= this.#window) {
      this.#partialBytesAcked = used ? this.#partialBytesAcked - this.#window : this.#window;
      if (used) this.#window += this.#mtu;
    }
    if (acknowledged >= inFlight) this.#partialBytesAcked = 0;
  }

  onFastRetransmit(): void {
    this.#halve();
    this.#window = this.#slowStartThreshold;
  }

  onTimeout(): void {
    this.#halve();
    this.#window = this.#mtu;
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
    this.#slowStartThreshold = Math.max(this.#window / 2, 4 * this.#mtu);
    this.#partialBytesAcked = 0;
  }
}
