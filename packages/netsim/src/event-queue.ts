/**
 * What will happen, in the order of time and, at one instant, in the order in which it was planned: a binary heap.
 */
import type { Instant } from "visavis/base";

/** Something planned for an instant. Subclasses say what; the queue keeps the other fields. */
export abstract class Happening {
  /** When, in virtual milliseconds. Changed only by the queue while it is planned. */
  at: Instant = 0;
  /** Breaks ties at one instant: the earlier planned goes first. */
  order = 0;
  /** Its place in the heap; -1 when it is not planned. */
  index = -1;

  /** Does it. */
  abstract happen(): void;
}

/** A callback as a happening. */
export class Task extends Happening {
  readonly #callback: () => void;

  constructor(callback: () => void) {
    super();
    this.#callback = callback;
  }

  override happen(): void {
    this.#callback();
  }
}

function before(a: Happening, b: Happening): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}

/** Happenings by time, then by the order of planning. */
export class EventQueue {
  readonly #heap: Happening[] = [];
  #planned = 0;

  /** How many are planned. */
  get size(): number {
    return this.#heap.length;
  }

  /** The next one, left in its place. */
  peek(): Happening | undefined {
    return this.#heap[0];
  }

  /** Plans `happening` for `at`; one that is already planned is moved there, behind all others of that instant. */
  plan(happening: Happening, at: Instant): void {
    if (happening.index >= 0) this.cancel(happening);
    happening.at = at;
    happening.order = this.#planned++;
    this.#heap.push(happening);
    this.#rise(happening, this.#heap.length - 1);
  }

  /** Removes the next one. */
  take(): Happening | undefined {
    const first = this.#heap[0];
    if (first !== undefined) this.cancel(first);
    return first;
  }

  /** Removes `happening` if it is planned. */
  cancel(happening: Happening): void {
    const index = happening.index;
    if (index < 0) return;
    happening.index = -1;
    const last = this.#heap.pop() as Happening;
    if (last === happening) return;
    const parent = this.#heap[(index - 1) >> 1];
    if (index > 0 && parent !== undefined && before(last, parent)) this.#rise(last, index);
    else this.#sink(last, index);
  }

  #rise(happening: Happening, from: number): void {
    let index = from;
    while (index > 0) {
      const up = (index - 1) >> 1;
      const parent = this.#heap[up] as Happening;
      if (!before(happening, parent)) break;
      this.#heap[index] = parent;
      parent.index = index;
      index = up;
    }
    this.#heap[index] = happening;
    happening.index = index;
  }

  #sink(happening: Happening, from: number): void {
    const size = this.#heap.length;
    let index = from;
    for (;;) {
      let down = 2 * index + 1;
      if (down >= size) break;
      let child = this.#heap[down] as Happening;
      const right = down + 1 < size ? this.#heap[down + 1] : undefined;
      if (right !== undefined && before(right, child)) {
        child = right;
        down++;
      }
      if (!before(child, happening)) break;
      this.#heap[index] = child;
      child.index = index;
      index = down;
    }
    this.#heap[index] = happening;
    happening.index = index;
  }
}
