/**
 * The check list: pairs in order of priority, what is to be checked next, freezing and thawing. RFC 8445 §6.1.2, §6.1.4.
 */
import { type Instant, NEVER } from "../base/instant.ts";
import { Ring } from "../base/ring.ts";
import type { Route } from "../base/route.ts";
import { type CandidatePair, CHECK_DURATION } from "./candidate-pair.ts";
import type { IceRole } from "./ice-event.ts";
import { pairPriority } from "./priorities.ts";

/** Pairs that a list keeps: RFC 8445 §6.1.2.5. */
export const MAX_PAIRS = 100;

/**
 * Milliseconds that pairs stay frozen behind a check of their foundation that nothing was heard of. The standard lets them
 * wait until it fails, which may take forty seconds when a peer gives everything one foundation.
 */
const FREEZE_DURATION = 100;

/** The pairs of one generation. */
export class CheckList {
  /** The highest priority first. */
  readonly #pairs: CandidatePair[] = [];
  readonly #byRoute = new Map<Route, CandidatePair>();
  /** Pairs to be checked at once, the oldest first; each at most once. */
  readonly #triggered = new Ring<CandidatePair>();

  /** All pairs, the highest priority first. */
  get pairs(): readonly CandidatePair[] {
    return this.#pairs;
  }

  /** The pair of a route. */
  ofRoute(route: Route): CandidatePair | undefined {
    return this.#byRoute.get(route);
  }

  /**
   * Adds a pair and gives it its first state: waiting, or frozen behind another of its foundation. When the list is full
   * the least of those that nothing has come of makes room.
   * @param insist it is wanted whatever its priority, because the peer uses it
   * @returns the pair that had to go, or `pair` itself when it was not taken
   */
  add(pair: CandidatePair, role: IceRole, insist: boolean): CandidatePair | undefined {
    this.#prioritise(pair, role);
    let removed: CandidatePair | undefined;
    if (this.#pairs.length >= MAX_PAIRS) {
      const least = this.#pairs.findLast(({ state, known }) => !known && state !== "in-progress");
      if (least === undefined || (!insist && least.priority >= pair.priority)) return pair;
      this.remove(least);
      removed = least;
    }
    const peers = this.#pairs.filter(({ foundation }) => foundation === pair.foundation);
    const free = peers.length === 0 || peers.some(({ state }) => state === "succeeded");
    pair.state = free ? "waiting" : "frozen";
    this.#pairs.push(pair);
    this.#byRoute.set(pair.route, pair);
    this.#sort();
    return removed;
  }

  /** Takes a pair out. */
  remove(pair: CandidatePair): void {
    const at = this.#pairs.indexOf(pair);
    if (at >= 0) this.#pairs.splice(at, 1);
    if (this.#byRoute.get(pair.route) === pair) this.#byRoute.delete(pair.route);
    pair.settle("failed");
  }

  /** Computes all priorities anew: the role or a candidate's priority has changed. */
  prioritise(role: IceRole): void {
    for (const pair of this.#pairs) this.#prioritise(pair, role);
    this.#sort();
  }

  /** The peer was heard on this pair: it is checked at once, unless it is valid already. RFC 8445 §7.3.1.4. */
  trigger(pair: CandidatePair, now: Instant): void {
    if (pair.state === "succeeded") return;
    if (pair.state === "in-progress") {
      pair.hasten(now);
      return;
    }
    pair.settle("waiting");
    for (const waiting of this.#triggered) if (waiting === pair) return;
    this.#triggered.push(pair);
  }

  /** A check of this foundation succeeded: the frozen ones thaw (RFC 8445 §7.2.5.3.3). */
  thaw(foundation: string): void {
    for (const pair of this.#pairs) if (pair.state === "frozen" && pair.foundation === foundation) pair.state = "waiting";
  }

  /** All pairs are checked anew, whatever became of them; except those that are `spared`. */
  revive(spared: (pair: CandidatePair) => boolean): void {
    for (const pair of this.#pairs) if (!spared(pair)) pair.settle("waiting");
  }

  /** Ends the running checks; nothing is known of these pairs any more. */
  interrupt(): void {
    this.#triggered.clear();
    for (const pair of this.#pairs) if (pair.state === "in-progress") pair.settle("waiting");
  }

  /** Fails the checks that took too long. */
  expire(now: Instant): void {
    for (const pair of this.#pairs) if (now >= pair.checkStartedAt + CHECK_DURATION) pair.settle("failed");
  }

  /** The pair that deserves the next request, taken from the triggered ones first: RFC 8445 §6.1.4.2. */
  next(now: Instant, triggeredOnly: boolean): CandidatePair | undefined {
    for (let pair = this.#triggered.shift(); pair !== undefined; pair = this.#triggered.shift())
      if (pair.state === "waiting") return pair;
    const due = (): CandidatePair | undefined => this.#pairs.find(({ nextRequestAt }) => now >= nextRequestAt);
    if (triggeredOnly) return due();
    // First requests go before repeated ones: with many pairs the latter would leave no room for them.
    return this.#pairs.find(({ state }) => state === "waiting") ?? due() ?? this.#nextFrozen(now);
  }

  /** When `next` or `expire` has something to do, were there no pacing. */
  deadline(now: Instant, triggeredOnly: boolean): Instant {
    if (this.#triggered.size > 0) return now;
    let deadline: Instant = NEVER;
    let frozen = false;
    for (const { state, nextRequestAt, checkStartedAt } of this.#pairs) {
      if (state === "in-progress") deadline = Math.min(deadline, nextRequestAt, checkStartedAt + CHECK_DURATION);
      else if (state === "waiting" && !triggeredOnly) return now;
      else if (state === "frozen") frozen = true;
    }
    return frozen && !triggeredOnly ? Math.min(deadline, this.#nextThaw(now)) : deadline;
  }

  /** Whether a check of a pair above `priority` is running or to come. */
  hasOpenAbove(priority: bigint): boolean {
    return this.#pairs.some((pair) => pair.priority > priority && isOpen(pair));
  }

  /** Whether any check is running or to come. */
  get open(): boolean {
    return this.#pairs.some(isOpen);
  }

  #nextFrozen(now: Instant): CandidatePair | undefined {
    return this.#pairs.find((pair) => pair.state === "frozen" && now >= this.#thawsAt(pair));
  }

  #nextThaw(now: Instant): Instant {
    let next: Instant = NEVER;
    for (const pair of this.#pairs) if (pair.state === "frozen") next = Math.min(next, this.#thawsAt(pair));
    return Math.max(next, now);
  }

  /** When a frozen pair may be checked: now, unless a check of its foundation began a moment ago or is to come. */
  #thawsAt(frozen: CandidatePair): Instant {
    let at = 0;
    for (const { foundation, state, checkStartedAt } of this.#pairs) {
      if (foundation !== frozen.foundation) continue;
      if (state === "waiting") return NEVER;
      if (state === "in-progress") at = Math.max(at, checkStartedAt + FREEZE_DURATION);
    }
    return at;
  }

  #prioritise(pair: CandidatePair, role: IceRole): void {
    const local = pair.localCandidate.candidate.priority;
    const remote = pair.remote.priority;
    pair.priority = role === "controlling" ? pairPriority(local, remote) : pairPriority(remote, local);
  }

  #sort(): void {
    this.#pairs.sort((a, b) => (a.priority < b.priority ? 1 : a.priority > b.priority ? -1 : 0));
  }
}

function isOpen({ state }: CandidatePair): boolean {
  return state === "frozen" || state === "waiting" || state === "in-progress";
}
