/**
 * The local candidates of each ICE generation, as lines for descriptions.
 */
import type { Gathered } from "../jsep/negotiation.ts";

/** Generations that are remembered: the one in force and the one that is proposed. */
const GENERATIONS = 2;

interface Generation {
  readonly mid: string;
  readonly usernameFragment: string;
  readonly candidates: string[];
  complete: boolean;
}

/** Collects what the transport finds. */
export class GatheredCandidates {
  #generations: Generation[] = [];

  /** What was gathered so far, oldest generation first. */
  get list(): readonly Gathered[] {
    return this.#generations;
  }

  /** What was gathered so far, as it will not change any more. */
  snapshot(): readonly Gathered[] {
    return this.#generations.map((generation) => ({ ...generation, candidates: generation.candidates.slice() }));
  }

  /** Notes a candidate line. */
  add(mid: string, usernameFragment: string, candidate: string): void {
    this.#generation(mid, usernameFragment).candidates.push(candidate);
  }

  /** Notes that no more will come. */
  complete(mid: string, usernameFragment: string): void {
    this.#generation(mid, usernameFragment).complete = true;
  }

  /** Forgets everything: the transport is gone. */
  clear(): void {
    this.#generations = [];
  }

  #generation(mid: string, usernameFragment: string): Generation {
    let found = this.#generations.find((one) => one.mid === mid && one.usernameFragment === usernameFragment);
    if (found === undefined) {
      found = { mid, usernameFragment, candidates: [], complete: false };
      this.#generations = [...this.#generations.slice(-(GENERATIONS - 1)), found];
    }
    return found;
  }
}
