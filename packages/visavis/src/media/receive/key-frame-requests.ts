/**
 * When to ask for a key frame: at once when one is needed, then again and again, more and more seldom, while packets come and none can be
 * decoded.
 */
import { type Instant, NEVER } from "../../base/instant.ts";

/** Between two requests, in milliseconds. */
const FIRST_INTERVAL = 300;
const LONGEST_INTERVAL = 3000;

/** Decides when a key frame is asked for. */
export class KeyFrameRequests {
  #wanted = false;
  /** Nothing came since the last request, so that another would only add to what holds things up. */
  #quiet = false;
  #next: Instant = NEVER;
  #last: Instant = Number.NEGATIVE_INFINITY;
  #interval = FIRST_INTERVAL;
  #due = false;

  /** When {@link advance} is next needed. */
  get deadline(): Instant {
    return this.#quiet ? NEVER : this.#next;
  }

  /** Whether a key frame is wanted. */
  get wanted(): boolean {
    return this.#wanted;
  }

  /** A key frame is needed. */
  want(now: Instant): void {
    if (this.#wanted) return;
    this.#wanted = true;
    this.#quiet = false;
    this.#next = Math.max(now, this.#last + FIRST_INTERVAL);
    this.advance(now, 0);
  }

  /** A packet came. */
  onPacket(): void {
    this.#quiet = false;
  }

  /** A frame was handed out: there is nothing to ask for. */
  satisfied(): void {
    this.#wanted = false;
    this.#next = NEVER;
    this.#interval = FIRST_INTERVAL;
  }

  /** @param roundTripTime in milliseconds: no answer can come sooner */
  advance(now: Instant, roundTripTime: number): void {
    if (!this.#wanted || this.#quiet || now < this.#next) return;
    this.#due = true;
    this.#quiet = true;
    this.#last = now;
    this.#next = now + Math.max(this.#interval, 1.5 * roundTripTime);
    this.#interval = Math.min(LONGEST_INTERVAL, this.#interval * 2);
  }

  /** Whether a key frame is to be asked for now; once for each request. */
  take(): boolean {
    const due = this.#due;
    this.#due = false;
    return due;
  }
}
