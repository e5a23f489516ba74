/**
 * What a TURN server has to send: answers of its own, and datagrams that it passes on, which stay where they arrived until they are
 * written. Slots are used again, so that passing on a datagram makes no garbage.
 */
import type { Route } from "../base/route.ts";
import type { Transmit } from "../base/transmit.ts";
import { wrapChannelData } from "./channel-data.ts";

/** Datagrams that wait; what is more is dropped. A power of two. */
const CAPACITY = 4096;

const NOTHING = new Uint8Array(0);

interface Slot {
  bytes: Uint8Array;
  start: number;
  end: number;
  route: Route | undefined;
  /** The channel whose header goes before it; 0 for none. */
  channel: number;
}

/** A bounded queue of datagrams. */
export class OutgoingQueue {
  readonly #slots: Slot[] = [];
  #head = 0;
  #size = 0;

  /** Queues `bytes[start, end)`, kept until written; false when there is no room. */
  push(bytes: Uint8Array, start: number, end: number, route: Route, channel: number = 0): boolean {
    if (this.#size === CAPACITY) return false;
    const index = (this.#head + this.#size) & (CAPACITY - 1);
    this.#size++;
    const slot = this.#slots[index];
    if (slot === undefined) {
      this.#slots[index] = { bytes, start, end, route, channel };
    } else {
      slot.bytes = bytes;
      slot.start = start;
      slot.end = end;
      slot.route = route;
      slot.channel = channel;
    }
    return true;
  }

  /** Writes the oldest one; false when there is none. */
  shift(out: Transmit): boolean {
    if (this.#size === 0) return false;
    const slot = this.#slots[this.#head];
    this.#head = (this.#head + 1) & (CAPACITY - 1);
    this.#size--;
    if (slot?.route === undefined) return false;
    const { bytes, start, end, route, channel } = slot;
    const length = end - start;
    out.reserve(length);
    if (start === 0 && end === bytes.length) out.bytes.set(bytes, out.start);
    else out.bytes.set(bytes.subarray(start, end), out.start);
    out.length = length;
    out.route = route;
    if (channel !== 0) wrapChannelData(out, channel, route.protocol !== "udp");
    slot.bytes = NOTHING;
    slot.route = undefined;
    return true;
  }
}
