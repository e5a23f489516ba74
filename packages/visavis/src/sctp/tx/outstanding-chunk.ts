/**
 * One DATA chunk that was sent and is not yet behind the cumulative TSN ack.
 */
import type { Instant } from "../../base/instant.ts";
import { type Serial32, serial } from "../../base/serial.ts";
import type { OutgoingMessage } from "./outgoing-message.ts";

/** Where a chunk stands. */
export const ChunkState = {
  IN_FLIGHT: 0,
  /** Taken for lost, or not sent yet: to be sent. */
  LOST: 1,
  /** Reported by a gap block. */
  ACKED: 2,
  /** Given up (RFC 3758). */
  ABANDONED: 3,
} as const;

/** One of the states of a chunk. */
export type ChunkState = (typeof ChunkState)[keyof typeof ChunkState];

const NO_DATA: Uint8Array = new Uint8Array(0);

/** Kept in a ring in the order of TSNs, and reused. */
export class OutstandingChunk {
  tsn: Serial32 = serial(0);
  message: OutgoingMessage | undefined = undefined;
  /** The fragment: `data[start, start + length)`. */
  data: Uint8Array = NO_DATA;
  start: number = 0;
  length: number = 0;
  flags: number = 0;
  /** How many fragments of its message come before it (RFC 8260 §2.1). */
  fragment: number = 0;
  state: ChunkState = ChunkState.LOST;
  sentAt: number = 0;
  /** How often it was sent. */
  transmissions: number = 0;
  /** The number of the packet that carried it last: packets sent later that arrive first speak against it. */
  transmission: number = 0;
  /** Its neighbours among the chunks in flight, in the order of their sending, or among the lost ones. */
  before: OutstandingChunk | undefined = undefined;
  after: OutstandingChunk | undefined = undefined;
  /** What `DeliveryRate` knew when it was sent last. */
  delivered: number = 0;
  deliveredAt: Instant = 0;
  firstSentAt: Instant = 0;
  lostBefore: number = 0;
  flight: number = 0;
  applicationLimited: boolean = false;

  /** Keeps nothing alive. */
  clear(): void {
    this.message = undefined;
    this.data = NO_DATA;
  }
}

/** Chunks in a row, joined by their own fields: a chunk is in one row at the most. */
export class ChunkRow {
  first: OutstandingChunk | undefined = undefined;
  last: OutstandingChunk | undefined = undefined;

  /** Adds at the end. */
  append(chunk: OutstandingChunk): void {
    chunk.before = this.last;
    chunk.after = undefined;
    if (this.last === undefined) this.first = chunk;
    else this.last.after = chunk;
    this.last = chunk;
  }

  /** Adds at the front. */
  prepend(chunk: OutstandingChunk): void {
    chunk.before = undefined;
    chunk.after = this.first;
    if (this.first === undefined) this.last = chunk;
    else this.first.before = chunk;
    this.first = chunk;
  }

  /** Takes a chunk out that is in it. */
  remove(chunk: OutstandingChunk): void {
    if (chunk.before === undefined) this.first = chunk.after;
    else chunk.before.after = chunk.after;
    if (chunk.after === undefined) this.last = chunk.before;
    else chunk.after.before = chunk.before;
    chunk.before = undefined;
    chunk.after = undefined;
  }
}
