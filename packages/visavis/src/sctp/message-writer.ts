/**
 * A message that is sent while it is still being written: RFC 9260 §11.1.5 knows only whole ones; what travels is no different.
 */
import type { Instant } from "../base/instant.ts";
import { abortByUser } from "./abort.ts";
import type { Context } from "./context.ts";
import { SctpError } from "./sctp-error.ts";
import type { OutgoingMessage } from "./tx/outgoing-message.ts";

/** Where a message that is being written stands. */
export type MessageWriterState = "open" | "ended" | "abandoned";

/** The way to write one message. */
export class MessageWriter {
  readonly #context: Context;
  readonly #message: OutgoingMessage;
  readonly #limit: number;

  /** @param limit bytes that may wait to be sent on all streams */
  constructor(context: Context, message: OutgoingMessage, limit: number) {
    this.#context = context;
    this.#message = message;
    this.#limit = limit;
  }

  /** `abandoned` also when its time was over, when too much of it was lost, and when the association ended under it. */
  get state(): MessageWriterState {
    if (this.#message.abandoned) return "abandoned";
    if (this.#message.complete) return "ended";
    return this.#context.state.name === "ended" ? "abandoned" : "open";
  }

  /** Whether nothing was written so far. */
  get empty(): boolean {
    return this.#message.remaining === 0 && !this.#message.begun;
  }

  /**
   * Queues a piece, which it takes ownership of; one without bytes does nothing.
   * @throws SctpError `closed` or `queue-full`
   */
  write(piece: Uint8Array, _now: Instant): void {
    this.#checkOpen();
    const { sendQueue } = this.#context;
    if (sendQueue.bytes + piece.length > this.#limit) throw new SctpError("queue-full", "the send buffer is full");
    if (piece.length > 0) sendQueue.append(this.#message, piece);
  }

  /**
   * The message is complete.
   * @param ppid for a message of which nothing was sent: another kind than it was begun with
   * @throws SctpError `closed`
   * @throws RangeError when nothing was written
   */
  end(_now: Instant, ppid: number = this.#message.ppid): void {
    this.#checkOpen();
    if (this.empty) throw new RangeError("an SCTP message cannot be empty");
    this.#message.ppid = ppid;
    this.#context.sendQueue.complete(this.#message);
  }

  /** Gives the message up. A peer that cannot be told of it (RFC 3758) learns of the end of the association instead. */
  abandon(_now: Instant): void {
    if (this.state !== "open") return;
    const { sendQueue, retransmissions } = this.#context;
    if (sendQueue.withdraw(this.#message)) this.#message.abandoned = true;
    else if (!retransmissions.abandonMessage(this.#message)) abortByUser(this.#context);
  }

  #checkOpen(): void {
    if (this.state !== "open") throw new SctpError("closed", `the message is ${this.state}`);
  }
}
