/**
 * One outgoing stream: its messages, its numbers and its place among the others. RFC 9260 §6.5, RFC 8260 §2.1.
 */
import { Ring } from "../../base/ring.ts";
import { type Serial32, serial } from "../../base/serial.ts";
import type { OutgoingMessage } from "./outgoing-message.ts";

/** RFC 8831 §6.4: normal. */
const NORMAL_WEIGHT = 256;

/** An outgoing stream. */
export class OutboundStream {
  readonly id: number;
  readonly messages: Ring<OutgoingMessage> = new Ring(4);
  /** Ordered and unordered messages count apart (RFC 8260 §2.1). */
  nextOrdered: Serial32 = serial(0);
  nextUnordered: Serial32 = serial(0);
  /** Bytes that wait. */
  bytes: number = 0;
  /** Bytes that left the queue since that was last told. */
  drained: number = 0;
  /** Being reset: no message is begun until the other side has answered. */
  paused: boolean = false;
  /** Its share of the path against those of other streams. */
  weight: number = NORMAL_WEIGHT;
  /** The scheduler's: streams with the lowest rank have their turn. */
  rank: number = 0;
  /** The scheduler's: where it stands; -1 when it does not. */
  place: number = -1;

  constructor(id: number) {
    this.id = id;
  }

  /** Whether something of it may be sent now. */
  get ready(): boolean {
    const message = this.messages.peek();
    return message !== undefined && message.available > 0 && (!this.paused || message.begun);
  }
}
