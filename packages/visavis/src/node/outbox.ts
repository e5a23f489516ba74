/**
 * The memory that datagrams are written into on their way out. All drivers of a thread share it: each fills and empties it in one go.
 */
import type { DatagramSocket } from "../base/platform.ts";
import type { Route } from "../base/route.ts";
import type { Transmit } from "../base/transmit.ts";
import { OutgoingBatch } from "./outgoing-batch.ts";
import { OutgoingRow } from "./outgoing-row.ts";

/** Datagrams that wait to be sent: in a row that leaves in one call, or in a batch that leaves in one go. */
export class Outbox {
  readonly batch: OutgoingBatch = new OutgoingBatch();
  readonly row: OutgoingRow = new OutgoingRow();
  #out: Transmit = this.batch.next();

  /** Where the next datagram is to be written; empty. */
  next(): Transmit {
    if (this.row.waits) this.row.prepare(this.#out);
    else this.#out = this.batch.next();
    return this.#out;
  }

  /** Adds the datagram that was just written, if it goes with the row that waits. */
  addToRow(route: Route): boolean {
    return this.row.waits && this.row.add(this.#out, route);
  }

  /** Adds the datagram that was just written, which goes by `socket`. What does not go with it is sent first, as by `send`. */
  add(route: Route, socket: DatagramSocket, busy: DatagramSocket[]): void {
    const out = this.#out;
    const { segments } = socket;
    if (segments !== undefined && segments.maxSegments > 1) {
      this.send(busy);
      this.row.begin(out, route, socket, segments);
    } else if (this.row.waits) {
      // It was written behind the row, not where the batch has its own.
      this.send(busy);
      if (!socket.send(out.bytes, out.start, out.length, route.address, route.port) && !busy.includes(socket)) busy.push(socket);
    } else {
      this.batch.add(socket);
    }
  }

  /** Sends what waits; adds to `busy` the sockets that still refer to its memory. */
  send(busy: DatagramSocket[]): void {
    if (this.batch.waits) this.batch.send(busy);
    if (!this.row.waits) return;
    const socket = this.row.send(this.#out.bytes);
    if (socket !== undefined && !busy.includes(socket)) busy.push(socket);
  }
}

let spare: Outbox | undefined;

/** An empty one, for as long as it is not given back. */
export function takeOutbox(): Outbox {
  const outbox = spare ?? new Outbox();
  spare = undefined;
  return outbox;
}

/** Gives an empty one back, to whose memory nobody refers any more. */
export function returnOutbox(outbox: Outbox): void {
  spare = outbox;
}
