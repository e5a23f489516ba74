/**
 * Counts what was dropped and why. Rubbish from the network is never thrown and never logged; it shows here.
 */

/** Dropped input, by reason. */
export class Drops<Reason extends string> {
  /** Made when there is something to count: an engine has many of these, and mostly nothing is dropped. */
  #counts: Map<Reason, number> | undefined = undefined;

  /** Counts one more. */
  count(reason: Reason): void {
    this.#counts ??= new Map();
    this.#counts.set(reason, (this.#counts.get(reason) ?? 0) + 1);
  }

  /** How many were dropped for this reason. */
  of(reason: Reason): number {
    return this.#counts?.get(reason) ?? 0;
  }

  /** How many were dropped in all. */
  get total(): number {
    let total = 0;
    for (const count of this.#counts?.values() ?? []) total += count;
    return total;
  }

  /** All counts, as a plain object. */
  toJSON(): Record<string, number> {
    return Object.fromEntries(this.#counts ?? []);
  }
}
