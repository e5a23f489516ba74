/**
 * Puts the packets of a video stream together into frames, in whatever order they come.
 *
 * A frame is a row of packets with one timestamp from the one that begins it to the one that ends it. Where a format does not mark the
 * beginning, it is behind the last packet of another timestamp; where the end is not marked, it is in front of one.
 */
import { sliceBytes, u32 } from "../../base/bytes.ts";
import type { Depacketizer, PayloadFormat } from "../../rtp/payload/payload-format.ts";
import { PayloadInfo } from "../../rtp/payload/payload-info.ts";
import type { ReceivedPacket } from "../../rtp/received-packet.ts";
import type { AssembledFrame } from "./assembled-frame.ts";
import { PacketBuffer, type PacketSlot } from "./packet-buffer.ts";

/** Packets between the oldest that waits and the newest: about 3 MB. */
const MAX_PACKETS = 2048;
const NO_BYTES = new Uint8Array(0);
const NO_SOURCES: readonly number[] = [];

/** What became of a packet. */
export type AssemblyOutcome = "inserted" | "duplicate" | "full" | "unreadable";

/** A payload format in use. */
export interface FormatInUse {
  readonly format: PayloadFormat;
  readonly depacketizer: Depacketizer;
}

/** Assembles the frames of one stream. */
export class FrameAssembler {
  readonly #packets: PacketBuffer = new PacketBuffer(MAX_PACKETS);
  readonly #info: PayloadInfo = new PayloadInfo();
  readonly #frames: AssembledFrame[] = [];
  /** Frames whose payloads did not fit together. */
  spoilt = 0;

  /** How many packets wait for the rest of their frame. */
  get held(): number {
    return this.#packets.held;
  }

  /** Whether the packet of this number is in memory and was padding alone. */
  isPadding(sequenceNumber: number): boolean {
    return this.#packets.at(sequenceNumber)?.state === "padding";
  }

  /** Whether the packet of this number waits for packets behind it alone: nothing of its frame in front of it is missing. */
  isInProgress(sequenceNumber: number): boolean {
    const slot = this.#packets.at(sequenceNumber);
    return slot?.state === "held" && slot.continuous;
  }

  /** Takes a packet in; frames that it completes are then to be taken. */
  insert(packet: ReceivedPacket, { format, depacketizer }: FormatInUse): AssemblyOutcome {
    if (packet.payloadEnd <= packet.payloadStart) {
      const outcome = this.#packets.insertPadding(packet);
      if (outcome === "inserted") this.#search(packet.sequenceNumber, format, depacketizer);
      return outcome;
    }
    const info = this.#info;
    if (!depacketizer.parse(packet.bytes, packet.payloadStart, packet.payloadEnd, info)) return "unreadable";
    const described = packet.dependencyDescriptorEnd > packet.dependencyDescriptorStart;
    if (described) {
      const bounds = packet.bytes[packet.dependencyDescriptorStart] as number;
      info.startsFrame = (bounds & 0x80) !== 0;
      info.endsFrame = (bounds & 0x40) !== 0;
    }
    if (packet.marker) info.endsFrame = true;
    const outcome = this.#packets.insert(packet, info);
    if (outcome !== "inserted") return outcome;
    const slot = this.#packets.at(packet.sequenceNumber);
    if (slot !== undefined) slot.tellsStart = described || depacketizer.tellsStart;
    this.#search(packet.sequenceNumber, format, depacketizer);
    return "inserted";
  }

  /** The next complete frame, in the order of completion. */
  take(): AssembledFrame | undefined {
    return this.#frames.shift();
  }

  /** Lets go of the packets up to `sequenceNumber`, of which none is wanted any more; how many waited. */
  discardUpTo(sequenceNumber: number): number {
    return this.#packets.takeUpTo(sequenceNumber);
  }

  /** Forgets everything; how many packets waited. */
  clear(): number {
    this.#frames.length = 0;
    return this.#packets.clear();
  }

  /** Looks for frames that became complete with the packet of this number. */
  #search(inserted: number, format: PayloadFormat, depacketizer: Depacketizer): void {
    const packets = this.#packets;
    // The packet may show that the one before it was the last of its frame.
    const before = packets.at(inserted - 1);
    if (before?.state === "held" && before.continuous && this.#isEnd(before)) this.#collect(before, format, depacketizer);
    for (let number = inserted; ; number++) {
      const slot = packets.at(number);
      if (slot?.state === "padding" && number === inserted) continue;
      if (slot?.state !== "held" || slot.continuous || !this.#continues(slot)) break;
      if (this.#isEnd(slot)) this.#collect(slot, format, depacketizer);
    }
  }

  /** Whether the frame's packets are all there up to this one, which then knows the first. */
  #continues(slot: PacketSlot): boolean {
    const { sequenceNumber, timestamp } = slot.packet;
    const before = this.#packets.at(sequenceNumber - 1);
    const sameFrame = before?.state === "held" && before.packet.timestamp === timestamp && !before.endsFrame;
    if (slot.tellsStart ? slot.startsFrame : slot.startsFrame && before === undefined) {
      slot.frameStart = sequenceNumber;
      slot.continuous = true;
    } else if (sameFrame) {
      slot.frameStart = before.frameStart;
      slot.continuous = before.continuous;
    } else if (!slot.tellsStart && before !== undefined) {
      slot.frameStart = sequenceNumber;
      // The frame before it may have been given up with this one's first packets.
      slot.continuous = before.endsFrame || before.packet.timestamp !== timestamp;
    }
    return slot.continuous;
  }

  #isEnd(slot: PacketSlot): boolean {
    if (slot.endsFrame) return true;
    const after = this.#packets.at(slot.packet.sequenceNumber + 1);
    return after !== undefined && (after.state === "padding" || after.packet.timestamp !== slot.packet.timestamp);
  }

  #collect(last: PacketSlot, format: PayloadFormat, depacketizer: Depacketizer): void {
    const packets = this.#packets;
    const first = packets.at(last.frameStart);
    if (first === undefined) return;
    const { sequenceNumber: firstSequenceNumber } = first.packet;
    const { sequenceNumber: lastSequenceNumber, timestamp } = last.packet;
    const info = new PayloadInfo();
    depacketizer.parse(first.packet.bytes, first.packet.payloadStart, first.packet.payloadEnd, info);
    const frame = {
      format,
      payloadType: last.packet.payloadType,
      ssrc: last.packet.ssrc,
      firstSequenceNumber,
      lastSequenceNumber,
      timestamp,
      info,
      descriptor: piece(first.packet, first.packet.dependencyDescriptorStart, first.packet.dependencyDescriptorEnd),
      structure: piece(first.packet, info.structureStart, info.structureEnd),
      contributingSources: contributingSources(last.packet),
      rotation: last.packet.rotation,
      captureTime: first.packet.captureTime,
      playoutDelayMin: last.packet.playoutDelayMin,
      playoutDelayMax: last.packet.playoutDelayMax,
      packetCount: lastSequenceNumber - firstSequenceNumber + 1,
    };
    let keyFrame = false;
    let recovered = false;
    let firstArrival = Number.POSITIVE_INFINITY;
    let lastArrival = 0;
    depacketizer.begin();
    for (let number = firstSequenceNumber; number <= lastSequenceNumber; number++) {
      const slot = packets.at(number);
      if (slot?.state !== "held") continue;
      const { packet } = slot;
      keyFrame ||= slot.keyFrame;
      recovered ||= packet.recovered;
      firstArrival = Math.min(firstArrival, packet.arrival);
      lastArrival = Math.max(lastArrival, packet.arrival);
      depacketizer.append(packet.bytes, packet.payloadStart, packet.payloadEnd);
      slot.endsFrame ||= number === lastSequenceNumber;
      packets.take(slot);
    }
    const data = depacketizer.finish();
    if (data === undefined) this.spoilt++;
    else this.#frames.push({ ...frame, data, keyFrame, recovered, firstArrival, lastArrival });
  }
}

function piece(packet: ReceivedPacket, start: number, end: number): Uint8Array {
  return end > start ? sliceBytes(packet.bytes, start, end) : NO_BYTES;
}

/** The CSRCs of a packet. RFC 3550 §5.1. */
export function contributingSources(packet: ReceivedPacket): readonly number[] {
  if (packet.csrcCount === 0) return NO_SOURCES;
  return Array.from({ length: packet.csrcCount }, (_, index) => u32(packet.bytes, packet.start + 12 + 4 * index));
}
