/**
 * Pages of Ogg. RFC 3533 §6, little-endian.
 * https://www.rfc-editor.org/rfc/rfc3533#section-6
 *
 * ```
 * 0  "OggS"   4 version 0   5 flags: 1 goes on with a packet, 2 first page, 4 last page
 * 6  granule position, 64 bits   14 serial number of the stream   18 number of the page   22 checksum
 * 26 how many segments           27 their lengths, one byte each: a packet ends behind one that is shorter than 255
 * ```
 */
import { sliceBytes } from "../../base/bytes.ts";

const HEADER = 27;
const MOST_SEGMENTS = 255;
const FULL = 255;

/** The flags of a page. */
export const OggFlag = { CONTINUED: 1, FIRST: 2, LAST: 4 } as const;

/** One page. */
export interface OggPage {
  readonly flags: number;
  /** What the codec counts, at the end of the last packet that ends on the page; -1 when none does. */
  readonly granulePosition: number;
  readonly serialNumber: number;
  readonly pageNumber: number;
  /** Pieces of packets, in memory of their own; all but the last end on this page. */
  readonly pieces: readonly Uint8Array[];
  /** The last piece goes on on the next page. */
  readonly isOpen: boolean;
  /** Where the page ends. */
  readonly end: number;
}

const TABLE: Uint32Array = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 24;
  for (let bit = 0; bit < 8; bit++) crc = (crc & 0x8000_0000) !== 0 ? (crc << 1) ^ 0x04c1_1db7 : crc << 1;
  return crc >>> 0;
});

/** The checksum of `bytes[start, end)`, whose own four bytes count as 0. */
function checksum(bytes: Uint8Array, start: number, end: number): number {
  let crc = 0;
  for (let i = start; i < end; i++) {
    const byte = i >= start + 22 && i < start + 26 ? 0 : (bytes[i] as number);
    crc = ((crc << 8) ^ (TABLE[((crc >>> 24) ^ byte) & 0xff] as number)) >>> 0;
  }
  return crc;
}

/** The page that begins at `start`; undefined when there is none, or it is damaged. */
export function decodeOggPage(bytes: Uint8Array, start: number, end: number): OggPage | undefined {
  if (end - start < HEADER) return undefined;
  if (bytes[start] !== 0x4f || bytes[start + 1] !== 0x67 || bytes[start + 2] !== 0x67 || bytes[start + 3] !== 0x53)
    return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset + start, end - start);
  if (view.getUint8(4) !== 0) return undefined;
  const segments = view.getUint8(26);
  const table = start + HEADER;
  let at = table + segments;
  if (at > end) return undefined;
  const lengths: number[] = [];
  let length = 0;
  let isOpen = false;
  for (let i = 0; i < segments; i++) {
    const lacing = bytes[table + i] as number;
    length += lacing;
    isOpen = lacing === FULL;
    if (isOpen && i < segments - 1) continue;
    lengths.push(length);
    length = 0;
  }
  if (at + lengths.reduce((sum, each) => sum + each, 0) > end) return undefined;
  const pieces = lengths.map((each) => {
    at += each;
    return sliceBytes(bytes, at - each, at);
  });
  if (view.getUint32(22, true) !== checksum(bytes, start, at)) return undefined;
  const high = view.getInt32(10, true);
  return {
    flags: view.getUint8(5),
    granulePosition: high === -1 ? -1 : view.getUint32(6, true) + high * 2 ** 32,
    serialNumber: view.getUint32(14, true),
    pageNumber: view.getUint32(18, true),
    pieces,
    isOpen,
    end: at,
  };
}

/** How many segments a packet takes. */
export function segmentsOf(packet: Uint8Array): number {
  return Math.floor(packet.length / FULL) + 1;
}

/** Whether packets with so many segments in all fit on one page. */
export function fitsOnPage(segments: number): boolean {
  return segments <= MOST_SEGMENTS;
}

/** A page of whole packets, which must fit on it. */
export function encodeOggPage(
  packets: readonly Uint8Array[],
  flags: number,
  granulePosition: number,
  serialNumber: number,
  pageNumber: number,
): Uint8Array<ArrayBuffer> {
  const segments = packets.reduce((sum, packet) => sum + segmentsOf(packet), 0);
  const length = packets.reduce((sum, packet) => sum + packet.length, HEADER + segments);
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  bytes.set([0x4f, 0x67, 0x67, 0x53, 0, flags]);
  view.setUint32(6, granulePosition % 2 ** 32, true);
  view.setUint32(10, Math.floor(granulePosition / 2 ** 32), true);
  view.setUint32(14, serialNumber, true);
  view.setUint32(18, pageNumber, true);
  bytes[26] = segments;
  let lacing = HEADER;
  let at = HEADER + segments;
  for (const packet of packets) {
    const full = segmentsOf(packet) - 1;
    bytes.fill(FULL, lacing, lacing + full);
    bytes[lacing + full] = packet.length % FULL;
    lacing += full + 1;
    bytes.set(packet, at);
    at += packet.length;
  }
  view.setUint32(22, checksum(bytes, 0, length), true);
  return bytes;
}
