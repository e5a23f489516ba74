/**
 * Application data that was received and not yet taken, where it stands in its datagrams.
 */

/** How many records wait; whoever owns the connection takes them after every datagram. */
const MAX_RECORDS = 4096;

const NOTHING = new Uint8Array(0);

/** The contents of one record, `bytes[start, end)`. The taker owns the memory. */
export class Plaintext {
  bytes: Uint8Array = NOTHING;
  start: number = 0;
  end: number = 0;
}

/** A bounded ring whose places are used again and again. */
export class PlaintextQueue {
  #places: Plaintext[] = [new Plaintext(), new Plaintext()];
  #head = 0;
  #size = 0;
  /** The place whose contents were given out last. */
  #given: Plaintext | undefined = undefined;

  /** Adds a record's contents; false when there is no room. */
  push(bytes: Uint8Array, start: number, end: number): boolean {
    if (this.#size >= MAX_RECORDS) return false;
    // One place is not used: the contents that were given out last stay as they are until the next are taken.
    if (this.#size + 1 >= this.#places.length) this.#grow();
    const place = this.#places[(this.#head + this.#size++) & (this.#places.length - 1)] as Plaintext;
    place.bytes = bytes;
    place.start = start;
    place.end = end;
    return true;
  }

  /** Removes the oldest. The object is good until the next call. */
  shift(): Plaintext | undefined {
    if (this.#given !== undefined) this.#given.bytes = NOTHING;
    this.#given = undefined;
    if (this.#size === 0) return undefined;
    this.#given = this.#places[this.#head] as Plaintext;
    this.#head = (this.#head + 1) & (this.#places.length - 1);
    this.#size--;
    return this.#given;
  }

  #grow(): void {
    const { length } = this.#places;
    const places: Plaintext[] = [];
    // Without the one that is not used, which would have its turn at once.
    for (let i = 0; i < length - 1; i++) places.push(this.#places[(this.#head + i) & (length - 1)] as Plaintext);
    while (places.length < 2 * length) places.push(new Plaintext());
    this.#places = places;
    this.#head = 0;
  }
}
