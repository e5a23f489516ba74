/**
 * Messages that wait to be sent, by stream, and the scheduler that says whose turn it is: RFC 9260 §6.9 (fragmentation).
 *
 * The fragments of a message have consecutive TSNs, so a message that was begun is finished before the next stream has its turn.
 */
import { type Instant, NEVER } from "../../base/instant.ts";
import { Ring } from "../../base/ring.ts";
import { addSerial16, type Serial16, serialOf16 } from "../../base/serial.ts";
import type { AssociationCounters, AssociationEvent } from "../association-options.ts";
import { DATA_BEGIN, DATA_END, DATA_UNORDERED } from "../packet/data-chunk.ts";
import type { OutstandingChunk } from "./outstanding-chunk.ts";

/** A message on its way out. */
export class OutgoingMessage {
  readonly stream: number;
  readonly ppid: number;
  readonly data: Uint8Array;
  readonly ordered: boolean;
  readonly maxRetransmits: number;
  /** When it is given up; `NEVER` for reliable ones. */
  readonly expires: Instant;
  ssn: Serial16 = serialOf16(0);
  /** Bytes that were made into chunks. */
  taken: number = 0;
  abandoned: boolean = false;

  constructor(stream: number, ppid: number, data: Uint8Array, ordered: boolean, maxRetransmits: number, expires: Instant) {
    this.stream = stream;
    this.ppid = ppid;
    this.data = data;
    this.ordered = ordered;
    this.maxRetransmits = maxRetransmits;
    this.expires = expires;
  }
}

class OutboundStream {
  readonly id: number;
  readonly messages: Ring<OutgoingMessage> = new Ring(4);
  nextSsn: Serial16 = serialOf16(0);
  bytes = 0;
  /** Bytes that left the queue since that was last told. */
  drained = 0;
  /** Being reset: nothing goes out until the other side has answered. */
  paused = false;
  /** Whether it stands in the round of the scheduler. */
  scheduled = false;

  constructor(id: number) {
    this.id = id;
  }
}

/** A fragment smaller than this is not made to fill up a packet that has other chunks in it already. */
const LEAST_FILLER = 256;

/** The send buffer: what was given to `send` and is not yet in a chunk. */
export class SendQueue {
  readonly #counters: AssociationCounters;
  readonly #streams = new Map<number, OutboundStream>();
  /** Streams with something to send, in turn; the first one's message may be half sent. */
  readonly #round = new Ring<OutboundStream>();
  /** Streams whose `drained` is to be told. */
  readonly #drained = new Ring<OutboundStream>();
  #bytes = 0;
  #emptied = 0;

  constructor(counters: AssociationCounters) {
    this.#counters = counters;
  }

  /** Bytes waiting on all streams. */
  get bytes(): number {
    return this.#bytes;
  }

  /** How often a stream ran empty so far. */
  get emptied(): number {
    return this.#emptied;
  }

  /** Whether something may be sent now, as far as streams are concerned. */
  get ready(): boolean {
    return this.#round.size > 0;
  }

  /** Bytes waiting on one stream. */
  bytesOf(stream: number): number {
    return this.#streams.get(stream)?.bytes ?? 0;
  }

  /** Adds a message at the end of its stream. */
  push(message: OutgoingMessage): void {
    const stream = this.#streamOf(message.stream);
    stream.messages.push(message);
    stream.bytes += message.data.length;
    this.#bytes += message.data.length;
    this.#schedule(stream);
  }

  /**
   * Fills `chunk` with the next fragment: at most `room` bytes of payload, and none at all when that is more than `window`.
   * `whole` is the payload of a packet that holds nothing else; a message is not cut just to fill up less than that.
   * @returns false when there is nothing that may go now
   */
  next(chunk: OutstandingChunk, room: number, whole: number, window: number, now: Instant): boolean {
    const stream = this.#turn(now);
    const message = stream?.messages.peek();
    if (stream === undefined || message === undefined) return false;
    const left = message.data.length - message.taken;
    const length = Math.min(left, room);
    if (length > window || (length < left && room < whole && length < LEAST_FILLER)) return false;
    if (message.taken === 0 && message.ordered) {
      message.ssn = stream.nextSsn;
      stream.nextSsn = addSerial16(stream.nextSsn, 1);
    }
    chunk.message = message;
    chunk.start = message.taken;
    chunk.length = length;
    chunk.flags = message.ordered ? 0 : DATA_UNORDERED;
    if (message.taken === 0) chunk.flags |= DATA_BEGIN;
    if (length === left) chunk.flags |= DATA_END;
    message.taken += length;
    this.#leave(stream, length);
    if (length === left) {
      stream.messages.shift();
      this.#endTurn();
    }
    return true;
  }

  /** A message whose sent part was given up: what is left of it will not be sent. @returns whether something was left */
  abandon(message: OutgoingMessage): boolean {
    const stream = this.#round.peek();
    if (stream?.messages.peek() !== message) return false;
    stream.messages.shift();
    this.#leave(stream, message.data.length - message.taken);
    message.taken = message.data.length;
    this.#endTurn();
    return true;
  }

  /** Streams from this number on do not exist: what waits for them is given up. */
  limitStreams(count: number): void {
    for (const stream of this.#streams.values()) {
      if (stream.id < count) continue;
      for (let message = stream.messages.peek(); message !== undefined; message = stream.messages.peek()) {
        if (message.taken > 0) break;
        this.#drop(stream, message);
      }
    }
  }

  /** Streams that are being reset send nothing until `resume` or `restart`. */
  pause(streams: readonly number[]): void {
    for (const id of streams) this.#streamOf(id).paused = true;
  }

  /** The reset was refused: they go on where they were. */
  resume(streams: readonly number[]): void {
    for (const id of streams) {
      const stream = this.#streams.get(id);
      if (stream === undefined) continue;
      stream.paused = false;
      this.#schedule(stream);
    }
  }

  /** The reset was performed: SSNs start over. */
  restart(streams: readonly number[]): void {
    for (const id of streams) {
      const stream = this.#streams.get(id);
      if (stream === undefined) continue;
      stream.nextSsn = serialOf16(0);
      stream.paused = false;
      if (stream.messages.size > 0) this.#schedule(stream);
      else if (!stream.scheduled) this.#streams.delete(id);
    }
  }

  /** Removes one report of bytes that left the queue. */
  takeDrained(): AssociationEvent | undefined {
    const stream = this.#drained.shift();
    if (stream === undefined) return undefined;
    const bytes = stream.drained;
    stream.drained = 0;
    return { type: "drained", stream: stream.id, bytes };
  }

  /** Whose turn it is, once expired messages are out of the way. */
  #turn(now: Instant): OutboundStream | undefined {
    for (;;) {
      const stream = this.#round.peek();
      if (stream === undefined) return undefined;
      const message = stream.messages.peek();
      if (message === undefined || (stream.paused && message.taken === 0)) {
        this.#round.shift();
        stream.scheduled = false;
        continue;
      }
      if (message.taken > 0 || message.expires > now) return stream;
      this.#drop(stream, message);
    }
  }

  /** Gives up a message at the head of its stream, of which nothing was sent. */
  #drop(stream: OutboundStream, message: OutgoingMessage): void {
    stream.messages.shift();
    this.#leave(stream, message.data.length);
    this.#counters.messagesAbandoned++;
  }

  /** The stream whose turn it is goes to the end of the round, if it has more to send. */
  #endTurn(): void {
    const stream = this.#round.shift();
    if (stream === undefined) return;
    stream.scheduled = false;
    this.#schedule(stream);
  }

  #schedule(stream: OutboundStream): void {
    if (stream.scheduled || stream.paused || stream.messages.size === 0) return;
    stream.scheduled = true;
    this.#round.push(stream);
  }

  #leave(stream: OutboundStream, bytes: number): void {
    stream.bytes -= bytes;
    this.#bytes -= bytes;
    if (bytes === 0) return;
    if (stream.bytes === 0) this.#emptied++;
    if (stream.drained === 0) this.#drained.push(stream);
    stream.drained += bytes;
  }

  #streamOf(id: number): OutboundStream {
    let stream = this.#streams.get(id);
    if (stream === undefined) {
      stream = new OutboundStream(id);
      this.#streams.set(id, stream);
    }
    return stream;
  }
}

/** When a message with this lifetime, in milliseconds, is given up: even one of 0 gets its chance in the next turn. */
export function expiryOf(lifetime: number | undefined, now: Instant): Instant {
  return lifetime === undefined ? NEVER : now + lifetime + 1;
}
