/**
 * Names of statistics entries that stay the same for as long as the thing they name is there (webrtc-stats §4).
 */

/** Hands out names. One of these belongs to each peer connection. */
export class StatsIds {
  readonly #names = new WeakMap<object, string>();
  #last = 0;

  /** The name of `thing`: `prefix` and a number that is its own. */
  of(prefix: string, thing: object): string {
    let name = this.#names.get(thing);
    if (name === undefined) {
      name = `${prefix}${++this.#last}`;
      this.#names.set(thing, name);
    }
    return name;
  }
}
