/**
 * Which TSNs have arrived, and when to say so: RFC 9260 §6.2 (acknowledgement), §6.7 (gaps and duplicates).
 *
 * The SACK itself is written by `transmit` at the last moment, so that one serves a whole batch of arrivals.
 */
import { type Instant, NEVER } from "../../base/instant.ts";
import { addSerial, diffSerial, isNewer, type Serial32 } from "../../base/serial.ts";
import { encodeSackChunk, SACK_HEADER } from "../packet/sack-chunk.ts";

/** RFC 9260 §6.2 allows 500 ms; a shorter wait keeps the other side's window moving. Milliseconds. */
const DELAYED_ACK = 50;
/**
 * Where packets come in rows of so many, a SACK waits a moment for those behind them: reading, and being woken for, one in every row costs
 * the other side more than it tells. A window of fewer packets never waits. Milliseconds.
 */
const ROW_PACKETS = 32;
const MOST_PACKETS = 96;
const ROW_WAIT = 1;
/** Distances in a gap block are 16 bits wide. */
const FARTHEST_GAP = 0xffff;
/** Gaps that are remembered. What would need one more is dropped and comes again. */
const MAX_RANGES = 512;
const MAX_DUPLICATES = 32;
/**
 * After the start, a gap or a pause the other side is in slow start, in which some open their window by one packet for each SACK: so many
 * packets are answered two by two, even those that came in one batch. A pause is this long, in milliseconds.
 */
const QUICK_PACKETS = 128;
const PAUSE = 1000;
/** SACKs that one batch is answered with at the most. */
const MAX_STEPS = 16;

const NONE: readonly number[] = [];

/** What `observe` says of a TSN. */
export type TsnNovelty = "new" | "duplicate" | "out-of-window";

/** The receiver's book of TSNs. */
export class DataTracker {
  #cumulative: Serial32;
  /** TSNs beyond the cumulative one: ranges [start, end], both included, ascending, apart. Two entries a range. */
  readonly #ranges: Serial32[] = [];
  readonly #duplicates: Serial32[] = [];
  readonly #gapBlocks: number[] = [];
  #packetsSinceSack = 0;
  #immediate = false;
  #delayedUntil: Instant = NEVER;
  /** Packets that are still to be answered two by two, and the cumulative TSNs behind each two of them. */
  #quick = QUICK_PACKETS;
  readonly #steps: Serial32[] = [];
  #lastPacketAt: Instant = 0;

  /** @param initialTsn the first TSN of the other side */
  constructor(initialTsn: Serial32) {
    this.#cumulative = addSerial(initialTsn, -1);
  }

  /** Everything up to here has arrived, or was given up. */
  get cumulativeTsn(): Serial32 {
    return this.#cumulative;
  }

  /** Whether something behind the cumulative TSN is missing. */
  get hasGaps(): boolean {
    return this.#ranges.length > 0;
  }

  /** Whether it lies behind everything that has arrived. */
  isBeyond(tsn: Serial32): boolean {
    return isNewer(tsn, this.#ranges.at(-1) ?? this.#cumulative);
  }

  /** When the delayed SACK is due. */
  get deadline(): Instant {
    return this.#delayedUntil;
  }

  /** Writes down that a TSN arrived. `out-of-window` ones must be dropped by the caller: they were not written down. */
  observe(tsn: Serial32): TsnNovelty {
    const distance = diffSerial(tsn, this.#cumulative);
    if (distance === 1) {
      this.#cumulative = tsn;
      if (this.#ranges.length > 0) this.#absorb();
      return "new";
    }
    if (distance > FARTHEST_GAP) return "out-of-window";
    const novelty = distance <= 0 ? "duplicate" : this.#addBehindGap(tsn);
    if (novelty === "duplicate") {
      if (this.#duplicates.length < MAX_DUPLICATES) this.#duplicates.push(tsn);
      this.#immediate = true;
    }
    return novelty;
  }

  /** Moves the cumulative TSN to `tsn` (FORWARD-TSN, RFC 3758 §3.6). @returns false when it is there already */
  forward(tsn: Serial32): boolean {
    this.#immediate = true;
    if (diffSerial(tsn, this.#cumulative) <= 0) return false;
    this.#cumulative = tsn;
    this.#absorb();
    return true;
  }

  /** A packet with DATA is worked off: arranges for its SACK. `immediate` when the sender or a problem asks for it at once. */
  packetReceived(immediate: boolean, now: Instant): void {
    this.#packetsSinceSack++;
    this.#takeStep(now);
    if (immediate || this.hasGaps) this.#immediate = true;
    else if (this.#delayedUntil === NEVER) this.#delayedUntil = now + DELAYED_ACK;
    else if (this.#packetsSinceSack === ROW_PACKETS) this.#delayedUntil = Math.min(this.#delayedUntil, now + ROW_WAIT);
  }

  #takeStep(now: Instant): void {
    if (this.hasGaps || now - this.#lastPacketAt > PAUSE) {
      this.#quick = QUICK_PACKETS;
      this.#steps.length = 0;
    }
    this.#lastPacketAt = now;
    if (this.#quick === 0 || this.hasGaps) return;
    this.#quick--;
    if (this.#packetsSinceSack % 2 === 0 && this.#steps.length < MAX_STEPS) this.#steps.push(this.#cumulative);
  }

  /** Asks for a SACK at once. */
  sackNow(): void {
    this.#immediate = true;
  }

  /** Whether a SACK is to go out now, in a packet of its own if need be. */
  sackDue(now: Instant): boolean {
    return this.#immediate || now >= this.#delayedUntil || (this.#packetsSinceSack >= 2 && !this.#waitsForRow);
  }

  get #waitsForRow(): boolean {
    return this.#quick === 0 && this.#packetsSinceSack >= ROW_PACKETS && this.#packetsSinceSack < MOST_PACKETS;
  }

  /** Whether a SACK may ride along in a packet that goes out anyway. */
  get sackPending(): boolean {
    return this.#immediate || this.#packetsSinceSack > 0;
  }

  /** Bytes of the next SACK if it may take `room` bytes; gaps and duplicates that do not fit are left out. */
  sackLength(room: number): number {
    if (this.#steps.length > 1) return SACK_HEADER;
    const blocks = Math.floor((room - SACK_HEADER) / 4);
    return SACK_HEADER + 4 * Math.min(blocks, this.#ranges.length / 2 + this.#duplicates.length);
  }

  /**
   * Writes the SACK, which must fit into `room` with no gaps at least, and returns the offset behind it. There may be another one to
   * write then, when packets are to be answered two by two.
   */
  writeSack(out: Uint8Array, offset: number, room: number, advertisedWindow: number): number {
    if (this.#steps.length > 1)
      return encodeSackChunk(out, offset, this.#steps.shift() ?? this.#cumulative, advertisedWindow, NONE, 0, NONE, 0);
    this.#steps.length = 0;
    const blocks = Math.floor((room - SACK_HEADER) / 4);
    const gaps = Math.min(blocks, this.#ranges.length / 2);
    const duplicates = Math.min(blocks - gaps, this.#duplicates.length);
    for (let i = 0; i < 2 * gaps; i++) this.#gapBlocks[i] = diffSerial(this.#ranges[i] as Serial32, this.#cumulative);
    const end = encodeSackChunk(
      out,
      offset,
      this.#cumulative,
      advertisedWindow,
      this.#gapBlocks,
      gaps,
      this.#duplicates,
      duplicates,
    );
    this.#duplicates.length = 0;
    this.#packetsSinceSack = 0;
    this.#immediate = false;
    this.#delayedUntil = NEVER;
    return end;
  }

  /** Swallows ranges that the cumulative TSN has reached. */
  #absorb(): void {
    let reached = 0;
    while (reached < this.#ranges.length) {
      const start = this.#ranges[reached] as Serial32;
      const end = this.#ranges[reached + 1] as Serial32;
      if (diffSerial(start, this.#cumulative) > 1) break;
      if (diffSerial(end, this.#cumulative) > 0) this.#cumulative = end;
      reached += 2;
    }
    if (reached > 0) this.#ranges.splice(0, reached);
  }

  #addBehindGap(tsn: Serial32): TsnNovelty {
    const ranges = this.#ranges;
    // The first range that begins behind it.
    let i = ranges.length;
    for (let low = 0; low < i; ) {
      const middle = ((low + i) >> 2) << 1;
      if (diffSerial(tsn, ranges[middle] as Serial32) < 0) i = middle;
      else low = middle + 2;
    }
    if (i > 0 && diffSerial(tsn, ranges[i - 1] as Serial32) <= 0) return "duplicate";
    const joinsBefore = i > 0 && tsn === addSerial(ranges[i - 1] as Serial32, 1);
    const joinsAfter = i < ranges.length && addSerial(tsn, 1) === ranges[i];
    if (joinsBefore && joinsAfter) ranges.splice(i - 1, 2);
    else if (joinsBefore) ranges[i - 1] = tsn;
    else if (joinsAfter) ranges[i] = tsn;
    else {
      if (ranges.length >= 2 * MAX_RANGES) return "out-of-window";
      ranges.splice(i, 0, tsn, tsn);
    }
    return "new";
  }
}
