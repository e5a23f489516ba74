/**
 * Events and messages that wait to be taken. They leave by two doors, and neither overtakes the other where it matters: a message
 * waits for the events before it (the one that announced its channel), and the end of a channel waits for the messages before it.
 */
import { Ring } from "../base/ring.ts";
import type { ChannelEvent, ChannelMessage } from "./channel.ts";
import type { ChannelEntry } from "./channel-entry.ts";

/** Bytes of messages that wait before no more are fetched from the association, whose window then closes. */
const MOST_BYTES = 8 * 1024 * 1024;
/** Bookkeeping of a message, so that empty ones are not free. */
const OVERHEAD = 64;

interface WaitingEvent {
  readonly event: ChannelEvent;
  /** How many messages came before it, since the beginning. */
  readonly messagesBefore: number;
}

/** What the owner takes. */
export class Deliveries {
  readonly #events = new Ring<WaitingEvent>();
  readonly #messages = new Ring<ChannelMessage>();
  #bytes = 0;
  /** Messages that were taken, since the beginning. */
  #taken = 0;

  /** Whether the owner has to take messages before more are fetched. */
  get full(): boolean {
    return this.#bytes >= MOST_BYTES;
  }

  /** Counts messages that were taken and are not used yet as if they were still here. Negative when they are. */
  retain(bytes: number): void {
    // Never below: messages of a table that is no more may be given back to the next one.
    this.#bytes = Math.max(0, this.#bytes + bytes);
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
    const first = this.#events.peek();
    if (first === undefined) return undefined;
    const { event } = first;
    if (first.messagesBefore > this.#taken && waitsForMessages(event)) return undefined;
    this.#events.shift();
    if (event.type === "drained") (event.channel as ChannelEntry).report = undefined;
    return event;
  }

  /** Removes the oldest message, unless an event before it is left to be taken. */
  takeMessage(): ChannelMessage | undefined {
    const event = this.#events.peek();
    if (event !== undefined && event.messagesBefore <= this.#taken) return undefined;
    const message = this.#messages.shift();
    if (message === undefined) return undefined;
    this.#taken++;
    this.#bytes -= message.data.length + OVERHEAD;
    return message;
  }
}

function waitsForMessages(event: ChannelEvent): boolean {
  return event.type === "closing" || event.type === "closed" || event.type === "association-closed";
}
