/**
 * The queue before a link with a rate: who is still in it, and when the link is free again.
 */
import type { Instant } from "visavis/base";

/** Datagrams that have not left yet, as departure times and lengths. */
export class Backlog {
  #departures: Instant[] = [];
  #lengths: number[] = [];
  #head = 0;
  #bytes = 0;
  #free: Instant = 0;

  /** Bytes waiting at `now`; a datagram counts in full until its last bit has left. */
  bytesAt(now: Instant): number {
    while (this.#head < this.#departures.length && (this.#departures[this.#head] as number) <= now) {
      this.#bytes -= this.#lengths[this.#head++] as number;
    }
    if (this.#head > 1024 && this.#head * 2 > this.#departures.length) {
      this.#departures = this.#departures.slice(this.#head);
      this.#lengths = this.#lengths.slice(this.#head);
      this.#head = 0;
    }
    return this.#bytes;
  }

  /**
   * Puts a datagram at the end of the queue.
   * @param rate bits per second
   * @returns when its last bit leaves
   */
  enter(now: Instant, length: number, rate: number): Instant {
    this.#free = Math.max(now, this.#free) + (length * 8000) / rate;
    this.#departures.push(this.#free);
    this.#lengths.push(length);
    this.#bytes += length;
    return this.#free;
  }
}
