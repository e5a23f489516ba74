/**
 * What was promised in one direction, and what of it came true: the oracle of random scripts.
 */
import type { MessagePart } from "visavis/sctp";

/** The largest message. */
export const LARGEST: number = 1 << 20;
const SHIFTS = 65_536;

/** Messages are pieces of this: where one begins says which one it is. */
const PATTERN: Buffer = makePattern();

function makePattern(): Buffer {
  const bytes = Buffer.alloc(LARGEST + SHIFTS);
  let x = 0x9e3779b9;
  for (let i = 0; i < bytes.length; i += 4) {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    bytes.writeInt32LE(x | 0, i);
  }
  return bytes;
}

/** The bytes of message `id` from `start` to `end`: a view that nobody may write to. */
export function contentOf(id: number, start: number, end: number): Uint8Array {
  const from = Math.imul(id, 7919) & (SHIFTS - 1);
  return PATTERN.subarray(from + start, from + end);
}

/** A message that was sent. */
export interface Sent {
  readonly id: number;
  readonly stream: number;
  readonly ordered: boolean;
  /** It must arrive. */
  promised: boolean;
  length: number;
  complete: boolean;
  /** Bytes that arrived of it so far, where it comes in parts. */
  arrived: number;
}

/** A message that arrived, or a part. */
export interface Arrival {
  readonly id: number;
  readonly stream: number;
  readonly ordered: boolean;
  readonly data: Uint8Array;
  readonly part: MessagePart;
}

/** One direction. Ids ascend in the order of sending. */
export class MessageBook {
  readonly #outstanding = new Map<number, Sent>();
  #nextId = 1;
  /** By stream: the last id that was sent, the last ordered one that arrived, and the one that comes in parts. */
  readonly #lastSent = new Map<number, number>();
  readonly #lastArrived = new Map<number, number>();
  readonly #growing = new Map<number, Sent>();
  /** By stream: the last ids before each reset, how many of those were told, and up to where nothing may come any more. */
  readonly #boundaries = new Map<number, number[]>();
  readonly #told = new Map<number, number>();
  readonly #floors = new Map<number, number>();
  #behind: (readonly [stream: number, id: number])[] = [];
  sent = 0;
  arrived = 0;
  bytes = 0;
  abandoned = 0;

  /** Writes down a message; its bytes are `contentOf` its id. */
  send(stream: number, ordered: boolean, promised: boolean, length: number, complete = true): Sent {
    const message = { id: this.#nextId++, stream, ordered, promised, length, complete, arrived: 0 };
    this.#outstanding.set(message.id, message);
    this.#lastSent.set(stream, message.id);
    this.sent++;
    return message;
  }

  /** The id of the next message. */
  get nextId(): number {
    return this.#nextId;
  }

  /** The other side is asked to begin a stream anew. */
  resetAsked(stream: number): void {
    const list = this.#boundaries.get(stream) ?? [];
    list.push(this.#lastSent.get(stream) ?? 0);
    this.#boundaries.set(stream, list);
  }

  /** The other side says that the stream begins anew. @returns what is wrong with that */
  resetTold(stream: number): string | undefined {
    const told = this.#told.get(stream) ?? 0;
    const boundary = this.#boundaries.get(stream)?.[told];
    if (boundary === undefined) return `stream ${stream} was reset once more than asked`;
    this.#told.set(stream, told + 1);
    this.#behind.push([stream, boundary]);
    return undefined;
  }

  /** All that had arrived is taken: nothing from before the resets that were told may come any more. */
  drained(): void {
    for (const [stream, id] of this.#behind) this.#floors.set(stream, id);
    this.#behind = [];
  }

  /** @returns what is wrong with what arrived */
  arrive({ id, stream, ordered, data, part }: Arrival): string | undefined {
    const message = this.#outstanding.get(id);
    const what = `message ${id} (${part}, ${data.length} bytes, stream ${stream})`;
    if (message === undefined) return `${what} twice, or never sent`;
    if (message.stream !== stream || message.ordered !== ordered) return `${what} is of stream ${message.stream}`;
    if (id <= (this.#floors.get(stream) ?? 0)) return `${what} comes after a reset that it was before`;
    const next = this.#boundaries.get(stream)?.[this.#told.get(stream) ?? 0];
    if (next !== undefined && id > next) return `${what} comes before a reset that it was behind`;
    const growing = this.#growing.get(stream);
    if (growing !== undefined && growing !== message && ((ordered && growing.ordered) || part !== "whole"))
      return `${what} comes between parts of ${growing.id}`;
    if (ordered && growing !== message) {
      if (id <= (this.#lastArrived.get(stream) ?? 0)) return `${what} is out of order`;
      this.#lastArrived.set(stream, id);
    }
    if (part === "abandoned") {
      if (message.promised) return `${what} was promised`;
      this.abandoned++;
      return this.#over(message);
    }
    const end = message.arrived + data.length;
    if (end > message.length) return `${what} is too long: ${end} of ${message.length}`;
    if (Buffer.compare(data, contentOf(id, message.arrived, end)) !== 0) return `${what} differs`;
    message.arrived = end;
    this.bytes += data.length;
    if (part === "more") {
      this.#growing.set(stream, message);
      return undefined;
    }
    if (!message.complete || end !== message.length) return `${what} is too short: ${end} of ${message.length}`;
    if (part === "whole" && end !== data.length) return `${what} is no whole one`;
    this.arrived++;
    return this.#over(message);
  }

  /** Everything is at rest. @returns what should have come */
  settle(): string | undefined {
    for (const message of this.#outstanding.values())
      if (message.promised) return `message ${message.id} (${message.length} bytes, stream ${message.stream}) is missing`;
    for (const [stream, { id }] of this.#growing) return `message ${id} on stream ${stream} was begun and never ended`;
    for (const [stream, { length }] of this.#boundaries)
      if (this.#told.get(stream) !== length) return `a reset of stream ${stream} was not told`;
    this.#outstanding.clear();
    this.drained();
    return undefined;
  }

  #over(message: Sent): undefined {
    this.#outstanding.delete(message.id);
    if (this.#growing.get(message.stream) === message) this.#growing.delete(message.stream);
  }
}
