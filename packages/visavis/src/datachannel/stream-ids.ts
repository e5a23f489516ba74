/**
 * Who may open channels on which streams: the DTLS client on even ones, the server on odd ones. RFC 8832 §6.
 */

/** Streams 0 to 65534: 65535 is never used (RFC 8831 §6.2). */
export const MOST_STREAMS = 65_535;

/** Chooses ids for our channels. */
export class StreamIds {
  readonly #used: { has(id: number): boolean };
  #parity: 0 | 1 | undefined;
  #limit = MOST_STREAMS;
  /** All ids of ours below this one are taken. */
  #lowest = 0;

  /** @param used the ids that are taken; looked at, never changed */
  constructor(used: { has(id: number): boolean }) {
    this.#used = used;
  }

  /** Ids are below this. */
  get limit(): number {
    return this.#limit;
  }

  /** The association is there, with so many streams in each direction. */
  set limit(streams: number) {
    this.#limit = Math.min(streams, MOST_STREAMS);
  }

  /** Whether it is known which ids are ours. */
  get assignable(): boolean {
    return this.#parity !== undefined;
  }

  /** Now it is known. */
  setRole(dtlsRole: "client" | "server"): void {
    this.#parity = dtlsRole === "client" ? 0 : 1;
    this.#lowest = this.#parity;
  }

  /** Whether the other side may open a channel with this id. */
  isRemote(id: number): boolean {
    return (id & 1) !== this.#parity;
  }

  /** The lowest id of ours that is free; undefined when there is none, or before `setRole`. The caller takes it. */
  next(): number | undefined {
    if (this.#parity === undefined) return undefined;
    while (this.#lowest < this.#limit && this.#used.has(this.#lowest)) this.#lowest += 2;
    return this.#lowest < this.#limit ? this.#lowest : undefined;
  }

  /** An id is free again. */
  released(id: number): void {
    if ((id & 1) === this.#parity && id < this.#lowest) this.#lowest = id;
  }
}
