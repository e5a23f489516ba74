/**
 * Notices which sockets have lost their address, and which have it back, as interfaces come and go.
 *
 * There is no timer behind it: the owner looks when it is awake anyway, which in a quiet connection is when consent is asked for.
 */
import type { Instant } from "../base/instant.ts";
import type { SocketId } from "../base/route.ts";
import { SparseMap } from "../base/sparse-map.ts";
import type { Base } from "./local-candidates.ts";

/** Milliseconds between two looks while all is well: one for each check of consent. */
const CALM_INTERVAL = 3000;

/** The same while the path in use does not answer. */
const WORRIED_INTERVAL = 400;

/** Milliseconds for which a socket without its address is kept: an address that comes back finds its NAT bindings. */
const GRACE_DURATION = 35_000;

/** What has become of sockets. */
export interface NetworkChange {
  readonly type: /** Their address is not there any more. */
    | "vanished"
    /** It is there again. */
    | "returned"
    /** It was away for too long: they are given up. */
    | "gone";
  readonly sockets: ReadonlySet<SocketId>;
}

/** Watches the addresses of sockets. */
export class NetworkWatch {
  /** Sockets without an address, since when. */
  readonly #absent = new SparseMap<SocketId, Instant>();
  #lookedAt: Instant = 0;

  /** Whether it is time to look; then the time is noted. */
  due(now: Instant, worried: boolean): boolean {
    if (now < this.#lookedAt + (worried ? WORRIED_INTERVAL : CALM_INTERVAL)) return false;
    this.#lookedAt = now;
    return true;
  }

  /** The next look is due an interval after this. */
  seen(now: Instant): void {
    this.#lookedAt = now;
  }

  /**
   * What has changed since the last look.
   * @param has whether this machine has an address now
   */
  compare(bases: readonly Base[], has: (address: string) => boolean, now: Instant): NetworkChange[] {
    const sets = { vanished: new Set<SocketId>(), returned: new Set<SocketId>(), gone: new Set<SocketId>() };
    for (const { socket, address } of bases) {
      const since = this.#absent.get(socket);
      const isThere = has(address);
      if (isThere === (since === undefined)) {
        if (since !== undefined && now >= since + GRACE_DURATION) sets.gone.add(socket);
      } else if (isThere) {
        sets.returned.add(socket);
        this.#absent.delete(socket);
      } else {
        sets.vanished.add(socket);
        this.#absent.set(socket, now);
      }
    }
    const kept = new Set(bases.map(({ socket }) => socket));
    for (const socket of [...this.#absent.keys()]) if (!kept.has(socket) || sets.gone.has(socket)) this.#absent.delete(socket);
    return (["vanished", "returned", "gone"] as const)
      .filter((type) => sets[type].size > 0)
      .map((type) => ({ type, sockets: sets[type] }));
  }
}
