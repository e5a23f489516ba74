/**
 * What one piece of feedback says about packets, as columns that are filled again and again.
 */
import type { Instant } from "../base/instant.ts";

/** Results that fit at once; longer feedback is taken in pieces. */
export const MOST_RESULTS = 512;

/** Packets that feedback told about. Received packets are ordered by their time of arrival. */
export class PacketResults {
  /** How many were received. */
  received = 0;
  /** How many were lost. */
  lost = 0;
  /** Bytes of both. */
  bytes = 0;
  /** When the first and the last of both were sent. */
  firstSentAt: Instant = Number.POSITIVE_INFINITY;
  lastSentAt: Instant = Number.NEGATIVE_INFINITY;
  /** Of received packets: when they were sent, on our clock. */
  readonly sentAt: Float64Array = new Float64Array(MOST_RESULTS);
  /** When they arrived, in milliseconds of a clock of the receiver's. */
  readonly receivedAt: Float64Array = new Float64Array(MOST_RESULTS);
  readonly sizes: Uint32Array = new Uint32Array(MOST_RESULTS);
  /** Their probe clusters, 0 for none. */
  readonly probes: Uint32Array = new Uint32Array(MOST_RESULTS);

  /** Forgets all. */
  clear(): void {
    this.received = 0;
    this.lost = 0;
    this.bytes = 0;
    this.firstSentAt = Number.POSITIVE_INFINITY;
    this.lastSentAt = Number.NEGATIVE_INFINITY;
  }

  /** Whether nothing more fits. */
  get full(): boolean {
    return this.received + this.lost >= MOST_RESULTS;
  }

  /** Adds a lost packet. */
  addLost(sentAt: Instant, bytes: number): void {
    this.lost++;
    this.#count(sentAt, bytes);
  }

  /** Adds a received packet. */
  addReceived(sentAt: Instant, receivedAt: number, bytes: number, probe: number): void {
    // From the end: feedback is nearly in the order of arrival.
    let at = this.received++;
    for (; at > 0 && this.#isAfter(at - 1, receivedAt, sentAt); at--) this.#move(at - 1, at);
    this.sentAt[at] = sentAt;
    this.receivedAt[at] = receivedAt;
    this.sizes[at] = bytes;
    this.probes[at] = probe;
    this.#count(sentAt, bytes);
  }

  #count(sentAt: Instant, bytes: number): void {
    this.bytes += bytes;
    if (sentAt < this.firstSentAt) this.firstSentAt = sentAt;
    if (sentAt > this.lastSentAt) this.lastSentAt = sentAt;
  }

  #isAfter(at: number, receivedAt: number, sentAt: Instant): boolean {
    const other = this.receivedAt[at] as number;
    return other > receivedAt || (other === receivedAt && (this.sentAt[at] as number) > sentAt);
  }

  #move(from: number, to: number): void {
    this.sentAt[to] = this.sentAt[from] as number;
    this.receivedAt[to] = this.receivedAt[from] as number;
    this.sizes[to] = this.sizes[from] as number;
    this.probes[to] = this.probes[from] as number;
  }
}
