/**
 * Groups of packets and the change of delay between them (draft-ietf-rmcat-gcc-02 §5.2, §5.3): packets that were sent within 5 ms are a
 * group, and so are packets that arrive together although they were sent apart, because something on the way held them up.
 */
import type { Instant } from "../base/instant.ts";

/** Milliseconds of sending time that make a group. */
const GROUP_LENGTH = 5;
/** A burst: packets that arrive so close to each other, in milliseconds, and last so long at the most. */
const BURST_GAP = 5;
const BURST_LENGTH = 100;
/** A jump of the receiver's clock against ours, in milliseconds. */
const CLOCK_JUMP = 3000;
/** Groups in a row that arrived before the ones before them, after which all is begun anew. */
const MOST_REORDERED = 3;

/** Tells the difference of sending and of arrival between one group and the next. */
export class InterArrival {
  /** Milliseconds between the last two groups when they were sent; valid after `add` returned true. */
  sendDelta = 0;
  /** Milliseconds between the last two groups when they arrived; valid after `add` returned true. */
  arrivalDelta = 0;
  #groups = 0;
  #reordered = 0;
  // The group before.
  #lastSent = 0;
  #lastArrival = 0;
  #lastSeenAt = 0;
  // The present group.
  #firstSent = 0;
  #sent = 0;
  #firstArrival = 0;
  #arrival = 0;
  #seenAt = 0;

  /** Begins anew. */
  reset(): void {
    this.#groups = 0;
    this.#reordered = 0;
  }

  /**
   * Takes a packet.
   * @param receivedAt on the receiver's clock, in milliseconds
   * @returns whether a group is complete and `sendDelta` and `arrivalDelta` hold what lies between it and the one before
   */
  add(sentAt: Instant, receivedAt: number, now: Instant): boolean {
    if (this.#groups === 0) {
      this.#begin(sentAt, receivedAt, now);
      return false;
    }
    // Reordered beyond the group: it says nothing.
    if (sentAt < this.#firstSent) return false;
    if (!this.#beginsGroup(sentAt, receivedAt)) {
      this.#sent = Math.max(this.#sent, sentAt);
      this.#arrival = Math.max(this.#arrival, receivedAt);
      this.#seenAt = now;
      return false;
    }
    const complete = this.#groups > 1 && this.#compare();
    if (this.#groups > 0) {
      this.#lastSent = this.#sent;
      this.#lastArrival = this.#arrival;
      this.#lastSeenAt = this.#seenAt;
    }
    this.#begin(sentAt, receivedAt, now);
    return complete;
  }

  #begin(sentAt: Instant, receivedAt: number, now: Instant): void {
    this.#groups++;
    this.#firstSent = sentAt;
    this.#sent = sentAt;
    this.#firstArrival = receivedAt;
    this.#arrival = receivedAt;
    this.#seenAt = now;
  }

  #beginsGroup(sentAt: Instant, receivedAt: number): boolean {
    const arrivalDelta = receivedAt - this.#arrival;
    const sendDelta = sentAt - this.#sent;
    if (sendDelta === 0) return false;
    const isBurst = arrivalDelta - sendDelta < 0 && arrivalDelta <= BURST_GAP && receivedAt - this.#firstArrival < BURST_LENGTH;
    return !isBurst && sentAt - this.#firstSent > GROUP_LENGTH;
  }

  /** What lies between the present group and the one before; false when it must not be believed. */
  #compare(): boolean {
    this.sendDelta = this.#sent - this.#lastSent;
    this.arrivalDelta = this.#arrival - this.#lastArrival;
    if (this.arrivalDelta - (this.#seenAt - this.#lastSeenAt) >= CLOCK_JUMP) {
      this.reset();
      return false;
    }
    if (this.arrivalDelta < 0) {
      if (++this.#reordered >= MOST_REORDERED) this.reset();
      return false;
    }
    this.#reordered = 0;
    return true;
  }
}
