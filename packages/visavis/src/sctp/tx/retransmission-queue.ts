/**
 * Chunks that were sent and not yet acknowledged: what a SACK means for them (RFC 9260 §6.2.1, §7.2.4), what T3-rtx means
 * (§6.3.3), and what is given up (RFC 3758 §3.5).
 */
import type { Instant } from "../../base/instant.ts";
import { Ring } from "../../base/ring.ts";
import { addSerial, diffSerial, isNewer, type Serial16, type Serial32 } from "../../base/serial.ts";
import type { AssociationCounters } from "../association-options.ts";
import { DATA_UNORDERED } from "../packet/data-chunk.ts";
import type { SkippedStream } from "../packet/forward-tsn-chunk.ts";
import { sackAdvertisedWindow, sackCumulativeTsnAck, sackGapCount, sackGapEnd, sackGapStart } from "../packet/sack-chunk.ts";
import type { CongestionControl } from "./congestion-control.ts";
import { ChunkState, OutstandingChunk } from "./outstanding-chunk.ts";
import type { RetransmissionTimeout } from "./retransmission-timeout.ts";
import type { OutgoingMessage, SendQueue } from "./send-queue.ts";

/**
 * RFC 9260 §7.2.4: so many missing reports make a chunk lost. A SACK that stands for a whole batch of packets reports as often
 * as packets sent later have arrived: the threshold then is the same number of packets.
 */
const MISSING_REPORTS = 3;
/** Chunk objects kept for reuse. */
const SPARE_CHUNKS = 4096;

/** What the retransmission queue works with. */
export interface RetransmissionQueueParts {
  readonly initialTsn: Serial32;
  /** The other side's first advertised window. */
  readonly remoteWindow: number;
  readonly sendQueue: SendQueue;
  readonly congestion: CongestionControl;
  readonly timeout: RetransmissionTimeout;
  readonly counters: AssociationCounters;
  /** Whether the other side understands FORWARD-TSN. */
  readonly partialReliability: boolean;
  readonly noRetransmission: boolean;
}

/** What `handleSack` found. */
export type SackOutcome = "progress" | "no-progress" | "stale" | "violation";

/** The sender's book of TSNs. */
export class RetransmissionQueue {
  readonly #parts: RetransmissionQueueParts;
  readonly #chunks: Ring<OutstandingChunk> = new Ring(64);
  readonly #spare: OutstandingChunk[] = [];
  #nextTsn: Serial32;
  #cumulativeAck: Serial32;
  /** RFC 3758 §3.5 A: how far the other side may be told to move on. */
  #advancedAck: Serial32;
  #remoteWindow: number;
  #inFlight = 0;
  #lost = 0;
  #recoveryExit: Serial32 | undefined;
  #forwardDue = false;

  constructor(parts: RetransmissionQueueParts) {
    this.#parts = parts;
    this.#nextTsn = parts.initialTsn;
    this.#cumulativeAck = addSerial(parts.initialTsn, -1);
    this.#advancedAck = this.#cumulativeAck;
    this.#remoteWindow = parts.remoteWindow;
  }

  /** Bytes of user data in flight. */
  get inFlight(): number {
    return this.#inFlight;
  }

  /** The TSN of the next new chunk. */
  get nextTsn(): Serial32 {
    return this.#nextTsn;
  }

  /** Nothing is outstanding. */
  get empty(): boolean {
    return this.#chunks.size === 0;
  }

  /** Bytes the other side said it has room for, less what is in flight. */
  get remoteWindow(): number {
    return Math.max(0, this.#remoteWindow - this.#inFlight);
  }

  /** Whether chunks wait to be sent again. */
  get hasLost(): boolean {
    return this.#lost > 0;
  }

  /** Whether a FORWARD-TSN is to go out. */
  get forwardTsnDue(): boolean {
    return this.#forwardDue && isNewer(this.#advancedAck, this.#cumulativeAck);
  }

  /** Whether T3-rtx must run: something is in flight, or a FORWARD-TSN is not yet acknowledged. */
  get needsTimer(): boolean {
    return this.#chunks.size > 0;
  }

  /** Works off the SACK at `o`, which `isSackChunk` has found whole. */
  handleSack(bytes: Uint8Array, o: number, now: Instant): SackOutcome {
    const cumulative = sackCumulativeTsnAck(bytes, o);
    if (diffSerial(cumulative, this.#cumulativeAck) < 0) return "stale";
    if (diffSerial(cumulative, this.#nextTsn) >= 0) return "violation";
    const flightBefore = this.#inFlight;
    let acknowledged = 0;
    let newest = -1;
    let moved = false;
    // RFC 9260 §6.2.1 D: everything up to the cumulative TSN is gone.
    for (;;) {
      const chunk = this.#chunks.peek();
      if (chunk === undefined || diffSerial(chunk.tsn, cumulative) > 0) break;
      if (chunk.state === ChunkState.IN_FLIGHT || chunk.state === ChunkState.LOST) {
        acknowledged += chunk.length;
        newest = Math.max(newest, this.#arrived(chunk, now));
      }
      this.#chunks.shift();
      this.#release(chunk);
      moved = true;
    }
    this.#cumulativeAck = cumulative;
    if (isNewer(cumulative, this.#advancedAck)) this.#advancedAck = cumulative;
    if (this.#recoveryExit !== undefined && diffSerial(cumulative, this.#recoveryExit) >= 0) this.#recoveryExit = undefined;
    const gaps = sackGapCount(bytes, o);
    for (let i = 0; i < gaps; i++) {
      const last = Math.min(sackGapEnd(bytes, o, i), this.#chunks.size);
      for (let distance = Math.max(sackGapStart(bytes, o, i), 1); distance <= last; distance++) {
        const chunk = this.#chunks.at(distance - 1);
        if (chunk === undefined || chunk.state === ChunkState.ACKED || chunk.state === ChunkState.ABANDONED) continue;
        acknowledged += chunk.length;
        newest = Math.max(newest, this.#arrived(chunk, now));
        chunk.state = ChunkState.ACKED;
      }
    }
    this.#remoteWindow = sackAdvertisedWindow(bytes, o);
    this.#parts.congestion.onAcknowledged(acknowledged, flightBefore, moved, this.#recoveryExit !== undefined);
    if (gaps > 0 && newest >= 0) this.#reportMissing(newest);
    this.#advance();
    // RFC 3758 §3.5 C3: a FORWARD-TSN that the other side has not followed is sent again.
    if (isNewer(this.#advancedAck, this.#cumulativeAck)) this.#forwardDue = true;
    return moved || acknowledged > 0 ? "progress" : "no-progress";
  }

  /** T3-rtx expired: everything in flight is taken for lost (RFC 9260 §6.3.3). */
  handleTimeout(now: Instant): void {
    this.#parts.counters.timeouts++;
    this.#parts.congestion.onTimeout();
    this.#recoveryExit = undefined;
    for (const chunk of this.#chunks) if (chunk.state === ChunkState.IN_FLIGHT) this.#lose(chunk);
    this.abandonExpired(now);
    this.#advance();
    if (isNewer(this.#advancedAck, this.#cumulativeAck)) this.#forwardDue = true;
  }

  /** Gives up lost chunks of messages whose time is over. */
  abandonExpired(now: Instant): void {
    if (!this.#parts.partialReliability || this.#lost === 0) return;
    for (const chunk of this.#chunks) {
      if (chunk.state === ChunkState.LOST && chunk.message !== undefined && chunk.message.expires <= now)
        this.#abandon(chunk.message);
    }
    this.#advance();
  }

  /** The next lost chunk with at most `room` bytes of payload, in the order of TSNs; undefined when there is none. */
  nextLost(room: number): OutstandingChunk | undefined {
    if (this.#lost === 0 || this.#parts.noRetransmission) return undefined;
    for (let i = 0; i < this.#chunks.size; i++) {
      const chunk = this.#chunks.at(i);
      if (chunk?.state === ChunkState.LOST) return chunk.length <= room ? chunk : undefined;
    }
    return undefined;
  }

  /** Takes the next fragment out of the send queue and gives it a TSN; undefined when there is none that may go. */
  nextNew(room: number, whole: number, now: Instant): OutstandingChunk | undefined {
    const chunk = this.#spare.pop() ?? new OutstandingChunk();
    if (!this.#parts.sendQueue.next(chunk, room, whole, now)) {
      this.#spare.push(chunk);
      return undefined;
    }
    chunk.tsn = this.#nextTsn;
    chunk.transmissions = 0;
    chunk.missingReports = 0;
    chunk.state = ChunkState.LOST;
    this.#lost++;
    this.#nextTsn = addSerial(this.#nextTsn, 1);
    this.#chunks.push(chunk);
    return chunk;
  }

  /** A chunk of `nextLost` or `nextNew` was written into the packet with this number. */
  sent(chunk: OutstandingChunk, packet: number, now: Instant): void {
    if (chunk.state === ChunkState.LOST) this.#lost--;
    if (chunk.transmissions > 0) this.#parts.counters.chunksRetransmitted++;
    this.#parts.counters.chunksSent++;
    chunk.state = ChunkState.IN_FLIGHT;
    chunk.sentAt = now;
    chunk.transmissions++;
    chunk.transmission = packet;
    chunk.missingReports = 0;
    this.#inFlight += chunk.length;
  }

  /** What a FORWARD-TSN is to say; at most `most` streams, and then not further than those. */
  forwardTsn(most: number): { readonly newCumulativeTsn: Serial32; readonly skipped: readonly SkippedStream[] } {
    this.#forwardDue = false;
    const skipped = new Map<number, Serial16>();
    let newCumulativeTsn = this.#cumulativeAck;
    for (const chunk of this.#chunks) {
      if (diffSerial(chunk.tsn, this.#advancedAck) > 0) break;
      const message = chunk.message;
      if (message !== undefined && (chunk.flags & DATA_UNORDERED) === 0) {
        if (!skipped.has(message.stream) && skipped.size >= most) break;
        skipped.set(message.stream, message.ssn);
      }
      newCumulativeTsn = chunk.tsn;
    }
    return { newCumulativeTsn, skipped: [...skipped].map(([stream, ssn]) => ({ stream, ssn })) };
  }

  /** The other side lost its state: what was sent and not acknowledged is gone. */
  abandonAll(): void {
    for (const chunk of this.#chunks) this.#release(chunk);
    this.#chunks.clear();
    this.#inFlight = 0;
    this.#lost = 0;
  }

  /** Takes a newly acknowledged chunk out of flight, measures the round trip, and returns the number of its transmission. */
  #arrived(chunk: OutstandingChunk, now: Instant): number {
    if (chunk.state === ChunkState.IN_FLIGHT) this.#inFlight -= chunk.length;
    else if (chunk.state === ChunkState.LOST) this.#lost--;
    // Karn's rule: what was sent twice measures nothing.
    if (chunk.transmissions === 1) this.#parts.timeout.measured(now - chunk.sentAt);
    return chunk.transmission;
  }

  /**
   * Chunks in flight that were sent before the newest transmission that arrived get a missing report. Comparing
   * transmissions, not TSNs, lets a chunk that was sent again be seen lost again without waiting for T3-rtx.
   */
  #reportMissing(newest: number): void {
    for (const chunk of this.#chunks) {
      if (chunk.state !== ChunkState.IN_FLIGHT || chunk.transmission >= newest) continue;
      if (++chunk.missingReports < MISSING_REPORTS && newest - chunk.transmission < MISSING_REPORTS) continue;
      if (this.#recoveryExit === undefined) {
        this.#recoveryExit = addSerial(this.#nextTsn, -1);
        this.#parts.counters.fastRecoveries++;
        this.#parts.congestion.onFastRetransmit();
      }
      this.#lose(chunk);
    }
  }

  #lose(chunk: OutstandingChunk): void {
    chunk.state = ChunkState.LOST;
    this.#lost++;
    this.#inFlight -= chunk.length;
    const message = chunk.message;
    if (message === undefined || !this.#parts.partialReliability) return;
    if (chunk.transmissions > message.maxRetransmits) this.#abandon(message);
  }

  #abandon(message: OutgoingMessage): void {
    if (message.abandoned) return;
    message.abandoned = true;
    this.#parts.counters.messagesAbandoned++;
    this.#parts.sendQueue.abandon(message);
    for (const chunk of this.#chunks) {
      if (chunk.message !== message) continue;
      if (chunk.state === ChunkState.IN_FLIGHT) this.#inFlight -= chunk.length;
      else if (chunk.state === ChunkState.LOST) this.#lost--;
      chunk.state = ChunkState.ABANDONED;
    }
    this.#forwardDue = true;
  }

  /** RFC 3758 §3.5 C2: the ack point moves over what was given up. */
  #advance(): void {
    for (let i = diffSerial(this.#advancedAck, this.#cumulativeAck); i < this.#chunks.size; i++) {
      const chunk = this.#chunks.at(i);
      if (chunk?.state !== ChunkState.ABANDONED) return;
      this.#advancedAck = chunk.tsn;
      this.#forwardDue = true;
    }
  }

  #release(chunk: OutstandingChunk): void {
    chunk.message = undefined;
    if (this.#spare.length < SPARE_CHUNKS) this.#spare.push(chunk);
  }
}
