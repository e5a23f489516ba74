/**
 * Whose turn it is: the stream schedulers of RFC 8260 §3.
 *
 * All of them are one heap of streams in the order of their ranks; they differ in what a rank is. With I-DATA they choose for every
 * fragment, without it for every message, because there a message that was begun is finished first (§3: what the sender does then).
 *
 * The weighted one is start-time fair queueing: a rank is the virtual time at which the stream has had its share so far. A stream that
 * comes back from idleness begins at the time of the one that was served last, so that it neither waits nor makes up for lost time.
 */
import type { OutboundStream } from "./outbound-stream.ts";

/**
 * `weighted`: shares of the path by the weights of streams (§3.6). `round-robin`: a message each (§3.2). `round-robin-packets`: a packet
 * each (§3.3). `first-come`: messages in the order in which they were queued (§3.1).
 */
export type SchedulerName = "weighted" | "round-robin" | "round-robin-packets" | "first-come";

/** The streams that have something to send. */
export class StreamScheduler {
  readonly #name: SchedulerName;
  readonly #heap: OutboundStream[] = [];
  /** The highest rank that was given in a round, or the virtual time. */
  #clock = 0;
  /** Who sent last, while its packet is being filled. */
  #last: OutboundStream | undefined = undefined;

  constructor(name: SchedulerName) {
    this.#name = name;
  }

  /** How many streams it holds. */
  get size(): number {
    return this.#heap.length;
  }

  /** The stream whose turn it is. */
  peek(): OutboundStream | undefined {
    return this.#heap[0];
  }

  /** A stream has something to send. */
  add(stream: OutboundStream): void {
    if (stream.place >= 0) return;
    switch (this.#name) {
      case "weighted":
        stream.rank = Math.max(stream.rank, this.#clock);
        break;
      case "first-come":
        stream.rank = stream.messages.peek()?.arrival ?? 0;
        break;
      default:
        stream.rank = ++this.#clock;
    }
    stream.place = this.#heap.length;
    this.#heap.push(stream);
    this.#rise(stream);
  }

  /** A stream has nothing to send. */
  remove(stream: OutboundStream): void {
    const { place } = stream;
    if (place < 0) return;
    stream.place = -1;
    const last = this.#heap.pop();
    if (last === undefined || last === stream) return;
    this.#heap[place] = last;
    last.place = place;
    this.#rise(last);
    this.#sink(last);
  }

  /** A stream has sent a fragment with so many bytes, which may have ended its message. */
  served(stream: OutboundStream, bytes: number, ended: boolean): void {
    this.#last = stream;
    switch (this.#name) {
      case "weighted":
        this.#clock = Math.max(this.#clock, stream.rank);
        stream.rank += bytes / stream.weight;
        break;
      case "round-robin":
        if (ended) stream.rank = ++this.#clock;
        break;
      case "first-come":
        if (ended) stream.rank = stream.messages.peek()?.arrival ?? 0;
        break;
      default:
        return;
    }
    if (stream.place >= 0) this.#sink(stream);
  }

  /** A packet is full. */
  packetSent(): void {
    const stream = this.#last;
    this.#last = undefined;
    if (stream === undefined || this.#name !== "round-robin-packets") return;
    stream.rank = ++this.#clock;
    if (stream.place >= 0) this.#sink(stream);
  }

  #rise(stream: OutboundStream): void {
    const heap = this.#heap;
    let i = stream.place;
    while (i > 0) {
      const up = (i - 1) >> 1;
      const parent = heap[up] as OutboundStream;
      if (parent.rank <= stream.rank) break;
      heap[i] = parent;
      parent.place = i;
      i = up;
    }
    heap[i] = stream;
    stream.place = i;
  }

  #sink(stream: OutboundStream): void {
    const heap = this.#heap;
    let i = stream.place;
    for (;;) {
      let down = 2 * i + 1;
      if (down >= heap.length) break;
      if (down + 1 < heap.length && (heap[down + 1] as OutboundStream).rank < (heap[down] as OutboundStream).rank) down++;
      const child = heap[down] as OutboundStream;
      // Of equals the one that was not served goes first.
      if (child.rank > stream.rank) break;
      heap[i] = child;
      child.place = i;
      i = down;
    }
    heap[i] = stream;
    stream.place = i;
  }
}
