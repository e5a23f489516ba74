/**
 * The path between two engines of a script: it loses, holds back, repeats, spoils and refuses packets, and changes while they are on their way.
 */
import type { SeededRandom } from "@visavis/netsim";

interface Packet {
  readonly at: number;
  readonly number: number;
  readonly to: 0 | 1;
  readonly bytes: Uint8Array;
}

/** Both directions of a path. Chances in thousandths, times in milliseconds, sizes in bytes. */
export class Wire {
  readonly #random: SeededRandom;
  readonly #heap: Packet[] = [];
  #number = 0;
  loss = 0;
  twice = 0;
  spoil = 0;
  delay = 10;
  spread = 0;
  mtu: number = Number.POSITIVE_INFINITY;
  up = true;
  /** Whether spoiled packets arrive; otherwise DTLS has dropped them. */
  deliversSpoiled = false;
  readonly counts = { sent: 0, lost: 0, repeated: 0, spoiled: 0, "too large": 0, "in outages": 0, arrived: 0 };

  constructor(random: SeededRandom) {
    this.#random = random;
  }

  /** When the next packet arrives. */
  get nextAt(): number {
    return this.#heap[0]?.at ?? Number.POSITIVE_INFINITY;
  }

  /** Brings a copy of `bytes` on its way. */
  carry(to: 0 | 1, bytes: Uint8Array, now: number): void {
    const { counts } = this;
    counts.sent++;
    if (!this.up) counts["in outages"]++;
    else if (bytes.length > this.mtu) counts["too large"]++;
    else if (this.#chance(this.loss)) counts.lost++;
    else {
      this.#push(to, bytes, now);
      if (!this.#chance(this.twice)) return;
      counts.repeated++;
      this.#push(to, bytes, now);
    }
  }

  /** Removes the next packet that has arrived by now. */
  take(now: number): Packet | undefined {
    const heap = this.#heap;
    const first = heap[0];
    if (first === undefined || first.at > now) return undefined;
    const last = heap.pop() as Packet;
    if (heap.length > 0) {
      let at = 0;
      for (;;) {
        let child = 2 * at + 1;
        if (child >= heap.length) break;
        if (child + 1 < heap.length && before(heap[child + 1] as Packet, heap[child] as Packet)) child++;
        if (!before(heap[child] as Packet, last)) break;
        heap[at] = heap[child] as Packet;
        at = child;
      }
      heap[at] = last;
    }
    this.counts.arrived++;
    return first;
  }

  #push(to: 0 | 1, original: Uint8Array, now: number): void {
    const bytes = original.slice();
    if (this.#chance(this.spoil)) {
      this.counts.spoiled++;
      if (!this.deliversSpoiled) return;
      const place = this.#random.u32() % bytes.length;
      bytes[place] = (bytes[place] as number) ^ (1 + (this.#random.u32() % 255));
    }
    const late = this.spread > 0 ? this.#random.u32() % this.spread : 0;
    const packet = { at: now + this.delay + late, number: this.#number++, to, bytes };
    const heap = this.#heap;
    let at = heap.length;
    for (; at > 0; at = (at - 1) >> 1) {
      const parent = heap[(at - 1) >> 1] as Packet;
      if (!before(packet, parent)) break;
      heap[at] = parent;
    }
    heap[at] = packet;
  }

  #chance(thousandths: number): boolean {
    return thousandths > 0 && this.#random.u32() % 1000 < thousandths;
  }
}

function before(one: Packet, other: Packet): boolean {
  return one.at < other.at || (one.at === other.at && one.number < other.number);
}
