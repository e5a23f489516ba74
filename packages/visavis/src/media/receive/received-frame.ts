/**
 * An encoded frame that came out of a receiver, as tracks and transforms see it.
 */
import type { Instant } from "../../base/instant.ts";
import type { EncodedFrame } from "../../rtp/frame.ts";

/** A frame and where it came from. Its bytes are the owner's. */
export interface ReceivedFrame extends EncodedFrame {
  readonly ssrc: number;
  /** When the last of its packets arrived. */
  readonly receiveTime: Instant;
}

/** Milliseconds from 1900, where NTP begins to count, to 1970, where frames do. */
const EPOCHS_APART = 2_208_988_800_000;

/** The capture time of a frame from that of a packet, which is in milliseconds since 1900 and NaN when it is not told. */
export function captureTimeOf(ntpTime: number): number | undefined {
  return Number.isNaN(ntpTime) ? undefined : ntpTime - EPOCHS_APART;
}

/** What a receiver counts; times in milliseconds. */
export interface ReceiveCounters {
  /** Packets that came too late, twice, or could not be used: they were thrown away here. */
  readonly packetsDiscarded: number;
  /** Frames whose packets were all there. For audio every packet is one. */
  readonly framesReceived: number;
  readonly keyFramesReceived: number;
  /** Complete frames that were not handed out: late, or what they refer to was missing. */
  readonly framesDropped: number;
  readonly framesAssembledFromMultiplePackets: number;
  /** Time between the first and the last packet of those. */
  readonly totalAssemblyTime: number;
  /** Between arrival of the first packet and handing out: summed over frames, or over samples for audio. */
  readonly jitterBufferDelay: number;
  /** The target delay at that moment, summed alike. */
  readonly jitterBufferTargetDelay: number;
  /** What it would have been without the application's wish, summed alike. */
  readonly jitterBufferMinimumDelay: number;
  /** Frames, or samples of audio, that were handed out. */
  readonly jitterBufferEmittedCount: number;
  /** Key frames that were asked for. */
  readonly keyFramesRequested: number;
  /** Size of the newest key frame; 0 before the first. */
  readonly frameWidth: number;
  readonly frameHeight: number;
}

/** The counters of a receiver as it writes them. */
export type MutableCounters = { -readonly [Name in keyof ReceiveCounters]: ReceiveCounters[Name] };

/** Counters that begin at zero. */
export function createCounters(): MutableCounters {
  return {
    packetsDiscarded: 0,
    framesReceived: 0,
    keyFramesReceived: 0,
    framesDropped: 0,
    framesAssembledFromMultiplePackets: 0,
    totalAssemblyTime: 0,
    jitterBufferDelay: 0,
    jitterBufferTargetDelay: 0,
    jitterBufferMinimumDelay: 0,
    jitterBufferEmittedCount: 0,
    keyFramesRequested: 0,
    frameWidth: 0,
    frameHeight: 0,
  };
}
