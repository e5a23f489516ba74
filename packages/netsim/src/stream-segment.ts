/**
 * What streams are made of on simulated links: numbered segments. The format is this simulator's own, no wire's: only the size is that of
 * TCP beside UDP.
 */

/** What a segment does. */
export const SegmentKind = { SYN: 1, SYN_ACK: 2, ACK: 3, DATA: 4, FIN: 5, RESET: 6 } as const;

/** One of {@link SegmentKind}. */
export type SegmentKind = (typeof SegmentKind)[keyof typeof SegmentKind];

/** Bytes before the payload: how much longer a TCP header is than that of UDP. */
export const SEGMENT_HEADER = 12;

/** The most that one segment carries, in bytes. */
export const SEGMENT_PAYLOAD = 1160;

/** One segment. */
export interface Segment {
  readonly kind: SegmentKind;
  /** The number of the segment; of an acknowledgement, that of the segment which arrived. SYN has 0, what follows counts from 1. */
  readonly number: number;
  readonly payload: Uint8Array;
}

const NOTHING = new Uint8Array(0);

function sum(bytes: Uint8Array): number {
  let hash = 0x811c9dc5;
  for (const [i, byte] of bytes.entries()) if (i < 8 || i >= SEGMENT_HEADER) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}

/** Writes a segment. */
export function encodeSegment(kind: SegmentKind, number: number, payload: Uint8Array = NOTHING): Uint8Array {
  const bytes = new Uint8Array(SEGMENT_HEADER + payload.length);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, kind);
  view.setUint32(4, number);
  bytes.set(payload, SEGMENT_HEADER);
  view.setUint32(8, sum(bytes));
  return bytes;
}

/** Reads a segment; undefined when bits of it were flipped on the way. The payload is a copy. */
export function decodeSegment(bytes: Uint8Array): Segment | undefined {
  if (bytes.length < SEGMENT_HEADER) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(8) !== sum(bytes)) return undefined;
  const kind = view.getUint8(0) as SegmentKind;
  return { kind, number: view.getUint32(4), payload: new Uint8Array(bytes.subarray(SEGMENT_HEADER)) };
}
