/**
 * What crosses between the thread that has a peer connection and the one that has its channel: steps in batches, one post for all steps of
 * one turn of the event loop. Large messages travel as the memory they lie in, small ones packed into one piece of memory.
 */
import { MessagePipe, type TransferablePort } from "../node/message-pipe.ts";
import type { ChannelFailure } from "../peer/peer-events.ts";
import type { MessageKind, MessagePart } from "./channel-owner.ts";

/** Messages of at least so many bytes that fill their memory are not packed. */
const OWN_MEMORY = 8 * 1024;

/** The parts that a message may come in, by index. */
const PARTS = ["whole", "more", "last", "abandoned"] as const satisfies readonly MessagePart[];

/** Messages in a row. */
interface MessagesStep {
  readonly type: "messages";
  /** Of each message or part: its length times 16, plus four times the index of its part, plus 1 for a string, plus 2 when it has memory of its own. */
  readonly heads: number[];
  /** Those without memory of their own, one behind the other. */
  packed: Uint8Array<ArrayBuffer> | undefined;
  /** The others. */
  readonly whole: Uint8Array[];
}

/** What the thread of the connection tells. */
export type DownStep =
  | { readonly type: "id"; readonly id: number | null }
  | { readonly type: "limit"; readonly maxMessageSize: number; readonly maxWrittenSize: number }
  | { readonly type: "open" }
  | { readonly type: "closing" }
  | { readonly type: "closed"; readonly failure: ChannelFailure | undefined }
  /** The second part of the end; nothing follows. */
  | { readonly type: "close" }
  /** The connection was closed by its program; nothing follows. */
  | { readonly type: "abandoned" }
  | { readonly type: "drained"; bytes: number };

/** What the thread of the channel tells. */
export type UpStep =
  | { readonly type: "shut" }
  /** Messages are wanted in parts. */
  | { readonly type: "parts" }
  /** So many bytes of messages were used. */
  | { readonly type: "used"; bytes: number };

/** Whoever is at one end. */
export interface ChannelPipeOwner<In> {
  /** A step of the other side. */
  step(step: In): void;
  /** A message of the other side, or a part of one. Takes ownership of `data`. */
  message(kind: MessageKind, data: Uint8Array, part: MessagePart): void;
  /** The other side is gone without a last word. */
  lost(): void;
}

/** One end. */
export class ChannelPipe<Out extends { readonly type: string }, In extends { readonly type: string }> {
  readonly #owner: ChannelPipeOwner<In>;
  readonly #pipe: MessagePipe;
  #batch: (Out | MessagesStep)[] = [];
  /** The messages of the last step of the batch that are to be packed. */
  #unpacked: Uint8Array[] = [];

  /** @param holdsThread whether the thread lives on for it */
  constructor(port: TransferablePort, owner: ChannelPipeOwner<In>, holdsThread: boolean) {
    this.#owner = owner;
    const closed = (): void => owner.lost();
    this.#pipe = new MessagePipe(port, { message: (batch) => this.#receive(batch), closed }, holdsThread);
  }

  /** Posts a message with the batch. Takes ownership of `data`. */
  message(kind: MessageKind, data: Uint8Array, part: MessagePart): void {
    let last = this.#batch.at(-1);
    if (!isMessages(last)) {
      last = { type: "messages", heads: [], packed: undefined, whole: [] };
      this.#add(last);
    }
    const isWhole = data.length >= OWN_MEMORY && data.length === data.buffer.byteLength;
    last.heads.push(16 * data.length + 4 * PARTS.indexOf(part) + (kind === "string" ? 1 : 0) + (isWhole ? 2 : 0));
    if (isWhole) last.whole.push(data);
    else this.#unpacked.push(data);
  }

  /** Posts a step with the batch. */
  push(step: Out): void {
    this.#pack();
    this.#add(step);
  }

  /** Posts a number of bytes with the batch; numbers in a row make one step. */
  count(type: "drained" | "used", bytes: number, make: (bytes: number) => Out): void {
    const last = this.#batch.at(-1) as { readonly type: string; bytes: number } | undefined;
    if (last?.type === type) last.bytes += bytes;
    else this.push(make(bytes));
  }

  /** Posts what is left to be posted, and ends it. */
  end(): void {
    this.#flush();
    this.#pipe.close();
  }

  #add(step: Out | MessagesStep): void {
    if (this.#batch.length === 0) setImmediate(() => this.#flush());
    this.#batch.push(step);
  }

  #flush(): void {
    if (this.#batch.length === 0) return;
    this.#pack();
    const batch = this.#batch;
    this.#batch = [];
    this.#pipe.post(batch, batch.flatMap(memoryOf));
  }

  /** Small messages move into one piece of memory, which is theirs alone. */
  #pack(): void {
    if (this.#unpacked.length === 0) return;
    const last = this.#batch.at(-1);
    if (!isMessages(last)) return;
    let length = 0;
    for (const data of this.#unpacked) length += data.length;
    last.packed = new Uint8Array(length);
    let offset = 0;
    for (const data of this.#unpacked) {
      last.packed.set(data, offset);
      offset += data.length;
    }
    this.#unpacked = [];
  }

  #receive(batch: unknown): void {
    for (const step of batch as readonly (In | MessagesStep)[]) {
      if (isMessages(step)) this.#receiveMessages(step);
      else this.#owner.step(step);
    }
  }

  #receiveMessages({ heads, packed, whole }: MessagesStep): void {
    let offset = 0;
    let next = 0;
    for (const head of heads) {
      const kind = (head & 1) === 1 ? "string" : "binary";
      const length = Math.floor(head / 16);
      const own = (head & 2) === 2 ? whole[next++] : undefined;
      const data = own ?? packed?.subarray(offset, offset + length) ?? new Uint8Array(0);
      if (own === undefined) offset += length;
      this.#owner.message(kind, data, PARTS[(head >> 2) & 3] ?? "whole");
    }
  }
}

function isMessages(step: { readonly type: string } | undefined): step is MessagesStep {
  return step?.type === "messages";
}

function memoryOf(step: { readonly type: string }): ArrayBuffer[] {
  if (!isMessages(step)) return [];
  const { packed, whole } = step;
  const memory = whole.map(({ buffer }) => buffer as ArrayBuffer);
  return packed === undefined ? memory : [packed.buffer, ...memory];
}
