/**
 * Places of one size in the kernels' memory, lent to keys. There are so many at most; whoever asks for one more gets that
 * of the tenant who used his longest ago, so a key that was forgotten keeps nothing for long.
 */

/** Who has a slot. */
export interface Tenant {
  /** The slot belongs to somebody else from now on. */
  evict(): void;
}

/** The slots. */
export class SlotPool {
  readonly #start: number;
  readonly #size: number;
  readonly #limit: number;
  readonly #tenants: (Tenant | undefined)[] = [];
  /** When each was used last, by a clock that ticks with every use; 0 when it is free. */
  readonly #used: number[] = [];
  #clock = 1;

  /**
   * @param start the address of the first
   * @param size bytes of each
   * @param limit how many there may be
   */
  constructor(start: number, size: number, limit: number) {
    this.#start = start;
    this.#size = size;
    this.#limit = limit;
  }

  /** How many are lent. */
  get lent(): number {
    return this.#tenants.filter((tenant) => tenant !== undefined).length;
  }

  /** Lends a slot; returns its address. */
  take(tenant: Tenant): number {
    let index = this.#used.indexOf(0);
    if (index < 0) index = this.#used.length < this.#limit ? this.#add() : this.#oldest();
    const before = this.#tenants[index];
    this.#tenants[index] = tenant;
    this.#used[index] = this.#clock++;
    before?.evict();
    return this.#start + index * this.#size;
  }

  /** Notes that the slot at `address` is in use. */
  touch(address: number): void {
    this.#used[(address - this.#start) / this.#size] = this.#clock++;
  }

  /** Takes the slot at `address` back from its tenant. */
  give(address: number): void {
    const index = (address - this.#start) / this.#size;
    this.#tenants[index] = undefined;
    this.#used[index] = 0;
  }

  #add(): number {
    const index = this.#used.length;
    this.#tenants.push(undefined);
    this.#used.push(0);
    return index;
  }

  #oldest(): number {
    let oldest = 0;
    for (let i = 1; i < this.#used.length; i++) if ((this.#used[i] as number) < (this.#used[oldest] as number)) oldest = i;
    return oldest;
  }
}
