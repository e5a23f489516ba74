/**
 * Application data that was received and not yet taken.
 */
import { Ring } from "../base/ring.ts";

/** How many records wait; whoever owns the connection takes them after every batch of datagrams. */
const MAX_RECORDS = 4096;

/** A bounded queue of views. */
export class PlaintextQueue {
  readonly #ring = new Ring<Uint8Array>(64);

  /** Adds a record's contents; false when there is no room. */
  push(bytes: Uint8Array): boolean {
    if (this.#ring.size >= MAX_RECORDS) return false;
    this.#ring.push(bytes);
    return true;
  }

  /** Removes the oldest. */
  shift(): Uint8Array | undefined {
    return this.#ring.shift();
  }
}
