/**
 * The packets that were sent last, to be sent again when they are asked for. RFC 4588 §6.3, RFC 4585 §6.2.1.
 *
 * Bytes are kept in one ring, so that keeping a packet makes no object. The ring grows while packets would leave it that are younger than
 * what may still be asked for, and no further than a limit.
 */

import { copyBytes } from "../base/bytes.ts";
import type { Instant } from "../base/instant.ts";
import type { FecParity } from "../rtp/fec.ts";
import { parseRtpHeader, type RtpHeader } from "../rtp/packet.ts";

/** Bytes and packets to begin with, and at most. */
const FIRST_BYTES = 1 << 15;
const MOST_BYTES = 1 << 22;
const FIRST_PACKETS = 1 << 6;
const MOST_PACKETS = 1 << 13;
/** Packets are asked for so long after they were sent, in milliseconds, if there is room. */
const WANTED = 1000;
/** A packet is sent again at most so often. */
const MOST_REPEATS = 10;

/** The last packet in each memory as a view: outgoing packets stand in the same places again and again, mostly as long as before. */
const views = new WeakMap<Uint8Array, Uint8Array>();

function viewOf(bytes: Uint8Array, start: number, end: number): Uint8Array {
  const offset = bytes.byteOffset + start;
  const kept = views.get(bytes);
  if (kept !== undefined && kept.byteOffset === offset && kept.length === end - start) return kept;
  const view = new Uint8Array(bytes.buffer, offset, end - start);
  views.set(bytes, view);
  return view;
}

/** The last packets of one stream. Numbers are sequence numbers that do not wrap. */
export class PacketHistory {
  #bytes: Uint8Array = new Uint8Array(0);
  /** Where the next packet goes; grows without wrapping. */
  #head = 0;
  #numbers: Float64Array = new Float64Array(0);
  #positions: Float64Array = new Float64Array(0);
  #lengths: Uint16Array = new Uint16Array(0);
  #sentAt: Float64Array = new Float64Array(0);
  #repeatedAt: Float64Array = new Float64Array(0);
  #repeats: Uint8Array = new Uint8Array(0);
  /** Where the packet that was found last is. */
  start = 0;
  end = 0;

  /** The memory that `start` and `end` refer to. */
  get bytes(): Uint8Array {
    return this.#bytes;
  }

  /** Keeps a copy of the packet `source[start, end)`. */
  add(number: number, source: Uint8Array, start: number, end: number, now: Instant): void {
    const length = end - start;
    if (this.#bytes.length === 0) this.#grow(FIRST_BYTES, FIRST_PACKETS);
    let slot = number & (this.#numbers.length - 1);
    if (this.#isWanted(slot, now) && this.#numbers.length < MOST_PACKETS) {
      this.#grow(this.#bytes.length, 2 * this.#numbers.length);
      slot = number & (this.#numbers.length - 1);
    }
    // A packet is in one piece: what is left at the end of the ring is passed over.
    let head = this.#place(length);
    while (this.#bytes.length < MOST_BYTES && this.#overwritesWanted(number, head + length, now)) {
      this.#grow(2 * this.#bytes.length, this.#numbers.length);
      head = this.#place(length);
    }
    this.#bytes.set(viewOf(source, start, end), head % this.#bytes.length);
    this.#head = head + length;
    this.#numbers[slot] = number;
    this.#positions[slot] = head;
    this.#lengths[slot] = length;
    this.#sentAt[slot] = now;
    this.#repeatedAt[slot] = Number.NEGATIVE_INFINITY;
    this.#repeats[slot] = 0;
  }

  /** Finds the packet with this number: `bytes[start, end)` is it then. False when it is gone. */
  find(number: number): boolean {
    if (this.#numbers.length === 0) return false;
    const slot = number & (this.#numbers.length - 1);
    if (this.#numbers[slot] !== number || this.#isOverwritten(slot)) return false;
    this.start = (this.#positions[slot] as number) % this.#bytes.length;
    this.end = this.start + (this.#lengths[slot] as number);
    return true;
  }

  /** Reads the header of the packet that was found. */
  parse(into: RtpHeader): boolean {
    return parseRtpHeader(this.#bytes, this.start, this.end, into);
  }

  /** Adds the packet that was found to parity; false when it is too long. */
  addTo(parity: FecParity): boolean {
    return parity.add(this.#bytes, this.start, this.end);
  }

  /** Whether the packet, which is there, may be sent again: not within `interval` milliseconds, and not without end. */
  mayRepeat(number: number, interval: number, now: Instant): boolean {
    const slot = number & (this.#numbers.length - 1);
    return (this.#repeats[slot] as number) < MOST_REPEATS && now - (this.#repeatedAt[slot] as number) >= interval;
  }

  /** Notes that the packet, which is there, is sent again. */
  repeated(number: number, now: Instant): void {
    const slot = number & (this.#numbers.length - 1);
    this.#repeatedAt[slot] = now;
    this.#repeats[slot] = (this.#repeats[slot] as number) + 1;
  }

  /** Forgets all packets and gives the memory back. */
  clear(): void {
    this.#bytes = new Uint8Array(0);
    this.#numbers = new Float64Array(0);
    this.#head = 0;
  }

  #isOverwritten(slot: number): boolean {
    return (this.#positions[slot] as number) < this.#head - this.#bytes.length;
  }

  #isWanted(slot: number, now: Instant): boolean {
    return (this.#numbers[slot] as number) >= 0 && !this.#isOverwritten(slot) && now - (this.#sentAt[slot] as number) < WANTED;
  }

  #place(length: number): number {
    const size = this.#bytes.length;
    return (this.#head % size) + length > size ? this.#head + size - (this.#head % size) : this.#head;
  }

  /** Whether a packet that may be asked for reaches below what a ring that ends at `end` keeps. */
  #overwritesWanted(number: number, end: number, now: Instant): boolean {
    const kept = end - this.#bytes.length;
    if (kept <= 0) return false;
    // The oldest that is still there is looked at alone: those behind it are younger.
    const count = this.#numbers.length;
    for (let age = count - 1; age > 0; age--) {
      const slot = (number - age) & (count - 1);
      if (this.#numbers[slot] !== number - age || this.#isOverwritten(slot)) continue;
      return (this.#positions[slot] as number) < kept && now - (this.#sentAt[slot] as number) < WANTED;
    }
    return false;
  }

  /** Moves all that is there into more room. */
  #grow(byteCount: number, packetCount: number): void {
    const old = { bytes: this.#bytes, numbers: this.#numbers, positions: this.#positions, lengths: this.#lengths };
    const times = { sentAt: this.#sentAt, repeatedAt: this.#repeatedAt, repeats: this.#repeats };
    const order = Array.from(old.numbers.keys()).filter(
      (slot) => (old.numbers[slot] as number) >= 0 && !this.#isOverwritten(slot),
    );
    order.sort((a, b) => (old.positions[a] as number) - (old.positions[b] as number));
    this.#bytes = byteCount === old.bytes.length ? old.bytes : new Uint8Array(byteCount);
    this.#numbers = new Float64Array(packetCount).fill(-1);
    this.#positions = new Float64Array(packetCount);
    this.#lengths = new Uint16Array(packetCount);
    this.#sentAt = new Float64Array(packetCount);
    this.#repeatedAt = new Float64Array(packetCount);
    this.#repeats = new Uint8Array(packetCount);
    const isMoving = this.#bytes !== old.bytes;
    if (isMoving) this.#head = 0;
    for (const from of order) {
      const number = old.numbers[from] as number;
      const slot = number & (packetCount - 1);
      const length = old.lengths[from] as number;
      let position = old.positions[from] as number;
      if (isMoving) {
        const start = position % old.bytes.length;
        position = this.#place(length);
        copyBytes(this.#bytes, position % byteCount, old.bytes, start, start + length);
        this.#head = position + length;
      }
      this.#numbers[slot] = number;
      this.#positions[slot] = position;
      this.#lengths[slot] = length;
      this.#sentAt[slot] = times.sentAt[from] as number;
      this.#repeatedAt[slot] = times.repeatedAt[from] as number;
      this.#repeats[slot] = times.repeats[from] as number;
    }
  }
}
