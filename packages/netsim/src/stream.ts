/**
 * One end of a stream: bytes that arrive all and in order, over links that lose and delay them.
 *
 * A little TCP: every segment is acknowledged by itself and sent again when three later ones have arrived or when its time is over; the
 * window grows with what arrives and halves with what is lost. So loss becomes delay, and a rate is shared.
 */
import type { Instant, SocketId, StreamConnection, StreamListener } from "visavis/base";
import { encodeSegment, SEGMENT_PAYLOAD, type Segment, SegmentKind } from "./stream-segment.ts";

/** Bytes that may wait; what comes then is dropped, as by sockets of the platform. */
const MAX_WAITING = 1 << 20;

/** Milliseconds until a segment is sent again: at first, and at least and at most later. */
const FIRST_TIMEOUT = 1000;
const SHORTEST_TIMEOUT = 200;
const LONGEST_TIMEOUT = 20_000;

/** Timeouts in a row after which the other side is taken for gone; while connecting the platform gives up sooner. */
const MAX_TIMEOUTS = 8;

/** Segments at first, and at most, that are on their way. */
const FIRST_WINDOW = 10;
const LARGEST_WINDOW = 512;

/** Segments that arrived later than one that is missing, after which it counts as lost. */
const REORDERING = 3;

/** Where a stream leads. Addresses are canonical text. */
export interface StreamEnds {
  readonly address: string;
  readonly port: number;
  readonly remoteAddress: string;
  readonly remotePort: number;
}

/** What a stream needs of its host. */
export interface StreamOwner {
  now(): Instant;
  plan(at: Instant, callback: () => void): () => void;
  /** Puts a segment on its way. */
  emit(stream: Stream, bytes: Uint8Array): void;
  /** It is open now. */
  opened(stream: Stream): void;
  /** It is over: what comes for it is answered by a reset. */
  ended(stream: Stream, code: string): void;
}

interface Flight {
  readonly kind: SegmentKind;
  readonly payload: Uint8Array | undefined;
  sentAt: Instant;
  /** Counts all that was sent: what was sent later has a higher one. */
  order: number;
  repeated: boolean;
}

/** One end of a stream. */
export class Stream implements StreamConnection {
  readonly id: SocketId;
  readonly address: string;
  readonly port: number;
  readonly remoteAddress: string;
  readonly remotePort: number;
  /** Messages that found it full. */
  dropped = 0;
  /** Segments that were sent again. */
  repeated = 0;
  /** Set before anything arrives. */
  listener: StreamListener | undefined = undefined;
  readonly #owner: StreamOwner;
  #state: "connecting" | "accepting" | "open" | "closing" | "ended";
  readonly #unsent: { readonly kind: SegmentKind; readonly payload: Uint8Array | undefined }[] = [];
  readonly #flights = new Map<number, Flight>();
  readonly #early = new Map<number, Segment>();
  #waiting = 0;
  #nextNumber = 1;
  #expected = 1;
  #order = 0;
  #window = FIRST_WINDOW;
  #threshold = LARGEST_WINDOW;
  /** Losses of what was sent before this one belong to one event. */
  #recovery = 0;
  #roundTrip: number | undefined = undefined;
  #variation = 0;
  #timeouts = 0;
  #cancel: (() => void) | undefined = undefined;

  constructor(owner: StreamOwner, id: SocketId, ends: StreamEnds, side: "connecting" | "accepting") {
    this.#owner = owner;
    this.id = id;
    this.address = ends.address;
    this.port = ends.port;
    this.remoteAddress = ends.remoteAddress;
    this.remotePort = ends.remotePort;
    this.#state = side;
    const kind = side === "connecting" ? SegmentKind.SYN : SegmentKind.SYN_ACK;
    this.#launch(0, { kind, payload: undefined, sentAt: 0, order: 0, repeated: false });
  }

  /** Whether both sides know of it. */
  get isOpen(): boolean {
    return this.#state === "open" || this.#state === "closing";
  }

  send(bytes: Uint8Array, start: number, length: number): boolean {
    if (this.#state !== "open") return true;
    if (this.#waiting > MAX_WAITING) {
      this.dropped++;
      return true;
    }
    this.#waiting += length;
    for (let at = start; at < start + length; at += SEGMENT_PAYLOAD) {
      const payload = new Uint8Array(bytes.subarray(at, Math.min(at + SEGMENT_PAYLOAD, start + length)));
      this.#unsent.push({ kind: SegmentKind.DATA, payload });
    }
    this.#pump();
    return true;
  }

  /** What was sent still arrives; nothing more is told. */
  close(): void {
    if (this.#state === "open") {
      this.#state = "closing";
      this.#unsent.push({ kind: SegmentKind.FIN, payload: undefined });
      this.#pump();
    } else if (this.#state !== "closing") {
      this.reset();
    }
  }

  /** Ends it at once; the other side is told. */
  reset(code: string = "ECONNABORTED"): void {
    if (this.#state === "ended") return;
    this.#owner.emit(this, encodeSegment(SegmentKind.RESET, 0));
    this.#end(code);
  }

  /** Gives up, and tells nobody outside: after this what arrives is answered by a reset. */
  abandon(code: string): void {
    this.#end(code);
  }

  /** Takes a segment that arrived for it. */
  receive(segment: Segment): void {
    const { kind, number } = segment;
    switch (kind) {
      case SegmentKind.RESET:
        this.#end(this.#state === "connecting" ? "ECONNREFUSED" : "ECONNRESET");
        return;
      case SegmentKind.SYN:
        // Repeated; or the other side opens at the same time.
        this.#owner.emit(this, encodeSegment(SegmentKind.SYN_ACK, 0));
        return;
      case SegmentKind.SYN_ACK:
        this.#owner.emit(this, encodeSegment(SegmentKind.ACK, 0));
        this.#acknowledged(0);
        this.#open();
        return;
      case SegmentKind.ACK:
        this.#acknowledged(number);
        if (number === 0) this.#open();
        return;
      case SegmentKind.DATA:
      case SegmentKind.FIN:
        // It has heard our answer to its SYN, whatever became of its acknowledgement.
        this.#acknowledged(0);
        this.#open();
        this.#take(segment);
        return;
    }
  }

  #open(): void {
    if (this.#state !== "connecting" && this.#state !== "accepting") return;
    this.#state = "open";
    this.#owner.opened(this);
    this.#pump();
  }

  #take(segment: Segment): void {
    this.#owner.emit(this, encodeSegment(SegmentKind.ACK, segment.number));
    if (segment.number >= this.#expected) this.#early.set(segment.number, segment);
    for (let next = this.#early.get(this.#expected); next !== undefined; next = this.#early.get(this.#expected)) {
      this.#early.delete(this.#expected++);
      if (next.kind === SegmentKind.FIN) {
        // Our own farewell; whether it arrives does not matter any more.
        if (this.#state === "open") this.#owner.emit(this, encodeSegment(SegmentKind.FIN, this.#nextNumber));
        this.#end("EOF");
        return;
      }
      if (this.#state === "open") this.listener?.onPiece(next.payload);
    }
  }

  #acknowledged(number: number): void {
    const flight = this.#flights.get(number);
    if (flight === undefined) return;
    this.#flights.delete(number);
    this.#waiting -= flight.payload?.length ?? 0;
    this.#timeouts = 0;
    if (!flight.repeated) this.#measure(this.#owner.now() - flight.sentAt);
    this.#window = Math.min(LARGEST_WINDOW, this.#window + (this.#window < this.#threshold ? 1 : 1 / this.#window));
    if (flight.kind === SegmentKind.FIN) {
      this.#end("EOF");
      return;
    }
    for (const [each, { order }] of this.#flights) {
      if (order > flight.order - REORDERING) continue;
      this.#lost(each);
    }
    this.#pump();
  }

  #measure(roundTrip: number): void {
    const known = this.#roundTrip;
    this.#variation = known === undefined ? roundTrip / 2 : 0.75 * this.#variation + 0.25 * Math.abs(known - roundTrip);
    this.#roundTrip = known === undefined ? roundTrip : 0.875 * known + 0.125 * roundTrip;
  }

  #lost(number: number): void {
    const flight = this.#flights.get(number);
    if (flight === undefined) return;
    if (flight.order > this.#recovery) {
      this.#threshold = Math.max(this.#window / 2, 2);
      this.#window = this.#threshold;
      this.#recovery = this.#order;
    }
    this.repeated++;
    flight.repeated = true;
    this.#launch(number, flight);
  }

  #launch(number: number, flight: Flight): void {
    flight.sentAt = this.#owner.now();
    flight.order = ++this.#order;
    this.#flights.set(number, flight);
    this.#owner.emit(this, encodeSegment(flight.kind, number, flight.payload));
    this.#arm();
  }

  #pump(): void {
    while (this.isOpen && this.#unsent.length > 0 && this.#flights.size < this.#window) {
      const next = this.#unsent.shift();
      if (next !== undefined) this.#launch(this.#nextNumber++, { ...next, sentAt: 0, order: 0, repeated: false });
    }
    this.#arm();
  }

  get #timeout(): number {
    const base = this.#roundTrip === undefined ? FIRST_TIMEOUT : this.#roundTrip + 4 * this.#variation;
    return Math.min(Math.max(base, SHORTEST_TIMEOUT) * 2 ** this.#timeouts, LONGEST_TIMEOUT);
  }

  #arm(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    if (this.#state === "ended") return;
    let oldest: number | undefined;
    let sentAt = Number.POSITIVE_INFINITY;
    for (const [number, flight] of this.#flights) {
      if (flight.sentAt >= sentAt) continue;
      oldest = number;
      sentAt = flight.sentAt;
    }
    if (oldest === undefined) return;
    const number = oldest;
    this.#cancel = this.#owner.plan(sentAt + this.#timeout, () => this.#expired(number));
  }

  #expired(number: number): void {
    this.#timeouts++;
    if (this.#timeouts > MAX_TIMEOUTS) {
      this.#end("ETIMEDOUT");
      return;
    }
    this.#lost(number);
    this.#window = 2;
  }

  #end(code: string): void {
    if (this.#state === "ended") return;
    const told = this.#state === "open";
    this.#state = "ended";
    this.#cancel?.();
    this.#cancel = undefined;
    this.#flights.clear();
    this.#early.clear();
    this.#unsent.length = 0;
    this.#owner.ended(this, code);
    if (told) this.listener?.onClosed();
  }
}
