/**
 * Received packets of one stream by their sequence number, in a ring that grows as far as it may. Slots are used again and again.
 */
import type { PayloadInfo } from "../../rtp/payload/payload-info.ts";
import { ReceivedPacket } from "../../rtp/received-packet.ts";

/** What a slot of the ring holds. */
export type SlotState =
  /** Nothing. */
  | "empty"
  /** A packet that waits. */
  | "held"
  /** The memory of a packet that was taken or thrown away: its header's fields hold, its bytes are gone. */
  | "taken"
  /** The memory of a packet of padding alone. */
  | "padding";

/** A packet and what is known of its place in a frame. */
export class PacketSlot {
  readonly packet: ReceivedPacket = new ReceivedPacket();
  state: SlotState = "empty";
  /** As the payload or the dependency descriptor says it. */
  startsFrame = false;
  endsFrame = false;
  /** False when `startsFrame` being false means nothing. */
  tellsStart = false;
  keyFrame = false;
  /** All packets of the frame up to this one are there, from the first, which is {@link frameStart}. */
  continuous = false;
  frameStart = 0;
}

/** What became of a packet. */
export type InsertOutcome = "inserted" | "duplicate" | "full";

const FIRST_CAPACITY = 16;

/** A ring of packets. */
export class PacketBuffer {
  readonly #maxPackets: number;
  #slots: PacketSlot[] = [];
  #held = 0;

  /** @param maxPackets how far apart the first and the last packet may be; a power of two */
  constructor(maxPackets: number) {
    this.#maxPackets = maxPackets;
  }

  /** How many packets wait. */
  get held(): number {
    return this.#held;
  }

  /** The slot that holds, or remembers, the packet of this number; undefined when there is none. */
  at(sequenceNumber: number): PacketSlot | undefined {
    const slot = this.#slots[sequenceNumber & (this.#slots.length - 1)];
    return slot !== undefined && slot.state !== "empty" && slot.packet.sequenceNumber === sequenceNumber ? slot : undefined;
  }

  /** Keeps a copy of the packet's fields and its bytes. `full`: it is too far from a packet that waits; nothing was changed. */
  insert(packet: ReceivedPacket, info: PayloadInfo): InsertOutcome {
    const sequenceNumber = packet.sequenceNumber;
    if (this.at(sequenceNumber) !== undefined) return "duplicate";
    const slot = this.#roomFor(sequenceNumber);
    if (slot === undefined) return "full";
    slot.packet.copyFrom(packet);
    slot.state = "held";
    slot.startsFrame = info.startsFrame;
    slot.endsFrame = info.endsFrame;
    slot.keyFrame = info.keyFrame;
    slot.continuous = false;
    this.#held++;
    return "inserted";
  }

  /** Remembers a packet that has nothing but padding. */
  insertPadding(packet: ReceivedPacket): InsertOutcome {
    const sequenceNumber = packet.sequenceNumber;
    if (this.at(sequenceNumber) !== undefined) return "duplicate";
    const slot = this.#roomFor(sequenceNumber);
    if (slot === undefined) return "full";
    slot.packet.copyFrom(packet);
    slot.packet.clear();
    slot.state = "padding";
    slot.endsFrame = true;
    slot.continuous = false;
    return "inserted";
  }

  /** Lets go of the packet's bytes; its place is remembered. */
  take(slot: PacketSlot): void {
    if (slot.state !== "held") return;
    slot.state = "taken";
    slot.packet.clear();
    this.#held--;
  }

  /** Lets go of all packets up to `sequenceNumber`; how many there were. */
  takeUpTo(sequenceNumber: number): number {
    if (this.#held === 0) return 0;
    let count = 0;
    for (const slot of this.#slots) {
      if (slot.state !== "held" || slot.packet.sequenceNumber > sequenceNumber) continue;
      this.take(slot);
      count++;
    }
    return count;
  }

  /** The packet with the lowest number of those that wait. */
  first(): PacketSlot | undefined {
    if (this.#held === 0) return undefined;
    let first: PacketSlot | undefined;
    for (const slot of this.#slots) {
      if (slot.state !== "held") continue;
      if (first === undefined || slot.packet.sequenceNumber < first.packet.sequenceNumber) first = slot;
    }
    return first;
  }

  /** Forgets everything; how many packets waited. */
  clear(): number {
    const held = this.#held;
    for (const slot of this.#slots) {
      slot.state = "empty";
      slot.packet.clear();
    }
    this.#held = 0;
    return held;
  }

  #roomFor(sequenceNumber: number): PacketSlot | undefined {
    for (;;) {
      const slot = this.#slots[sequenceNumber & (this.#slots.length - 1)];
      if (slot !== undefined && slot.state !== "held") return slot;
      if (this.#slots.length >= this.#maxPackets) return undefined;
      this.#grow();
    }
  }

  #grow(): void {
    const old = this.#slots;
    const length = Math.min(this.#maxPackets, Math.max(FIRST_CAPACITY, old.length * 2));
    const slots = new Array<PacketSlot>(length);
    for (const slot of old) if (slot.state !== "empty") slots[slot.packet.sequenceNumber & (length - 1)] = slot;
    for (let i = 0; i < length; i++) slots[i] ??= new PacketSlot();
    this.#slots = slots;
  }
}
