/**
 * The flight that is on its way to the peer: sent, sent again when it seems lost, thinned out by ACKs, forgotten when it is
 * answered (RFC 9147 §5.8, RFC 6347 §4.2.4).
 *
 * Messages are kept, records are not: each transmission cuts the messages anew into what fits into a datagram.
 */
import { setBytes, setU8 } from "../base/bytes.ts";
import type { Instant } from "../base/instant.ts";
import { Timer } from "../base/timer.ts";
import type { Transmit } from "../base/transmit.ts";
import { ByteRanges } from "./byte-ranges.ts";
import { encodeFragmentHeader, FRAGMENT_HEADER_LENGTH } from "./handshake/fragment.ts";
import type { RecordNumber } from "./record/ack.ts";
import { ContentType, MAX_PLAINTEXT } from "./record/content-type.ts";
import type { RecordLayer } from "./record/record-layer.ts";

/** Retransmissions of one flight: with the back-off below, half a minute. */
const MAX_RETRANSMISSIONS = 12;

/** The longest pause between two transmissions, in milliseconds. */
const MAX_TIMEOUT = 4000;

/** After so many retransmissions without an answer, perhaps the path takes no datagrams of this size (RFC 9147 §4.4). */
const RETRANSMISSIONS_BEFORE_SMALLER = 3;

/** The datagram that every path takes (RFC 9147 §4.4): 576 bytes less the headers of IPv6 and UDP. */
const SMALLEST_MTU = 528;

/** Sent records that are remembered until they are acknowledged. */
const MAX_SENT_RECORDS = 64;

/** A message shorter than this is not cut to fill up a datagram. */
const SMALLEST_PIECE = 32;

/** The pseudo message that stands for 1.2's ChangeCipherSpec. */
const CHANGE_CIPHER_SPEC = -1;

interface Outgoing {
  readonly type: number;
  readonly seq: number;
  readonly epoch: number;
  readonly body: Uint8Array;
  readonly acknowledged: ByteRanges;
  /** All of it, or the header of one without a body. */
  done: boolean;
}

interface Piece {
  readonly message: Outgoing;
  readonly start: number;
  readonly end: number;
}

interface SentRecord extends RecordNumber {
  readonly pieces: readonly Piece[];
}

/** The flights of one connection, one at a time. */
export class ReliableFlight {
  /** Flights, or parts of them, that were sent again. */
  retransmissions: number = 0;

  readonly #records: RecordLayer;
  readonly #mtu: number;
  readonly #timer: Timer;
  readonly #timeout: number;
  #messages: Outgoing[] = [];
  #sent: SentRecord[] = [];
  #nextSeq = 0;
  /** Where the transmission under way has come to; at the end of the list there is none. */
  #cursor = 0;
  #offset = 0;
  #timed = false;
  #several = false;
  #lastSent: Instant = Number.NEGATIVE_INFINITY;

  /**
   * @param mtu the longest datagram, in bytes
   * @param timeout until the first retransmission, in milliseconds; it doubles each time
   */
  constructor(records: RecordLayer, mtu: number, timeout: number) {
    this.#records = records;
    this.#mtu = mtu;
    this.#timeout = timeout;
    this.#timer = new Timer({
      duration: timeout,
      backoff: "exponential",
      maxDuration: MAX_TIMEOUT,
      maxRestarts: MAX_RETRANSMISSIONS,
    });
  }

  /** When `advance` is needed. */
  get deadline(): Instant {
    return this.#timer.deadline;
  }

  /** Whether nothing is on its way. */
  get empty(): boolean {
    return this.#messages.length === 0;
  }

  /** Whether a transmission is under way. */
  get sending(): boolean {
    return this.#cursor < this.#messages.length;
  }

  /** The `message_seq` of the next message. */
  get nextSeq(): number {
    return this.#nextSeq;
  }

  /**
   * Forgets the flight before, which the peer has answered, and begins a new one.
   * @param timed whether it is sent again by itself; what the peer asks for again needs no timer
   * @param several whether a record may carry several messages
   */
  begin(timed: boolean, several: boolean): void {
    this.clear();
    this.#timed = timed;
    this.#several = several;
  }

  /** Adds a message to the flight, in the epoch that is written now. The body is kept. @returns its `message_seq` */
  add(type: number, body: Uint8Array): number {
    const seq = this.#nextSeq++;
    this.#push(type, seq, body);
    return seq;
  }

  /** Adds 1.2's ChangeCipherSpec, in the epoch that is written now. */
  addChangeCipherSpec(): void {
    this.#push(CHANGE_CIPHER_SPEC, 0, Uint8Array.of(1));
  }

  /** Stops and forgets the flight. */
  clear(): void {
    this.#messages = [];
    this.#sent = [];
    this.#cursor = 0;
    this.#offset = 0;
    this.#timer.stop();
  }

  /** Writes the next datagram of the transmission under way; false when there is none. */
  transmit(out: Transmit, now: Instant): boolean {
    if (!this.sending) return false;
    const end = this.#fill(out.bytes, out.start, Math.min(out.bytes.length, out.start + this.#datagramSize));
    out.length = end - out.start;
    this.#lastSent = now;
    if (!this.sending && this.#timed && !this.#timer.running) this.#timer.start(now);
    return out.length > 0;
  }

  /** Sends again when it is time. @returns false when it was sent often enough */
  advance(now: Instant): boolean {
    const outcome = this.#timer.expire(now);
    if (outcome === "exhausted") return false;
    if (outcome === "expired") this.#again();
    return true;
  }

  /** Notes that the peer sent its last flight again: ours was lost, unless it is only just on its way. */
  peerRepeated(now: Instant): void {
    if (!this.#isFresh(now)) this.#again();
  }

  /** Takes the peer's ACK; what it leaves is sent again. @returns true when nothing is left */
  handleAck(numbers: readonly RecordNumber[], now: Instant): boolean {
    if (this.empty) return false;
    for (const { epoch, sequence } of numbers) {
      const index = this.#sent.findIndex((sent) => sent.epoch === epoch && sent.sequence === sequence);
      if (index < 0) continue;
      for (const piece of this.#sent[index]?.pieces ?? []) acknowledge(piece);
      this.#sent.splice(index, 1);
    }
    if (this.#messages.every((message) => message.done)) {
      this.clear();
      return true;
    }
    this.#skipAcknowledged();
    if (!this.#isFresh(now)) this.#again();
    return false;
  }

  get #datagramSize(): number {
    return this.#timer.expirations >= RETRANSMISSIONS_BEFORE_SMALLER ? Math.min(this.#mtu, SMALLEST_MTU) : this.#mtu;
  }

  /** Whether it was sent so recently that the peer cannot have missed it yet. Without this, two sides repeat each other's repetitions. */
  #isFresh(now: Instant): boolean {
    return this.sending || now - this.#lastSent < this.#timeout / 4;
  }

  #again(): void {
    if (this.empty || this.sending) return;
    this.retransmissions++;
    this.#cursor = 0;
    this.#offset = 0;
  }

  #push(type: number, seq: number, body: Uint8Array): void {
    const epoch = this.#records.writeEpoch;
    this.#messages.push({ type, seq, epoch, body, acknowledged: new ByteRanges(), done: false });
  }

  /** Writes records until the datagram is full or the flight is at its end; returns the offset behind them. */
  #fill(bytes: Uint8Array, start: number, limit: number): number {
    let at = start;
    for (;;) {
      this.#skipDone();
      const message = this.#messages[this.#cursor];
      if (message === undefined) return at;
      const end =
        message.type === CHANGE_CIPHER_SPEC
          ? this.#writeCcs(message, bytes, at, limit)
          : this.#writeRecord(message.epoch, bytes, at, limit);
      if (end === at) return at;
      at = end;
    }
  }

  #skipDone(): void {
    while (this.#messages[this.#cursor]?.done === true) this.#advanceCursor();
  }

  /** Moves on when an ACK has just covered the rest of the message that is being cut. */
  #skipAcknowledged(): void {
    const message = this.#messages[this.#cursor];
    if (message === undefined || this.#offset === 0) return;
    if (message.acknowledged.gap(this.#offset, message.body.length) === undefined) this.#advanceCursor();
  }

  #advanceCursor(): void {
    this.#cursor++;
    this.#offset = 0;
  }

  #writeCcs(message: Outgoing, bytes: Uint8Array, at: number, limit: number): number {
    if (limit - at < this.#records.overhead(message.epoch) + message.body.length) return at;
    setU8(bytes, at + this.#records.headerLength(message.epoch), 1);
    this.#advanceCursor();
    return this.#records.seal(ContentType.CHANGE_CIPHER_SPEC, message.epoch, bytes, at, 1);
  }

  /** Writes one record with as many pieces as fit; nothing when there is no room for a sensible one. */
  #writeRecord(epoch: number, bytes: Uint8Array, recordStart: number, limit: number): number {
    const start = recordStart + this.#records.headerLength(epoch);
    const end = Math.min(start + MAX_PLAINTEXT, limit - (this.#records.overhead(epoch) - this.#records.headerLength(epoch)));
    const pieces: Piece[] = [];
    let at = start;
    while (at + FRAGMENT_HEADER_LENGTH <= end) {
      const message = this.#messages[this.#cursor];
      if (message === undefined || message.epoch !== epoch || message.type === CHANGE_CIPHER_SPEC) break;
      const [from, to] = message.acknowledged.gap(this.#offset, message.body.length) ?? [this.#offset, this.#offset];
      const length = Math.min(to - from, end - at - FRAGMENT_HEADER_LENGTH);
      if (length < to - from && length < SMALLEST_PIECE) break;
      at = encodeFragmentHeader(message.type, message.seq, message.body.length, from, length, bytes, at);
      at = setBytes(bytes, at, message.body.subarray(from, from + length));
      pieces.push({ message, start: from, end: from + length });
      this.#offset = from + length;
      if (message.acknowledged.gap(this.#offset, message.body.length) === undefined) this.#advanceCursor();
      this.#skipDone();
      if (!this.#several) break;
    }
    if (pieces.length === 0) return recordStart;
    const recordEnd = this.#records.seal(ContentType.HANDSHAKE, epoch, bytes, recordStart, at - start);
    this.#sent.push({ epoch, sequence: this.#records.lastSequence(epoch), pieces });
    if (this.#sent.length > MAX_SENT_RECORDS) this.#sent.shift();
    return recordEnd;
  }
}

function acknowledge({ message, start, end }: Piece): void {
  message.acknowledged.add(start, end);
  message.done = message.acknowledged.covers(message.body.length);
}
