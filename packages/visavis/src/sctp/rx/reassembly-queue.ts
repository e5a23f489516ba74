/**
 * Puts fragments together and messages into their order: RFC 9260 §6.5, §6.6, §6.9, and RFC 8260 §2.2 for I-DATA; skips what was given
 * up: RFC 3758 §3.6, RFC 8260 §2.3.1.
 *
 * Fragments are kept in `fragment-runs.ts`, the order of a stream in `inbound-stream.ts`.
 */

import { sliceBytes } from "../../base/bytes.ts";
import type { Memory } from "../../base/platform.ts";
import { Ring } from "../../base/ring.ts";
import { diffSerial, isNewer, type Serial16, type Serial32 } from "../../base/serial.ts";
import { SparseMap } from "../../base/sparse-map.ts";
import type { MessagePart, SctpMessage } from "../association-options.ts";
import { DATA_BEGIN, DATA_END, DATA_UNORDERED } from "../packet/data-chunk.ts";
import type { SkippedStream } from "../packet/forward-tsn-chunk.ts";
import type { SkippedMessage } from "../packet/iforward-tsn-chunk.ts";
import { FragmentRuns, goesOnBehind, HeldBytes, OVERHEAD, Run } from "./fragment-runs.ts";
import { InboundStream, type IncomingMessage } from "./inbound-stream.ts";

/** What `add` found. */
export type ReassemblyOutcome = "taken" | "too-large" | "violation";

/** How messages are put together. */
export interface ReassemblyOptions {
  /** Messages come as I-DATA. */
  readonly interleaving: boolean;
  /** Streams whose messages are delivered in parts; for reading. */
  readonly partial: { has(stream: number): boolean };
  /** Bytes that may be held. */
  readonly bufferLimit: number;
  /** Default memory that is cleared first. */
  readonly memory?: Memory | undefined;
  /** 0: any size. */
  readonly maxMessageSize: number;
  readonly repairOrder: boolean;
  /** False: what was delivered before is delivered again. */
  readonly detectDuplicates: boolean;
}

/** Received data that is not complete, not in order or not taken yet. */
export class ReassemblyQueue {
  readonly #options: ReassemblyOptions;
  readonly #held: HeldBytes;
  /** DATA: runs of all messages, counted by TSNs. */
  readonly #runs = new FragmentRuns();
  readonly #streams = new Map<number, InboundStream>();
  readonly #ready = new Ring<SctpMessage>();
  /** Messages of streams that are paused. */
  readonly #parked = new SparseMap<number, Ring<SctpMessage>>();
  /** Beginnings of messages that are delivered in parts. */
  #growing: Set<Run> | undefined = undefined;
  /** Chunks that belong behind a stream reset which is not performed yet. */
  #deferred: Uint8Array[] = [];
  #waiting = 0;
  #parkedCount = 0;
  /** DATA: the last TSN of what was skipped: fragments that go on from there belong to it. */
  #skippedTsn: Serial32 | undefined;

  constructor(options: ReassemblyOptions) {
    this.#options = options;
    this.#held = new HeldBytes(options.bufferLimit, options.memory);
  }

  /** Bytes held: buffers with their unused room, and bookkeeping. */
  get heldBytes(): number {
    return this.#held.bytes;
  }

  /** Bytes of those that are complete but wait for earlier ones of their stream, bookkeeping included. */
  get waitingBytes(): number {
    return this.#waiting;
  }

  /** Whether a message waits to be taken. */
  get ready(): boolean {
    return this.#ready.size > 0 || this.#parkedCount > 0;
  }

  /** From now on messages of a stream are delivered in parts, or whole. What was begun in parts goes on so. */
  setPartial(stream: number, on: boolean): void {
    const inbound = this.#streams.get(stream);
    if (inbound !== undefined) inbound.partial = on;
  }

  /** Keeps the messages of a stream until `resume`. */
  pause(stream: number): void {
    if (this.#parked.has(stream)) return;
    const parked = new Ring<SctpMessage>(4);
    this.#parked.set(stream, parked);
    for (let count = this.#ready.size; count > 0; count--) this.#deliver(this.#ready.shift() as SctpMessage);
  }

  /** Lets the messages of a stream be taken again. */
  resume(stream: number): void {
    const parked = this.#parked.get(stream);
    if (parked === undefined) return;
    this.#parked.delete(stream);
    this.#parkedCount -= parked.size;
    for (const message of parked) this.#ready.push(message);
  }

  /** Makes parts of all that has arrived of messages that are delivered in parts. */
  flush(): void {
    for (const run of this.#growing ?? []) this.#deliverParts(this.#streamOf(run.stream), run, true);
  }

  /** Nothing more arrives: says so of messages that were delivered in part. */
  end(): void {
    for (const run of this.#growing ?? []) this.#giveUp(run);
  }

  /** Removes the oldest message that is complete and in order. */
  take(): SctpMessage | undefined {
    const message = this.#ready.shift();
    if (message !== undefined) this.#held.bytes -= message.data.length + OVERHEAD;
    return message;
  }

  /** Takes the user data `packet[start, start + length)` of a DATA chunk. It is copied. */
  add(
    tsn: Serial32,
    flags: number,
    stream: number,
    ssn: Serial16,
    ppid: number,
    packet: Uint8Array,
    start: number,
    length: number,
  ): ReassemblyOutcome {
    const begins = (flags & DATA_BEGIN) !== 0;
    const ends = (flags & DATA_END) !== 0;
    const unordered = (flags & DATA_UNORDERED) !== 0;
    const sequence = ssn as number as Serial32;
    const before = this.#runs.endingAt(tsn - 1);
    const after = this.#runs.beginningAt(tsn + 1);
    // RFC 9260 §6.9: the TSNs of a message have nothing between them.
    if (before !== undefined && before.ends !== begins) return "violation";
    if (after !== undefined && after.begins !== ends) return "violation";
    if (begins && ends) return this.#addWhole(this.#streamOf(stream), sequence, unordered, ppid, packet, start, length);
    if (before !== undefined && !begins && !belongs(before, stream, sequence, unordered)) return "violation";
    if (after !== undefined && !ends && !belongs(after, stream, sequence, unordered)) return "violation";
    const inbound = this.#streamOf(stream);
    let run = begins ? undefined : before;
    if (run === undefined) {
      run = new Run(this.#held, tsn, stream, sequence, unordered, ppid, begins, length, inbound.expected);
      this.#runs.insert(run);
    } else {
      this.#runs.extend(run, tsn);
    }
    run.append(packet, start, start + length);
    run.ends = ends;
    if (after !== undefined && !ends) this.#runs.join(run, after);
    if (this.#exceeds(run.total)) return "too-large";
    if (run.begins && run.ends) {
      this.#runs.remove(run);
      this.#finish(inbound, run);
    } else if (run.begins && (inbound.partial || run.delivered > 0)) {
      this.#deliverParts(inbound, run, false);
    } else if (this.#skippedTsn !== undefined && goesOnBehind(run, this.#skippedTsn)) {
      this.#skipRun(run);
    }
    return "taken";
  }

  /** Takes the user data `packet[start, start + length)` of an I-DATA chunk. It is copied. */
  addInterleaved(
    flags: number,
    stream: number,
    mid: Serial32,
    fsn: Serial32,
    ppid: number,
    packet: Uint8Array,
    start: number,
    length: number,
  ): ReassemblyOutcome {
    const begins = (flags & DATA_BEGIN) !== 0;
    const ends = (flags & DATA_END) !== 0;
    const unordered = (flags & DATA_UNORDERED) !== 0;
    const inbound = this.#streamOf(stream);
    if (begins && ends) {
      const known = inbound.find(mid, unordered);
      if (known !== undefined) return "violation";
      if (inbound.isOver(mid, unordered)) return this.#options.detectDuplicates ? "taken" : "violation";
      return this.#addWhole(inbound, mid, unordered, ppid, packet, start, length);
    }
    const message = inbound.messageOf(mid, unordered);
    if (message === undefined) return this.#options.detectDuplicates ? "taken" : "violation";
    const before = begins ? undefined : message.endingAt(fsn - 1);
    const after = ends ? undefined : message.beginningAt(fsn + 1);
    if ((fsn === 0) !== begins || message.endingAt(fsn) !== undefined || message.beginningAt(fsn) !== undefined)
      return "violation";
    if (before?.ends === true || after?.begins === true) return "violation";
    let run = before;
    if (run === undefined) {
      run = new Run(this.#held, fsn, stream, mid, unordered, ppid, begins, length, inbound.expected);
      message.insert(run);
    } else {
      message.extend(run, fsn);
    }
    run.append(packet, start, start + length);
    run.ends = ends;
    if (after !== undefined) message.join(run, after);
    if (this.#exceeds(run.total)) return "too-large";
    if (run.begins && run.ends) {
      message.remove(run);
      this.#forgetMessage(inbound, message);
      this.#finish(inbound, run);
    } else if (run.begins && (inbound.partial || run.delivered > 0)) {
      this.#deliverParts(inbound, run, false);
    }
    return "taken";
  }

  /** Keeps a chunk, whose copy is the queue's from now on, until a stream reset is performed. */
  defer(chunk: Uint8Array): void {
    this.#deferred.push(chunk);
    this.#held.bytes += chunk.length + OVERHEAD;
  }

  /** Removes the chunks that were kept, in the order of their arrival. */
  takeDeferred(): readonly Uint8Array[] {
    const chunks = this.#deferred;
    this.#deferred = [];
    for (const chunk of chunks) this.#held.bytes -= chunk.length + OVERHEAD;
    return chunks;
  }

  /** FORWARD-TSN: forgets fragments up to `tsn`, and goes on behind the messages that were skipped on ordered streams. */
  forward(tsn: Serial32, skipped: readonly SkippedStream[]): void {
    this.#skippedTsn = tsn;
    for (const run of this.#runs.all()) if (diffSerial(run.first, tsn) <= 0 || goesOnBehind(run, tsn)) this.#skipRun(run);
    for (const { stream, ssn } of skipped) this.#skip(this.#streamOf(stream), ssn as number as Serial32);
  }

  /** I-FORWARD-TSN: forgets what is not complete of the messages that were skipped, and goes on behind the ordered ones. */
  forwardInterleaved(skipped: readonly SkippedMessage[]): void {
    for (const { stream, unordered, messageIdentifier } of skipped) {
      const inbound = this.#streamOf(stream);
      for (const message of inbound.incompleteUpTo(messageIdentifier, unordered)) this.#forgetMessage(inbound, message);
      if (unordered) inbound.skipUnordered(messageIdentifier);
      else this.#skip(inbound, messageIdentifier);
    }
  }

  /** Streams start over with the first number; an empty list means all of them (RFC 6525 §5.2.2). */
  resetStreams(streams: readonly number[]): void {
    const all = streams.length === 0 ? [...this.#streams.keys()] : streams;
    for (const id of all) {
      const inbound = this.#streams.get(id);
      if (inbound === undefined) continue;
      for (const message of inbound.takeWaiting()) {
        const held = message.data.length + OVERHEAD;
        this.#held.bytes -= held;
        this.#waiting -= held;
      }
      for (const message of inbound.incomplete()) this.#forgetMessage(inbound, message);
      if (inbound.delivering !== undefined) {
        this.#runs.remove(inbound.delivering);
        this.#giveUp(inbound.delivering);
      }
      this.#streams.delete(id);
    }
  }

  #exceeds(bytes: number): boolean {
    return this.#options.maxMessageSize > 0 && bytes > this.#options.maxMessageSize;
  }

  /** A message in one fragment. */
  #addWhole(
    inbound: InboundStream,
    sequence: Serial32,
    unordered: boolean,
    ppid: number,
    packet: Uint8Array,
    start: number,
    length: number,
  ): ReassemblyOutcome {
    if (this.#exceeds(length)) return "too-large";
    const data = sliceBytes(packet, start, start + length);
    this.#complete(inbound, { stream: inbound.id, ppid, ordered: !unordered, data, part: "whole" }, sequence);
    return "taken";
  }

  #finish(inbound: InboundStream, run: Run): void {
    const { ppid, unordered, sequence } = run;
    inbound.expected = inbound.partial ? 0 : run.total;
    const part: MessagePart = run.delivered > 0 ? "last" : "whole";
    this.#settle(inbound, run);
    this.#complete(inbound, { stream: inbound.id, ppid, ordered: !unordered, data: run.take(), part }, sequence);
  }

  /** Delivers what has arrived of a message whose turn it is; with `all` less than a full part, too. One message at a time for a stream. */
  #deliverParts(inbound: InboundStream, run: Run, all: boolean): void {
    this.#growing ??= new Set();
    this.#growing.add(run);
    if (!all && run.bytes < this.#held.part) return;
    const { delivering } = inbound;
    const inTurn = run.unordered || run.sequence === inbound.next;
    if (!inTurn || (delivering !== undefined && delivering !== run)) return;
    for (let data = run.takePart(all); data !== undefined; data = run.takePart(all)) {
      inbound.delivering = run;
      this.#held.bytes += data.length + OVERHEAD;
      this.#deliver({ stream: inbound.id, ppid: run.ppid, ordered: !run.unordered, data, part: "more" });
    }
  }

  /** No more parts come of a message. */
  #settle(inbound: InboundStream | undefined, run: Run): void {
    this.#growing?.delete(run);
    if (inbound?.delivering === run) inbound.delivering = undefined;
  }

  /** A message will never be complete. */
  #giveUp(run: Run): void {
    this.#settle(this.#streams.get(run.stream), run);
    if (run.delivered > 0) {
      this.#held.bytes += OVERHEAD;
      this.#deliver({ stream: run.stream, ppid: run.ppid, ordered: !run.unordered, data: NOTHING, part: "abandoned" });
    }
    run.drop();
  }

  #deliver(message: SctpMessage): void {
    const parked = this.#parked.size === 0 ? undefined : this.#parked.get(message.stream);
    if (parked === undefined) {
      this.#ready.push(message);
      return;
    }
    parked.push(message);
    this.#parkedCount++;
  }

  #complete(inbound: InboundStream, message: SctpMessage, sequence: Serial32): void {
    const held = message.data.length + OVERHEAD;
    this.#held.bytes += held;
    if (!message.ordered || !this.#options.repairOrder) {
      this.#deliver(message);
      return;
    }
    const ahead = inbound.distance(sequence, inbound.next);
    if (ahead === 0) {
      this.#deliver(message);
      inbound.moveBehind(sequence);
      this.#release(inbound);
    } else if (ahead > 0 && inbound.wait(sequence, message)) {
      this.#waiting += held;
    } else if (this.#options.detectDuplicates) {
      this.#held.bytes -= held;
    } else {
      this.#deliver(message);
    }
  }

  /** Delivers what waited for its turn and has it now. */
  #release(inbound: InboundStream): void {
    for (let message = inbound.takeNext(); message !== undefined; message = inbound.takeNext()) {
      this.#waiting -= message.data.length + OVERHEAD;
      this.#deliver(message);
    }
  }

  /** Nothing up to `last` comes any more: delivers those of them that did come. */
  #skip(inbound: InboundStream, last: Serial32): void {
    if (inbound.distance(last, inbound.next) < 0) return;
    for (const sequence of inbound.waitingUpTo(last)) {
      if (inbound.distance(sequence, inbound.next) < 0) continue;
      inbound.next = sequence;
      this.#release(inbound);
    }
    if (inbound.distance(last, inbound.next) >= 0) inbound.moveBehind(last);
    this.#release(inbound);
  }

  #streamOf(stream: number): InboundStream {
    let inbound = this.#streams.get(stream);
    if (inbound === undefined) {
      const { interleaving, partial } = this.#options;
      inbound = new InboundStream(stream, interleaving, partial.has(stream));
      this.#streams.set(stream, inbound);
    }
    return inbound;
  }

  /** Forgets an I-DATA message with what is left of it. */
  #forgetMessage(inbound: InboundStream, message: IncomingMessage): void {
    for (const run of message.all()) this.#giveUp(run);
    inbound.forget(message);
  }

  /** Forgets fragments of a message that was skipped; what follows them is of it, too. */
  #skipRun(run: Run): void {
    if (this.#skippedTsn !== undefined && isNewer(run.last, this.#skippedTsn)) this.#skippedTsn = run.ends ? undefined : run.last;
    this.#runs.remove(run);
    this.#giveUp(run);
  }
}

const NOTHING: Uint8Array = new Uint8Array(0);

function belongs(run: Run, stream: number, sequence: Serial32, unordered: boolean): boolean {
  return run.stream === stream && run.unordered === unordered && (unordered || run.sequence === sequence);
}
