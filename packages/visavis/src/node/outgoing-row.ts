/**
 * Datagrams for one destination that leave in one call, where the socket can cut them apart again (UDP segmentation offload).
 *
 * They stand one behind the other in the driver's buffer: the first where it was written, each further one moved down to it.
 */
import type { DatagramSocket, SegmentedSending } from "../base/platform.ts";
import type { Route } from "../base/route.ts";
import { HEADROOM, type Transmit } from "../base/transmit.ts";

/** Room for whatever an engine writes without asking for more. */
const LEAST_ROOM = 2048;

/** One row; empty at first and after `send`. */
export class OutgoingRow {
  #socket: DatagramSocket | undefined = undefined;
  #segments: SegmentedSending | undefined = undefined;
  #route: Route | undefined = undefined;
  #start = 0;
  #end = 0;
  #segmentSize = 0;
  #count = 0;
  /** A datagram that is shorter than the others is the last one. */
  #complete = false;

  /** Whether datagrams wait in it. */
  get waits(): boolean {
    return this.#count > 0;
  }

  /** Empties `out` for the next datagram, which is written behind those that wait. */
  prepare(out: Transmit): void {
    out.reset();
    if (this.#count === 0) return;
    out.start = this.#end + HEADROOM;
    out.reserve(LEAST_ROOM);
  }

  /** Begins with the datagram in `out`. The row must be empty. */
  begin(out: Transmit, route: Route, socket: DatagramSocket, segments: SegmentedSending): void {
    this.#socket = socket;
    this.#segments = segments;
    this.#route = route;
    this.#start = out.start;
    this.#end = out.start + out.length;
    this.#segmentSize = out.length;
    this.#count = 1;
    this.#complete = false;
  }

  /** Adds the datagram in `out`, which was written after `prepare`. @returns false when it does not go with the others */
  add(out: Transmit, route: Route): boolean {
    const { length } = out;
    const segments = this.#segments;
    if (segments === undefined || this.#complete || route !== this.#route || length > this.#segmentSize) return false;
    if (this.#count >= segments.maxSegments || this.#end - this.#start + length > segments.maxBytes) return false;
    out.bytes.copyWithin(this.#end, out.start, out.start + length);
    this.#end += length;
    this.#count++;
    this.#complete = length < this.#segmentSize;
    return true;
  }

  /** Sends what waits in `bytes`. @returns the socket when the bytes are still referenced */
  send(bytes: Uint8Array): DatagramSocket | undefined {
    const route = this.#route;
    const socket = this.#socket;
    const segments = this.#segments;
    if (route === undefined || socket === undefined || segments === undefined) return undefined;
    const { address, port } = route;
    const length = this.#end - this.#start;
    const copied =
      this.#count === 1
        ? socket.send(bytes, this.#start, length, address, port)
        : segments.send(bytes, this.#start, length, this.#segmentSize, address, port);
    this.#socket = undefined;
    this.#segments = undefined;
    this.#route = undefined;
    this.#count = 0;
    return copied ? undefined : socket;
  }
}
