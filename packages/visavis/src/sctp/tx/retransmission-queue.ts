/**
 * Chunks that were sent and not yet acknowledged: what a SACK means for them (RFC 9260 §6.2.1, §7.2.4; RACK-TLP, RFC 8985), what T3-rtx
 * means (§6.3.3), and what is given up (RFC 3758 §3.5).
 */
import type { Instant } from "../../base/instant.ts";
import type { Memory } from "../../base/platform.ts";
import { addSerial, diffSerial, isNewer, type Serial32, serial } from "../../base/serial.ts";
import type { AssociationCounters, LossRecoveryName } from "../association-options.ts";
import { DATA_BEGIN, DATA_END, DATA_UNORDERED } from "../packet/data-chunk.ts";
import type { ForwardTsnChunk } from "../packet/forward-tsn-chunk.ts";
import type { IForwardTsnChunk } from "../packet/iforward-tsn-chunk.ts";
import { sackAdvertisedWindow, sackCumulativeTsnAck } from "../packet/sack-chunk.ts";
import { Acknowledgement, type CongestionControl } from "./congestion-control.ts";
import { DeliveryRate } from "./delivery-rate.ts";
import { GapReports } from "./gap-reports.ts";
import { LossDetection } from "./loss-detection.ts";
import type { OutgoingMessage } from "./outgoing-message.ts";
import { ChunkState, type OutstandingChunk } from "./outstanding-chunk.ts";
import { OutstandingChunks } from "./outstanding-chunks.ts";
import type { RetransmissionTimeout } from "./retransmission-timeout.ts";
import type { SendQueue } from "./send-queue.ts";
import { Skips } from "./skips.ts";

/** TSNs that may be outstanding at a peer that tells of little room: some stacks drop what lies farther behind a gap (usrsctp keeps a map of 4096). */
const LEAST_OUTSTANDING = 4096;
/** At one that tells of more: gap blocks reach twice as far. */
const MOST_OUTSTANDING = 32_768;
/** Bytes of its window for one more TSN than that: one with more room than packets of this size keeps a larger map. */
const WINDOW_PER_TSN = 1024;

/** Flags of a message in one chunk. */
const WHOLE = DATA_BEGIN | DATA_END;

/** What the retransmission queue works with. */
export interface RetransmissionQueueParts {
  readonly sendQueue: SendQueue;
  readonly congestion: CongestionControl;
  readonly timeout: RetransmissionTimeout;
  readonly counters: AssociationCounters;
  readonly lossRecovery: LossRecoveryName;
  readonly noRetransmission: boolean;
  /** Takes back what has arrived. */
  readonly memory?: Memory | undefined;
}

/**
 * What a SACK turned out to be: the cumulative TSN ack moved, only gaps were filled, nothing new; or it is older than the last one;
 * or it acknowledges what was never sent.
 */
export type SackOutcome = "advanced" | "filled" | "nothing" | "stale" | "violation";

/** The sender's book of TSNs. */
export class RetransmissionQueue {
  readonly #parts: RetransmissionQueueParts;
  readonly #chunks: OutstandingChunks;
  readonly #gaps = new GapReports();
  readonly #skips = new Skips();
  readonly #rate = new DeliveryRate();
  readonly #sample = new Acknowledgement();
  readonly #losses: LossDetection;
  #partialReliability = false;
  #nextTsn: Serial32 = serial(0);
  #cumulativeAck: Serial32 = serial(-1);
  /** RFC 3758 §3.5 A: how far the other side may be told to move on. */
  #advancedAck: Serial32 = serial(-1);
  #advertisedWindow = 0;
  #maxOutstanding = LEAST_OUTSTANDING;
  #forwardDue = false;
  /** The number of the packet with data that is being filled. */
  #packet = 0;
  #lastSentAt: Instant = 0;
  /** The largest flight of this round trip, which ends when so much is delivered, and of the last one. */
  #flightPeak = 0;
  #lastFlightPeak = 0;
  #peakUntil = 0;
  /** Of the SACK in hand: bytes that it newly acknowledged, and the newest packet that measures the round trip, and when that was sent. */
  #arrivedBytes = 0;
  #measuredPacket = -1;
  #measuredSentAt: Instant = 0;

  constructor(parts: RetransmissionQueueParts) {
    this.#parts = parts;
    this.#chunks = new OutstandingChunks(parts.memory);
    const { congestion, timeout, counters } = parts;
    const timed = parts.lossRecovery === "rack-tlp";
    this.#losses = new LossDetection({ chunks: this.#chunks, rate: this.#rate, congestion, timeout, counters, timed });
  }

  /**
   * Starts with these terms of the handshake; `partialReliability` says whether the other side understands FORWARD-TSN. What rode
   * behind a COOKIE ECHO to an association that never was is numbered anew and sent again.
   */
  begin(initialTsn: Serial32, remoteWindow: number, partialReliability: boolean): void {
    this.#partialReliability = partialReliability;
    this.#tellWindow(remoteWindow);
    this.#losses.begin();
    this.#cumulativeAck = addSerial(initialTsn, -1);
    this.#advancedAck = this.#cumulativeAck;
    this.#skips.begin(this.#cumulativeAck);
    this.#nextTsn = addSerial(initialTsn, this.#chunks.size);
    this.#chunks.renumber(initialTsn);
    this.takeBack();
  }

  /** Bytes of user data in flight. */
  get inFlight(): number {
    return this.#chunks.inFlight;
  }

  /** Nothing is outstanding. */
  get empty(): boolean {
    return this.#chunks.size === 0;
  }

  /** Whether T3-rtx must run: something is outstanding, be it a FORWARD-TSN that is not yet acknowledged. */
  get needsTimer(): boolean {
    return this.#chunks.size > 0;
  }

  /** Whether chunks wait to be sent again. */
  get hasLost(): boolean {
    return this.#chunks.hasLost;
  }

  /** Whether the first chunk is one that the other side has no room for, as far as it said (RFC 9260 §6.1 A). */
  get probing(): boolean {
    return (this.#chunks.at(0)?.length ?? 0) > this.#advertisedWindow;
  }

  /** When time alone makes a chunk lost, or calls for a probe (RFC 8985 §6.2, §7.2). */
  get deadline(): Instant {
    return this.#losses.deadline;
  }

  /** Whether chunks go out however full the congestion window is: one packet for each fast recovery (RFC 9260 §7.2.4), and for each probe. */
  get urgent(): boolean {
    return this.#losses.urgent;
  }

  /** Whether a FORWARD-TSN is to go out. */
  get forwardTsnDue(): boolean {
    return this.#forwardDue && isNewer(this.#advancedAck, this.#cumulativeAck);
  }

  /** Whether the chunk is the first that is not acknowledged: T3-rtx starts again when it is sent again (RFC 9260 §7.2.4). */
  isEarliest(chunk: OutstandingChunk): boolean {
    return this.#chunks.at(0) === chunk;
  }

  /** Works off the SACK at `o`, which `isSackChunk` has found whole. */
  handleSack(bytes: Uint8Array, o: number, now: Instant): SackOutcome {
    const cumulative = sackCumulativeTsnAck(bytes, o);
    const outcome = this.#judge(cumulative);
    if (outcome !== "nothing") return outcome;
    const flight = this.#chunks.inFlight;
    const wasProbing = this.probing;
    this.#losses.readDuplicates(bytes, o, this.#packet, now);
    const advanced = this.#moveCumulativeAck(cumulative, now);
    this.#gaps.read(bytes, o, cumulative, this.#chunks.size);
    this.#fillGaps(now);
    this.#tellWindow(sackAdvertisedWindow(bytes, o));
    const conclusion = this.#conclude(advanced, flight, now);
    // What went into a closed window need not wait for T3-rtx when there is room now, unless it may still be on its way.
    const sentAt = this.#chunks.at(0)?.sentAt ?? now;
    if (conclusion === "nothing" && wasProbing && !this.probing && now - sentAt >= this.#parts.timeout.shortest) this.takeBack();
    return conclusion;
  }

  /** Works off the cumulative TSN ack of a SHUTDOWN (RFC 9260 §9.2). */
  handleCumulativeTsnAck(cumulative: Serial32, now: Instant): SackOutcome {
    const outcome = this.#judge(cumulative);
    if (outcome !== "nothing") return outcome;
    const flight = this.#chunks.inFlight;
    this.#gaps.skip();
    return this.#conclude(this.#moveCumulativeAck(cumulative, now), flight, now);
  }

  /** T3-rtx expired: everything in flight is taken for lost (RFC 9260 §6.3.3). */
  handleTimeout(now: Instant): void {
    this.#parts.counters.timeouts++;
    this.#losses.timedOut(this.#packet - 1, this.probing, now);
    if (this.#chunks.at(0)?.state === ChunkState.ACKED) {
      // The other side had it and moved on to it, yet not over it: it dropped what it reported (§6.2.1).
      this.#chunks.moveAll(ChunkState.ACKED, ChunkState.IN_FLIGHT);
      this.#gaps.forget();
    }
    for (let i = 0; i < this.#chunks.size; i++) {
      const chunk = this.#chunks.at(i);
      if (chunk?.state === ChunkState.IN_FLIGHT) this.#lose(chunk);
    }
    // RFC 9260 §6.3.3 E3: the earliest first.
    this.#chunks.sortLost();
    this.#moveAdvancedAck();
    this.#forwardDue = true;
  }

  /** Time has passed: what RACK waited for is lost, or a probe goes out. */
  advance(now: Instant): void {
    if (now < this.#losses.deadline) return;
    this.#detectLosses(now);
    const hasNew = this.#parts.sendQueue.ready && this.#hasRoom;
    if (!this.probing) this.#losses.probe(hasNew, addSerial(this.#nextTsn, -1), now);
    else this.#losses.armProbe(this.#packet - 1, true, now);
  }

  /** There was nothing more to send although the window would have taken it. */
  applicationLimited(): void {
    this.#rate.applicationLimited(this.#chunks.inFlight);
  }

  /** What is in flight is to be sent again, without a word about loss. */
  takeBack(): void {
    this.#chunks.moveAll(ChunkState.IN_FLIGHT, ChunkState.LOST);
  }

  /** The lost chunk that is to be sent first; messages whose time is over are given up on the way. */
  nextLost(now: Instant): OutstandingChunk | undefined {
    if (this.#parts.noRetransmission) return undefined;
    for (;;) {
      const chunk = this.#chunks.firstLost;
      if (chunk?.message === undefined || chunk.message.expires > now || !this.#partialReliability) return chunk;
      this.#abandon(chunk);
      this.#moveAdvancedAck();
    }
  }

  /**
   * Takes the next fragment out of the send queue and gives it a TSN; undefined when there is none that may go.
   * With nothing in flight a chunk goes out even if the other side has no room: it probes the window (RFC 9260 §6.1 A).
   */
  nextNew(room: number, whole: number, now: Instant): OutstandingChunk | undefined {
    if (this.#chunks.size >= this.#maxOutstanding) return undefined;
    // §6.2.1 D: what the other side has room for, less what is in flight.
    const window = this.#advertisedWindow - this.#chunks.inFlight;
    const chunk = this.#chunks.draw();
    const allowed = this.#chunks.inFlight === 0 ? Number.POSITIVE_INFINITY : window;
    // RFC 3758 §4.1 A3: what is late is not sent, even if a part of it was.
    if (this.#partialReliability)
      for (let late = this.#parts.sendQueue.late(now); late !== undefined; late = this.#parts.sendQueue.late(now))
        this.abandonMessage(late);
    if (!this.#parts.sendQueue.next(chunk, room, whole, allowed, now)) {
      this.#chunks.release(chunk);
      return undefined;
    }
    if (this.#chunks.size === 0) this.#parts.congestion.onIdle((now - this.#lastSentAt) / this.#parts.timeout.current, now);
    this.#chunks.push(chunk, this.#nextTsn);
    this.#nextTsn = addSerial(this.#nextTsn, 1);
    return chunk;
  }

  /** A chunk of `nextLost` or `nextNew` was written into the packet that is being filled. */
  sent(chunk: OutstandingChunk, now: Instant): void {
    if (chunk.transmissions++ > 0) {
      this.#parts.counters.chunksRetransmitted++;
      this.#losses.sentAgain(chunk.tsn);
    }
    this.#parts.counters.chunksSent++;
    this.#rate.sent(chunk, this.#chunks.inFlight, now);
    this.#chunks.setState(chunk, ChunkState.IN_FLIGHT);
    chunk.sentAt = now;
    chunk.transmission = this.#packet;
    this.#lastSentAt = now;
    if (this.#chunks.inFlight > this.#flightPeak) this.#flightPeak = this.#chunks.inFlight;
  }

  /** A packet with data is full. */
  packetSent(now: Instant): void {
    this.#packet++;
    this.#losses.packetSent();
    this.#losses.armProbe(this.#packet - 1, this.probing, now);
    this.#parts.sendQueue.packetSent();
  }

  /** What a FORWARD-TSN is to say; at most `most` streams, and then not further than those. */
  forwardTsn(most: number): ForwardTsnChunk {
    this.#forwardDue = false;
    return this.#skips.forwardTsn(this.#chunks, this.#cumulativeAck, this.#advancedAck, most);
  }

  /** The same where messages are interleaved; at most `most` entries. */
  iforwardTsn(most: number): IForwardTsnChunk {
    this.#forwardDue = false;
    return this.#skips.iforwardTsn(this.#chunks, this.#cumulativeAck, this.#advancedAck, most);
  }

  /** A reset of streams is asked for, of which nothing waits to be sent. @returns the last TSN that was given to a chunk before it */
  beginReset(streams: readonly number[]): Serial32 {
    const lastTsn = addSerial(this.#nextTsn, -1);
    this.#skips.beginReset(streams, lastTsn);
    return lastTsn;
  }

  /** The reset was answered. */
  endReset(performed: boolean): void {
    this.#skips.endReset(performed);
  }

  get #hasRoom(): boolean {
    return this.#advertisedWindow - this.#chunks.inFlight > 0 && this.#chunks.size < this.#maxOutstanding;
  }

  #tellWindow(window: number): void {
    this.#advertisedWindow = window;
    const most = Math.min(Math.ceil(window / WINDOW_PER_TSN), MOST_OUTSTANDING);
    if (most > this.#maxOutstanding) this.#maxOutstanding = most;
    this.#parts.sendQueue.tellWindow(window);
  }

  /** Whether a cumulative TSN ack is older than the last, or more than was sent. */
  #judge(cumulative: Serial32): "stale" | "violation" | "nothing" {
    this.#arrivedBytes = 0;
    this.#measuredPacket = -1;
    this.#losses.beginSack();
    this.#rate.begin();
    if (diffSerial(cumulative, this.#cumulativeAck) < 0) return "stale";
    return diffSerial(cumulative, this.#nextTsn) >= 0 ? "violation" : "nothing";
  }

  /** RFC 9260 §6.2.1 D: everything up to the cumulative TSN ack is gone. */
  #moveCumulativeAck(cumulative: Serial32, now: Instant): boolean {
    if (cumulative === this.#cumulativeAck) return false;
    for (let chunk = this.#chunks.at(0); chunk !== undefined; chunk = this.#chunks.at(0)) {
      if (isNewer(chunk.tsn, cumulative)) break;
      this.#arrived(chunk, now);
      this.#chunks.shift();
    }
    this.#cumulativeAck = cumulative;
    if (isNewer(cumulative, this.#advancedAck)) this.#advancedAck = cumulative;
    this.#skips.settle(cumulative);
    this.#losses.acknowledged(cumulative);
    return true;
  }

  #fillGaps(now: Instant): void {
    const { fresh } = this.#gaps;
    for (let k = 0; k < fresh.length; k += 2) {
      for (let i = fresh[k] as number; i <= (fresh[k + 1] as number); i++) {
        const chunk = this.#chunks.at(i);
        if (chunk === undefined || chunk.state === ChunkState.ABANDONED) continue;
        this.#arrived(chunk, now);
        this.#chunks.setState(chunk, ChunkState.ACKED);
      }
    }
  }

  /** A chunk is acknowledged: what it says about the path. */
  #arrived(chunk: OutstandingChunk, now: Instant): void {
    const { state } = chunk;
    if (state !== ChunkState.IN_FLIGHT && state !== ChunkState.LOST) return;
    this.#arrivedBytes += chunk.length;
    this.#rate.arrived(chunk, now);
    if (!this.#losses.arrived(chunk, this.#packet, now)) return;
    if (chunk.transmissions > 1 || chunk.transmission <= this.#measuredPacket) return;
    this.#measuredPacket = chunk.transmission;
    this.#measuredSentAt = chunk.sentAt;
  }

  /** The SACK in hand is read: draws its conclusions. */
  #conclude(advanced: boolean, flightBefore: number, now: Instant): SackOutcome {
    const { timeout, congestion } = this.#parts;
    // Karn's rule (§6.3.1 C5): what was sent twice measures nothing. One SACK is one measurement.
    const roundTripTime = this.#measuredPacket >= 0 ? now - this.#measuredSentAt : -1;
    if (roundTripTime >= 0) timeout.measured(roundTripTime);
    this.#losses.undoTimeout(now);
    if (this.#arrivedBytes > 0) {
      this.#detectLosses(now);
      const sample = this.#sample;
      sample.now = now;
      sample.acknowledged = this.#arrivedBytes;
      sample.flightBefore = flightBefore;
      sample.inFlight = this.#chunks.inFlight;
      sample.advanced = advanced;
      sample.lost = this.#losses.lostBytes;
      sample.recovering = this.#losses.recovering;
      sample.flightPeak = Math.max(this.#flightPeak, this.#lastFlightPeak);
      sample.roundTripTime = roundTripTime;
      sample.smoothedRoundTripTime = timeout.smoothed ?? 0;
      this.#rate.finish(sample, timeout.shortest, now);
      congestion.onAcknowledged(sample);
      this.#countRound(sample);
    }
    if (advanced) {
      this.#losses.judgeProbe(this.#cumulativeAck, now);
      this.#losses.armProbe(this.#packet - 1, this.probing, now);
    }
    this.#moveAdvancedAck();
    // RFC 3758 §3.5 C3: a FORWARD-TSN that the other side has not followed is sent again.
    if (isNewer(this.#advancedAck, this.#cumulativeAck)) this.#forwardDue = true;
    return advanced ? "advanced" : this.#arrivedBytes > 0 ? "filled" : "nothing";
  }

  #countRound(sample: Acknowledgement): void {
    if (sample.priorDelivered < this.#peakUntil) return;
    this.#peakUntil = sample.delivered;
    this.#lastFlightPeak = this.#flightPeak;
    this.#flightPeak = this.#chunks.inFlight;
  }

  #detectLosses(now: Instant): void {
    const lastTsn = addSerial(this.#nextTsn, -1);
    for (let chunk = this.#losses.next(lastTsn, now); chunk !== undefined; chunk = this.#losses.next(lastTsn, now))
      this.#lose(chunk);
  }

  #lose(chunk: OutstandingChunk): void {
    this.#chunks.setState(chunk, ChunkState.LOST);
    if (this.#partialReliability && chunk.message !== undefined && chunk.transmissions > chunk.message.maxRetransmits)
      this.#abandon(chunk);
  }

  /** Gives up the message of a chunk: all its chunks, and what of it was not sent yet. */
  #abandon(chunk: OutstandingChunk): void {
    const { message } = chunk;
    if (message === undefined || message.abandoned) return;
    this.#abandonChunks(this.#chunks.indexOf(chunk), message);
    this.#abandonRest(message);
  }

  /**
   * Gives up a message that is half sent and half waits.
   * @returns false when the other side cannot be told: nothing was done then
   */
  abandonMessage(message: OutgoingMessage): boolean {
    if (message.abandoned) return true;
    if (!this.#partialReliability) return false;
    // Of one that is not complete all chunks lie at the end, with those of other messages between them.
    for (let i = this.#chunks.size - 1; i >= 0; i--)
      if (this.#chunks.at(i)?.message === message) {
        this.#abandonChunks(i, message);
        break;
      }
    this.#abandonRest(message);
    this.#moveAdvancedAck();
    return true;
  }

  /** What belongs to a message beside its chunks. */
  #abandonRest(message: OutgoingMessage): void {
    message.abandoned = true;
    this.#parts.counters.messagesAbandoned++;
    this.#forwardDue = true;
    if (!this.#parts.sendQueue.abandon(message)) return;
    // The other side may have all that was sent, and would wait for the rest: a TSN that never travels tells it to move on.
    const end = this.#chunks.draw();
    end.message = message;
    end.start = 0;
    end.length = 0;
    end.fragment = message.fragments;
    end.flags = (message.ordered ? 0 : DATA_UNORDERED) | DATA_END;
    this.#chunks.push(end, this.#nextTsn);
    this.#chunks.setState(end, ChunkState.ABANDONED);
    this.#nextTsn = addSerial(this.#nextTsn, 1);
  }

  /** All chunks of a message, of which one is at `index`; those of others may lie between them. */
  #abandonChunks(index: number, message: OutgoingMessage): void {
    for (let i = index; ; i--) {
      const chunk = this.#chunks.at(i);
      if (chunk === undefined) break;
      if (chunk.message !== message) continue;
      this.#chunks.setState(chunk, ChunkState.ABANDONED);
      if ((chunk.flags & DATA_BEGIN) !== 0) break;
    }
    for (let i = index; ; i++) {
      const chunk = this.#chunks.at(i);
      if (chunk === undefined) break;
      if (chunk.message !== message) continue;
      this.#chunks.setState(chunk, ChunkState.ABANDONED);
      if ((chunk.flags & DATA_END) !== 0) break;
    }
  }

  /**
   * RFC 3758 §3.5 C2: the ack point moves over what was given up, and over what has arrived between it: else a path with losses would be
   * a round trip behind for each of them.
   */
  #moveAdvancedAck(): void {
    for (let i = diffSerial(this.#advancedAck, this.#cumulativeAck); i < this.#chunks.size; i++) {
      const chunk = this.#chunks.at(i);
      if (chunk?.state === ChunkState.ABANDONED) {
        this.#advancedAck = chunk.tsn;
        this.#forwardDue = true;
      } else if (chunk === undefined || !isSettled(chunk)) {
        return;
      }
    }
  }
}

/** Whether a chunk is a message that arrived whole, and that could be given up if the other side should drop it yet (RFC 9260 §6.2.1). */
function isSettled({ state, flags, message }: OutstandingChunk): boolean {
  return state === ChunkState.ACKED && (flags & WHOLE) === WHOLE && message?.reliable === false;
}
