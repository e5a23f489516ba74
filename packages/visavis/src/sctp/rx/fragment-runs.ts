/**
 * Fragments on their way to a message: RFC 9260 §6.9, RFC 8260 §2.2.
 *
 * Consecutive fragments are kept as a run, whose payload is copied into buffers of its own: what arrives in order makes no object, and
 * keeps no datagram alive. Fragments are counted by their TSNs in DATA chunks, where one set holds those of all messages, and by their
 * fragment sequence numbers in I-DATA, where each message has its set.
 */
import { copyBytes } from "../../base/bytes.ts";
import type { Memory } from "../../base/platform.ts";
import { diffSerial, type Serial32 } from "../../base/serial.ts";

/** Bookkeeping of a run, a buffer or a message beside its payload: counted, so that small ones are not free. */
export const OVERHEAD = 64;
/** Buffers that are made for what is still to come: the least, and the most. */
const LEAST_BUFFER = 4096;
const MOST_BUFFER = 256 * 1024;
/** The payload of a part of a message that is delivered as it arrives. */
const PART: number = 64 * 1024;

/** What is held in memory. */
export class HeldBytes {
  /** Buffers with their unused room, and bookkeeping. */
  bytes: number = 0;
  /** Of those, what was made on expectation and is not used. */
  expected: number = 0;
  /** How much that may be. */
  readonly mostExpected: number;
  /** The payload of a part of a message that is delivered as it arrives: several of them fit into what may be held. */
  readonly part: number;
  /** Makes buffers. */
  readonly memory: Pick<Memory, "make">;

  /** @param limit bytes that may be held */
  constructor(limit: number, memory: Pick<Memory, "make"> = CLEARED) {
    this.mostExpected = limit / 8;
    this.part = Math.min(PART, Math.max(limit >> 4, 1));
    this.memory = memory;
  }
}

const CLEARED: Pick<Memory, "make"> = { make: (length) => new Uint8Array(length) };

class Segment {
  readonly buffer: Uint8Array;
  used = 0;
  next: Segment | undefined = undefined;

  constructor(buffer: Uint8Array) {
    this.buffer = buffer;
  }
}

/** Consecutive fragments of one message. */
export class Run {
  first: Serial32;
  last: Serial32;
  readonly stream: number;
  /** The number of its message on the stream: SSN or MID. */
  readonly sequence: Serial32;
  readonly unordered: boolean;
  ppid: number;
  begins: boolean;
  ends: boolean;
  /** Payload that it holds. */
  bytes: number = 0;
  /** Payload that was taken out of it while the message is not complete. */
  delivered: number = 0;
  readonly #held: HeldBytes;
  #head: Segment;
  #tail: Segment;
  /** Room of the first buffer that was made on expectation. */
  #expected = 0;
  /** Of a message that is delivered in parts: the room for the next. */
  #nextPart: number;

  constructor(
    held: HeldBytes,
    index: Serial32,
    stream: number,
    sequence: Serial32,
    unordered: boolean,
    ppid: number,
    begins: boolean,
    room: number,
    expected: number,
  ) {
    this.#held = held;
    this.#nextPart = held.part;
    this.first = index;
    this.last = index;
    this.stream = stream;
    this.sequence = sequence;
    this.unordered = unordered;
    this.ppid = ppid;
    this.begins = begins;
    this.ends = false;
    const extra = begins ? Math.min(expected, MOST_BUFFER) - room : 0;
    if (extra > 0 && held.expected + extra <= held.mostExpected) {
      this.#expected = extra;
      held.expected += extra;
    }
    this.#head = new Segment(held.memory.make(room + this.#expected));
    this.#tail = this.#head;
    held.bytes += this.#head.buffer.length + 2 * OVERHEAD;
  }

  /** Payload of the message so far, as far as this run goes. */
  get total(): number {
    return this.bytes + this.delivered;
  }

  /** Copies the payload `packet[start, end)` behind what is there. */
  append(packet: Uint8Array, start: number, end: number): void {
    this.bytes += end - start;
    const tail = this.#tail;
    const room = tail.buffer.length - tail.used;
    const cut = Math.min(end, start + room);
    if (cut > start) copyInto(tail, packet, start, cut);
    if (cut === end) return;
    const grown = this.delivered > 0 ? this.#nextPart : Math.min(Math.max(this.bytes >> 2, LEAST_BUFFER), MOST_BUFFER);
    const size = Math.max(end - cut, grown);
    const segment = new Segment(this.#held.memory.make(size));
    this.#held.bytes += size + OVERHEAD;
    tail.next = segment;
    this.#tail = segment;
    copyInto(segment, packet, cut, end);
  }

  /** Takes over the payload of the run that follows. */
  join(after: Run): void {
    this.last = after.last;
    this.ends = after.ends;
    this.bytes += after.bytes;
    this.#tail.next = after.#head;
    this.#tail = after.#tail;
    // What was one run more.
    this.#held.bytes -= OVERHEAD;
  }

  /** All payload as one array of its own; the run then holds nothing. */
  take(): Uint8Array {
    const { buffer, used, next } = this.#head;
    let data = buffer;
    if (next !== undefined || used !== buffer.length) {
      data = this.#held.memory.make(this.bytes);
      let offset = 0;
      for (let segment: Segment | undefined = this.#head; segment !== undefined; segment = segment.next) {
        const whole = segment.used === segment.buffer.length;
        data.set(whole ? segment.buffer : segment.buffer.subarray(0, segment.used), offset);
        offset += segment.used;
      }
    }
    this.drop();
    return data;
  }

  /** The first payload, while the message goes on: a full buffer, or with `all` whatever is there; undefined when there is nothing. */
  takePart(all: boolean): Uint8Array | undefined {
    let head = this.#head;
    if (head.buffer.length === 0 && head.next !== undefined) {
      head = head.next;
      this.#head = head;
      this.#held.bytes -= OVERHEAD;
    }
    const full = head.used === head.buffer.length;
    if (this.bytes === 0 || !(full || all || head.next !== undefined)) return undefined;
    const data = full ? head.buffer : head.buffer.slice(0, head.used);
    this.bytes -= data.length;
    this.delivered += data.length;
    this.#held.expected -= this.#expected;
    this.#expected = 0;
    // Many messages that grow slowly must not fill the window with empty room.
    this.#nextPart = full ? this.#held.part : Math.min(2 * data.length, this.#held.part);
    this.#held.bytes -= head.buffer.length;
    this.#head = head.next ?? new Segment(EMPTY);
    if (head.next === undefined) this.#tail = this.#head;
    else this.#held.bytes -= OVERHEAD;
    return data;
  }

  /** Forgets the payload. */
  drop(): void {
    this.#held.expected -= this.#expected;
    this.#expected = 0;
    this.#held.bytes -= OVERHEAD;
    for (let segment: Segment | undefined = this.#head; segment !== undefined; segment = segment.next)
      this.#held.bytes -= segment.buffer.length + OVERHEAD;
    this.#head = new Segment(EMPTY);
    this.#tail = this.#head;
    this.bytes = 0;
  }
}

/** Runs, found by their edges. */
export class FragmentRuns {
  /** The run that grew last; it is in none of the maps. */
  #open: Run | undefined = undefined;
  /** The others, by their first and last fragments, as signed numbers: those are cheap keys. */
  #byFirst: Map<number, Run> | undefined = undefined;
  #byLast: Map<number, Run> | undefined = undefined;

  /** Whether there is none. */
  get empty(): boolean {
    return this.#open === undefined && (this.#byFirst?.size ?? 0) === 0;
  }

  /** The run that ends with this fragment. */
  endingAt(index: number): Run | undefined {
    const open = this.#open;
    if (open !== undefined && (open.last | 0) === (index | 0)) return open;
    return this.#byLast?.get(index | 0);
  }

  /** The run that begins with this fragment. */
  beginningAt(index: number): Run | undefined {
    const open = this.#open;
    if (open !== undefined && (open.first | 0) === (index | 0)) return open;
    return this.#byFirst?.get(index | 0);
  }

  /** Adds a run. */
  insert(run: Run): void {
    this.#close();
    this.#open = run;
  }

  /** A run goes on to this fragment. */
  extend(run: Run, last: Serial32): void {
    if (run !== this.#open) {
      this.remove(run);
      this.insert(run);
    }
    run.last = last;
  }

  /** Two runs become one: `after` is taken over by `run`, which is the one that grew last. */
  join(run: Run, after: Run): void {
    this.remove(after);
    run.join(after);
  }

  /** Forgets a run. */
  remove(run: Run): void {
    if (run === this.#open) this.#open = undefined;
    else {
      this.#byFirst?.delete(run.first | 0);
      this.#byLast?.delete(run.last | 0);
    }
  }

  /** All runs, in no order. */
  all(): Run[] {
    const runs = [...(this.#byFirst?.values() ?? [])];
    if (this.#open !== undefined) runs.push(this.#open);
    return runs;
  }

  #close(): void {
    const open = this.#open;
    if (open === undefined) return;
    this.#byFirst ??= new Map();
    this.#byLast ??= new Map();
    this.#byFirst.set(open.first | 0, open);
    this.#byLast.set(open.last | 0, open);
  }
}

const EMPTY: Uint8Array = new Uint8Array(0);

/** Bytes of a datagram before and behind a payload that are copied along with it and put right afterwards. */
const MOST_AROUND = 64;
const covered = new Uint8Array(MOST_AROUND);

/**
 * Copies a payload. One that fills its datagram is copied with what is around it, which takes no view: what was there before is put back,
 * and what comes behind is not used yet.
 */
function copyInto(segment: Segment, packet: Uint8Array, start: number, end: number): void {
  const { buffer, used } = segment;
  const at = used - start;
  segment.used = used + (end - start);
  if (start > MOST_AROUND || packet.length - end > MOST_AROUND || at < 0 || at + packet.length > buffer.length) {
    copyBytes(buffer, used, packet, start, end);
    return;
  }
  for (let i = 0; i < start; i++) covered[i] = buffer[at + i] as number;
  buffer.set(packet, at);
  for (let i = 0; i < start; i++) buffer[at + i] = covered[i] as number;
}

/** Whether a run of TSNs goes on where a message was skipped. */
export function goesOnBehind(run: Run, tsn: Serial32): boolean {
  return !run.begins && diffSerial(run.first, tsn) === 1;
}
