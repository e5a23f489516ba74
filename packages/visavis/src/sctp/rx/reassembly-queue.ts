/**
 * Puts fragments together and messages into their order: RFC 9260 §6.5, §6.6, §6.9; skips what was given up: RFC 3758 §3.6.
 *
 * Fragments of a message have consecutive TSNs, so they are kept as runs: a fragment joins the run that ends just before it
 * and the one that begins just behind it, both found by their edge.
 */
import { Ring } from "../../base/ring.ts";
import { addSerial, addSerial16, diffSerial, diffSerial16, type Serial16, type Serial32, serialOf16 } from "../../base/serial.ts";
import type { SctpMessage } from "../association-options.ts";
import { DATA_BEGIN, DATA_END, DATA_UNORDERED } from "../packet/data-chunk.ts";

/** Bookkeeping of a fragment or message beside its payload: counted, so that empty ones are not free. */
const OVERHEAD = 64;
/** Payloads below this are copied, so that they do not keep a whole datagram in memory. */
const SMALL = 256;

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
  parts: Uint8Array[];
}

interface InboundStream {
  next: Serial16;
  /** Complete messages that wait for earlier ones, by SSN. */
  readonly waiting: Map<Serial16, SctpMessage>;
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
  readonly #byFirst = new Map<Serial32, Run>();
  readonly #byLast = new Map<Serial32, Run>();
  readonly #streams = new Map<number, InboundStream>();
  readonly #ready = new Ring<SctpMessage>();
  #held = 0;

  constructor(options: ReassemblyOptions) {
    this.#options = options;
  }

  /** Bytes held, bookkeeping included. */
  get heldBytes(): number {
    return this.#held;
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

  /** Takes one fragment; `data` is a view that is kept as it is, unless it is so small that its datagram would be the larger part. */
  add(tsn: Serial32, flags: number, stream: number, ssn: Serial16, ppid: number, data: Uint8Array): ReassemblyOutcome {
    const payload = data.length < SMALL ? data.slice() : data;
    const unordered = (flags & DATA_UNORDERED) !== 0;
    const limit = this.#options.maxMessageSize;
    if ((flags & (DATA_BEGIN | DATA_END)) === (DATA_BEGIN | DATA_END)) {
      if (limit > 0 && payload.length > limit) return "too-large";
      this.#held += payload.length + OVERHEAD;
      this.#complete({ stream, ppid, ordered: !unordered, data: payload }, ssn);
      return "taken";
    }
    const begins = (flags & DATA_BEGIN) !== 0;
    const ends = (flags & DATA_END) !== 0;
    const before = begins ? undefined : this.#byLast.get(addSerial(tsn, -1));
    const after = ends ? undefined : this.#byFirst.get(addSerial(tsn, 1));
    if (before?.ends || after?.begins) return "violation";
    if (before !== undefined && !belongs(before, stream, ssn, unordered)) return "violation";
    if (after !== undefined && !belongs(after, stream, ssn, unordered)) return "violation";
    this.#held += payload.length + OVERHEAD;
    let run: Run;
    if (before !== undefined) {
      run = before;
      this.#byLast.delete(run.last);
      run.last = tsn;
      run.parts.push(payload);
    } else {
      run = { first: tsn, last: tsn, stream, ssn, unordered, ppid, begins, ends: false, bytes: 0, parts: [payload] };
      this.#byFirst.set(tsn, run);
    }
    run.bytes += payload.length;
    run.ends = ends;
    if (after !== undefined) {
      this.#byFirst.delete(after.first);
      this.#byLast.delete(after.last);
      run.last = after.last;
      run.ends = after.ends;
      run.bytes += after.bytes;
      for (const part of after.parts) run.parts.push(part);
    }
    this.#byLast.set(run.last, run);
    if (limit > 0 && run.bytes > limit) return "too-large";
    if (run.begins && run.ends) this.#finish(run);
    return "taken";
  }

  /**
   * Forgets fragments up to `tsn`, which the other side gave up, and goes on behind the messages it skipped on ordered streams.
   * @param skipped pairs of stream and SSN
   */
  forward(tsn: Serial32, skipped: readonly { readonly stream: number; readonly ssn: Serial16 }[]): void {
    for (const run of [...this.#byFirst.values()]) if (diffSerial(run.first, tsn) <= 0) this.#forget(run);
    for (const { stream, ssn } of skipped) {
      const inbound = this.#streamOf(stream);
      while (diffSerial16(ssn, inbound.next) >= 0) {
        this.#release(inbound);
        if (diffSerial16(ssn, inbound.next) >= 0) inbound.next = this.#nextHeld(inbound, addSerial16(ssn, 1));
      }
      this.#release(inbound);
    }
  }

  /** Streams start over with SSN 0; an empty list means all of them (RFC 6525 §5.2.2). */
  resetStreams(streams: readonly number[]): void {
    const all = streams.length === 0 ? [...this.#streams.keys()] : streams;
    for (const stream of all) {
      const inbound = this.#streams.get(stream);
      if (inbound === undefined) continue;
      for (const message of inbound.waiting.values()) this.#held -= message.data.length + OVERHEAD;
      this.#streams.delete(stream);
    }
  }

  /** Forgets everything that is not complete, and all order: the other side began anew. */
  restart(): void {
    for (const run of [...this.#byFirst.values()]) this.#forget(run);
    this.resetStreams([]);
  }

  #finish(run: Run): void {
    this.#byFirst.delete(run.first);
    this.#byLast.delete(run.last);
    const data = new Uint8Array(run.bytes);
    let offset = 0;
    for (const part of run.parts) {
      data.set(part, offset);
      offset += part.length;
    }
    this.#held -= (run.parts.length - 1) * OVERHEAD;
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
      if (inbound.waiting.size > 0) this.#release(inbound);
    } else if (ahead > 0 && !inbound.waiting.has(ssn)) {
      inbound.waiting.set(ssn, message);
    } else if (this.#options.detectDuplicates) {
      this.#held -= message.data.length + OVERHEAD;
    } else {
      this.#ready.push(message);
    }
  }

  #release(inbound: InboundStream): void {
    for (;;) {
      const message = inbound.waiting.get(inbound.next);
      if (message === undefined) return;
      inbound.waiting.delete(inbound.next);
      this.#ready.push(message);
      inbound.next = addSerial16(inbound.next, 1);
    }
  }

  /** The oldest message held before `end`, or `end`: what a skip may jump to without losing what did arrive. */
  #nextHeld(inbound: InboundStream, end: Serial16): Serial16 {
    let next = end;
    for (const ssn of inbound.waiting.keys()) if (diffSerial16(ssn, next) < 0) next = ssn;
    return next;
  }

  #streamOf(stream: number): InboundStream {
    let inbound = this.#streams.get(stream);
    if (inbound === undefined) {
      inbound = { next: serialOf16(0), waiting: new Map() };
      this.#streams.set(stream, inbound);
    }
    return inbound;
  }

  #forget(run: Run): void {
    this.#byFirst.delete(run.first);
    this.#byLast.delete(run.last);
    this.#held -= run.bytes + run.parts.length * OVERHEAD;
  }
}

function belongs(run: Run, stream: number, ssn: Serial16, unordered: boolean): boolean {
  return run.stream === stream && run.unordered === unordered && (unordered || run.ssn === ssn);
}
