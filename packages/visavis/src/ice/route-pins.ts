/**
 * Keeps the routes of candidate pairs in the route table, for as long as any generation has a pair that uses them.
 */
import type { Route, RouteTable } from "../base/route.ts";

/** Counts the users of each pinned route. */
export class RoutePins {
  readonly #routes: RouteTable;
  readonly #users = new Map<Route, number>();

  constructor(routes: RouteTable) {
    this.#routes = routes;
  }

  /** One more user. Returns the interned route. */
  pin(route: Route): Route {
    const pinned = this.#routes.pin(route);
    this.#users.set(pinned, (this.#users.get(pinned) ?? 0) + 1);
    return pinned;
  }

  /** One user less; the last one lets the route go. */
  unpin(route: Route): void {
    const users = this.#users.get(route) ?? 0;
    if (users > 1) {
      this.#users.set(route, users - 1);
    } else {
      this.#users.delete(route);
      this.#routes.unpin(route);
    }
  }
}
