/**
 * Messages of any size, sent while they are being made and read while they arrive, so that neither side has to hold one whole.
 */
import { ArrivingMessage } from "./arriving-message.ts";
import type { MessageKind, MessagePart, OutgoingMessage } from "./channel-owner.ts";
import type { ChannelReader, ChannelSlots } from "./channel-slots.ts";
import { domError } from "./errors.ts";
import { type RTCDataChannel, slotsOfChannel } from "./rtc-data-channel.ts";
import type { RTCError } from "./rtc-error.ts";
import { SendRoom } from "./send-room.ts";

/** A piece of a message; strings become UTF-8. */
export type MessagePiece = string | ArrayBuffer | ArrayBufferView;

/** How a message is sent. */
export interface SendMessageOptions {
  /** What it is to the other side; default `binary`. */
  readonly kind?: MessageKind;
  /** Bytes that may wait to be sent before the source is asked for no more; default 1 MiB. It goes on when half of them are left. */
  readonly highWaterMark?: number;
  /** Gives the message up, at once: the other side drops what it has of it. A source that is waited for is left when it speaks again. */
  readonly signal?: AbortSignal;
}

/** A message that arrives. Its stream is to be read or cancelled: unread, it holds up the channel. */
export type IncomingMessage =
  | { readonly kind: "string"; readonly stream: ReadableStream<string> }
  | { readonly kind: "binary"; readonly stream: ReadableStream<Uint8Array<ArrayBuffer>> };

/** How messages are read. */
export interface MessagesOptions {
  /** Bytes that may wait to be read before the channel pauses; default 256 KiB. */
  readonly highWaterMark?: number;
}

const KIB = 1024;
/** Bytes of the largest piece that is queued at once. */
const PIECE = 64 * KIB;
/** Bookkeeping of a message that nobody has asked for, so that empty ones are not free. */
const OVERHEAD = 64;
const utf8 = new TextEncoder();

/**
 * Sends one message made of all pieces of `source`, however many; it is done when all of it is on its way. Messages sent meanwhile on the channel
 * wait behind it; those of other channels do too, when the other side does not know interleaving (RFC 8260). Waits for the channel to open.
 * @throws (rejects) InvalidStateError when the channel closes, TypeError when the message becomes larger than the other side takes or
 *   a piece is none, the reason of the signal, and what the source throws; the message is given up then
 */
export async function sendMessage(
  channel: RTCDataChannel,
  source: AsyncIterable<MessagePiece> | Iterable<MessagePiece>,
  options: SendMessageOptions = {},
): Promise<void> {
  const slots = slotsOfChannel(channel);
  const { kind = "binary", highWaterMark = KIB * KIB, signal } = options;
  const room = new SendRoom(slots, highWaterMark);
  const over = new AbortController();
  let message: OutgoingMessage | undefined;
  const write = async (): Promise<void> => {
    signal?.throwIfAborted();
    await room.open();
    await room.attempt(() => {
      message = slots.begin(kind);
    });
    for await (const piece of source) {
      for (const bytes of piecesOf(piece)) {
        signal?.throwIfAborted();
        await room.send(() => message?.write(bytes));
      }
    }
    signal?.throwIfAborted();
    await room.attempt(() => message?.end());
  };
  try {
    // Neither a channel that is stuck nor a source that has nothing to say keeps the signal waiting.
    await (signal === undefined ? write() : Promise.race([write(), abortOf(signal, over.signal)]));
  } catch (error) {
    giveUp(message);
    throw error;
  } finally {
    room.end();
    over.abort();
  }
}

/** Fails with the reason of `signal`, unless `over` comes first. */
function abortOf(signal: AbortSignal, over: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { signal: over });
  });
}

/** The bytes of a piece, copied, none of them too many for one step. @throws TypeError */
function* piecesOf(piece: MessagePiece): Generator<Uint8Array> {
  const bytes = bytesOf(piece);
  for (let at = 0; at < bytes.length; at += PIECE) yield new Uint8Array(bytes.subarray(at, at + PIECE));
}

function bytesOf(piece: unknown): Uint8Array {
  if (typeof piece === "string") return utf8.encode(piece);
  if (ArrayBuffer.isView(piece)) return new Uint8Array(piece.buffer, piece.byteOffset, piece.byteLength);
  if (piece instanceof ArrayBuffer) return new Uint8Array(piece);
  throw new TypeError("A piece of a message is a string, an ArrayBuffer or a view of one.");
}

function giveUp(message: OutgoingMessage | undefined): void {
  try {
    message?.abandon();
  } catch {
    // It ended with its channel.
  }
}

/**
 * The messages of a channel, each as a stream that is there from its first part on. They take the place of `message` events: call it before the first
 * message can come. The iteration ends when the channel is closed, and fails when the channel does. Leaving it closes the channel.
 * A stream fails with an AbortError when the other side gave its message up.
 * @throws InvalidStateError when the channel is closing or closed, or is read already
 * @throws TypeError when it is no channel of this library
 */
export function messages(channel: RTCDataChannel, options: MessagesOptions = {}): AsyncIterableIterator<IncomingMessage> {
  const slots = slotsOfChannel(channel);
  if (slots.readyState === "closing" || slots.readyState === "closed") {
    throw domError("InvalidStateError", `The channel is ${slots.readyState}.`);
  }
  const arrivals = new Arrivals(slots, options.highWaterMark ?? 256 * KIB);
  slots.read(arrivals);
  slots.owner.deliverParts();
  return arrivals;
}

/** What a waiting `next()` is settled by. */
interface Wanted {
  resolve(result: IteratorResult<IncomingMessage>): void;
  reject(error: Error): void;
}

/** The messages of one channel as they arrive. */
class Arrivals implements ChannelReader, AsyncIterableIterator<IncomingMessage> {
  readonly #slots: ChannelSlots;
  readonly #highWaterMark: number;
  readonly #ready: IncomingMessage[] = [];
  readonly #wanted: Wanted[] = [];
  /** The one message that comes in parts now. */
  #current: ArrivingMessage | undefined = undefined;
  /** Bytes that nobody has read yet. */
  #unread = 0;
  #end: { readonly error: Error | undefined } | undefined = undefined;

  constructor(slots: ChannelSlots, highWaterMark: number) {
    this.#slots = slots;
    this.#highWaterMark = highWaterMark;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<IncomingMessage>> {
    return new Promise((resolve, reject) => {
      this.#wanted.push({ resolve, reject });
      this.#hand();
    });
  }

  return(): Promise<IteratorResult<IncomingMessage>> {
    this.#end ??= { error: undefined };
    this.#ready.length = 0;
    this.#current?.fail(domError("AbortError", "Nobody reads the channel any more."));
    this.#current = undefined;
    this.#hand();
    this.#slots.resume();
    this.#slots.close();
    return Promise.resolve({ done: true, value: undefined });
  }

  message(kind: MessageKind, data: Uint8Array, part: MessagePart): void {
    if (this.#end !== undefined) return;
    if (part === "whole") {
      this.#arrive(kind).add(data, true);
      return;
    }
    const current = this.#current ?? this.#arrive(kind);
    this.#current = part === "more" ? current : undefined;
    if (part === "abandoned") current.fail(domError("AbortError", "The other side gave the message up."));
    else current.add(data, part === "last");
  }

  closed(error: RTCError | undefined): void {
    this.#end ??= { error };
    this.#current?.fail(error ?? domError("AbortError", "The channel was closed within the message."));
    this.#current = undefined;
    this.#hand();
  }

  /** A new message: it is handed out at once. */
  #arrive(kind: MessageKind): ArrivingMessage {
    const message = new ArrivingMessage(kind, (bytes) => this.#count(bytes));
    this.#ready.push(message as IncomingMessage);
    this.#count(OVERHEAD);
    this.#hand();
    return message;
  }

  #hand(): void {
    for (let wanted = this.#wanted.shift(); wanted !== undefined; wanted = this.#wanted.shift()) {
      const value = this.#ready.shift();
      if (value !== undefined) {
        wanted.resolve({ done: false, value });
        this.#count(-OVERHEAD);
      } else if (this.#end === undefined) {
        this.#wanted.unshift(wanted);
        return;
      } else if (this.#end.error !== undefined) {
        wanted.reject(this.#end.error);
        this.#end = { error: undefined };
      } else {
        wanted.resolve({ done: true, value: undefined });
      }
    }
  }

  #count(bytes: number): void {
    this.#unread += bytes;
    if (this.#unread > this.#highWaterMark) this.#slots.pause();
    else this.#slots.resume();
  }
}
