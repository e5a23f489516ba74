/**
 * Which bytes of a message are there: received of an incoming one, acknowledged of an outgoing one.
 */

/** More pieces than this are not remembered: nobody cuts a message so fine in good faith. */
const MAX_PIECES = 64;

/** A set of bytes as sorted, disjoint, non-adjacent ranges `[start, end)`. */
export class ByteRanges {
  #ranges: readonly (readonly [start: number, end: number])[] = [];

  /** Adds `[start, end)`; false when there would be too many pieces, and nothing is added then. */
  add(start: number, end: number): boolean {
    if (start >= end) return true;
    let [from, to] = [start, end];
    const apart: (readonly [number, number])[] = [];
    for (const range of this.#ranges) {
      if (range[1] < from || range[0] > to) apart.push(range);
      else [from, to] = [Math.min(from, range[0]), Math.max(to, range[1])];
    }
    if (apart.length >= MAX_PIECES) return false;
    apart.push([from, to]);
    this.#ranges = apart.sort((a, b) => a[0] - b[0]);
    return true;
  }

  /** Whether nothing is in it. */
  get empty(): boolean {
    return this.#ranges.length === 0;
  }

  /** Whether all of `[0, length)` is in it. */
  covers(length: number): boolean {
    return this.gap(0, length) === undefined;
  }

  /** The first range in `[from, length)` that is not in it; undefined when there is none. */
  gap(from: number, length: number): readonly [start: number, end: number] | undefined {
    let start = from;
    for (const range of this.#ranges) {
      if (range[0] > start) return start < length ? [start, Math.min(range[0], length)] : undefined;
      start = Math.max(start, range[1]);
    }
    return start < length ? [start, length] : undefined;
  }
}
