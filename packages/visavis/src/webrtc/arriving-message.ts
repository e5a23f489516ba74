/**
 * One message on its way in, as a stream: parts go in as they arrive, and come out as they are read.
 */
import { Ring } from "../base/ring.ts";
import type { MessageKind } from "./channel-owner.ts";
import { ownMemory } from "./own-memory.ts";

/** What a stream of a message gives: text of a string, bytes in memory of their own. */
export type MessageChunk = string | Uint8Array<ArrayBuffer>;

interface Waiting {
  readonly chunk: MessageChunk;
  readonly size: number;
}

/** Bookkeeping of a chunk, so that small ones are not free. */
const OVERHEAD = 64;

/** One message. */
export class ArrivingMessage {
  readonly kind: MessageKind;
  readonly stream: ReadableStream<MessageChunk>;
  readonly #decoder: InstanceType<typeof TextDecoder> | undefined;
  readonly #unread: (bytes: number) => void;
  readonly #chunks = new Ring<Waiting>();
  #controller: ReadableStreamDefaultController<MessageChunk> | undefined;
  #isWanted = false;
  #isComplete = false;

  /** @param unread is told of bytes that wait to be read, and of fewer, by a negative number */
  constructor(kind: MessageKind, unread: (bytes: number) => void) {
    this.kind = kind;
    this.#unread = unread;
    // A byte order mark at the beginning is part of the message.
    this.#decoder = kind === "string" ? new TextDecoder("utf-8", { ignoreBOM: true }) : undefined;
    const start = (controller: ReadableStreamDefaultController<MessageChunk>): void => {
      this.#controller = controller;
    };
    this.stream = new ReadableStream<MessageChunk>(
      { start, pull: () => this.#want(), cancel: () => this.#release() },
      // What waits does so here, where it is counted.
      { highWaterMark: 0 },
    );
  }

  /** Adds a part. @param isLast whether it ends the message */
  add(data: Uint8Array, isLast: boolean): void {
    if (this.#controller === undefined) return;
    const chunk = this.#decoder === undefined ? ownMemory(data) : this.#decoder.decode(data, { stream: !isLast });
    if (chunk.length > 0) {
      const size = data.length + OVERHEAD;
      this.#chunks.push({ chunk, size });
      this.#unread(size);
    }
    this.#isComplete = isLast;
    if (this.#isWanted || isLast) this.#hand();
  }

  /** The rest will never come. */
  fail(error: Error): void {
    this.#controller?.error(error);
    this.#release();
  }

  #want(): void {
    this.#isWanted = true;
    this.#hand();
  }

  #hand(): void {
    const controller = this.#controller;
    if (controller === undefined) return;
    const next = this.#isWanted ? this.#chunks.shift() : undefined;
    if (next !== undefined) {
      this.#isWanted = false;
      controller.enqueue(next.chunk);
    }
    if (this.#isComplete && this.#chunks.size === 0) {
      this.#controller = undefined;
      controller.close();
    }
    if (next !== undefined) this.#unread(-next.size);
  }

  /** Nothing is read any more. */
  #release(): void {
    this.#controller = undefined;
    let size = 0;
    for (let waiting = this.#chunks.shift(); waiting !== undefined; waiting = this.#chunks.shift()) size += waiting.size;
    this.#unread(-size);
  }
}
