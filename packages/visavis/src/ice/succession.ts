/**
 * The generations of an agent and how one follows another: RFC 8445 §9.
 *
 * After a restart the old pair is used until the new generation has one; then the old generation is answered for a while, because
 * the peer may not be as far, and forgotten.
 */
import { type Instant, NEVER } from "../base/instant.ts";
import type { Route } from "../base/route.ts";
import type { CandidatePair } from "./candidate-pair.ts";
import type { IceParameters } from "./ice-parameters.ts";
import { Session, type SessionContext } from "./session.ts";

/** Milliseconds for which an older generation is answered after the newest has a pair. */
const RETIREMENT = 30_000;

/** All generations that still matter. */
export class Succession {
  readonly #context: SessionContext;
  /** The newest first. */
  #sessions: readonly [Session, ...Session[]];
  #retireAt: Instant = NEVER;

  constructor(context: SessionContext, parameters: IceParameters) {
    this.#context = context;
    this.#sessions = [new Session(context, parameters)];
  }

  /** The newest first. */
  get all(): readonly Session[] {
    return this.#sessions;
  }

  /** The newest. */
  get current(): Session {
    return this.#sessions[0];
  }

  /** Whether there is an older one. */
  get restarted(): boolean {
    return this.#sessions.length > 1;
  }

  /** The newest that has a pair to send over. */
  get usable(): Session | undefined {
    return this.#sessions.find(({ usable }) => usable);
  }

  /** When `advance` is next needed. */
  get deadline(): Instant {
    return this.#retireAt;
  }

  /** The pair of a route that was proven to lead to the peer. Generations may share a route; the newest with a proof counts. */
  knownPair(route: Route): CandidatePair | undefined {
    for (const { pairing } of this.#sessions) {
      const pair = pairing.list.ofRoute(route);
      if (pair?.known) return pair;
    }
    return undefined;
  }

  /** A restart: a new generation. Of several older ones only the newest that has a pair is of use. */
  restart(parameters: IceParameters): void {
    const [current, ...older] = this.#sessions;
    const kept = current.usable ? undefined : older.find(({ usable }) => usable);
    for (const session of older) if (session !== kept) session.pairing.dispose();
    this.#sessions = [new Session(this.#context, parameters), current, ...(kept === undefined ? [] : [kept])];
    this.#retireAt = NEVER;
  }

  /** Takes back a restart that the peer has not answered. False when there is none. */
  rollback(): boolean {
    const [current, older, ...rest] = this.#sessions;
    if (older === undefined || current.remoteParameters !== undefined) return false;
    current.pairing.dispose();
    this.#sessions = [older, ...rest];
    return true;
  }

  /** The peer begins anew without a restart of ours: the same local side, a fresh check list. */
  renew(): void {
    const [current, ...older] = this.#sessions;
    current.pairing.dispose();
    this.#sessions = [new Session(this.#context, current.parameters, current.locals), ...older];
  }

  /** Lets the newest take over when it has a pair. True when older ones were forgotten just now. */
  advance(now: Instant): boolean {
    const [current, ...older] = this.#sessions;
    if (older.length > 0 && current.selected !== undefined && this.#retireAt === NEVER) {
      for (const session of older) session.retire();
      this.#retireAt = now + RETIREMENT;
    }
    if (now < this.#retireAt) return false;
    for (const session of older) session.pairing.dispose();
    this.#sessions = [current];
    this.#retireAt = NEVER;
    return true;
  }

  /** Lets all routes go. */
  dispose(): void {
    for (const { pairing } of this.#sessions) pairing.dispose();
  }
}
