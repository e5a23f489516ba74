/**
 * Incoming handshake messages, put together from their pieces and handed out in order of `message_seq`
 * (RFC 9147 §5.5, RFC 6347 §4.2.3).
 *
 * Pieces may come in any order, twice, and cut differently each time. Memory is bounded in three ways: how long a message
 * may be, how far ahead of its turn, and how many bytes wait in all.
 */

import { setBytes } from "../../base/bytes.ts";
import { SparseMap } from "../../base/sparse-map.ts";
import { ByteRanges } from "../byte-ranges.ts";
import type { Fragment } from "./fragment.ts";
import type { HandshakeMessage } from "./handshake-type.ts";

/** The longest message that is taken: a chain of certificates fits. */
export const MAX_MESSAGE_LENGTH = 65_535;

/** How many messages ahead of its turn one may be. A flight has at most seven. */
const MAX_AHEAD = 16;

/** How many bytes may wait in all. */
const MAX_WAITING = 131_072;

/** What became of a piece: kept, of a message that was handed out before, or dropped (it does not fit or comes too early). */
export type FragmentOutcome = "kept" | "old" | "dropped";

interface Incoming {
  readonly type: number;
  readonly epoch: number;
  readonly body: Uint8Array;
  readonly received: ByteRanges;
  /** A message without a body is there when its header is. */
  complete: boolean;
}

/** The messages of one direction of one connection. */
export class Reassembly {
  readonly #incoming = new SparseMap<number, Incoming>();
  #nextSeq = 0;
  #waiting = 0;

  /** The `message_seq` of the message that is handed out next. */
  get nextSeq(): number {
    return this.#nextSeq;
  }

  /** Takes a piece that arrived in `epoch`. Its bytes are copied. */
  add(fragment: Fragment, epoch: number): FragmentOutcome {
    const { type, seq, length, fragmentOffset, body } = fragment;
    if (seq < this.#nextSeq) return "old";
    if (seq - this.#nextSeq >= MAX_AHEAD || length > MAX_MESSAGE_LENGTH) return "dropped";
    let incoming = this.#incoming.get(seq);
    if (incoming !== undefined && !fits(incoming, fragment, epoch)) {
      if (incoming.complete) return "dropped";
      // One of the two is not the peer's. The newer one stays: then what a stranger sent does not bar the way for good.
      this.#forget(seq, incoming);
      incoming = undefined;
    }
    if (incoming === undefined) {
      if (this.#waiting + length > MAX_WAITING) return "dropped";
      incoming = { type, epoch, body: new Uint8Array(length), received: new ByteRanges(), complete: false };
      this.#incoming.set(seq, incoming);
      this.#waiting += length;
    }
    if (incoming.complete) return "kept";
    if (!incoming.received.add(fragmentOffset, fragmentOffset + body.length)) return "dropped";
    setBytes(incoming.body, fragmentOffset, body);
    incoming.complete = incoming.received.covers(length);
    return "kept";
  }

  /** Hands out the next message when it is whole. */
  take(): HandshakeMessage | undefined {
    const seq = this.#nextSeq;
    const incoming = this.#incoming.get(seq);
    if (incoming === undefined || !incoming.complete) return undefined;
    this.#forget(seq, incoming);
    this.#nextSeq++;
    return { type: incoming.type, seq, epoch: incoming.epoch, body: incoming.body };
  }

  /** Forgets what arrived in an epoch below `epoch`: from now on messages are encrypted, and anyone could have sent those. */
  dropBelow(epoch: number): void {
    for (const [seq, incoming] of this.#incoming) {
      if (incoming.epoch < epoch) this.#forget(seq, incoming);
    }
  }

  #forget(seq: number, incoming: Incoming): void {
    this.#incoming.delete(seq);
    this.#waiting -= incoming.body.length;
  }
}

/** Whether a piece is of the message that is being put together. */
function fits(incoming: Incoming, fragment: Fragment, epoch: number): boolean {
  return incoming.type === fragment.type && incoming.body.length === fragment.length && incoming.epoch === epoch;
}
