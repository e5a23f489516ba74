/**
 * RACK (RFC 8985 §6): a chunk is lost when one that was sent later has arrived and the time for reordering is over. It decides by the
 * time of each transmission, so a retransmission that is lost is seen like any other.
 *
 * TCP's segments and their times are chunks and the packets that carried them; SACK's own report of duplicate TSNs stands for DSACK.
 */
import type { Instant } from "../../base/instant.ts";
import { diffSerial, type Serial32 } from "../../base/serial.ts";
import type { OutstandingChunk } from "./outstanding-chunk.ts";

/** RFC 8985 §6.2 step 4: so many packets that overtook make waiting needless, until reordering is seen. */
const REORDERING_THRESHOLD = 3;
/** Recoveries without a duplicate after which the window is as short as at first. */
const PERSISTENCE = 16;
/** The clock of the other side's driver, in milliseconds: what arrives in one of its turns has no order. */
const LEAST_WINDOW = 1;

/** What RACK knows of the path. */
export class ReorderingWindow {
  /** The newest packet that has arrived, when it was sent and how long it was on its way. */
  #packet = -1;
  #sentAt: Instant = 0;
  #roundTripTime = 0;
  #highestTsn: Serial32 | undefined;
  #reorderingSeen = false;
  #multiplier = 1;
  #persist = 0;
  /** Duplicates before this packet number was sent were counted: once each round trip. */
  #countedUntil = -1;

  /** The number of the newest packet that has arrived; -1 before the first. */
  get packet(): number {
    return this.#packet;
  }

  /** Whether reordering was seen. */
  get reorderingSeen(): boolean {
    return this.#reorderingSeen;
  }

  /** How many quarters of the shortest round trip it waits. */
  get multiplier(): number {
    return this.#multiplier;
  }

  /** The TSNs begin anew. */
  begin(): void {
    this.#highestTsn = undefined;
  }

  /** A chunk has arrived; `first` when it was sent once. */
  arrived(chunk: OutstandingChunk, first: boolean, now: Instant): void {
    // RFC 8985 §6.2 step 3.
    if (this.#highestTsn === undefined || diffSerial(chunk.tsn, this.#highestTsn) > 0) this.#highestTsn = chunk.tsn;
    else if (first) this.#reorderingSeen = true;
    if (chunk.transmission <= this.#packet) return;
    this.#packet = chunk.transmission;
    this.#sentAt = chunk.sentAt;
    this.#roundTripTime = now - this.#sentAt;
  }

  /** T3-rtx was for nothing, so what came after it may answer what went before it: nothing is known of the newest packet. */
  forget(): void {
    this.#packet = -1;
  }

  /** What was taken for lost had arrived: wait longer from now on. `nextPacket` is the number of the next packet to be sent. */
  tooShort(nextPacket: number): void {
    this.#reorderingSeen = true;
    this.#persist = PERSISTENCE;
    if (this.#packet < this.#countedUntil) return;
    this.#countedUntil = nextPacket;
    this.#multiplier++;
  }

  /** A fast recovery or a timeout is over. */
  recovered(): void {
    if (this.#persist > 0 && --this.#persist === 0) this.#multiplier = 1;
  }

  /** When a chunk in flight that was sent before the newest packet that arrived is lost. */
  lostAt(chunk: OutstandingChunk, recovering: boolean, shortest: number, smoothed: number): Instant {
    return chunk.sentAt + this.#roundTripTime + this.#wait(chunk, recovering, shortest, smoothed);
  }

  #wait(chunk: OutstandingChunk, recovering: boolean, shortest: number, smoothed: number): number {
    if (!this.#reorderingSeen && (recovering || this.#packet - chunk.transmission >= REORDERING_THRESHOLD)) return 0;
    const wait = Math.min((this.#multiplier * Math.min(shortest, smoothed)) / 4, smoothed);
    return Math.max(wait, LEAST_WINDOW);
  }
}
