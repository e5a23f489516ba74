/**
 * What waits to be sent of one encoding: whole frames, which are cut into packets when there is room for the next one, and packets that
 * were made elsewhere. Nothing is copied: whoever hands them over lets go of the bytes.
 */
import type { Instant } from "../base/instant.ts";
import { Ring } from "../base/ring.ts";
import type { EncodedFrame } from "../rtp/frame.ts";
import type { RtpCodec } from "./rtp-parameters.ts";

const NO_BYTES = new Uint8Array(0);

/** The value of a header extension. */
export interface OutgoingElement {
  readonly uri: string;
  readonly value: Uint8Array;
}

/** A packet without its header: the lower door, for those who make or forward packets themselves. */
export interface OutgoingPacket {
  /** The payload is `bytes[start, end)`. */
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
  readonly payloadType: number;
  readonly timestamp: number;
  readonly marker: boolean;
  /** Undefined: the next one. Numbers that are given must grow. */
  readonly sequenceNumber?: number | undefined;
  readonly contributingSources?: readonly number[] | undefined;
  /** Values of header extensions that are to be sent as they are, by the names of the extensions; those not negotiated are left out. */
  readonly elements?: readonly OutgoingElement[] | undefined;
  /** What header extensions say, and whether it is part of a key frame. */
  readonly frame?: EncodedFrame | undefined;
}

/** One frame or packet that waits. */
export class WaitingUnit {
  /** Undefined for a packet that was made elsewhere. */
  frame: EncodedFrame | undefined = undefined;
  packet: OutgoingPacket | undefined = undefined;
  codec: RtpCodec | undefined = undefined;
  bytes: Uint8Array = NO_BYTES;
  size = 0;
  since: Instant = 0;
}

/** Bytes and units that wait at most: what is more is not sent. */
const MOST_BYTES = 1 << 23;
const MOST_UNITS = 512;

/** The queue of one encoding. */
export class OutgoingQueue {
  readonly #units = new Ring<WaitingUnit>();
  readonly #spare: WaitingUnit[] = [];
  /** Bytes that wait. */
  bytes = 0;

  /** How many units wait. */
  get size(): number {
    return this.#units.size;
  }

  /** Adds a unit; false when there is no room. The caller fills it in. */
  push(size: number, now: Instant): WaitingUnit | undefined {
    if (this.#units.size >= MOST_UNITS || this.bytes + size > MOST_BYTES) return undefined;
    const unit = this.#spare.pop() ?? new WaitingUnit();
    unit.size = size;
    unit.since = now;
    this.bytes += size;
    this.#units.push(unit);
    return unit;
  }

  /** The oldest unit. */
  peek(): WaitingUnit | undefined {
    return this.#units.peek();
  }

  /** Counts bytes of the oldest unit that were sent. */
  spend(size: number): void {
    const unit = this.#units.peek();
    if (unit === undefined) return;
    const spent = Math.min(unit.size, size);
    unit.size -= spent;
    this.bytes -= spent;
  }

  /** Removes the oldest unit. */
  shift(): void {
    const unit = this.#units.shift();
    if (unit === undefined) return;
    this.bytes -= unit.size;
    unit.frame = undefined;
    unit.packet = undefined;
    unit.bytes = NO_BYTES;
    this.#spare.push(unit);
  }

  /** Removes all. */
  clear(): void {
    while (this.#units.size > 0) this.shift();
  }
}
