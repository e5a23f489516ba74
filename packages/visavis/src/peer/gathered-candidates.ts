/**
 * The local candidates of each ICE generation, as lines for descriptions.
 */
import type { Gathered } from "../jsep/negotiation.ts";

/** Generations of a section that are remembered: the one in force and the one that is proposed. */
const GENERATIONS = 2;

interface Generation {
  readonly mid: string;
  readonly usernameFragment: string;
  readonly candidates: string[];
  complete: boolean;
}

/** Collects what the transports find. */
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

  /** Forgets what was gathered for a section: its transport is gone. */
  forget(mid: string): void {
    this.#generations = this.#generations.filter((one) => one.mid !== mid);
  }

  #generation(mid: string, usernameFragment: string): Generation {
    let found = this.#generations.find((one) => one.mid === mid && one.usernameFragment === usernameFragment);
    if (found === undefined) {
      found = { mid, usernameFragment, candidates: [], complete: false };
      const before = this.#generations.filter((one) => one.mid === mid).slice(-(GENERATIONS - 1));
      this.#generations = [...this.#generations.filter((one) => one.mid !== mid || before.includes(one)), found];
    }
    return found;
  }
}
