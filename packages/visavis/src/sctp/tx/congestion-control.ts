/**
 * How much may be in flight, and how fast it goes out: the face that controllers show to the retransmission queue.
 */
import type { Instant } from "../../base/instant.ts";

/** Names of controllers: `bbr` is the default, `cubic` follows RFC 9438, `newreno` RFC 9260 §7.2. */
export type CongestionControlName = "bbr" | "cubic" | "newreno";

/** RFC 6928 in packets. */
export const INITIAL_PACKETS = 10;

/**
 * What one SACK says about the path: a rate sample of the delivery. One object is used again for all SACKs.
 * Sizes in bytes of user data, times in milliseconds, rates in bytes a millisecond.
 */
export class Acknowledgement {
  now: Instant = 0;
  /** Newly acknowledged. */
  acknowledged: number = 0;
  /** Newly taken for lost. */
  lost: number = 0;
  /** In flight before it, and now. */
  flightBefore: number = 0;
  inFlight: number = 0;
  /** Whether the cumulative TSN moved. */
  advanced: boolean = false;
  /** Whether fast recovery goes on. */
  recovering: boolean = false;
  /** The largest flight since the last round trip began: a window that is larger than that is not in use. */
  flightPeak: number = 0;
  /** The newest round trip time, or -1, and the smoothed one. */
  roundTripTime: number = -1;
  smoothedRoundTripTime: number = 0;
  /** All that was ever delivered, and what was when the newest acknowledged chunk was sent; -1 without a sample. */
  delivered: number = 0;
  priorDelivered: number = -1;
  /** Delivered between the two, at this rate; the rate is 0 where the time was too short to tell. */
  deliveredInSample: number = 0;
  rate: number = 0;
  /** In flight when that chunk was sent, and lost since. */
  flightAtSend: number = 0;
  lostInSample: number = 0;
  /** Whether the rate is what the application had to send. */
  applicationLimited: boolean = false;
}

/** Decides the congestion window and the pace. Sizes in bytes of user data. */
export interface CongestionControl {
  /** What may be in flight. */
  readonly window: number;
  /** Bytes a millisecond; infinite when it has no opinion. */
  readonly pacingRate: number;
  /** Whether the window still grows with every acknowledgement. */
  readonly inSlowStart: boolean;
  /** A SACK acknowledged something. The object is reused. */
  onAcknowledged(sample: Acknowledgement): void;
  /** A chunk was lost that was sent with `flight` bytes in flight, itself included; `lost` of what was sent since were lost, itself included. */
  onChunkLost(flight: number, lost: number): void;
  /** Losses were seen: once for each fast recovery. */
  onFastRetransmit(now: Instant): void;
  /** T3-rtx expired: everything in flight is taken for lost. */
  onTimeout(now: Instant): void;
  /** The last fast recovery or timeout was for nothing: what was taken for lost had arrived. */
  onSpurious(now: Instant): void;
  /** Sending begins again, so many retransmission timeouts after the last packet. */
  onIdle(timeouts: number, now: Instant): void;
  /** The largest packet changed. */
  setMtu(mtu: number): void;
}
