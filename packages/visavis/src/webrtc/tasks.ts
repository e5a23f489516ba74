/**
 * Tasks of the event loop: https://html.spec.whatwg.org/multipage/webappapis.html#queue-a-task
 *
 * One task is one immediate of the platform, so that promise reactions run between two tasks as they do in a browser.
 */
import type { Clock } from "../base/platform.ts";

/** Queues tasks of one connection, in order. */
export class TaskQueue {
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Runs `steps` in a task of its own. */
  queue(steps: () => void): void {
    this.#clock.immediate(steps);
  }

  /** A promise for the outcome of `steps`, which run in a task of their own; `undefined` as outcome leaves it pending. */
  promise<T>(steps: () => { readonly value: T } | undefined): Promise<T> {
    return new Promise((resolve, reject) => {
      this.queue(() => {
        try {
          const outcome = steps();
          if (outcome !== undefined) resolve(outcome.value);
        } catch (error) {
          reject(error);
        }
      });
    });
  }
}
