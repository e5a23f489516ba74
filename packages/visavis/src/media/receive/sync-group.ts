/**
 * Keeps streams of one source in step: what was captured together is handed out together. The sender's wall clock, which the reports of
 * each stream tell (RFC 3550 §6.4.1), is what they have in common. The stream that would be ahead waits for the one behind.
 */
import { type Instant, NEVER } from "../../base/instant.ts";

/** A stream that can be kept in step. */
export interface SyncedStream {
  /** Local time of playout less the sender's wall time of capture, without the waiting that the group asks for; NaN when not known. */
  playoutOffset(): number;
  /** How long its media waits without the group, in milliseconds. */
  delayWithoutSync(): number;
  /** Makes its media wait at least so long, in milliseconds. */
  setSyncDelay(delay: number): void;
}

const INTERVAL = 1000;
/** Streams that are farther apart than this were not captured together, or their clocks are wrong. */
const FARTHEST = 10_000;
/** The waiting changes by no more than this at a time, so that a step is not seen or heard. */
const STEP = 80;

/** Streams that are kept in step. */
export class SyncGroup {
  readonly #streams: Map<SyncedStream, number> = new Map();
  #next: Instant = NEVER;

  /** Adds a stream. */
  add(stream: SyncedStream, now: Instant): void {
    if (!this.#streams.has(stream)) this.#streams.set(stream, 0);
    if (this.#streams.size > 1 && this.#next === NEVER) this.#next = now + INTERVAL;
  }

  /** Takes a stream out; the others no longer wait for it. */
  remove(stream: SyncedStream): void {
    if (!this.#streams.delete(stream)) return;
    stream.setSyncDelay(0);
    if (this.#streams.size > 1) return;
    this.#next = NEVER;
    for (const rest of this.#streams.keys()) this.#set(rest, 0);
  }

  /** When {@link advance} is next needed. */
  deadline(): Instant {
    return this.#next;
  }

  /** Measures how far apart the streams are, and moves them towards each other. */
  advance(now: Instant): void {
    if (now < this.#next) return;
    this.#next = now + INTERVAL;
    let latest = Number.NEGATIVE_INFINITY;
    let earliest = Number.POSITIVE_INFINITY;
    for (const stream of this.#streams.keys()) {
      const offset = stream.playoutOffset();
      if (Number.isNaN(offset)) continue;
      latest = Math.max(latest, offset);
      earliest = Math.min(earliest, offset);
    }
    const apart = latest - earliest;
    for (const [stream, waiting] of this.#streams) {
      const offset = stream.playoutOffset();
      const behind = Number.isNaN(offset) || apart > FARTHEST ? 0 : latest - offset;
      this.#set(stream, waiting + Math.min(STEP, Math.max(-STEP, behind - waiting)));
    }
  }

  /** `waiting`: how much longer than by itself the stream waits. */
  #set(stream: SyncedStream, waiting: number): void {
    this.#streams.set(stream, waiting);
    stream.setSyncDelay(waiting <= 0 ? 0 : stream.delayWithoutSync() + waiting);
  }
}
