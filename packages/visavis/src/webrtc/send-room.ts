/**
 * Sending with back-pressure: something is sent when there is room for it, and whoever sends it waits while too much is on its way.
 */
import type { ChannelSlots, ChannelWatcher } from "./channel-slots.ts";
import { domError } from "./errors.ts";

/** The way out of one channel. */
export class SendRoom implements ChannelWatcher {
  readonly #slots: ChannelSlots;
  readonly #highWaterMark: number;
  readonly #waiting = new Set<() => void>();
  readonly #unwatch: () => void;
  readonly #wake = (): void => this.changed();
  #isOver = false;

  /** @param highWaterMark bytes that may wait in the channel */
  constructor(slots: ChannelSlots, highWaterMark: number) {
    this.#slots = slots;
    this.#highWaterMark = highWaterMark;
    this.#unwatch = slots.watch(this);
  }

  /** Waits until the channel is open. @throws (rejects) InvalidStateError when it is closed before */
  async open(): Promise<void> {
    while (!this.#isOver && this.#slots.readyState === "connecting") await this.#change();
    this.#check();
  }

  /**
   * Does what sends something as soon as there is room, then waits until there is room for more.
   * @throws (rejects) what `send` throws, and InvalidStateError when the channel can send no more
   */
  async send(send: () => void): Promise<void> {
    await this.attempt(send);
    const limit = this.#highWaterMark;
    if (this.#slots.bufferedAmount <= limit) return;
    while (!this.#isOver && this.#slots.bufferedAmount > limit / 2) await this.#change();
  }

  /** Does what sends something as soon as there is room. @throws (rejects) as `send` */
  async attempt(send: () => void): Promise<void> {
    for (this.#check(); !this.#trySend(send); this.#check()) await this.#change();
  }

  /** Waits until nothing is on its way. */
  async empty(): Promise<void> {
    while (!this.#isOver && this.#slots.bufferedAmount > 0) await this.#change();
  }

  changed(): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const wake of waiting) wake();
  }

  closing(): void {
    this.end();
  }

  /** Nothing is to be sent any more. */
  end(): void {
    this.#isOver = true;
    this.#unwatch();
    this.changed();
  }

  #check(): void {
    const { readyState } = this.#slots;
    if (this.#isOver || readyState === "closing" || readyState === "closed") {
      throw domError("InvalidStateError", "The channel is closing or closed.");
    }
  }

  #change(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.add(resolve);
    });
  }

  /** False when the send buffer is full: all channels of a connection share it, so room may come by another one. */
  #trySend(send: () => void): boolean {
    try {
      send();
      return true;
    } catch (error) {
      if (!(error instanceof Error && error.name === "OperationError")) throw error;
      this.#slots.owner.awaitRoom(this.#wake);
      return false;
    }
  }
}
