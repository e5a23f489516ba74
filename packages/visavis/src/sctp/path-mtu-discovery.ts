/**
 * Finds the largest packet that a path carries: RFC 8899 (DPLPMTUD), §5 the states, §5.3 the search, §4.3 black holes.
 *
 * Knows sizes and times only; who makes probes of them is `path-mtu.ts`. Sizes are those of SCTP packets, in bytes.
 *
 * Probing begins with the first packet that could have been longer, so a connection that says little costs nothing. The bound that
 * the platform gives is tried first, because it is right on most paths: then one round trip is all. Where it is not, the
 * sizes that are common climb one round trip each, and halving finds what lies between. One probe is out at a time, so they are a round
 * trip apart (§3); one that is lost is no congestion.
 *
 * A loss counts only when the path was alive meanwhile: an outage says nothing about sizes. When no probe was ever answered, a
 * packet of the base size asks whether the other side answers such packets at all (state `base`); if not, it stays at that (`error`).
 */
import { type Instant, NEVER } from "../base/instant.ts";

/** RFC 8899 §5.2, with the state of a path on which there is nothing to search. */
export type PathMtuState = "disabled" | "base" | "searching" | "complete" | "error";

/** §5.1.2: so often a size is tried. */
export const MAX_PROBES = 3;
/** §5.1.1 PMTU_RAISE_TIMER, in milliseconds: paths get better, too. */
export const RAISE_INTERVAL = 600_000;

/**
 * MTUs that paths have, in bytes of IP: IPv6's least, tunnels, WireGuard, VXLAN, 6in4, PPPoE, Ethernet, jumbo frames. §5.3.2.
 */
const COMMON_MTUS: readonly number[] = [1280, 1400, 1420, 1450, 1480, 1492, 1500, 9000];

/** The shortest time that an answer is waited for, in milliseconds, and the longest. */
const LEAST_WAIT = 100;
const MOST_WAIT = 10_000;
/** Milliseconds between two questions whether what passed still passes. */
const DOUBT_INTERVAL = 1000;
/** Questions of the base size before it is given up. */
const MAX_BASE_PROBES = 8;

/** What a path is known to be before it is probed. */
export interface SearchBound {
  /** The largest packet that can be sent at all. */
  readonly max: number;
  /** Bytes around such a packet up to the IP header, for the table of common MTUs. */
  readonly around: number;
}

/** The search on one path after another. */
export class PathMtuDiscovery {
  readonly #base: number;
  readonly #enabled: boolean;
  #state: PathMtuState = "disabled";
  #mtu: number;
  #max = 0;
  #around = 0;
  /** The smallest size that is known not to pass, or one step above the bound. */
  #tooLarge = 0;
  /** What is tried before the table. */
  #first = 0;
  /** After the raise timer: what failed before the pause; when it fails again, that is all. */
  #again = 0;
  /** The size being probed, 0 for none; how often it was lost; when it is lost (again). */
  #probe = 0;
  #losses = 0;
  #firstSentAt: Instant = 0;
  #expires: Instant = NEVER;
  /** A size that was lost often enough, and waits for the answer to a packet of the base size; 0 for none. */
  #suspended = 0;
  /** Whether that size is to get another chance: nobody knows whether the path was alive. Once for each. */
  #chance = false;
  #chanceGiven = 0;
  /** The largest size sent on this path: nobody can have received more. */
  #largestSent = 0;
  #answered = false;
  #aliveAt: Instant = Number.NEGATIVE_INFINITY;
  #raiseAt: Instant = NEVER;
  #doubtAgain: Instant = Number.NEGATIVE_INFINITY;

  /** @param base what every path carries, in bytes of an SCTP packet @param enabled false: that is all that is ever sent */
  constructor(base: number, enabled: boolean) {
    this.#base = base;
    this.#enabled = enabled;
    this.#mtu = base;
  }

  /** Where the search stands. */
  get state(): PathMtuState {
    return this.#state;
  }

  /** What every path carries. */
  get base(): number {
    return this.#base;
  }

  /** The largest packet that is known to pass. */
  get mtu(): number {
    return this.#mtu;
  }

  /** Whether an answer is waited for. */
  get waiting(): boolean {
    return this.#expires !== NEVER;
  }

  /** When the probe that is out counts as lost. */
  get deadline(): Instant {
    return this.#expires;
  }

  /** The size of the probe that is to go out now; 0 when there is none. */
  get due(): number {
    return this.#expires === NEVER ? this.#probe : 0;
  }

  /** Another path, of which nothing is known but its bound. */
  begin(path: SearchBound): void {
    this.#mtu = this.#base;
    this.#max = path.max & ~3;
    this.#around = path.around;
    this.#state = this.#enabled && this.#max > this.#base ? "base" : "disabled";
    this.#answered = false;
    this.#largestSent = 0;
    this.#raiseAt = NEVER;
    this.#again = 0;
    this.#tooLarge = this.#max + 4;
    this.#first = this.#max;
    this.#stop();
  }

  /** A packet was as long as it may be: longer ones would be of use. */
  demand(now: Instant): void {
    if (this.#probe !== 0) return;
    if (this.#state === "base") this.#next(now);
    else if (now >= this.#raiseAt && this.#mtu < this.#max) {
      this.#again = this.#tooLarge <= this.#max ? this.#tooLarge : 0;
      this.#search(this.#max, this.#max + 4, now);
    }
  }

  /** The probe of `due` is out. @param roundTrip smoothed, in milliseconds; undefined when unknown */
  sent(now: Instant, roundTrip: number | undefined): void {
    if (this.#losses === 0) this.#firstSentAt = now;
    this.#largestSent = Math.max(this.#largestSent, this.#probe);
    // §5.1.1: derived from the round trip where that is known. Late answers count as well, so it need not be generous.
    let wait = Math.max(roundTrip === undefined ? 5 * LEAST_WAIT : 2 * roundTrip, LEAST_WAIT);
    if (this.#suspended > 0) wait *= 2 ** this.#losses;
    this.#expires = now + Math.min(wait, MOST_WAIT);
  }

  /** Packets of a size that is known to pass were acknowledged. */
  alive(now: Instant): void {
    this.#aliveAt = now;
  }

  /** A probe was answered, however late. @returns false when none of this size was sent */
  acknowledged(size: number, now: Instant): boolean {
    if (size > this.#largestSent) return false;
    this.#answered = true;
    this.#aliveAt = now;
    if (size > this.#mtu) {
      this.#mtu = size;
      if (this.#tooLarge <= size) this.#tooLarge = this.#max + 4;
    }
    if (this.#suspended > 0) {
      const missing = this.#suspended;
      this.#suspended = 0;
      // A late answer to what seemed lost; or the path is back, and it gets its chance; or small ones pass and it did not.
      if (size >= missing) this.#next(now);
      else if (this.#chance) this.#try(missing);
      else {
        this.#fail(missing);
        this.#next(now);
      }
    } else if (this.#probe > 0 && size >= this.#probe) this.#next(now);
    return true;
  }

  /** Runs the probe timer. @returns whether a probe was lost */
  advance(now: Instant): boolean {
    if (now < this.#expires) return false;
    this.#expires = NEVER;
    this.#losses++;
    const wasAlive = this.#aliveAt > this.#firstSentAt;
    if (this.#suspended > 0) {
      // The base size is not answered either: by somebody who answers data, or because the path is gone.
      if (this.#losses >= (wasAlive ? MAX_PROBES : MAX_BASE_PROBES)) this.#giveUp(now);
    } else if (this.#losses >= MAX_PROBES) {
      if (this.#answered && wasAlive) {
        this.#fail(this.#probe);
        this.#next(now);
      } else {
        this.#state = "base";
        this.#suspended = this.#probe;
        this.#chance = !wasAlive && this.#chanceGiven !== this.#probe;
        this.#chanceGiven = this.#probe;
        this.#try(this.#base & ~3);
      }
    }
    return true;
  }

  /**
   * Nothing of what was sent is acknowledged any more (§4.3). Packets are of the base size until a probe of the size that was
   * has shown whether that is to blame.
   */
  suspectBlackHole(now: Instant): void {
    if (this.#mtu <= this.#base) return;
    const was = this.#mtu;
    this.#mtu = this.#base;
    this.#again = 0;
    this.#search(was, Math.max(this.#tooLarge, was + 4), now);
  }

  /** Something was lost twice in packets larger than the base: is what passed still passing? Until that is known they go on. */
  doubt(now: Instant): void {
    if (this.#mtu <= this.#base || this.#probe !== 0 || now < this.#doubtAgain) return;
    this.#doubtAgain = now + DOUBT_INTERVAL;
    this.#try(this.#mtu);
  }

  #search(first: number, tooLarge: number, now: Instant): void {
    this.#first = first;
    this.#tooLarge = tooLarge;
    this.#raiseAt = NEVER;
    this.#stop();
    this.#next(now);
  }

  /** Chooses the next size; none is left when the search is complete. */
  #next(now: Instant): void {
    const size = this.#nextSize();
    if (size === 0) {
      this.#stop();
      this.#state = "complete";
      if (this.#raiseAt === NEVER) this.#raiseAt = now + RAISE_INTERVAL;
      return;
    }
    this.#state = "searching";
    this.#try(size);
  }

  #nextSize(): number {
    const low = this.#mtu;
    const high = this.#tooLarge;
    const first = this.#first;
    this.#first = 0;
    if (first > low && first < high) return first;
    if (this.#again > 0) {
      const again = this.#again;
      this.#again = 0;
      if (again > low && again < high) return again;
    }
    for (const mtu of COMMON_MTUS) {
      const size = (mtu - this.#around) & ~3;
      if (size > low && size < high) return size;
    }
    const middle = (low + ((high - low) >> 1)) & ~3;
    return middle > low ? middle : 0;
  }

  #try(size: number): void {
    this.#probe = size;
    this.#losses = 0;
    this.#expires = NEVER;
  }

  #fail(size: number): void {
    this.#tooLarge = Math.min(this.#tooLarge, size);
    // It did pass once: a black hole. What lies between is found again.
    if (size <= this.#mtu) {
      this.#mtu = this.#base;
      this.#again = 0;
      this.#raiseAt = NEVER;
    }
  }

  #stop(): void {
    this.#suspended = 0;
    this.#try(0);
  }

  #giveUp(now: Instant): void {
    this.#stop();
    this.#state = "error";
    this.#raiseAt = now + RAISE_INTERVAL;
  }
}
