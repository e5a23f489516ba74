/**
 * A data channel as a pair of WHATWG streams (https://streams.spec.whatwg.org/), with back-pressure both ways: a reader that does not read
 * pauses the channel, and what waits for it closes the receive window; a writer waits for `bufferedAmount`.
 */
import type { MessageKind } from "./channel-owner.ts";
import type { ChannelReader, ChannelSlots } from "./channel-slots.ts";
import { domError } from "./errors.ts";
import { ownMemory } from "./own-memory.ts";
import { type RTCDataChannel, slotsOfChannel } from "./rtc-data-channel.ts";
import type { RTCError } from "./rtc-error.ts";
import { SendRoom } from "./send-room.ts";

/** A message as it comes out of the readable side: a string, or bytes in memory of their own. */
export type ReceivedChunk = string | Uint8Array<ArrayBuffer>;

/** A message as it goes into the writable side. */
export type SentChunk = string | Blob | ArrayBuffer | ArrayBufferView;

/** How a channel becomes streams. */
export interface ChannelStreamsOptions {
  /** Bytes of messages that may wait to be read before the channel pauses; default 256 KiB. */
  readonly readableHighWaterMark?: number;
  /** Bytes of messages that may wait to be sent before a write waits; default 1 MiB. It goes on when half of them are left. */
  readonly writableHighWaterMark?: number;
  /** Leave the channel open when a stream is closed, aborted or cancelled; default false. */
  readonly preventClose?: boolean;
}

/** The two directions of a channel. One chunk is one message. */
export interface ChannelStreams {
  /** Ends when the channel is closed and everything was read; fails with an RTCError when the channel does, or the connection is closed here. */
  readonly readable: ReadableStream<ReceivedChunk>;
  /** `close()` closes the channel, and is done when the other side has everything. A channel has no half-open state. */
  readonly writable: WritableStream<SentChunk>;
}

/** Bookkeeping of a message, so that empty ones are not free. */
const OVERHEAD = 64;
const KIB = 1024;
// A byte order mark at the beginning is part of the message.
const utf8Decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/**
 * Makes streams of a channel. They take its messages over: there are no `message` events any more. To be called before the first message can
 * come: where the channel is made, or in its `datachannel` event; the channel may still be connecting.
 * @throws InvalidStateError when the channel is closing or closed, or is read by streams already
 * @throws TypeError when it is no channel of this library
 */
export function channelStreams(channel: RTCDataChannel, options: ChannelStreamsOptions = {}): ChannelStreams {
  const slots = slotsOfChannel(channel);
  if (slots.readyState === "closing" || slots.readyState === "closed") {
    throw domError("InvalidStateError", `The channel is ${slots.readyState}.`);
  }
  const ends = new StreamEnds(slots, options);
  slots.read(ends);
  return { readable: ends.readable, writable: ends.writable };
}

/** Both streams of one channel. */
class StreamEnds implements ChannelReader {
  readonly readable: ReadableStream<ReceivedChunk>;
  readonly writable: WritableStream<SentChunk>;
  readonly #slots: ChannelSlots;
  readonly #preventClose: boolean;
  readonly #room: SendRoom;
  #read: ReadableStreamDefaultController<ReceivedChunk> | undefined;
  #write: WritableStreamDefaultController | undefined;
  #settleClose: ((error?: Error) => void) | undefined = undefined;
  #isOver = false;

  constructor(slots: ChannelSlots, options: ChannelStreamsOptions) {
    const { readableHighWaterMark = 256 * KIB, writableHighWaterMark = KIB * KIB, preventClose = false } = options;
    this.#slots = slots;
    this.#preventClose = preventClose;
    this.#room = new SendRoom(slots, writableHighWaterMark);
    this.readable = new ReadableStream<ReceivedChunk>(
      {
        start: (controller) => {
          this.#read = controller;
        },
        pull: () => slots.resume(),
        cancel: () => this.#cancel(),
      },
      { highWaterMark: readableHighWaterMark, size: (chunk) => (chunk?.length ?? 0) + OVERHEAD },
    );
    this.writable = new WritableStream<SentChunk>({
      start: (controller) => {
        this.#write = controller;
        return slots.readyState === "open" ? undefined : this.#room.open();
      },
      write: (chunk) => this.#room.send(() => slots.send(chunk)),
      close: () => this.#close(),
      abort: () => this.#abort(),
    });
  }

  message(kind: MessageKind, data: Uint8Array): void {
    const controller = this.#read;
    if (controller === undefined) return;
    controller.enqueue(kind === "string" ? utf8Decoder.decode(data) : ownMemory(data));
    if ((controller.desiredSize ?? 0) <= 0) this.#slots.pause();
  }

  closed(error: RTCError | undefined): void {
    this.#isOver = true;
    const controller = this.#read;
    this.#read = undefined;
    if (error === undefined) controller?.close();
    else controller?.error(error);
    this.#settleClose?.(error);
    if (error !== undefined) this.#write?.error(error);
    // Who pipes this readable to this writable closes it in between, which is no failure.
    else setImmediate(() => this.#write?.error(domError("InvalidStateError", "The channel is closed.")));
  }

  /** Nobody wants to read any more: what comes is dropped. */
  #cancel(): void {
    this.#read = undefined;
    this.#slots.resume();
    if (!this.#preventClose) this.#slots.close();
  }

  #abort(): void {
    this.#write = undefined;
    this.#room.end();
    if (!this.#preventClose) this.#slots.close();
  }

  async #close(): Promise<void> {
    this.#write = undefined;
    if (this.#isOver) return;
    if (this.#preventClose) {
      await this.#room.empty();
      return;
    }
    await new Promise<void>((resolve, reject) => {
      this.#settleClose = (error) => (error === undefined ? resolve() : reject(error));
      this.#slots.close();
    });
  }
}
