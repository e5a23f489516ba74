/**
 * Messages that wait to be sent, by stream, and how they are cut: RFC 9260 §6.9, RFC 8260 §2.2.
 *
 * The fragments of a message in DATA chunks have consecutive TSNs, so a message that was begun is finished before the next stream has
 * its turn. Those of I-DATA name their message, and streams take turns between them.
 */
import { type Instant, NEVER } from "../../base/instant.ts";
import { Ring } from "../../base/ring.ts";
import { addSerial, serial } from "../../base/serial.ts";
import type { AssociationCounters, AssociationEvent } from "../association-options.ts";
import { DATA_BEGIN, DATA_END, DATA_UNORDERED } from "../packet/data-chunk.ts";
import { OutboundStream } from "./outbound-stream.ts";
import type { OutgoingMessage } from "./outgoing-message.ts";
import type { OutstandingChunk } from "./outstanding-chunk.ts";
import { type SchedulerName, StreamScheduler } from "./stream-scheduler.ts";

/** A fragment smaller than this is not made to fill up a packet that has other chunks in it already. */
const LEAST_FILLER = 256;
const HIGHEST_WEIGHT = 0xffff;

/** The send buffer: what was given to `send` and is not yet in a chunk. */
export class SendQueue {
  readonly #counters: AssociationCounters;
  readonly #streams = new Map<number, OutboundStream>();
  /** Streams that may send. */
  readonly #scheduler: StreamScheduler;
  /** Streams whose `drained` is to be told. */
  readonly #drained = new Ring<OutboundStream>();
  /** Whether fragments of several messages may follow each other in any way. */
  #interleaving = false;
  /** Without interleaving: the stream whose message is half sent. */
  #begun: OutboundStream | undefined = undefined;
  /** With interleaving: what messages that are begun and not ended may take of the other side's window, and how much that may be. */
  #burden = 0;
  #mostBurden = 0;
  /** Streams whose next message waits until others have ended. */
  readonly #heldBack = new Ring<OutboundStream>();
  #bytes = 0;
  #messages = 0;
  #arrivals = 0;
  #emptied = 0;

  constructor(counters: AssociationCounters, scheduler: SchedulerName = "weighted") {
    this.#counters = counters;
    this.#scheduler = new StreamScheduler(scheduler);
  }

  /** Bytes waiting on all streams. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Whether no message waits; one that is still being written waits, even if all that was written is sent. */
  get empty(): boolean {
    return this.#messages === 0;
  }

  /** How often a stream ran empty so far. */
  get emptied(): number {
    return this.#emptied;
  }

  /** Whether something may be sent now, as far as streams are concerned. */
  get ready(): boolean {
    return this.#begun === undefined ? this.#scheduler.size > 0 : this.#begun.ready;
  }

  /** Bytes waiting on one stream. */
  bytesOf(stream: number): number {
    return this.#streams.get(stream)?.bytes ?? 0;
  }

  /** Whether no message waits on this stream. */
  isEmpty(stream: number): boolean {
    return (this.#streams.get(stream)?.messages.size ?? 0) === 0;
  }

  /** Says how messages travel, once that is agreed on and before the first is sent. */
  begin(interleaving: boolean): void {
    this.#interleaving = interleaving;
    if (interleaving) this.#begun = undefined;
  }

  /**
   * The other side has room for so many bytes: with interleaving that must not fill up with the beginnings of messages none of which can
   * then be ended. What it once had counts.
   */
  tellWindow(window: number): void {
    if (window / 2 > this.#mostBurden) this.#mostBurden = window / 2;
  }

  /** Adds a message at the end of its stream. `weight` is the share of the stream from now on; undefined leaves it. */
  push(message: OutgoingMessage, weight?: number): void {
    const stream = this.#streamOf(message.stream);
    if (weight !== undefined) stream.weight = Math.min(Math.max(weight, 1), HIGHEST_WEIGHT);
    message.arrival = this.#arrivals++;
    stream.messages.push(message);
    this.#messages++;
    this.#join(stream, message.remaining);
  }

  /** Adds a piece to a message that is still being written. */
  append(message: OutgoingMessage, piece: Uint8Array): void {
    message.append(piece);
    this.#join(this.#streamOf(message.stream), piece.length);
  }

  /** The message has all its pieces. */
  complete(message: OutgoingMessage): void {
    message.complete = true;
    this.#schedule(this.#streamOf(message.stream));
  }

  /**
   * Fills `chunk` with the next fragment: at most `room` bytes of payload, and none at all when that is more than `window`.
   * `whole` is the payload of a packet that holds nothing else; a message is not cut just to fill up less than that.
   * @returns false when there is nothing that may go now
   */
  next(chunk: OutstandingChunk, room: number, whole: number, window: number, now: Instant): boolean {
    const stream = this.#turn(whole, now);
    const message = stream?.messages.peek();
    if (stream === undefined || message === undefined) return false;
    const left = message.fragmentRoom;
    const length = Math.min(left, room);
    if (length > window || (length < left && room < whole && length < LEAST_FILLER)) return false;
    chunk.flags = message.ordered ? 0 : DATA_UNORDERED;
    if (!message.begun) {
      chunk.flags |= DATA_BEGIN;
      this.#number(stream, message);
      this.#burden += message.burden;
    }
    chunk.message = message;
    chunk.data = message.piece;
    chunk.start = message.offset;
    chunk.length = length;
    chunk.fragment = message.fragments;
    message.take(length);
    const ended = message.complete && message.remaining === 0;
    if (ended) {
      chunk.flags |= DATA_END;
      this.#shift(stream);
    }
    this.#begun = ended || this.#interleaving ? undefined : stream;
    this.#leave(stream, length);
    this.#scheduler.served(stream, length, ended);
    if (!stream.ready) this.#scheduler.remove(stream);
    return true;
  }

  /** The message whose turn it is, when it is half sent and its time is over. */
  late(now: Instant): OutgoingMessage | undefined {
    const message = (this.#begun ?? this.#scheduler.peek())?.messages.peek();
    return message?.begun === true && message.expires <= now ? message : undefined;
  }

  /** A packet with data is full. */
  packetSent(): void {
    this.#scheduler.packetSent();
  }

  /** A message whose sent part was given up: what is left of it will not be sent. @returns whether something was left */
  abandon(message: OutgoingMessage): boolean {
    const stream = this.#streams.get(message.stream);
    if (stream === undefined || stream.messages.peek() !== message) return false;
    if (this.#begun === stream) this.#begun = undefined;
    this.#discard(stream, message);
    return true;
  }

  /** Gives up a message that waits, wherever it stands in its stream, of which nothing was sent. @returns whether there was one */
  withdraw(message: OutgoingMessage): boolean {
    const stream = this.#streams.get(message.stream);
    if (stream === undefined || message.begun) return false;
    let found = false;
    for (let count = stream.messages.size; count > 0; count--) {
      const one = stream.messages.shift() as OutgoingMessage;
      if (one === message) found = true;
      else stream.messages.push(one);
    }
    if (!found) return false;
    this.#messages--;
    this.#counters.messagesAbandoned++;
    this.#reschedule(stream, message.discard());
    return true;
  }

  /** Streams from this number on do not exist: what waits for them is given up. */
  limitStreams(count: number): void {
    for (const stream of this.#streams.values()) {
      if (stream.id < count) continue;
      for (let message = stream.messages.peek(); message !== undefined; message = stream.messages.peek()) {
        if (message.begun) break;
        this.#drop(stream, message);
      }
    }
  }

  /** Streams that are being reset begin no message until `resume` or `restart`. */
  pause(streams: readonly number[]): void {
    for (const id of streams) {
      const stream = this.#streamOf(id);
      stream.paused = true;
      if (!stream.ready) this.#scheduler.remove(stream);
    }
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

  /** The reset was performed: sequence numbers start over. */
  restart(streams: readonly number[]): void {
    for (const id of streams) {
      const stream = this.#streams.get(id);
      if (stream === undefined) continue;
      stream.nextOrdered = serial(0);
      stream.nextUnordered = serial(0);
      stream.paused = false;
      if (stream.messages.size > 0) this.#schedule(stream);
      else this.#streams.delete(id);
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
  #turn(whole: number, now: Instant): OutboundStream | undefined {
    if (this.#begun !== undefined) return this.#begun.ready ? this.#begun : undefined;
    for (;;) {
      const stream = this.#scheduler.peek();
      const message = stream?.messages.peek();
      if (stream === undefined || message === undefined) return undefined;
      if (message.begun) return stream;
      if (message.expires <= now) this.#drop(stream, message);
      else if (!this.#interleaving || this.#bears(message, whole)) return stream;
      else {
        this.#scheduler.remove(stream);
        this.#heldBack.push(stream);
      }
    }
  }

  /** Whether another message may be begun. One that fits into a packet always may. */
  #bears(message: OutgoingMessage, whole: number): boolean {
    if (message.complete && message.remaining <= whole) return true;
    const most = this.#mostBurden;
    // Who takes messages larger than the window hands them on before they are complete.
    const bounded = message.complete && message.remaining <= 2 * most;
    message.burden = bounded ? message.remaining : most / 2;
    return this.#burden === 0 || this.#burden + message.burden <= most;
  }

  #number(stream: OutboundStream, message: OutgoingMessage): void {
    if (message.ordered) {
      message.mid = stream.nextOrdered;
      stream.nextOrdered = addSerial(stream.nextOrdered, 1);
    } else {
      message.mid = stream.nextUnordered;
      stream.nextUnordered = addSerial(stream.nextUnordered, 1);
    }
  }

  /** Gives up a message at the head of its stream, of which nothing was sent. */
  #drop(stream: OutboundStream, message: OutgoingMessage): void {
    message.abandoned = true;
    this.#counters.messagesAbandoned++;
    this.#discard(stream, message);
  }

  #discard(stream: OutboundStream, message: OutgoingMessage): void {
    this.#shift(stream);
    this.#reschedule(stream, message.discard());
  }

  #shift(stream: OutboundStream): void {
    const message = stream.messages.shift();
    this.#messages--;
    if (message?.begun === true && message.burden > 0) {
      this.#burden -= message.burden;
      for (let held = this.#heldBack.shift(); held !== undefined; held = this.#heldBack.shift()) this.#schedule(held);
    }
    if (stream.messages.size === 0) this.#emptied++;
  }

  /** The head of a stream is another one. */
  #reschedule(stream: OutboundStream, bytes: number): void {
    this.#leave(stream, bytes);
    this.#scheduler.remove(stream);
    this.#schedule(stream);
  }

  #schedule(stream: OutboundStream): void {
    if (stream.ready) this.#scheduler.add(stream);
  }

  #join(stream: OutboundStream, bytes: number): void {
    stream.bytes += bytes;
    this.#bytes += bytes;
    this.#schedule(stream);
  }

  #leave(stream: OutboundStream, bytes: number): void {
    if (bytes === 0) return;
    stream.bytes -= bytes;
    this.#bytes -= bytes;
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
