/**
 * What the policies of both roles see and say: RFC 8445 §8.1.
 *
 * The rules differ by role, the session does not: it asks the policy of its role after every change.
 */
import type { Instant } from "../base/instant.ts";
import type { CandidatePair } from "./candidate-pair.ts";
import type { CheckList } from "./check-list.ts";

/** What a policy decides from. */
export interface NominationView {
  readonly list: CheckList;
  /** The nominated pair, while its path works. */
  readonly nominated: CandidatePair | undefined;
  /** The pair in use, while nothing comes through it: no candidate for a nomination. */
  readonly lost: CandidatePair | undefined;
  /** A nomination that waits for its answer. */
  readonly nominating: CandidatePair | undefined;
  /** Whether a better pair than the nominated one may be nominated. */
  readonly renominates: boolean;
  /** When the first pair became valid; `NEVER` before. */
  readonly firstValidAt: Instant;
}

/** What a policy wants done. */
export type NominationStep =
  /** Ask the peer to use this pair. */
  | { readonly type: "nominate"; readonly pair: CandidatePair }
  /** Use this pair: the peer asked for it. */
  | { readonly type: "select"; readonly pair: CandidatePair }
  /** Ask again then; `NEVER` after the next change. */
  | { readonly type: "wait"; readonly until: Instant };

/** Milliseconds between two requests of a nomination: two round trips within these bounds. */
const SHORTEST_INTERVAL = 50;
const LONGEST_INTERVAL = 500;

/** Milliseconds until a nomination without an answer is given up and another pair is tried. */
const NOMINATION_DURATION = 5000;

/** A nomination under way: its request is repeated until it is answered. */
export class NominationAttempt {
  readonly pair: CandidatePair;
  readonly #endsAt: Instant;
  #nextRequestAt: Instant;

  constructor(pair: CandidatePair, now: Instant) {
    this.pair = pair;
    this.#endsAt = now + NOMINATION_DURATION;
    this.#nextRequestAt = now;
  }

  /** When `advance` is next needed. */
  get deadline(): Instant {
    return Math.min(this.#endsAt, this.#nextRequestAt);
  }

  /** What is to be done now. */
  advance(now: Instant): "wait" | "send" | "timeout" {
    if (now >= this.#endsAt) return "timeout";
    if (now < this.#nextRequestAt) return "wait";
    const wait = 2 * (this.pair.counters.currentRoundTripTime ?? LONGEST_INTERVAL);
    this.#nextRequestAt = now + Math.min(Math.max(wait, SHORTEST_INTERVAL), LONGEST_INTERVAL);
    return "send";
  }
}
