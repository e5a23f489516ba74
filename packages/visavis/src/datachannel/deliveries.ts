/**
 * Events and messages that wait to be taken. They leave by two doors, and neither overtakes the other where it matters: a message
 * waits for the events before it (the one that announced its channel), and the end of a channel waits for the messages before it.
 */

import { Ring } from "../base/ring.ts";
import { SparseMap } from "../base/sparse-map.ts";
import type { Channel, ChannelEvent, ChannelMessage } from "./channel.ts";
import type { ChannelEntry } from "./channel-entry.ts";

/** Bytes of messages that wait before no more are fetched from the association, whose window then closes. */
const MOST_BYTES = 8 * 1024 * 1024;
/** Bookkeeping of a message, so that empty ones are not free. */
const OVERHEAD = 64;

/** What waits for a channel that is paused: its messages, and its end behind them. */
interface Parked {
  readonly messages: Ring<ChannelMessage>;
  readonly events: ChannelEvent[];
}

interface WaitingEvent {
  readonly event: ChannelEvent;
  /** How many messages came before it, since the beginning. */
  readonly messagesBefore: number;
}

/** What the owner takes. */
export class Deliveries {
  readonly #events = new Ring<WaitingEvent>();
  readonly #messages = new Ring<ChannelMessage>();
  readonly #parked = new SparseMap<Channel, Parked>();
  #bytes = 0;
  /** Messages that were taken, since the beginning. */
  #taken = 0;

  /** Whether the owner has to take messages before more are fetched. */
  get full(): boolean {
    return this.#bytes >= MOST_BYTES;
  }

  /** Keeps the messages of a channel, and its end behind them, until `resume`. */
  pause(channel: Channel): void {
    if (this.#parked.has(channel)) return;
    this.#parked.set(channel, { messages: new Ring(4), events: [] });
  }

  /** What was kept comes now. */
  resume(channel: Channel): void {
    const parked = this.#parked.get(channel);
    if (parked === undefined) return;
    this.#parked.delete(channel);
    // As if they had not been taken out.
    for (let message = parked.messages.pop(); message !== undefined; message = parked.messages.pop()) {
      this.#messages.unshift(message);
      this.#taken--;
    }
    for (const event of parked.events) this.event(event);
  }

  /** Adds an event. */
  event(event: ChannelEvent): void {
    this.#events.push({ event, messagesBefore: this.#taken + this.#messages.size });
  }

  /** Adds bytes that left the queue of a channel to the report that is not taken yet, or makes one. */
  drained(channel: ChannelEntry, bytes: number): void {
    if (bytes === 0) return;
    if (channel.report !== undefined) {
      channel.report.bytes += bytes;
      return;
    }
    channel.report = { type: "drained", channel, bytes };
    this.event(channel.report);
  }

  /** Adds a message. */
  message(message: ChannelMessage): void {
    this.#messages.push(message);
    this.#bytes += message.data.length + OVERHEAD;
  }

  /** Removes the oldest event, unless it ends a channel that has messages left to be taken. */
  takeEvent(): ChannelEvent | undefined {
    for (;;) {
      const first = this.#events.peek();
      if (first === undefined) return undefined;
      const { event } = first;
      const waits = waitsForMessages(event);
      if (waits && first.messagesBefore > this.#taken) return undefined;
      this.#events.shift();
      const parked = waits && "channel" in event ? this.#parked.get(event.channel) : undefined;
      if (parked !== undefined && parked.messages.size > 0) {
        parked.events.push(event);
        continue;
      }
      if (event.type === "drained") (event.channel as ChannelEntry).report = undefined;
      return event;
    }
  }

  /** Removes the oldest message, unless an event before it is left to be taken. */
  takeMessage(): ChannelMessage | undefined {
    for (;;) {
      const event = this.#events.peek();
      if (event !== undefined && event.messagesBefore <= this.#taken) return undefined;
      const message = this.#messages.shift();
      if (message === undefined) return undefined;
      this.#taken++;
      const parked = this.#parked.size === 0 ? undefined : this.#parked.get(message.channel);
      if (parked !== undefined) {
        parked.messages.push(message);
        continue;
      }
      this.#bytes -= message.data.length + OVERHEAD;
      return message;
    }
  }
}

function waitsForMessages(event: ChannelEvent): boolean {
  return event.type === "closing" || event.type === "closed" || event.type === "association-closed";
}
