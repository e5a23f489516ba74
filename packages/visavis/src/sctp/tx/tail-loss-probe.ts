/**
 * Tail loss probe (RFC 8985 §7): when SACKs fail to come for two round trips, one packet more provokes one, long before T3-rtx.
 */
import { type Instant, NEVER } from "../../base/instant.ts";
import { diffSerial, type Serial32 } from "../../base/serial.ts";

/** What the other side may wait before it acknowledges a single packet: RFC 9260 §6.2 allows 500 ms, real-time stacks take much less. Milliseconds. */
const MAX_ACK_DELAY = 50;
/** Shorter ones would find drivers that had no turn yet. */
const LEAST_TIMEOUT = 10;

/** The probe timeout, and what became of the last probe. */
export class TailLossProbe {
  #deadline: Instant = NEVER;
  /** The last TSN sent when the probe went out; nothing behind it is acknowledged while the probe is out. */
  #end: Serial32 | undefined;
  #again = false;
  #needless = false;

  /** PTO. */
  get deadline(): Instant {
    return this.#deadline;
  }

  /** Whether a probe is out that nothing has answered. */
  get outstanding(): boolean {
    return this.#end !== undefined;
  }

  /** RFC 8985 §7.2: starts the timer anew. `alone` when one packet is in flight. */
  arm(smoothed: number, alone: boolean, now: Instant): void {
    if (this.#end === undefined) this.#deadline = now + Math.max(2 * smoothed + (alone ? MAX_ACK_DELAY : 0), LEAST_TIMEOUT);
  }

  /** Nothing is to be probed. */
  disarm(): void {
    this.#deadline = NEVER;
  }

  /** The probe goes out: `end` is the last TSN sent so far, `again` says that it is the last chunk once more. */
  sent(end: Serial32, again: boolean): void {
    this.#deadline = NEVER;
    this.#end = end;
    this.#again = again;
    this.#needless = false;
  }

  /** Forgets the probe: a recovery or the end of all that was in flight settles it. */
  forget(): void {
    this.#deadline = NEVER;
    this.#end = undefined;
  }

  /** A duplicate of ours was reported: both the last chunk and the probe had arrived. */
  duplicate(): void {
    this.#needless = true;
  }

  /** RFC 8985 §7.4.2: the cumulative TSN is there. @returns whether the probe has repaired a loss that nothing else tells of */
  acknowledged(cumulative: Serial32): boolean {
    if (this.#end === undefined || diffSerial(cumulative, this.#end) < 0) return false;
    this.#end = undefined;
    return this.#again && !this.#needless;
  }
}
