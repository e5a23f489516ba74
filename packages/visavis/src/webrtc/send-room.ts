/**
 * Sending with back-pressure: a message is sent when there is room for it, and whoever sends it waits while too much is on its way.
 */
import type { ChannelSlots } from "./channel-slots.ts";
import { domError } from "./errors.ts";

/** The way out of one channel. */
export class SendRoom {
  readonly #slots: ChannelSlots;
  readonly #highWaterMark: number;
  readonly #waiting = new Set<() => void>();
  #isOver = false;
  readonly #wake = (): void => this.drained();

  /** @param highWaterMark bytes that may wait in the channel */
  constructor(slots: ChannelSlots, highWaterMark: number) {
    this.#slots = slots;
    this.#highWaterMark = highWaterMark;
  }

  /**
   * Sends a message, and is done when there is room for the next.
   * @throws (rejects) TypeError when it is too large, InvalidStateError when the channel can send no more
   */
  async send(message: unknown): Promise<void> {
    while (!this.#isOver && !this.#trySend(message)) await this.change();
    if (this.#isOver) throw domError("InvalidStateError", "The channel is closing.");
    await this.below(this.#highWaterMark);
  }

  /** Waits, when more than `limit` bytes are on their way, until at most half of it is. */
  async below(limit: number): Promise<void> {
    if (this.#slots.bufferedAmount <= limit) return;
    while (!this.#isOver && this.#slots.bufferedAmount > limit / 2) await this.change();
  }

  /** Waits until nothing is on its way. */
  async empty(): Promise<void> {
    while (!this.#isOver && this.#slots.bufferedAmount > 0) await this.change();
  }

  /** Something left the channel. */
  drained(): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const wake of waiting) wake();
  }

  /** Nothing can be sent any more. */
  end(): void {
    this.#isOver = true;
    this.drained();
  }

  /** Waits until something left the channel, or its end. */
  change(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.add(resolve);
    });
  }

  /** False when the send buffer is full: all channels of a connection share it, so room may come by another one. */
  #trySend(message: unknown): boolean {
    try {
      this.#slots.send(message);
      return true;
    } catch (error) {
      if (!(error instanceof Error && error.name === "OperationError")) throw error;
      this.#slots.owner.awaitRoom(this.#wake);
      return false;
    }
  }
}
