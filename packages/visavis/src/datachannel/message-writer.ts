/**
 * A message of a channel that is sent while it is still being written, so that nobody has to hold all of it: RFC 8831 §6.6.
 */
import type { Instant } from "../base/instant.ts";
import type { MessageWriter as SctpMessageWriter } from "../sctp/message-writer.ts";
import type { Channel, MessageKind } from "./channel.ts";
import type { ChannelEntry } from "./channel-entry.ts";
import { ChannelError, toChannelError } from "./channel-error.ts";
import { Ppid } from "./ppid.ts";

/** The way to write one message. */
export interface MessageWriter {
  readonly channel: Channel;
  /** `abandoned` also when the channel was closed under it. */
  readonly state: "open" | "ended" | "abandoned";
  /** Bytes that were written. */
  readonly bytesWritten: number;
  /**
   * Queues a piece, which it takes ownership of; one without bytes does nothing. `bufferedAmount` grows by it.
   * @throws ChannelError `not-open`, `too-large` or `queue-full`
   */
  write(piece: Uint8Array, now: Instant): void;
  /** The message is complete. @throws ChannelError `not-open` or `queue-full` */
  end(now: Instant): void;
  /**
   * Gives the message up: the other side forgets what it has of it. Does nothing once it is ended. Where the other side does not know of
   * such things (RFC 3758) the association ends.
   */
  abandon(now: Instant): void;
}

/** One message that is being written. */
export class ChannelMessageWriter implements MessageWriter {
  readonly channel: ChannelEntry;
  readonly #writer: SctpMessageWriter;
  readonly #kind: MessageKind;
  readonly #limit: () => number;
  #bytes = 0;

  /** @param limit gives the largest message that the other side takes; 0 for any */
  constructor(channel: ChannelEntry, writer: SctpMessageWriter, kind: MessageKind, limit: () => number) {
    this.channel = channel;
    this.#writer = writer;
    this.#kind = kind;
    this.#limit = limit;
  }

  get state(): "open" | "ended" | "abandoned" {
    return this.#writer.state;
  }

  get bytesWritten(): number {
    return this.#bytes;
  }

  write(piece: Uint8Array, now: Instant): void {
    this.#checkOpen();
    const limit = this.#limit();
    if (limit > 0 && this.#bytes + piece.length > limit) {
      throw new ChannelError("too-large", `the other side takes messages of ${limit} bytes at most`);
    }
    const { length } = piece;
    this.#guard(() => this.#writer.write(piece, now));
    this.#bytes += length;
    this.channel.buffered.queueMessage(length);
    this.channel.bytesSent += length;
  }

  end(now: Instant): void {
    this.#checkOpen();
    if (this.#bytes === 0) {
      // RFC 8831 §6.6: a byte that means nothing.
      this.#guard(() => this.#writer.write(new Uint8Array(1), now));
      this.channel.buffered.queueOverhead(1);
      this.#guard(() => this.#writer.end(now, this.#kind === "string" ? Ppid.STRING_EMPTY : Ppid.BINARY_EMPTY));
    } else {
      this.#guard(() => this.#writer.end(now));
    }
    this.channel.messagesSent++;
    this.channel.writers.delete(this);
  }

  abandon(now: Instant): void {
    this.channel.writers.delete(this);
    this.#writer.abandon(now);
  }

  #checkOpen(): void {
    if (this.#writer.state !== "open") throw new ChannelError("not-open", `the message is ${this.#writer.state}`);
  }

  #guard(act: () => void): void {
    try {
      act();
    } catch (error) {
      throw toChannelError(error);
    }
  }
}
