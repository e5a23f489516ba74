/**
 * What the application asks of congestion control, and what it is told.
 */

/** Limits of the bitrate, in bits per second of what is told to `onPacketSent`. */
export interface BitrateOptions {
  /** To begin with; default 300,000. */
  readonly start?: number;
  /** The target never falls below it; default 30,000. */
  readonly min?: number;
  /** The target never rises above it; default no limit (`Infinity`). */
  readonly max?: number;
}

/** What all streams together can make use of, bit/s. */
export interface BitrateDemand {
  /** The sum of their minima: media leaves no slower than this. */
  readonly min: number;
  /** The sum of their maxima: probes look for no more than twice this. */
  readonly max: number;
  /** Padding fills up to this, so that a stream that is paused for want of bitrate can come back. */
  readonly padding: number;
}

/** What the controller tells. */
export interface TargetBitrateEvent {
  readonly type: "target";
  /** What all sources together should send, bit/s. */
  readonly bitrate: number;
  /** Milliseconds; NaN before anything was measured. */
  readonly roundTrip: number;
  /** Loss of the last seconds, 0 to 1. */
  readonly loss: number;
}

/** The default limits. */
export const DEFAULT_BITRATES: Required<BitrateOptions> = {
  start: 300_000,
  min: 30_000,
  max: Number.POSITIVE_INFINITY,
};
