/**
 * Consent freshness: RFC 7675 §5.1. Whether the peer still wants what is sent to it, and whether it still gets there.
 *
 * A pure object: it says when to ask, and how long nothing was answered. A check every 4 to 6 seconds; when one stays
 * unanswered the next follow quickly, so that a lost path shows within seconds; 30 seconds without an answer end consent.
 */
import { type Instant, NEVER } from "../base/instant.ts";
import { type Random, randomBelow } from "../base/random.ts";

/** Milliseconds between two checks, before it is randomised by 0.8 to 1.2. */
const CHECK_INTERVAL = 5000;

/** Milliseconds without an answer after which nothing may be sent. */
export const CONSENT_DURATION = 30_000;

/** Unanswered checks in a row after which the path counts as lost. */
const MISSES = 4;

/** Milliseconds that an unanswered check is waited for: three round trips within these bounds. */
const SHORTEST_WAIT = 500;
const LONGEST_WAIT = 1000;

/** Consent for one pair. */
export class Consent {
  readonly #random: Random;
  #expiresAt: Instant = NEVER;
  #nextCheckAt: Instant = NEVER;
  #unanswered = 0;
  #missing = false;
  #signOfLife = false;

  constructor(random: Random) {
    this.#random = random;
  }

  /** Whether several checks in a row went unanswered and nothing else was heard. */
  get missing(): boolean {
    return this.#missing;
  }

  /** When `advance` is next needed. */
  get deadline(): Instant {
    return Math.min(this.#nextCheckAt, this.#expiresAt);
  }

  /** An answer came at `confirmedAt`: consent is fresh since then. Also starts. */
  confirm(confirmedAt: Instant): void {
    this.#expiresAt = confirmedAt + CONSENT_DURATION;
    this.#nextCheckAt = confirmedAt + CHECK_INTERVAL * (0.8 + randomBelow(this.#random, 401) / 1000);
    this.#unanswered = 0;
    this.#missing = false;
  }

  /** Whether the last check is unanswered, so that the next comes sooner. */
  get doubtful(): boolean {
    return this.#unanswered > 1;
  }

  /** The path may not work any more: asks at once. */
  hurry(now: Instant): void {
    if (this.#nextCheckAt !== NEVER) this.#nextCheckAt = Math.min(this.#nextCheckAt, now);
  }

  /** The path cannot work any more, for all that is known here. */
  lose(): void {
    if (this.#expiresAt !== NEVER) this.#missing = true;
  }

  /** Something else came from the peer. It is no consent, but the path is not lost. */
  hear(): void {
    this.#signOfLife = true;
  }

  /** Asks no more. */
  stop(): void {
    this.#expiresAt = NEVER;
    this.#nextCheckAt = NEVER;
    this.#missing = false;
  }

  /**
   * What is to be done: send a check, nothing, or stop sending because consent has expired.
   * @param roundTripTime of the path, as far as it is known
   */
  advance(now: Instant, roundTripTime: number | undefined): "wait" | "check" | "expired" {
    if (now >= this.#expiresAt) {
      this.stop();
      return "expired";
    }
    if (now < this.#nextCheckAt) return "wait";
    if (this.#signOfLife) this.#unanswered = 0;
    this.#signOfLife = false;
    if (this.#unanswered >= MISSES) this.#missing = true;
    this.#unanswered++;
    const wait = 3 * (roundTripTime ?? LONGEST_WAIT);
    this.#nextCheckAt = now + (this.#missing ? LONGEST_WAIT : Math.min(Math.max(wait, SHORTEST_WAIT), LONGEST_WAIT));
    return "check";
  }
}
