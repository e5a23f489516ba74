/**
 * One DATA chunk that was sent and is not yet behind the cumulative TSN ack.
 */
import { type Serial32, serial } from "../../base/serial.ts";
import type { OutgoingMessage } from "./send-queue.ts";

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

/** Kept in a ring in the order of TSNs, and reused. */
export class OutstandingChunk {
  tsn: Serial32 = serial(0);
  message: OutgoingMessage | undefined = undefined;
  /** The fragment: `message.data[start, start + length)`. */
  start: number = 0;
  length: number = 0;
  flags: number = 0;
  state: ChunkState = ChunkState.LOST;
  sentAt: number = 0;
  /** How often it was sent. */
  transmissions: number = 0;
  /** The number of the packet that carried it last: packets sent later that arrive first speak against it. */
  transmission: number = 0;
  missingReports: number = 0;
}
