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

  /**
   * A promise for the outcome of `steps`, which run in a task of their own; `undefined` as outcome leaves it pending. It is
   * settled in the immediate behind, so that reactions to events that the steps fired come before its own.
   * @param steps they may queue parts of the task, an immediate each, that come before that
   */
  promise<T>(steps: (queue: (part: () => void) => void) => { readonly value: T } | undefined): Promise<T> {
    return new Promise((resolve, reject) => {
      this.queue(() => {
        let settle = (): void => {};
        try {
          const outcome = steps((part) => this.queue(part));
          if (outcome !== undefined) settle = () => resolve(outcome.value);
        } catch (error) {
          settle = () => reject(error);
        }
        this.queue(settle);
      });
    });
  }
}
