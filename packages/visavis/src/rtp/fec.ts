/**
 * Parity over RTP packets, as ULPFEC and FlexFEC have it: the XOR of some packets brings any one of them back when all the others are
 * there. RFC 5109 §8, §9; RFC 8627 §6.
 * https://www.rfc-editor.org/rfc/rfc8627#section-6.2
 */
import { setU16, setU32, u16, u32 } from "../base/bytes.ts";
import { RTP_HEADER } from "./packet.ts";

/** Packets that one packet of parity protects at most. */
export const MAX_PROTECTED = 110;

/** Bytes of a packet that parity is made of at most: more is no datagram of ours. */
const MAX_PACKET = 2048;

/** What a packet of parity says; used again for every packet. */
export class FecHeader {
  /** The SSRC that is protected; -1 when the header does not tell. */
  ssrc = -1;
  /** The 16-bit numbers that are protected, the first `count` of them. */
  readonly numbers: Uint16Array = new Uint16Array(MAX_PROTECTED);
  count = 0;
  /** The XOR of the first two bytes, without the version; of the lengths behind the fixed header; of the timestamps. */
  first = 0;
  second = 0;
  length = 0;
  timestamp = 0;
  /** The XOR of what is behind the fixed header is `bytes[payloadStart, payloadEnd)`. */
  payloadStart = 0;
  payloadEnd = 0;
}

/** The parity of some packets. */
export class FecParity {
  first = 0;
  second = 0;
  length = 0;
  timestamp = 0;
  /** The XOR of what is behind the fixed headers: `payload[0, payloadLength)`. */
  readonly payload: Uint8Array = new Uint8Array(MAX_PACKET);
  payloadLength = 0;

  /** Begins anew. */
  reset(): void {
    this.first = 0;
    this.second = 0;
    this.length = 0;
    this.timestamp = 0;
    this.payload.fill(0, 0, this.payloadLength);
    this.payloadLength = 0;
  }

  /** Begins with what a packet of parity says: with all but one of its packets added, it is that one. */
  set(bytes: Uint8Array, header: FecHeader): boolean {
    this.reset();
    const length = header.payloadEnd - header.payloadStart;
    if (length > MAX_PACKET) return false;
    this.first = header.first;
    this.second = header.second;
    this.length = header.length;
    this.timestamp = header.timestamp;
    for (let i = 0; i < length; i++) this.payload[i] = bytes[header.payloadStart + i] as number;
    this.payloadLength = length;
    return true;
  }

  /** Adds the RTP packet `bytes[start, end)`; false when it is too long. */
  add(bytes: Uint8Array, start: number, end: number): boolean {
    const length = end - start - RTP_HEADER;
    if (length < 0 || length > MAX_PACKET) return false;
    this.first ^= bytes[start] as number;
    this.second ^= bytes[start + 1] as number;
    this.length ^= length;
    this.timestamp = (this.timestamp ^ u32(bytes, start + 4)) >>> 0;
    const from = start + RTP_HEADER;
    for (let i = 0; i < length; i++) this.payload[i] = (this.payload[i] as number) ^ (bytes[from + i] as number);
    if (length > this.payloadLength) this.payloadLength = length;
    return true;
  }

  /** The packet that is left, in memory of its own; undefined when its length cannot be. */
  toPacket(sequenceNumber: number, ssrc: number): Uint8Array | undefined {
    if (this.length > this.payloadLength) return undefined;
    const packet = new Uint8Array(RTP_HEADER + this.length);
    packet[0] = 0x80 | (this.first & 0x3f);
    packet[1] = this.second;
    setU16(packet, 2, sequenceNumber);
    setU32(packet, 4, this.timestamp);
    setU32(packet, 8, ssrc);
    packet.set(this.payload.subarray(0, this.length), RTP_HEADER);
    return packet;
  }
}

/** Notes in `into` the numbers whose bits are set in `count` bits from `bit` of the byte at `offset` on: bit 0 of the mask is `base + distance`. */
export function readMask(
  bytes: Uint8Array,
  offset: number,
  bit: number,
  count: number,
  distance: number,
  base: number,
  into: FecHeader,
): void {
  for (let i = 0; i < count; i++) {
    const at = bit + i;
    if ((((bytes[offset + (at >>> 3)] as number) >>> (7 - (at & 7))) & 1) === 0 || into.count >= MAX_PROTECTED) continue;
    into.numbers[into.count++] = base + distance + i;
  }
}

/** Sets the bits of those `distances` that are in `[from, from + count)`, in a mask that begins at `bit` of the byte at `offset`. */
export function writeMask(
  out: Uint8Array,
  offset: number,
  bit: number,
  count: number,
  from: number,
  distances: ArrayLike<number>,
): void {
  for (let i = 0; i < distances.length; i++) {
    const index = (distances[i] as number) - from;
    if (index < 0 || index >= count) continue;
    const at = bit + index;
    out[offset + (at >>> 3)] = (out[offset + (at >>> 3)] as number) | (0x80 >>> (at & 7));
  }
}

/** Reads the fields that all kinds begin alike with: two bytes, and the timestamp at `timestampOffset`. */
export function readRecovery(
  bytes: Uint8Array,
  start: number,
  lengthOffset: number,
  timestampOffset: number,
  into: FecHeader,
): void {
  into.first = (bytes[start] as number) & 0x3f;
  into.second = bytes[start + 1] as number;
  into.length = u16(bytes, lengthOffset);
  into.timestamp = u32(bytes, timestampOffset);
  into.count = 0;
}
