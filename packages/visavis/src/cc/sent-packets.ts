/**
 * What was sent and not yet told about: packets by their transport-wide number, until feedback names them.
 *
 * The table is a ring of typed arrays: nothing is made for a packet. It grows while feedback is outstanding, up to half of what 16 bits
 * can tell apart; beyond that the oldest packets are forgotten.
 */
import type { Instant } from "../base/instant.ts";

const FIRST_CAPACITY = 256;
const MOST_CAPACITY = 0x8000;
/** Packets without feedback for so long, in milliseconds, make no claim on memory. */
const FORGOTTEN_AFTER = 10_000;

/** What became of a packet, as far as it is known. `UNTOLD`: feedback has passed over it, most likely because feedback was lost. */
export const PacketFate = { NONE: 0, IN_FLIGHT: 1, RECEIVED: 2, LOST: 3, UNTOLD: 4 } as const;

/** Packets by transport-wide number. */
export class SentPackets {
  #capacity = FIRST_CAPACITY;
  #numbers: Float64Array = new Float64Array(FIRST_CAPACITY).fill(-1);
  #sentAt: Float64Array = new Float64Array(FIRST_CAPACITY);
  #bytes: Uint32Array = new Uint32Array(FIRST_CAPACITY);
  #probes: Uint32Array = new Uint32Array(FIRST_CAPACITY);
  #fates: Uint8Array = new Uint8Array(FIRST_CAPACITY);
  #newest = -1;
  #bytesInFlight = 0;
  /** Packets up to this one are no longer in flight. */
  #passed = -1;

  /** The newest number; -1 when nothing was sent. */
  get newest(): number {
    return this.#newest;
  }

  /** Bytes that were sent and neither received nor lost. */
  get bytesInFlight(): number {
    return this.#bytesInFlight;
  }

  /** Slots of the table. */
  get capacity(): number {
    return this.#capacity;
  }

  /**
   * Notes a packet.
   * @param number unwrapped; numbers grow
   * @param probe the probe cluster it belongs to, 0 for none
   */
  add(number: number, bytes: number, probe: number, now: Instant): void {
    let slot = number & (this.#capacity - 1);
    while (
      this.#fates[slot] === PacketFate.IN_FLIGHT &&
      this.#capacity < MOST_CAPACITY &&
      now - (this.#sentAt[slot] as number) < FORGOTTEN_AFTER
    ) {
      this.#grow();
      slot = number & (this.#capacity - 1);
    }
    if (this.#fates[slot] === PacketFate.IN_FLIGHT) this.#bytesInFlight -= this.#bytes[slot] as number;
    this.#numbers[slot] = number;
    this.#sentAt[slot] = now;
    this.#bytes[slot] = bytes;
    this.#probes[slot] = probe;
    this.#fates[slot] = PacketFate.IN_FLIGHT;
    this.#bytesInFlight += bytes;
    if (number > this.#newest) this.#newest = number;
  }

  /** The newest unwrapped number that has these 16 bits and was sent; -1 when there is none. */
  unwrap(number16: number): number {
    return this.#newest - ((this.#newest - number16) & 0xffff);
  }

  /** What is known of the packet: one of {@link PacketFate}, `NONE` when it was never sent or is forgotten. */
  fateOf(number: number): number {
    const slot = number & (this.#capacity - 1);
    return number >= 0 && this.#numbers[slot] === number ? (this.#fates[slot] as number) : PacketFate.NONE;
  }

  /** When it was sent. Only for packets with a fate. */
  sentAt(number: number): Instant {
    return this.#sentAt[number & (this.#capacity - 1)] as number;
  }

  /** Its size. Only for packets with a fate. */
  bytes(number: number): number {
    return this.#bytes[number & (this.#capacity - 1)] as number;
  }

  /** Its probe cluster. Only for packets with a fate. */
  probe(number: number): number {
    return this.#probes[number & (this.#capacity - 1)] as number;
  }

  /** Says what became of a packet that has a fate. */
  settle(number: number, fate: number): void {
    const slot = number & (this.#capacity - 1);
    if (this.#fates[slot] === PacketFate.IN_FLIGHT) this.#bytesInFlight -= this.#bytes[slot] as number;
    this.#fates[slot] = fate;
  }

  /**
   * Feedback has come to this packet: no news is to be had of those before it that it did not name.
   * @returns how many bytes they were
   */
  pass(number: number): number {
    const before = this.#bytesInFlight;
    const first = Math.max(this.#passed + 1, this.#newest - this.#capacity + 1);
    for (let each = first; each < number; each++) {
      if (this.fateOf(each) === PacketFate.IN_FLIGHT) this.settle(each, PacketFate.UNTOLD);
    }
    if (number - 1 > this.#passed) this.#passed = number - 1;
    return before - this.#bytesInFlight;
  }

  /** Forgets what is in flight, as after a change of the path. */
  clear(): void {
    this.#fates.fill(PacketFate.NONE);
    this.#numbers.fill(-1);
    this.#bytesInFlight = 0;
  }

  #grow(): void {
    const size = this.#capacity;
    const [numbers, sentAt, bytes, probes, fates] = [this.#numbers, this.#sentAt, this.#bytes, this.#probes, this.#fates];
    this.#capacity = size * 2;
    this.#numbers = new Float64Array(size * 2).fill(-1);
    this.#sentAt = new Float64Array(size * 2);
    this.#bytes = new Uint32Array(size * 2);
    this.#probes = new Uint32Array(size * 2);
    this.#fates = new Uint8Array(size * 2);
    for (let i = 0; i < size; i++) {
      const number = numbers[i] as number;
      if (number < 0) continue;
      const slot = number & (size * 2 - 1);
      this.#numbers[slot] = number;
      this.#sentAt[slot] = sentAt[i] as number;
      this.#bytes[slot] = bytes[i] as number;
      this.#probes[slot] = probes[i] as number;
      this.#fates[slot] = fates[i] as number;
    }
  }
}
