/**
 * What stands in a connection for a channel that lives in another thread: it passes on what happens to the channel, and carries out
 * what the other thread asks for.
 */
import { Ring } from "../base/ring.ts";
import type { TransferablePort } from "../node/message-pipe.ts";
import type { ChannelFailure } from "../peer/peer-events.ts";
import {
  type ChannelOwner,
  type ChannelSink,
  type MessageKind,
  type MessagePart,
  type OutgoingMessage,
  retainedSize,
} from "./channel-owner.ts";
import { ChannelPipe, type DownStep, type UpStep } from "./channel-pipe.ts";

interface Waiting {
  readonly kind: MessageKind;
  readonly data: Uint8Array;
  readonly part: MessagePart;
}

/** The near end of a channel of another thread. */
export class ChannelRelay implements ChannelSink {
  readonly #owner: ChannelOwner;
  readonly #pipe: ChannelPipe<DownStep, UpStep>;
  /** Messages that the send buffer below had no room for; the other thread holds back beyond what a channel may buffer. */
  readonly #waiting = new Ring<Waiting>();
  #id: number | null;
  #maxMessageSize: number;
  /** Bytes that the other thread has not used yet. */
  #retained = 0;
  /** The message that the other thread is writing. */
  #message: OutgoingMessage | undefined = undefined;
  #closeWhenSent = false;
  #isOver = false;
  readonly #flushAgain = (): void => this.#flush();

  /** @param id and `maxMessageSize`: what the other thread knows already */
  constructor(port: TransferablePort, owner: ChannelOwner, id: number | null, maxMessageSize: number) {
    this.#owner = owner;
    this.#id = id;
    this.#maxMessageSize = maxMessageSize;
    const end = { step: (step: UpStep) => this.#step(step), message: this.#send.bind(this), lost: () => this.#lose() };
    this.#pipe = new ChannelPipe(port, end, false);
  }

  get id(): number | null {
    return this.#id;
  }

  set id(id: number | null) {
    if (id !== this.#id) this.#tell({ type: "id", id });
    this.#id = id;
  }

  announceOpen(): void {
    this.#tell({ type: "open" });
  }

  announceClosing(): void {
    this.#tell({ type: "closing" });
    this.#waiting.clear();
  }

  announceClosed(failure: ChannelFailure | undefined): void {
    this.#tell({ type: "closed", failure });
  }

  announceClose(): void {
    this.#end({ type: "close" });
  }

  receive(kind: MessageKind, data: Uint8Array, part: MessagePart): void {
    if (this.#isOver) return;
    const size = retainedSize(data);
    this.#retained += size;
    this.#owner.retain(size);
    this.#pipe.message(kind, data, part);
  }

  drained(bytes: number): void {
    if (!this.#isOver) this.#pipe.count("drained", bytes, (all) => ({ type: "drained", bytes: all }));
  }

  abandon(): void {
    this.#end({ type: "abandoned" });
  }

  /** Before the step, the limit of messages if it is another than the other thread knows. */
  #tell(step: DownStep): void {
    if (this.#isOver) return;
    const { maxMessageSize, maxWrittenSize } = this.#owner;
    if (maxMessageSize !== this.#maxMessageSize) this.#pipe.push({ type: "limit", maxMessageSize, maxWrittenSize });
    this.#maxMessageSize = maxMessageSize;
    this.#pipe.push(step);
  }

  #end(last: DownStep): void {
    if (this.#isOver) return;
    this.#pipe.push(last);
    this.#pipe.end();
    this.#forget();
  }

  /** The thread ended, or let go of the channel. What it sent is still delivered; nobody is there to receive. */
  #lose(): void {
    if (this.#isOver) return;
    this.#owner.countLoss();
    this.#forget();
    this.#shut();
  }

  #forget(): void {
    this.#isOver = true;
    this.#owner.retain(-this.#retained);
    this.#retained = 0;
  }

  #step(step: UpStep): void {
    if (step.type === "shut") {
      this.#shut();
    } else if (step.type === "parts") {
      this.#owner.deliverParts();
    } else {
      const bytes = Math.min(step.bytes, this.#retained);
      this.#retained -= bytes;
      this.#owner.retain(-bytes);
    }
  }

  #shut(): void {
    if (this.#waiting.size === 0) this.#owner.close();
    else this.#closeWhenSent = true;
  }

  #send(kind: MessageKind, data: Uint8Array, part: MessagePart): void {
    this.#waiting.push({ kind, data, part });
    this.#flush();
  }

  #flush(): void {
    for (let first = this.#waiting.peek(); first !== undefined; first = this.#waiting.peek()) {
      try {
        this.#carry(first);
      } catch (error) {
        if (error instanceof Error && error.name === "OperationError") {
          this.#owner.awaitRoom(this.#flushAgain);
          return;
        }
        // The channel is ending, or the other side takes less than it said: what was sent then is lost, and its events tell.
      }
      this.#waiting.shift();
    }
    if (!this.#closeWhenSent) return;
    this.#closeWhenSent = false;
    this.#owner.close();
  }

  #carry({ kind, data, part }: Waiting): void {
    if (part === "whole") {
      this.#owner.send(data, kind);
      return;
    }
    const message = this.#message ?? this.#owner.begin(kind);
    this.#message = message;
    if (part === "more") {
      message.write(data);
      return;
    }
    if (part === "last") message.end();
    else message.abandon();
    this.#message = undefined;
  }
}
