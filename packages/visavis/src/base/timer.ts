/**
 * A timer as an object: a deadline, a back-off rule and a restart limit. No handle, no callback.
 */
import { type Instant, NEVER } from "./instant.ts";

/** How a timer behaves. Times in milliseconds. */
export interface TimerOptions {
  /** Time to the first expiry. */
  readonly duration: number;
  /** `exponential` doubles the duration at every expiry until the next `start`; default `fixed`. */
  readonly backoff?: "fixed" | "exponential";
  /** Longest duration that back-off may reach; default no limit. */
  readonly maxDuration?: number;
  /** How often it restarts by itself after an expiry; default 0: it fires once. */
  readonly maxRestarts?: number;
}

/** What `Timer.expire` found. */
export type TimerOutcome = "pending" | "expired" | "exhausted";

/** One timer of an engine. */
export class Timer {
  #duration: number;
  readonly #exponential: boolean;
  readonly #maxDuration: number;
  readonly #maxRestarts: number;
  #deadline: Instant = NEVER;
  #expirations = 0;

  constructor(options: TimerOptions) {
    this.#duration = options.duration;
    this.#exponential = options.backoff === "exponential";
    this.#maxDuration = options.maxDuration ?? Number.POSITIVE_INFINITY;
    this.#maxRestarts = options.maxRestarts ?? 0;
  }

  /** When it fires; `NEVER` when stopped. */
  get deadline(): Instant {
    return this.#deadline;
  }

  /** Whether it is running. */
  get running(): boolean {
    return this.#deadline !== NEVER;
  }

  /** How often it has expired since the last `start`. */
  get expirations(): number {
    return this.#expirations;
  }

  /** The base duration, in milliseconds. It takes effect at the next start or restart. */
  get duration(): number {
    return this.#duration;
  }

  set duration(duration: number) {
    this.#duration = duration;
  }

  /** Starts anew, forgetting earlier expirations. */
  start(now: Instant): void {
    this.#expirations = 0;
    this.#deadline = now + Math.min(this.#duration, this.#maxDuration);
  }

  /** Stops and forgets. */
  stop(): void {
    this.#expirations = 0;
    this.#deadline = NEVER;
  }

  /**
   * Asks whether it is due. When it is, it either restarts by its back-off rule (`expired`, and `running` says whether
   * it goes on) or has used up its restarts (`exhausted`, stopped). A timer with no restarts at all says `expired` once.
   */
  expire(now: Instant): TimerOutcome {
    if (now < this.#deadline) return "pending";
    this.#expirations++;
    if (this.#expirations > this.#maxRestarts) {
      this.#deadline = NEVER;
      return this.#maxRestarts === 0 ? "expired" : "exhausted";
    }
    const factor = this.#exponential ? 2 ** this.#expirations : 1;
    this.#deadline = now + Math.min(this.#duration * factor, this.#maxDuration);
    return "expired";
  }
}
