/**
 * Which of a stream's last packets arrived, which are missing, and when the missing ones are to be asked for. RFC 4585 §6.2.1, RFC 4588 §6.
 *
 * All of it is bounded: a window of numbers, packets that are missing at a time, and how often each is asked for.
 */
import { type Instant, NEVER } from "../base/instant.ts";

/** Numbers that are remembered; a power of two. */
const WINDOW = 4096;
/** More missing packets than this are not asked for one by one. */
const MOST_MISSING = 1000;
/** A packet is asked for so often. */
const MOST_TRIES = 10;
/** The least time between two requests for a packet, in milliseconds; otherwise it is the round trip. */
const LEAST_INTERVAL = 20;
/** A gap that reordering closes is not asked for so soon, in milliseconds. */
const MOST_PATIENCE = 50;

const State = { UNKNOWN: 0, MISSING: 1, ARRIVED: 2, GIVEN_UP: 3 } as const;

/** What `MissingPackets.arrived` found. */
export type Arrival =
  /** The next one, or later ones with a gap before it. */
  | "new"
  /** It was missing. */
  | "late"
  | "duplicate"
  /** Too old to know. */
  | "old";

/** The packets of one stream, by sequence numbers that do not wrap. */
export class MissingPackets {
  readonly #state: Uint8Array;
  /** When each missing packet is to be asked for, and how often it was. */
  readonly #due: Float64Array;
  readonly #since: Float64Array;
  readonly #tries: Uint8Array;
  #newest = -1;
  /** No packet before it is missing. */
  #oldestMissing = 0;
  #missing = 0;
  #deadline: Instant = NEVER;
  /** How long gaps last that reordering closes, in milliseconds. */
  #patience = 0;
  /** Whether packets are asked for at all; otherwise it only knows duplicates. */
  readonly #asks: boolean;
  /** Too much went missing: a picture that stands by itself is wanted instead. Whoever takes notice sets it back. */
  gaveUp = false;

  constructor(asks: boolean) {
    this.#asks = asks;
    this.#state = new Uint8Array(WINDOW);
    this.#due = new Float64Array(asks ? WINDOW : 0);
    this.#since = new Float64Array(asks ? WINDOW : 0);
    this.#tries = new Uint8Array(asks ? WINDOW : 0);
  }

  /** How many packets are missing that are still asked for. */
  get size(): number {
    return this.#missing;
  }

  /** When `take` has something; `NEVER` when nothing is missing. */
  get deadline(): Instant {
    return this.#deadline;
  }

  /** Notes a packet. @param recovered it is a repetition: its lateness says nothing of the order in which the path delivers */
  arrived(number: number, recovered: boolean, now: Instant): Arrival {
    if (this.#newest < 0) {
      this.#newest = number;
      this.#oldestMissing = number + 1;
      this.#state[number & (WINDOW - 1)] = State.ARRIVED;
      return "new";
    }
    if (number > this.#newest) {
      this.#advance(number, now);
      return "new";
    }
    if (number <= this.#newest - WINDOW) return "old";
    const slot = number & (WINDOW - 1);
    const state = this.#state[slot];
    if (state === State.ARRIVED) return "duplicate";
    this.#state[slot] = State.ARRIVED;
    if (state === State.MISSING) {
      this.#missing--;
      const lateness = now - (this.#since[slot] as number);
      if (!recovered) this.#patience = Math.min(MOST_PATIENCE, Math.max(lateness, this.#patience * 0.95));
      this.#settle();
    }
    return "late";
  }

  /** Whether the packet is known to be missing, or was. */
  isMissing(number: number): boolean {
    if (number > this.#newest || number <= this.#newest - WINDOW) return false;
    const state = this.#state[number & (WINDOW - 1)];
    return state === State.MISSING || state === State.GIVEN_UP;
  }

  /**
   * The numbers that are to be asked for now, in ascending order, at most as many as `out` holds; how many there are. They are due again
   * after a round trip.
   */
  take(out: Uint16Array, roundTrip: number, now: Instant): number {
    if (now < this.#deadline) return 0;
    const interval = Math.max(LEAST_INTERVAL, roundTrip);
    let count = 0;
    let next: Instant = NEVER;
    for (let number = this.#oldestMissing; number <= this.#newest && this.#missing > 0; number++) {
      const slot = number & (WINDOW - 1);
      if (this.#state[slot] !== State.MISSING) continue;
      if ((this.#due[slot] as number) <= now) {
        if ((this.#tries[slot] as number) >= MOST_TRIES) {
          this.#state[slot] = State.GIVEN_UP;
          this.#missing--;
          this.gaveUp = true;
          continue;
        }
        if (count < out.length) {
          out[count++] = number;
          this.#tries[slot] = (this.#tries[slot] as number) + 1;
          this.#due[slot] = now + interval;
        }
      }
      next = Math.min(next, this.#due[slot] as number);
    }
    this.#deadline = next;
    this.#settle();
    return count;
  }

  /** Asks for nothing that is missing now: what comes next stands by itself. */
  forget(): void {
    for (let number = this.#oldestMissing; number <= this.#newest && this.#missing > 0; number++) this.#giveUp(number);
    this.#settle();
  }

  /** Begins anew with the next packet. */
  reset(): void {
    this.#state.fill(State.UNKNOWN);
    this.#newest = -1;
    this.#missing = 0;
    this.#deadline = NEVER;
  }

  #giveUp(number: number): void {
    const slot = number & (WINDOW - 1);
    if (this.#state[slot] !== State.MISSING) return;
    this.#state[slot] = State.GIVEN_UP;
    this.#missing--;
  }

  #advance(number: number, now: Instant): void {
    const gap = number - this.#newest - 1;
    if (this.#missing === 0) this.#oldestMissing = this.#newest + 1;
    if (gap > 0 && (gap > MOST_MISSING || this.#missing + gap > MOST_MISSING)) {
      this.gaveUp = true;
      this.forget();
      this.#oldestMissing = number;
      const from = Math.max(this.#newest + 1, number - WINDOW + 1);
      for (let lost = from; lost < number; lost++) this.#state[lost & (WINDOW - 1)] = State.GIVEN_UP;
    } else {
      for (let lost = this.#newest + 1; lost < number; lost++) {
        const slot = lost & (WINDOW - 1);
        // What leaves the window is not asked for any more.
        if (this.#state[slot] === State.MISSING) this.#missing--;
        this.#state[slot] = this.#asks ? State.MISSING : State.GIVEN_UP;
        if (!this.#asks) continue;
        this.#missing++;
        this.#since[slot] = now;
        this.#due[slot] = now + this.#patience;
        this.#tries[slot] = 0;
      }
      if (gap > 0 && this.#asks) this.#deadline = Math.min(this.#deadline, now + this.#patience);
    }
    const slot = number & (WINDOW - 1);
    if (this.#state[slot] === State.MISSING && this.#missing > 0) this.#missing--;
    this.#state[slot] = State.ARRIVED;
    this.#newest = number;
    if (this.#oldestMissing <= number - WINDOW) this.#oldestMissing = number - WINDOW + 1;
    this.#settle();
  }

  /** Moves on to the first packet that is still missing. */
  #settle(): void {
    if (this.#missing <= 0) {
      this.#missing = 0;
      this.#deadline = NEVER;
      this.#oldestMissing = this.#newest + 1;
      return;
    }
    while (this.#oldestMissing < this.#newest && this.#state[this.#oldestMissing & (WINDOW - 1)] !== State.MISSING) {
      this.#oldestMissing++;
    }
  }
}
