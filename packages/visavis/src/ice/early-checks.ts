/**
 * Checks that come before the peer's parameters: answered at once, looked at when the parameters are there. RFC 8445 §7.3.
 */

import type { Route } from "../base/route.ts";
import { SparseMap } from "../base/sparse-map.ts";
import type { CheckRequest } from "./connectivity-check.ts";

/** Routes that are remembered. */
const MAX_EARLY_CHECKS = 32;

/** A check whose sender is not known yet. */
export interface EarlyCheck {
  readonly route: Route;
  /** The sender's user name fragment. */
  readonly fragment: string;
  readonly request: CheckRequest;
}

/** The latest check of each route, bounded. */
export class EarlyChecks {
  readonly #checks = new SparseMap<Route, EarlyCheck>();

  /** Remembers a check; false when there are too many. */
  add(check: EarlyCheck): boolean {
    if (this.#checks.size >= MAX_EARLY_CHECKS && !this.#checks.has(check.route)) return false;
    this.#checks.set(check.route, check);
    return true;
  }

  /** Removes all and returns those of this fragment. */
  take(fragment: string): EarlyCheck[] {
    const found = [...this.#checks.values()].filter((check) => check.fragment === fragment);
    this.#checks.clear();
    return found;
  }
}
