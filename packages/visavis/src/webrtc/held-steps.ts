/**
 * What happens to a channel while its program does not read: messages and the end of the channel wait here, in order. The bytes count
 * as unread, so that the receive window closes before they take too much memory.
 */
import { Ring } from "../base/ring.ts";
import type { ChannelOwner } from "./channel-owner.ts";

interface HeldStep {
  readonly bytes: number;
  readonly run: () => void;
}

/** Steps of one channel that wait. */
export class HeldSteps {
  readonly #owner: ChannelOwner;
  readonly #steps = new Ring<HeldStep>();
  #isPaused = false;
  #isScheduled = false;

  constructor(owner: ChannelOwner) {
    this.#owner = owner;
  }

  /** Whether a step that comes now has to wait: for the program, or behind others. */
  get mustWait(): boolean {
    return this.#isPaused || this.#steps.size > 0;
  }

  /** Adds a step. @param bytes what it counts for */
  add(bytes: number, run: () => void): void {
    this.#owner.retain(bytes);
    this.#steps.push({ bytes, run });
  }

  /** No step runs until `resume`. */
  pause(): void {
    this.#isPaused = true;
  }

  /** Steps run again, each in a task of its own. */
  resume(): void {
    this.#isPaused = false;
    this.#schedule();
  }

  /** Forgets all steps. */
  clear(): void {
    for (let step = this.#steps.shift(); step !== undefined; step = this.#steps.shift()) this.#owner.retain(-step.bytes);
  }

  #schedule(): void {
    if (this.#isScheduled || this.#isPaused || this.#steps.size === 0) return;
    this.#isScheduled = true;
    this.#owner.queueTask(() => {
      this.#isScheduled = false;
      if (this.#isPaused) return;
      const step = this.#steps.shift();
      if (step === undefined) return;
      this.#owner.retain(-step.bytes);
      try {
        step.run();
      } finally {
        this.#schedule();
      }
    });
  }
}
