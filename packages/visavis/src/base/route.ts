/**
 * Routes: where a datagram came from or goes to, as one value that can be compared with `===`.
 *
 * A table interns them. The routes of candidate pairs and of authenticated peers are pinned; all others live in a
 * bounded, least-recently-used list per socket, so that spoofed source addresses cannot grow the table.
 */

declare const socketId: unique symbol;

/** Names one bound local socket within a driver. */
export type SocketId = number & { readonly [socketId]: true };

/** How datagrams travel on a route. */
export type RouteProtocol = "udp" | "tcp" | "tls";

/** A bound local socket and the remote address reached through it. Interned by {@link RouteTable}: compare with `===`. */
export interface Route {
  readonly local: SocketId;
  readonly protocol: RouteProtocol;
  /** Remote IP address as the platform prints it; link-local IPv6 carries its zone (`fe80::1%eth0`). */
  readonly address: string;
  /** Remote port. */
  readonly port: number;
}

/** Unpinned routes remembered for each socket. */
export const UNPINNED_ROUTES = 256;

/** Interns routes, so that two mentions of one path are one object. */
export class RouteTable {
  readonly #pinned = new Map<string, Route>();
  readonly #recent = new Map<SocketId, Map<string, Route>>();
  readonly #limit: number;
  /** The newest mention. Datagrams come in runs along one route, and the newest of a list is never the one forgotten. */
  #last: Route | undefined = undefined;
  #created = 0;

  /** @param limit how many unpinned routes are remembered for each socket */
  constructor(limit: number = UNPINNED_ROUTES) {
    this.#limit = limit;
  }

  /** The one route with these values. It may be forgotten, and made anew, unless it is pinned. */
  intern(local: SocketId, protocol: RouteProtocol, address: string, port: number): Route {
    const last = this.#last;
    if (
      last !== undefined &&
      last.local === local &&
      last.port === port &&
      last.address === address &&
      last.protocol === protocol
    ) {
      return last;
    }
    const route = this.#find(local, protocol, address, port);
    this.#last = route;
    return route;
  }

  #find(local: SocketId, protocol: RouteProtocol, address: string, port: number): Route {
    const key = `${local} ${protocol} ${port} ${address}`;
    const pinned = this.#pinned.get(key);
    if (pinned !== undefined) return pinned;
    const known = this.#recent.get(local)?.get(key);
    const route = known ?? { local, protocol, address, port };
    this.#remember(key, route);
    return route;
  }

  /** A socket id that no platform gives out, for what looks like a socket to its user: a relayed address. It is negative. */
  createSocket(): SocketId {
    this.#created++;
    return -this.#created as SocketId;
  }

  /** Keeps a route for as long as its socket is there, and returns the interned one. */
  pin(route: Route): Route {
    const key = `${route.local} ${route.protocol} ${route.port} ${route.address}`;
    const pinned = this.#pinned.get(key);
    if (pinned !== undefined) return pinned;
    const interned = this.intern(route.local, route.protocol, route.address, route.port);
    this.#recent.get(route.local)?.delete(key);
    this.#pinned.set(key, interned);
    return interned;
  }

  /** Lets a route go back to those that may be forgotten. It stays the interned one for now. */
  unpin(route: Route): void {
    const key = `${route.local} ${route.protocol} ${route.port} ${route.address}`;
    if (this.#pinned.get(key) !== route) return;
    this.#pinned.delete(key);
    // The list grows without a mention, so the newest mention is no longer safe in it.
    this.#last = undefined;
    this.#remember(key, route);
  }

  /** Forgets every route of a socket that is gone. */
  forget(local: SocketId): void {
    if (this.#last?.local === local) this.#last = undefined;
    this.#recent.delete(local);
    for (const [key, route] of this.#pinned) if (route.local === local) this.#pinned.delete(key);
  }

  /** Makes `route` the most recent of its socket; the oldest goes when there are too many. */
  #remember(key: string, route: Route): void {
    let recent = this.#recent.get(route.local);
    if (recent === undefined) {
      recent = new Map();
      this.#recent.set(route.local, recent);
    }
    if (!recent.delete(key) && recent.size >= this.#limit) {
      for (const oldest of recent.keys()) {
        recent.delete(oldest);
        break;
      }
    }
    recent.set(key, route);
  }

  /** How many routes are held now. */
  get size(): number {
    let size = this.#pinned.size;
    for (const recent of this.#recent.values()) size += recent.size;
    return size;
  }
}
