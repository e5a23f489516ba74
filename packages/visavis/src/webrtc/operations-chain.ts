/**
 * The operations chain of a peer connection: https://w3c.github.io/webrtc-pc/#dfn-operations-chain
 *
 * Offers, answers and descriptions are worked on one after the other. The chain and the promises of its operations are the
 * only promises of the connection.
 */
import { domError } from "./errors.ts";

/** An operation waiting its turn, or running when it is the first. */
interface Entry {
  start(): void;
}

/** A queue of operations of which one runs at a time. */
export class OperationsChain {
  readonly #entries: Entry[] = [];
  readonly #isClosed: () => boolean;
  readonly #emptied: () => void;

  /**
   * @param isClosed whether the connection is closed: then nothing goes on
   * @param emptied called when the last operation has ended
   */
  constructor(isClosed: () => boolean, emptied: () => void) {
    this.#isClosed = isClosed;
    this.#emptied = emptied;
  }

  /** Whether no operation runs or waits. */
  get isEmpty(): boolean {
    return this.#entries.length === 0;
  }

  /**
   * Chains an operation (https://w3c.github.io/webrtc-pc/#chain-an-operation). The promise never settles when the
   * connection is closed meanwhile.
   */
  chain<T>(operation: () => Promise<T>): Promise<T> {
    // 2. If connection.[[IsClosed]] is true, return a promise rejected with a newly created InvalidStateError.
    if (this.#isClosed()) return Promise.reject(domError("InvalidStateError", "The RTCPeerConnection is closed."));
    // 4. Let p be a new promise.
    return new Promise<T>((resolve, reject) => {
      const start = (): void => {
        let running: Promise<T>;
        try {
          running = operation();
        } catch (error) {
          running = Promise.reject(error);
        }
        // 7. Upon fulfillment or rejection of the promise returned by the operation, settle p and take the next.
        running.then(
          (value) => this.#settled(() => resolve(value)),
          (error: unknown) => this.#settled(() => reject(error)),
        );
      };
      // 5. Append operation to [[Operations]].
      this.#entries.push({ start });
      // 6. If the length of [[Operations]] is exactly 1, execute operation.
      if (this.#entries.length === 1) start();
    });
  }

  #settled(settle: () => void): void {
    // 7.1. If connection.[[IsClosed]] is true, abort these steps.
    if (this.#isClosed()) return;
    // 7.2., 7.3. Settle p.
    settle();
    // 7.4. Upon fulfillment or rejection of p: p has no other way to settle than the line above.
    queueMicrotask(() => {
      // 7.4.1. If connection.[[IsClosed]] is true, abort these steps.
      if (this.#isClosed()) return;
      // 7.4.2. Remove the first element of [[Operations]].
      this.#entries.shift();
      // 7.4.3. If [[Operations]] is non-empty, execute the first of them.
      const next = this.#entries[0];
      if (next !== undefined) next.start();
      // 7.4.4. and after: the negotiation-needed flag is looked at when the chain is empty.
      else this.#emptied();
    });
  }
}
