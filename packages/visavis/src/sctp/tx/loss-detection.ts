/**
 * Which chunks in flight are lost: by the time of each transmission and by probes (RACK-TLP, RFC 8985), or by packets that overtook alone
 * (RFC 9260 §7.2.4); and which losses were for nothing.
 */
import { type Instant, NEVER } from "../../base/instant.ts";
import { diffSerial, type Serial32 } from "../../base/serial.ts";
import type { AssociationCounters } from "../association-options.ts";
import type { CongestionControl } from "./congestion-control.ts";
import type { DeliveryRate } from "./delivery-rate.ts";
import { ChunkState, type OutstandingChunk } from "./outstanding-chunk.ts";
import type { OutstandingChunks } from "./outstanding-chunks.ts";
import { ReorderingWindow } from "./reordering-window.ts";
import type { RetransmissionTimeout } from "./retransmission-timeout.ts";
import { SpuriousLosses } from "./spurious-losses.ts";
import { TailLossProbe } from "./tail-loss-probe.ts";

/**
 * RFC 9260 §7.2.4: so many missing reports make a chunk lost. Packets are counted that were sent later and up to the newest that
 * arrived, since one SACK stands for a whole batch of them.
 */
const MISSING_REPORTS = 3;

/** What loss detection works with. */
export interface LossDetectionParts {
  readonly chunks: OutstandingChunks;
  readonly rate: DeliveryRate;
  readonly congestion: CongestionControl;
  readonly timeout: RetransmissionTimeout;
  readonly counters: AssociationCounters;
  /** Whether time decides; otherwise three packets and T3-rtx do. */
  readonly timed: boolean;
}

/** Watches over the chunks in flight. */
export class LossDetection {
  readonly #parts: LossDetectionParts;
  readonly #reordering = new ReorderingWindow();
  readonly #spurious = new SpuriousLosses();
  readonly #probe = new TailLossProbe();
  /** The last TSN that was out when the fast recovery began. */
  #recoveryExit: Serial32 | undefined;
  #urgent = false;
  /** When the first chunk is lost that RACK still waits for. */
  #deadline: Instant = NEVER;
  #timeoutWasSpurious = false;
  #lostBytes = 0;

  constructor(parts: LossDetectionParts) {
    this.#parts = parts;
  }

  /** When time alone makes a chunk lost, or calls for a probe. */
  get deadline(): Instant {
    return Math.min(this.#deadline, this.#probe.deadline);
  }

  /** Whether a packet goes out however full the congestion window is. */
  get urgent(): boolean {
    return this.#urgent;
  }

  /** Whether fast recovery goes on. */
  get recovering(): boolean {
    return this.#recoveryExit !== undefined;
  }

  /** Bytes that were found lost since `beginSack`. */
  get lostBytes(): number {
    return this.#lostBytes;
  }

  /** The TSNs begin anew. */
  begin(): void {
    this.#reordering.begin();
  }

  /** A SACK is being read. */
  beginSack(): void {
    this.#lostBytes = 0;
    this.#timeoutWasSpurious = false;
  }

  /** Its duplicates show whether what was sent again need not have been. `packet` is the number of the next packet. */
  readDuplicates(bytes: Uint8Array, o: number, packet: number, now: Instant): void {
    const needless = this.#spurious.read(bytes, o);
    if (needless === 0) return;
    this.#parts.counters.spuriousRetransmissions += needless;
    if (this.#probe.outstanding) {
      this.#probe.duplicate();
      return;
    }
    this.#reordering.tooShort(packet);
    if (!this.#spurious.allNeedless) return;
    this.#spurious.settle();
    this.#parts.congestion.onSpurious(now);
  }

  /** It acknowledges a chunk in flight, or a lost one. @returns whether it was the last transmission that arrived, as far as time tells */
  arrived(chunk: OutstandingChunk, packet: number, now: Instant): boolean {
    if (chunk.state === ChunkState.LOST && chunk.transmission <= this.#spurious.timeoutPacket) this.#timeoutWasSpurious = true;
    const first = chunk.transmissions === 1;
    if (!first && now - chunk.sentAt < this.#parts.timeout.shortest) {
      // So soon after it was sent again, it is the first one that arrived, late: it proves nothing about the second.
      this.#reordering.tooShort(packet);
      return false;
    }
    this.#reordering.arrived(chunk, first, now);
    return true;
  }

  /** The cumulative TSN ack moved. */
  acknowledged(cumulative: Serial32): void {
    if (this.#recoveryExit === undefined || diffSerial(cumulative, this.#recoveryExit) < 0) return;
    this.#recoveryExit = undefined;
    this.#reordering.recovered();
  }

  /** RFC 5682: what came back after T3-rtx was not sent again. Everything else may be on its way as well. */
  undoTimeout(now: Instant): void {
    if (!this.#timeoutWasSpurious) return;
    this.#timeoutWasSpurious = false;
    this.#parts.counters.spuriousRetransmissions++;
    this.#parts.chunks.takeBackLoss(this.#spurious.timeoutPacket);
    this.#reordering.forget();
    this.#spurious.settle();
    this.#parts.congestion.onSpurious(now);
  }

  /** RFC 8985 §7.4.2: a probe that nothing else tells of has stood for a chunk that was lost. */
  judgeProbe(cumulative: Serial32, now: Instant): void {
    if (this.#probe.acknowledged(cumulative) && !this.recovering) this.#parts.congestion.onFastRetransmit(now);
  }

  /**
   * The next chunk in flight that is lost; the caller takes it out of flight. One that was sent before a packet that arrived is lost when
   * its time is up (RFC 8985 §6.2 step 5), or, without RACK, when enough packets have overtaken it. Comparing packets, not TSNs, lets a
   * chunk that was sent again be seen lost again. `lastTsn` is the last TSN sent so far.
   */
  next(lastTsn: Serial32, now: Instant): OutstandingChunk | undefined {
    const { chunks, timeout, timed, congestion, rate } = this.#parts;
    const chunk = chunks.firstInFlight;
    const { packet } = this.#reordering;
    this.#deadline = NEVER;
    if (chunk === undefined || chunk.transmission >= packet) return undefined;
    if (!timed) {
      if (packet - chunk.transmission < MISSING_REPORTS) return undefined;
    } else {
      const due = this.#reordering.lostAt(chunk, this.recovering, timeout.shortest, timeout.smoothed ?? 0);
      if (due > now) {
        this.#deadline = due;
        return undefined;
      }
    }
    if (!this.recovering) this.#enterRecovery(lastTsn, now);
    this.#lostBytes += chunk.length;
    congestion.onChunkLost(chunk.flight, rate.chunkLost(chunk));
    return chunk;
  }

  #enterRecovery(lastTsn: Serial32, now: Instant): void {
    this.#recoveryExit = lastTsn;
    this.#urgent = true;
    this.#probe.forget();
    this.#spurious.begin();
    this.#parts.counters.fastRecoveries++;
    this.#parts.congestion.onFastRetransmit(now);
  }

  /** T3-rtx expired. `lastPacket` is the number of the last packet sent; `probing` when it only asks for room. */
  timedOut(lastPacket: number, probing: boolean, now: Instant): void {
    this.#recoveryExit = undefined;
    this.#urgent = false;
    this.#probe.forget();
    this.#deadline = NEVER;
    // A closed window says nothing about the path.
    if (probing) return;
    this.#parts.congestion.onTimeout(now);
    this.#spurious.begin(lastPacket);
  }

  /** A chunk is sent again. */
  sentAgain(tsn: Serial32): void {
    this.#spurious.sentAgain(tsn);
  }

  /** A packet went out, the last one so far having the number `lastPacket`, or the cumulative TSN ack moved. */
  armProbe(lastPacket: number, probing: boolean, now: Instant): void {
    const { chunks, timed, timeout } = this.#parts;
    if (chunks.inFlight === 0) this.#probe.forget();
    else if (!timed || timeout.smoothed === undefined || this.recovering || chunks.hasLost || probing) this.#probe.disarm();
    // RFC 8985 §7.2: not while losses are being repaired, nor while the other side has no room.
    else this.#probe.arm(timeout.smoothed, chunks.firstInFlight?.transmission === lastPacket, now);
  }

  /** An urgent packet is out. */
  packetSent(): void {
    this.#urgent = false;
  }

  /**
   * The probe timer has expired: one packet may go out, with new data if there is some that may go, else with the last chunk once more
   * (RFC 8985 §7.3).
   */
  probe(hasNew: boolean, lastTsn: Serial32, now: Instant): void {
    if (now < this.#probe.deadline) return;
    this.#probe.disarm();
    const { chunks, counters } = this.#parts;
    if (chunks.inFlight === 0 || chunks.hasLost) return;
    const chunk = hasNew ? undefined : chunks.highestInFlight();
    if (chunk !== undefined) {
      if (chunk.transmissions > (chunk.message?.maxRetransmits ?? 0)) return;
      chunks.setState(chunk, ChunkState.LOST);
    }
    this.#probe.sent(lastTsn, chunk !== undefined);
    counters.tailLossProbes++;
    this.#urgent = true;
  }
}
