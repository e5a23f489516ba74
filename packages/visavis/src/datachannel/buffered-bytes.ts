/**
 * Counts what users gave to a channel and what of it has left, when all that is known is how many bytes left its stream:
 * the channel's own messages and the byte that stands for an empty message are not the user's (webrtc-pc, [[BufferedAmount]]).
 */
import { Ring } from "../base/ring.ts";

/** A stretch of the bytes of a stream, counted from its first. */
interface Stretch {
  readonly start: number;
  end: number;
}

/** The bytes of one outgoing stream. They leave in the order in which they were queued. */
export class BufferedBytes {
  /** The stretches that are not the user's, oldest first; neighbours are one. */
  readonly #overhead = new Ring<Stretch>(2);
  #queued = 0;
  #left = 0;
  #amount = 0;

  /** Bytes of users that are queued. */
  get amount(): number {
    return this.#amount;
  }

  /** Bytes of a user's message were queued. */
  queueMessage(bytes: number): void {
    this.#queued += bytes;
    this.#amount += bytes;
  }

  /** Bytes that users did not give were queued. */
  queueOverhead(bytes: number): void {
    const start = this.#queued;
    this.#queued += bytes;
    const last = this.#overhead.at(this.#overhead.size - 1);
    if (last?.end === start) last.end = this.#queued;
    else this.#overhead.push({ start, end: this.#queued });
  }

  /** So many bytes left the stream. @returns how many of them were the user's */
  leave(bytes: number): number {
    const start = this.#left;
    const end = Math.min(start + bytes, this.#queued);
    let own = end - start;
    for (let stretch = this.#overhead.peek(); stretch !== undefined && stretch.start < end; stretch = this.#overhead.peek()) {
      own -= Math.min(stretch.end, end) - Math.max(stretch.start, start);
      if (stretch.end > end) break;
      this.#overhead.shift();
    }
    this.#left = end;
    this.#amount -= own;
    return own;
  }
}
