/**
 * Messages on streams that have no channel yet: unordered ones that overtook their DATA_CHANNEL_OPEN, and those for a negotiated
 * channel that our side has still to make. Held within bounds until the channel is there (RFC 8832 §6).
 */
import { SparseMap } from "../base/sparse-map.ts";
import type { SctpMessage } from "../sctp/association-options.ts";

/** Messages held on all streams. */
const MOST_MESSAGES = 256;
/** Bytes held on all streams. */
const MOST_BYTES = 1024 * 1024;

/** What waits for its channel. */
export class EarlyMessages {
  readonly #byStream = new SparseMap<number, SctpMessage[]>();
  #count = 0;
  #bytes = 0;

  /** Messages that wait. */
  get count(): number {
    return this.#count;
  }

  /** Keeps a message; false when there is no room for it. */
  hold(message: SctpMessage): boolean {
    const bytes = message.data.length;
    if (this.#count >= MOST_MESSAGES || this.#bytes + bytes > MOST_BYTES) return false;
    this.#count++;
    this.#bytes += bytes;
    const held = this.#byStream.get(message.stream);
    if (held === undefined) this.#byStream.set(message.stream, [message]);
    else held.push(message);
    return true;
  }

  /** Removes the messages of a stream, oldest first. */
  take(stream: number): readonly SctpMessage[] {
    const held = this.#byStream.get(stream);
    if (held === undefined) return [];
    this.#byStream.delete(stream);
    this.#count -= held.length;
    for (const { data } of held) this.#bytes -= data.length;
    return held;
  }

  /** Forgets all. */
  clear(): void {
    this.#byStream.clear();
    this.#count = 0;
    this.#bytes = 0;
  }
}
