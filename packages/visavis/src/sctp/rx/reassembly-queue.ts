/**
 * Puts fragments together and messages into their order: RFC 9260 §6.5, §6.6, §6.9; skips what was given up: RFC 3758 §3.6.
 *
 * Fragments of a message have consecutive TSNs, so they are kept as runs: a fragment joins the run that ends just before it
 * and the one that begins just behind it, both found by their edge.
 */
import { Ring } from "../../base/ring.ts";
import { addSerial16, diffSerial, diffSerial16, isNewer, type Serial16, type Serial32, serialOf16 } from "../../base/serial.ts";
import type { SctpMessage } from "../association-options.ts";
import { DATA_BEGIN, DATA_END, DATA_UNORDERED } from "../packet/data-chunk.ts";
import type { SkippedStream } from "../packet/forward-tsn-chunk.ts";

/** Bookkeeping of a fragment or message beside its payload: counted, so that small ones are not free. */
const OVERHEAD = 64;

/** A fragment in a list, so that runs are joined in constant time whatever the order of arrival. */
interface Fragment {
  readonly payload: Uint8Array;
  next: Fragment | undefined;
}

interface Run {
  first: Serial32;
  last: Serial32;
  readonly stream: number;
  readonly ssn: Serial16;
  readonly unordered: boolean;
  readonly ppid: number;
  begins: boolean;
  ends: boolean;
  bytes: number;
  fragments: number;
  readonly head: Fragment;
  tail: Fragment;
}

interface InboundStream {
  next: Serial16;
  /** Complete messages that wait for earlier ones, by SSN. */
  waiting: Map<Serial16, SctpMessage> | undefined;
}

/** What `add` found. */
export type ReassemblyOutcome = "taken" | "too-large" | "violation";

/** How messages are put together. */
export interface ReassemblyOptions {
  /** 0: any size. */
  readonly maxMessageSize: number;
  readonly repairOrder: boolean;
  /** False: what was delivered before is delivered again. */
  readonly detectDuplicates: boolean;
}

/** Received data that is not complete, not in order or not taken yet. */
export class ReassemblyQueue {
  readonly #options: ReassemblyOptions;
  /** Runs by the TSN of their first and last fragment, as signed numbers: those are cheap keys. */
  readonly #byFirst = new Map<number, Run>();
  readonly #byLast = new Map<number, Run>();
  readonly #streams = new Map<number, InboundStream>();
  readonly #ready = new Ring<SctpMessage>();
  #held = 0;
  #waiting = 0;
  /** The last TSN of what was skipped: fragments that go on from there belong to it. */
  #skippedTsn: Serial32 | undefined;

  constructor(options: ReassemblyOptions) {
    this.#options = options;
  }

  /** Bytes held, bookkeeping included. */
  get heldBytes(): number {
    return this.#held;
  }

  /** Bytes of those that are complete but wait for earlier ones of their stream, bookkeeping included. */
  get waitingBytes(): number {
    return this.#waiting;
  }

  /** Whether a message waits to be taken. */
  get ready(): boolean {
    return this.#ready.size > 0;
  }

  /** Removes the oldest message that is complete and in order. */
  take(): SctpMessage | undefined {
    const message = this.#ready.shift();
    if (message !== undefined) this.#held -= message.data.length + OVERHEAD;
    return message;
  }

  /**
   * Takes one fragment: the user data is `packet[start, start + length)`. A view of it is kept, or a copy when it is the smaller part of
   * the memory that a view would keep alive.
   */
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
    const before = this.#byLast.get((tsn - 1) | 0);
    const after = this.#byFirst.get((tsn + 1) | 0);
    // RFC 9260 §6.9: the TSNs of a message have nothing between them.
    if (before !== undefined && before.ends !== begins) return "violation";
    if (after !== undefined && after.begins !== ends) return "violation";
    const unordered = (flags & DATA_UNORDERED) !== 0;
    const end = start + length;
    const payload = length * 2 < packet.buffer.byteLength ? packet.slice(start, end) : packet.subarray(start, end);
    this.#held += length + OVERHEAD;
    if (begins && ends) {
      if (this.#exceeds(length)) return "too-large";
      this.#complete({ stream, ppid, ordered: !unordered, data: payload }, ssn);
      return "taken";
    }
    if (before !== undefined && !begins && !belongs(before, stream, ssn, unordered)) return "violation";
    if (after !== undefined && !ends && !belongs(after, stream, ssn, unordered)) return "violation";
    const fragment: Fragment = { payload, next: undefined };
    let run = begins ? undefined : before;
    if (run === undefined) {
      run = {
        first: tsn,
        last: tsn,
        stream,
        ssn,
        unordered,
        ppid,
        begins,
        ends,
        bytes: length,
        fragments: 1,
        head: fragment,
        tail: fragment,
      };
      this.#byFirst.set(tsn | 0, run);
    } else {
      this.#byLast.delete(run.last | 0);
      run.last = tsn;
      run.ends = ends;
      run.bytes += length;
      run.fragments++;
      run.tail.next = fragment;
      run.tail = fragment;
    }
    if (after !== undefined && !ends) this.#join(run, after);
    this.#byLast.set(run.last | 0, run);
    if (this.#exceeds(run.bytes)) return "too-large";
    if (run.begins && run.ends) this.#finish(run);
    else if (this.#skippedTsn !== undefined && this.#isSkipped(run, this.#skippedTsn)) this.#skipRun(run);
    return "taken";
  }

  /**
   * Forgets fragments up to `tsn`, which the other side gave up, and goes on behind the messages it skipped on ordered streams.
   */
  forward(tsn: Serial32, skipped: readonly SkippedStream[]): void {
    this.#skippedTsn = tsn;
    for (const run of this.#byFirst.values())
      if (diffSerial(run.first, tsn) <= 0 || this.#isSkipped(run, tsn)) this.#skipRun(run);
    for (const { stream, ssn } of skipped) this.#skip(this.#streamOf(stream), ssn);
  }

  /** Streams start over with SSN 0; an empty list means all of them (RFC 6525 §5.2.2). */
  resetStreams(streams: readonly number[]): void {
    const all = streams.length === 0 ? [...this.#streams.keys()] : streams;
    for (const stream of all) {
      const waiting = this.#streams.get(stream)?.waiting;
      if (waiting !== undefined) for (const message of waiting.values()) this.#unhold(message);
      this.#streams.delete(stream);
    }
  }

  #exceeds(bytes: number): boolean {
    return this.#options.maxMessageSize > 0 && bytes > this.#options.maxMessageSize;
  }

  /** `after` begins where `run` ends: they become one, known by the edges of both. */
  #join(run: Run, after: Run): void {
    this.#byFirst.delete(after.first | 0);
    run.last = after.last;
    run.ends = after.ends;
    run.bytes += after.bytes;
    run.fragments += after.fragments;
    run.tail.next = after.head;
    run.tail = after.tail;
  }

  #finish(run: Run): void {
    this.#byFirst.delete(run.first | 0);
    this.#byLast.delete(run.last | 0);
    const data = new Uint8Array(run.bytes);
    let offset = 0;
    for (let fragment: Fragment | undefined = run.head; fragment !== undefined; fragment = fragment.next) {
      data.set(fragment.payload, offset);
      offset += fragment.payload.length;
    }
    this.#held -= (run.fragments - 1) * OVERHEAD;
    this.#complete({ stream: run.stream, ppid: run.ppid, ordered: !run.unordered, data }, run.ssn);
  }

  #complete(message: SctpMessage, ssn: Serial16): void {
    if (!message.ordered || !this.#options.repairOrder) {
      this.#ready.push(message);
      return;
    }
    const inbound = this.#streamOf(message.stream);
    const ahead = diffSerial16(ssn, inbound.next);
    if (ahead === 0) {
      this.#ready.push(message);
      inbound.next = addSerial16(ssn, 1);
      this.#release(inbound);
    } else if (ahead > 0 && inbound.waiting?.has(ssn) !== true) {
      inbound.waiting ??= new Map();
      inbound.waiting.set(ssn, message);
      this.#waiting += message.data.length + OVERHEAD;
    } else if (this.#options.detectDuplicates) {
      this.#held -= message.data.length + OVERHEAD;
    } else {
      this.#ready.push(message);
    }
  }

  /** Delivers what waited for its turn and has it now. */
  #release(inbound: InboundStream): void {
    const { waiting } = inbound;
    if (waiting === undefined) return;
    for (let message = waiting.get(inbound.next); message !== undefined; message = waiting.get(inbound.next)) {
      waiting.delete(inbound.next);
      this.#waiting -= message.data.length + OVERHEAD;
      this.#ready.push(message);
      inbound.next = addSerial16(inbound.next, 1);
    }
    if (waiting.size === 0) inbound.waiting = undefined;
  }

  /** Nothing up to `last` comes any more: delivers those of them that did come. */
  #skip(inbound: InboundStream, last: Serial16): void {
    const { next, waiting } = inbound;
    const distance = diffSerial16(last, next);
    if (distance < 0) return;
    if (waiting !== undefined) {
      // Whichever is shorter: the numbers up to `last`, or what waits.
      let arrived: Serial16[] = [];
      if (distance < waiting.size) {
        for (let i = 0; i <= distance; i++) if (waiting.has(addSerial16(next, i))) arrived.push(addSerial16(next, i));
      } else {
        arrived = [...waiting.keys()].filter((ssn) => diffSerial16(ssn, last) <= 0);
        arrived.sort((a, b) => diffSerial16(a, next) - diffSerial16(b, next));
      }
      for (const ssn of arrived) {
        if (!waiting.has(ssn)) continue;
        inbound.next = ssn;
        this.#release(inbound);
      }
    }
    if (diffSerial16(last, inbound.next) >= 0) inbound.next = addSerial16(last, 1);
    this.#release(inbound);
  }

  /** A message that waited is dropped. */
  #unhold(message: SctpMessage): void {
    this.#held -= message.data.length + OVERHEAD;
    this.#waiting -= message.data.length + OVERHEAD;
  }

  #streamOf(stream: number): InboundStream {
    let inbound = this.#streams.get(stream);
    if (inbound === undefined) {
      inbound = { next: serialOf16(0), waiting: undefined };
      this.#streams.set(stream, inbound);
    }
    return inbound;
  }

  /** Whether the run goes on where a message was skipped. */
  #isSkipped(run: Run, skippedTsn: Serial32): boolean {
    return !run.begins && diffSerial(run.first, skippedTsn) === 1;
  }

  /** Forgets fragments of a message that was skipped; what follows them is of it, too. */
  #skipRun(run: Run): void {
    if (this.#skippedTsn !== undefined && isNewer(run.last, this.#skippedTsn)) this.#skippedTsn = run.ends ? undefined : run.last;
    this.#byFirst.delete(run.first | 0);
    this.#byLast.delete(run.last | 0);
    this.#held -= run.bytes + run.fragments * OVERHEAD;
  }
}

function belongs(run: Run, stream: number, ssn: Serial16, unordered: boolean): boolean {
  return run.stream === stream && run.unordered === unordered && (unordered || run.ssn === ssn);
}
