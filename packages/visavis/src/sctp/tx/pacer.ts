/**
 * Spreads packets over a round trip, in bursts of about two milliseconds: shorter ones are beyond the timers of most systems.
 *
 * A bucket of bytes fills at the pace of the congestion control. Sending is allowed while it is not empty, and may overdraw it by a
 * packet. It holds some milliseconds' worth, so that a timer that comes late costs nothing.
 */
import { type Instant, NEVER } from "../../base/instant.ts";
import type { CongestionControl } from "./congestion-control.ts";

/** What goes out together when the pace is kept, in milliseconds of the pace and in packets at the least. */
const BURST_TIME = 2;
const BURST_PACKETS = 2;
/** What goes out together after a timer was late, and after a pause. */
const LATE_TIME = 6;
const LATE_PACKETS = 10;
/** On a path with a shorter round trip, in milliseconds, there is nothing to spread. */
const SHORTEST_PACED = 2;

/** A token bucket in virtual time. Bytes of user data. */
export class Pacer {
  #bucket = 0;
  #filledAt: Instant = 0;
  #deadline: Instant = NEVER;

  /** When sending may go on; `NEVER` when it did not have to wait. */
  get deadline(): Instant {
    return this.#deadline;
  }

  /** A new turn of sending begins: it does not wait until `allows` says so. */
  begin(): void {
    this.#deadline = NEVER;
  }

  /** Whether a packet may go out, at a pace in bytes a millisecond; `shortest` is the shortest round trip. */
  allows(pace: Pick<CongestionControl, "pacingRate">, shortest: number, mtu: number, now: Instant): boolean {
    const rate = shortest < SHORTEST_PACED ? Number.POSITIVE_INFINITY : pace.pacingRate;
    // No pace at all is no reason to wait for ever.
    if (!(rate > 0) || rate === Number.POSITIVE_INFINITY) {
      this.#bucket = 0;
      this.#filledAt = now;
      return true;
    }
    const most = Math.max(rate * LATE_TIME, LATE_PACKETS * mtu);
    this.#bucket = Math.min(this.#bucket + rate * (now - this.#filledAt), most);
    this.#filledAt = now;
    if (this.#bucket > 0) return true;
    const burst = Math.max(rate * BURST_TIME, BURST_PACKETS * mtu);
    this.#deadline = now + (burst - this.#bucket) / rate;
    return false;
  }

  /** So many bytes went out. */
  sent(bytes: number): void {
    this.#bucket -= bytes;
  }
}
