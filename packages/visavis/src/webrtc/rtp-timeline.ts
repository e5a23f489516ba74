/**
 * One line of RTP timestamps for all tracks that a sender sends one after the other: each source counts from where it likes, and a receiver
 * would take the difference for a jump in time.
 */
import type { Instant } from "../base/instant.ts";
import type { EncodedFrame } from "../media/encoded-frame.ts";

const VIDEO_CLOCK = 90_000;
const AUDIO_CLOCK = 48_000;
const NARROW_CLOCK = 8_000;

/** Shifts timestamps. */
export class RtpTimeline {
  #offset = 0;
  #last: number | undefined;
  #lastAt: Instant = 0;
  #isNew = false;

  /** The next frame is of another source. */
  restart(): void {
    this.#isNew = true;
  }

  /** The timestamp of a frame on the line of the sender. */
  of(frame: EncodedFrame, now: Instant): number {
    if (this.#isNew && this.#last !== undefined) {
      const elapsed = Math.max(1, Math.round(((now - this.#lastAt) * clockOf(frame)) / 1000));
      this.#offset = this.#last + elapsed - frame.timestamp;
    }
    this.#isNew = false;
    const timestamp = (frame.timestamp + this.#offset) >>> 0;
    this.#last = timestamp;
    this.#lastAt = now;
    return timestamp;
  }
}

function clockOf({ kind, mimeType }: EncodedFrame): number {
  if (kind === "video") return VIDEO_CLOCK;
  return mimeType !== undefined && /^audio\/(?:pcm[ua]|g722|cn)$/i.test(mimeType) ? NARROW_CLOCK : AUDIO_CLOCK;
}
