/**
 * One incoming stream: the order of its messages (RFC 9260 §6.6, RFC 8260 §2.2), and what is skipped (RFC 3758 §3.6, RFC 8260 §2.3.1).
 */
import { addSerial, addSerial16, diffSerial, diffSerial16, type Serial16, type Serial32, serial } from "../../base/serial.ts";
import type { SctpMessage } from "../association-options.ts";
import { FragmentRuns, type Run } from "./fragment-runs.ts";

/** A message of which I-DATA chunks have arrived; its runs are counted by fragment sequence numbers. */
export class IncomingMessage extends FragmentRuns {
  readonly mid: Serial32;
  readonly unordered: boolean;

  constructor(mid: Serial32, unordered: boolean) {
    super();
    this.mid = mid;
    this.unordered = unordered;
  }
}

/** An incoming stream. */
export class InboundStream {
  readonly id: number;
  /** Messages are numbered with 32 bits in I-DATA, with 16 in DATA. */
  readonly #wide: boolean;
  /** The number of the ordered message whose turn it is. */
  next: Serial32 = serial(0);
  /** Bytes of the last message that had several fragments. */
  expected: number = 0;
  /** Whether messages are delivered in parts. */
  partial: boolean;
  /** The message of which parts were delivered, and more are to come. */
  delivering: Run | undefined = undefined;
  /** Complete messages that wait for earlier ones. */
  #waiting: Map<number, SctpMessage> | undefined = undefined;
  /** I-DATA: the message that grew last, and the others, ordered and unordered ones apart. */
  #open: IncomingMessage | undefined = undefined;
  #ordered: Map<number, IncomingMessage> | undefined = undefined;
  #unordered: Map<number, IncomingMessage> | undefined = undefined;
  /** The last unordered message that was given up. */
  #skipped: Serial32 | undefined = undefined;

  constructor(id: number, wide: boolean, partial: boolean) {
    this.id = id;
    this.partial = partial;
    this.#wide = wide;
  }

  /** How far behind `other` a message number is. */
  distance(sequence: Serial32, other: Serial32): number {
    return this.#wide ? diffSerial(sequence, other) : diffSerial16(sequence as number as Serial16, other as number as Serial16);
  }

  /** The turn goes to the message behind this one. */
  moveBehind(sequence: Serial32): void {
    this.next = this.#after(sequence, 1);
  }

  /** Keeps a complete message until its turn; false when there is one of that number. */
  wait(sequence: Serial32, message: SctpMessage): boolean {
    this.#waiting ??= new Map();
    if (this.#waiting.has(sequence)) return false;
    this.#waiting.set(sequence, message);
    return true;
  }

  /** Removes the message whose turn it is, if it waits, and gives the turn to the one behind it. */
  takeNext(): SctpMessage | undefined {
    const waiting = this.#waiting;
    if (waiting === undefined) return undefined;
    const message = waiting.get(this.next);
    if (message === undefined) return undefined;
    waiting.delete(this.next);
    if (waiting.size === 0) this.#waiting = undefined;
    this.moveBehind(this.next);
    return message;
  }

  /** The numbers of messages up to `last` that wait, in their order. */
  waitingUpTo(last: Serial32): Serial32[] {
    const waiting = this.#waiting;
    const distance = this.distance(last, this.next);
    if (waiting === undefined || distance < 0) return [];
    // Whichever is shorter: the numbers up to `last`, or what waits.
    if (distance < waiting.size) {
      const found: Serial32[] = [];
      for (let i = 0; i <= distance; i++) {
        const sequence = this.#after(this.next, i);
        if (waiting.has(sequence)) found.push(sequence);
      }
      return found;
    }
    const found = ([...waiting.keys()] as Serial32[]).filter((sequence) => this.distance(sequence, last) <= 0);
    return found.sort((a, b) => this.distance(a, this.next) - this.distance(b, this.next));
  }

  /** Removes all messages that wait. */
  takeWaiting(): SctpMessage[] {
    const messages = [...(this.#waiting?.values() ?? [])];
    this.#waiting = undefined;
    return messages;
  }

  /** The message of which an I-DATA chunk came, made anew if need be; undefined when it was delivered or given up. */
  messageOf(mid: Serial32, unordered: boolean): IncomingMessage | undefined {
    const open = this.#open;
    if (open !== undefined && open.mid === mid && open.unordered === unordered) return open;
    if (this.isOver(mid, unordered)) return undefined;
    const others = unordered ? this.#unordered : this.#ordered;
    const message = others?.get(mid) ?? new IncomingMessage(mid, unordered);
    others?.delete(mid);
    if (open !== undefined) this.#setAside(open);
    this.#open = message;
    return message;
  }

  /** The message of which some I-DATA chunks came already. */
  find(mid: Serial32, unordered: boolean): IncomingMessage | undefined {
    const open = this.#open;
    if (open !== undefined && open.mid === mid && open.unordered === unordered) return open;
    return (unordered ? this.#unordered : this.#ordered)?.get(mid);
  }

  #setAside(message: IncomingMessage): void {
    this.#ordered ??= new Map();
    this.#unordered ??= new Map();
    (message.unordered ? this.#unordered : this.#ordered).set(message.mid, message);
  }

  /** Whether a message of this number can no longer come. */
  isOver(mid: Serial32, unordered: boolean): boolean {
    if (!unordered) return diffSerial(mid, this.next) < 0;
    const skipped = this.#skipped;
    if (skipped === undefined) return false;
    const ahead = diffSerial(mid, skipped);
    // Fragments that were given up do not come this late: the number may be used again after all others.
    if (ahead > FARTHEST_LATE) this.#skipped = undefined;
    return ahead <= 0;
  }

  /** Forgets a message. */
  forget(message: IncomingMessage): void {
    if (this.#open === message) this.#open = undefined;
    else (message.unordered ? this.#unordered : this.#ordered)?.delete(message.mid);
  }

  /** I-DATA: the messages up to this number that are not complete, ordered or unordered ones. */
  incompleteUpTo(mid: Serial32, unordered: boolean): IncomingMessage[] {
    return this.incomplete().filter((one) => one.unordered === unordered && diffSerial(one.mid, mid) <= 0);
  }

  /** I-DATA: all messages that are not complete. */
  incomplete(): IncomingMessage[] {
    const all = [...(this.#ordered?.values() ?? []), ...(this.#unordered?.values() ?? [])];
    if (this.#open !== undefined) all.push(this.#open);
    return all;
  }

  /** No fragment of unordered messages up to this number is taken any more. */
  skipUnordered(mid: Serial32): void {
    if (this.#skipped === undefined || diffSerial(mid, this.#skipped) > 0) this.#skipped = mid;
  }

  #after(sequence: Serial32, count: number): Serial32 {
    return this.#wide ? addSerial(sequence, count) : (addSerial16(sequence as number as Serial16, count) as number as Serial32);
  }
}

/** Message numbers that may be in use beside one that was given up: more than TSNs may be outstanding. */
const FARTHEST_LATE = 0x100000;
