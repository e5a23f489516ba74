/**
 * Datagrams of DTLS or SRTP that came too early: before the remote description, before a check proved their route, before there are keys.
 *
 * The other side may have the answer and a valid pair before we do. Throwing its ClientHello away would cost its
 * retransmission timer; keeping everything would let strangers fill memory.
 */
import { Drops } from "../base/drops.ts";
import type { Route } from "../base/route.ts";

/** Kept in all. A first flight with a post-quantum key share is two datagrams. */
const MAX_HELD = 24;

/** Kept of one route, so that one stranger cannot take all the room. */
const MAX_HELD_OF_ROUTE = 8;

interface Held {
  readonly datagram: Uint8Array;
  readonly route: Route;
}

/** A short queue of early datagrams. */
export class HeldDatagrams {
  readonly drops: Drops<"held-full"> = new Drops();
  readonly #limit: number;
  readonly #limitOfRoute: number;
  #held: Held[] = [];

  /**
   * @param limit how many there may be
   * @param limitOfRoute how many of one route
   */
  constructor(limit: number = MAX_HELD, limitOfRoute: number = MAX_HELD_OF_ROUTE) {
    this.#limit = limit;
    this.#limitOfRoute = limitOfRoute;
  }

  /** How many wait. */
  get size(): number {
    return this.#held.length;
  }

  /** Keeps one; when there is no room it is dropped and counted, and the sender will say it again. */
  hold(datagram: Uint8Array, route: Route): void {
    const ofRoute = this.#held.filter((held) => sameRoute(held.route, route)).length;
    if (this.#held.length >= this.#limit || ofRoute >= this.#limitOfRoute) {
      this.drops.count("held-full");
      return;
    }
    this.#held.push({ datagram, route });
  }

  /** Removes those whose route passes, oldest first. */
  release(isKnown: (route: Route) => boolean): readonly Uint8Array[] {
    if (this.#held.length === 0) return [];
    const released: Uint8Array[] = [];
    const kept: Held[] = [];
    for (const held of this.#held) {
      if (isKnown(held.route)) released.push(held.datagram);
      else kept.push(held);
    }
    this.#held = kept;
    return released;
  }

  /** Forgets them. */
  clear(): void {
    this.#held = [];
  }
}

/** A route that is not pinned may be forgotten and interned anew while its datagrams wait here. */
function sameRoute(a: Route, b: Route): boolean {
  return a.local === b.local && a.port === b.port && a.address === b.address && a.protocol === b.protocol;
}
