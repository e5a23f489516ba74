/**
 * When the media of one stream is due: its arrivals, its delay, and the sender's clock behind it.
 */
import type { Instant } from "../../base/instant.ts";
import { TimestampUnwrapper } from "../../rtp/sequence.ts";
import { PlayoutClock } from "./playout-clock.ts";
import { SenderClock } from "./sender-clock.ts";
import type { SyncedStream } from "./sync-group.ts";
import { MAX_TARGET_DELAY, TargetDelay } from "./target-delay.ts";

/** The timing of one stream. */
export class Playout implements SyncedStream {
  readonly #timestamps: TimestampUnwrapper = new TimestampUnwrapper();
  #clock: PlayoutClock;
  #sender: SenderClock;
  #clockRate: number;
  readonly #delay: TargetDelay = new TargetDelay();
  /** The newest media time that arrived, and the one that was handed out last. */
  #arrived = -1;
  #played = -1;
  #playedAt: Instant = 0;
  #restarts = 0;

  /** @param clockRate units of the timestamps per second */
  constructor(clockRate: number) {
    this.#clockRate = clockRate;
    this.#clock = new PlayoutClock(clockRate);
    this.#sender = new SenderClock(clockRate);
  }

  /** Units of the timestamps per second. */
  get clockRate(): number {
    return this.#clockRate;
  }

  /** Begins anew with timestamps of another rate. The delay stays: the network is the same. */
  restart(clockRate: number): void {
    this.#clockRate = clockRate;
    this.#clock = new PlayoutClock(clockRate);
    this.#sender = new SenderClock(clockRate);
    this.#timestamps.reset();
    this.#restarts = 0;
    this.#arrived = -1;
    this.#played = -1;
  }

  /** How long media waits at present, in milliseconds. */
  get target(): number {
    return this.#delay.target;
  }

  /** The same without the application's wish. */
  get minimum(): number {
    return this.#delay.minimum;
  }

  /** Media arrived: its media time, which does not wrap. What was `recovered` tells nothing of the path, but of how long to wait. */
  arrived(timestamp: number, arrival: Instant, recovered: boolean): number {
    const mediaTime = this.#timestamps.unwrap(timestamp);
    const late =
      recovered && this.#clock.running ? this.#clock.lateness(mediaTime, arrival) : this.#clock.update(mediaTime, arrival);
    if (this.#clock.restarts !== this.#restarts) {
      this.#restarts = this.#clock.restarts;
      this.#delay.restart();
    }
    this.#delay.update(late, arrival);
    this.#arrived = Math.max(this.#arrived, mediaTime);
    return mediaTime;
  }

  /** The media time of a timestamp. */
  mediaTime(timestamp: number): number {
    return this.#timestamps.peek(timestamp);
  }

  /** When media of this time is due. */
  dueAt(mediaTime: number): Instant {
    return this.#clock.localTime(mediaTime) + this.#delay.target;
  }

  /** Media of this time was handed out. */
  played(mediaTime: number, now: Instant): void {
    this.#played = mediaTime;
    this.#playedAt = now;
  }

  /** The sender's bounds for the delay in milliseconds, as its playout-delay extension tells; what is negative is not told. */
  setSenderBounds(minimum: number, maximum: number): void {
    if (minimum >= 0) this.#delay.senderMinimum = minimum;
    if (maximum >= 0) this.#delay.senderMaximum = Math.min(MAX_TARGET_DELAY, Math.max(maximum, this.#delay.senderMinimum));
  }

  /** What the application wants media to wait at least, in milliseconds; 0 for as little as possible. */
  setRequested(delay: number): void {
    this.#delay.requested = Math.min(Math.max(0, delay), MAX_TARGET_DELAY);
  }

  setSyncDelay(delay: number): void {
    this.#delay.sync = delay;
  }

  /** A sender report: wall time in milliseconds since the Unix epoch, and the timestamp beside it. */
  onSenderReport(wallTime: number, timestamp: number): void {
    this.#sender.update(wallTime, timestamp);
  }

  playoutOffset(): number {
    if (this.#arrived < 0) return Number.NaN;
    const wallTime = this.#sender.wallTime(this.#arrived);
    return this.#clock.localTime(this.#arrived) + this.#delay.withoutSync - wallTime;
  }

  delayWithoutSync(): number {
    return this.#delay.withoutSync;
  }

  /** The sender's wall time of what is being played now, in milliseconds since the Unix epoch; NaN when it is not known. */
  playingWallTime(now: Instant): number {
    return this.#played < 0 ? Number.NaN : this.#sender.wallTime(this.#played) + Math.max(0, now - this.#playedAt);
  }
}
