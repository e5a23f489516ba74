/**
 * Datagrams that were written one after the other and then leave one right after the other.
 *
 * A datagram that is sent as soon as it is written finds whoever receives it asleep more often than not, and waking a process costs the
 * sender more than sending, and the receiver more than receiving. Sent in one go, many datagrams wake it once.
 */
import type { DatagramSocket } from "../base/platform.ts";
import type { Route } from "../base/route.ts";
import { Transmit } from "../base/transmit.ts";

/** Bytes after which the batch is full, so that large datagrams do not make it hold much memory. */
const MOST_BYTES = 128 * 1024;

/** One batch; empty at first and after `send`. Each datagram has memory of its own, which is used again. */
export class OutgoingBatch {
  // One entry for each datagram; what is behind `#count` is left over from earlier batches.
  readonly #datagrams: Transmit[] = [];
  readonly #sockets: DatagramSocket[] = [];
  #count = 0;
  #bytes = 0;

  /** Whether datagrams wait in it. */
  get waits(): boolean {
    return this.#count > 0;
  }

  /** Whether it has no room for more. */
  get full(): boolean {
    return this.#bytes >= MOST_BYTES;
  }

  /** Where the next datagram is to be written; empty. */
  next(): Transmit {
    const out = this.#datagrams[this.#count];
    if (out === undefined) {
      const fresh = new Transmit();
      this.#datagrams.push(fresh);
      return fresh;
    }
    out.reset();
    return out;
  }

  /** Adds the datagram that was written into what `next` gave, and which has a route. */
  add(socket: DatagramSocket): void {
    this.#bytes += this.#datagrams[this.#count]?.length ?? 0;
    this.#sockets[this.#count++] = socket;
  }

  /** Sends what waits; adds to `busy` the sockets that still refer to its memory. */
  send(busy: DatagramSocket[]): void {
    for (let i = 0; i < this.#count; i++) {
      const socket = this.#sockets[i] as DatagramSocket;
      const { bytes, start, length, route } = this.#datagrams[i] as Transmit;
      const { address, port } = route as Route;
      if (!socket.send(bytes, start, length, address, port) && !busy.includes(socket)) busy.push(socket);
    }
    this.#count = 0;
    this.#bytes = 0;
  }
}
