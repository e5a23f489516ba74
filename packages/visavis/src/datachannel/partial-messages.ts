/**
 * Messages in pieces, as old peers send them: pieces under a partial identifier, the last one under the usual one. RFC 8831 §6.6
 * deprecates sending them, and asks receivers to put them together.
 */

import { setBytes } from "../base/bytes.ts";
import { SparseMap } from "../base/sparse-map.ts";
import type { Channel, MessageKind } from "./channel.ts";

/** Bytes of pieces held on all channels. */
const MOST_BYTES = 16 * 1024 * 1024;
/** Bookkeeping of a piece, so that small ones are not free. */
const OVERHEAD = 64;

interface Pieces {
  readonly kind: MessageKind;
  readonly parts: Uint8Array[];
  /** Of the message. */
  length: number;
  /** Of the message, bookkeeping included. */
  held: number;
  overflowed: boolean;
}

/** Pieces that wait for the rest of their message. */
export class PartialMessages {
  readonly #byChannel = new SparseMap<Channel, Pieces>();
  readonly #maxMessageSize: number;
  #held = 0;

  /** @param maxMessageSize bytes of a whole message; 0 for any, within what all channels together may hold */
  constructor(maxMessageSize: number) {
    this.#maxMessageSize = maxMessageSize === 0 ? MOST_BYTES : maxMessageSize;
  }

  /** Bytes held, bookkeeping included. */
  get heldBytes(): number {
    return this.#held;
  }

  /** Whether an unfinished message of the other kind is in the way. */
  mixes(channel: Channel, kind: MessageKind): boolean {
    const pieces = this.#piecesOf(channel);
    return pieces !== undefined && pieces.kind !== kind;
  }

  /** Keeps a piece that is not the last. */
  add(channel: Channel, kind: MessageKind, part: Uint8Array): void {
    let pieces = this.#byChannel.get(channel);
    if (pieces === undefined) {
      pieces = { kind, parts: [], length: 0, held: 0, overflowed: false };
      this.#byChannel.set(channel, pieces);
    }
    const size = part.length + OVERHEAD;
    pieces.length += part.length;
    if (pieces.overflowed || pieces.length > this.#maxMessageSize || this.#held + size > MOST_BYTES) {
      // The rest of it is skipped as well, up to its last piece.
      this.#held -= pieces.held;
      pieces.held = 0;
      pieces.parts.length = 0;
      pieces.overflowed = true;
    } else {
      pieces.parts.push(part);
      pieces.held += size;
      this.#held += size;
    }
  }

  /** The whole message that `last` ends: `last` itself when nothing came before it; undefined when it is too large. */
  join(channel: Channel, last: Uint8Array): Uint8Array | undefined {
    const pieces = this.#piecesOf(channel);
    if (pieces === undefined) return last;
    this.forget(channel);
    const length = pieces.length + last.length;
    if (pieces.overflowed || length > this.#maxMessageSize) return undefined;
    const whole = new Uint8Array(length);
    let offset = 0;
    for (const part of pieces.parts) offset = setBytes(whole, offset, part);
    setBytes(whole, offset, last);
    return whole;
  }

  /** Forgets the pieces of a channel. */
  forget(channel: Channel): void {
    const pieces = this.#byChannel.get(channel);
    if (pieces === undefined) return;
    this.#held -= pieces.held;
    this.#byChannel.delete(channel);
  }

  /** For most channels of our time there are none, and nothing is looked up. */
  #piecesOf(channel: Channel): Pieces | undefined {
    return this.#byChannel.size === 0 ? undefined : this.#byChannel.get(channel);
  }
}
