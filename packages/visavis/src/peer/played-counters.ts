/**
 * What is counted of frames where they leave or enter the library: rates, sizes, loudness.
 */
import type { Instant } from "../base/instant.ts";
import type { EncodedFrame } from "../transport/parts.ts";
import { FramePace } from "./frame-pace.ts";

/** The time over which a rate is counted, in milliseconds. */
const SECOND = 1000;
/** Frames of one second that are remembered at most. */
const MOST = 240;

/** A frame is huge that is so many times as large as those before it on average (webrtc-stats hugeFramesSent). */
const HUGE = 2.5;

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
  /** Of video. */
  hugeFrames = 0;
  readonly pace: FramePace = new FramePace();
  /** When the first came; undefined before. */
  begunAt: Instant | undefined = undefined;
  #bytes = 0;
  #times: Instant[] = [];

  /** Notes a frame. */
  note({ kind, keyFrame, width, height, audioLevel, duration = 0, data }: EncodedFrame, now: Instant): void {
    if (this.frames > 0 && data.length >= (HUGE * this.#bytes) / this.frames) this.hugeFrames++;
    this.frames++;
    this.#bytes += data.length;
    this.begunAt ??= now;
    if (kind === "audio") {
      this.duration += duration / 1000;
      if (audioLevel === undefined) return;
      this.audioLevel = audioLevel;
      this.audioEnergy += audioLevel * audioLevel * (duration / 1000);
      return;
    }
    if (keyFrame) this.keyFrames++;
    this.pace.note(now);
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
