/**
 * How evenly the frames of a video stream come: pauses and freezes as webrtc-stats defines them.
 * https://w3c.github.io/webrtc-stats/#dom-rtcinboundrtpstreamstats-freezecount
 */
import type { Instant } from "../base/instant.ts";

/** After this time without a frame the video counts as paused, in milliseconds. */
const PAUSE = 5000;
/** Frames whose durations are averaged. */
const WINDOW = 30;
/** How much longer than the average a frame lasts at least that counts as frozen, in milliseconds. */
const FREEZE = 150;

/** What is counted of the times of frames; times in milliseconds, and their squares. */
export class FramePace {
  totalInterFrameDelay = 0;
  totalSquaredInterFrameDelay = 0;
  freezeCount = 0;
  totalFreezesDuration = 0;
  pauseCount = 0;
  totalPausesDuration = 0;
  #last: Instant | undefined = undefined;
  /** Durations of the newest frames; the place of the oldest is taken next. */
  readonly #durations: number[] = [];
  #next = 0;

  /** Notes that a frame is there. */
  note(now: Instant): void {
    const last = this.#last;
    this.#last = now;
    if (last === undefined) return;
    const duration = now - last;
    this.totalInterFrameDelay += duration;
    this.totalSquaredInterFrameDelay += duration * duration;
    if (duration > PAUSE) {
      this.pauseCount++;
      this.totalPausesDuration += duration;
    }
    if (this.#durations.length > 0 && duration >= this.#frozen) {
      this.freezeCount++;
      this.totalFreezesDuration += duration;
    }
    this.#durations[this.#next] = duration;
    this.#next = (this.#next + 1) % WINDOW;
  }

  /** How long a frame lasts that is frozen. */
  get #frozen(): number {
    let sum = 0;
    for (const duration of this.#durations) sum += duration;
    const average = sum / this.#durations.length;
    return Math.max(3 * average, average + FREEZE);
  }
}
