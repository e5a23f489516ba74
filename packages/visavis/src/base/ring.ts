/**
 * A queue as a ring: constant time at both ends, one array that grows by doubling.
 */

/** The array of every ring that never held anything; nothing is written to it. */
const NONE: never[] = [];

/** A double-ended queue. */
export class Ring<T> {
  #items: (T | undefined)[] = NONE;
  #head = 0;
  #size = 0;
  readonly #capacity: number;

  /** @param capacity the first size of the array, which comes with the first item; a power of two */
  constructor(capacity: number = 4) {
    this.#capacity = capacity;
  }

  /** How many items it holds. */
  get size(): number {
    return this.#size;
  }

  /** Adds at the end. */
  push(item: T): void {
    if (this.#size === this.#items.length) this.#grow();
    this.#items[(this.#head + this.#size) & (this.#items.length - 1)] = item;
    this.#size++;
  }

  /** Adds at the front. */
  unshift(item: T): void {
    if (this.#size === this.#items.length) this.#grow();
    this.#head = (this.#head - 1) & (this.#items.length - 1);
    this.#items[this.#head] = item;
    this.#size++;
  }

  /** Removes the oldest; undefined when empty. */
  shift(): T | undefined {
    if (this.#size === 0) return undefined;
    const item = this.#items[this.#head];
    this.#items[this.#head] = undefined;
    this.#head = (this.#head + 1) & (this.#items.length - 1);
    this.#size--;
    return item;
  }

  /** Removes the newest; undefined when empty. */
  pop(): T | undefined {
    if (this.#size === 0) return undefined;
    const index = (this.#head + this.#size - 1) & (this.#items.length - 1);
    const item = this.#items[index];
    this.#items[index] = undefined;
    this.#size--;
    return item;
  }

  /** The item at `index`, counted from the oldest; undefined when there is none. */
  at(index: number): T | undefined {
    if (index < 0 || index >= this.#size) return undefined;
    return this.#items[(this.#head + index) & (this.#items.length - 1)];
  }

  /** The oldest, left where it is. */
  peek(): T | undefined {
    return this.at(0);
  }

  /** Forgets all items. */
  clear(): void {
    this.#items.fill(undefined);
    this.#head = 0;
    this.#size = 0;
  }

  /** From the oldest to the newest. */
  *[Symbol.iterator](): Generator<T> {
    for (let i = 0; i < this.#size; i++) yield this.at(i) as T;
  }

  #grow(): void {
    const items = new Array<T | undefined>(this.#items.length * 2 || this.#capacity).fill(undefined);
    for (let i = 0; i < this.#size; i++) items[i] = this.at(i);
    this.#items = items;
    this.#head = 0;
  }
}
