/**
 * What is counted of frames where they leave or enter the library: rates, sizes, loudness.
 */
import type { Instant } from "../base/instant.ts";
import type { EncodedFrame } from "../transport/parts.ts";

/** The time over which a rate is counted, in milliseconds. */
const SECOND = 1000;
/** Frames of one second that are remembered at most. */
const MOST = 240;

/** Counters of the frames of one stream. */
export class PlayedCounters {
  frames = 0;
  keyFrames = 0;
  /** Of the newest frame that tells; 0 before. */
  width = 0;
  height = 0;
  /** Linear, 0 to 1; undefined before a frame tells it. */
  audioLevel: number | undefined = undefined;
  /** Squares of levels, summed over seconds (https://w3c.github.io/webrtc-stats/#dom-rtcaudiosourcestats-totalaudioenergy). */
  audioEnergy = 0;
  /** Seconds. */
  duration = 0;
  #times: Instant[] = [];

  /** Notes a frame. */
  note({ kind, keyFrame, width, height, audioLevel, duration = 0 }: EncodedFrame, now: Instant): void {
    this.frames++;
    if (kind === "audio") {
      this.duration += duration / 1000;
      if (audioLevel === undefined) return;
      this.audioLevel = audioLevel;
      this.audioEnergy += audioLevel * audioLevel * (duration / 1000);
      return;
    }
    if (keyFrame) this.keyFrames++;
    this.width = width ?? this.width;
    this.height = height ?? this.height;
    this.#times.push(now);
    if (this.#times.length > MOST) this.#times = this.#times.slice(-MOST / 2);
  }

  /** Frames of the last second. */
  rate(now: Instant): number {
    this.#times = this.#times.filter((time) => now - time < SECOND);
    return this.#times.length;
  }
}
