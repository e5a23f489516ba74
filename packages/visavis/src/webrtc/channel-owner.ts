/**
 * The two faces between a data channel and what carries it: a peer connection of this thread, or a pipe to the thread that has it.
 */
import type { PeerConnection } from "../peer/peer-connection.ts";
import type { ChannelFailure } from "../peer/peer-events.ts";

/** A channel of the peer connection below. */
export type Channel = ReturnType<PeerConnection["createChannel"]>;

/** What a channel is, from its beginning to its end. */
export type ChannelTraits = Pick<
  Channel,
  "label" | "protocol" | "ordered" | "maxRetransmits" | "maxPacketLifeTime" | "negotiated" | "priority"
>;

/** Strings and bytes travel under different protocol identifiers (RFC 8831 §8). */
export type MessageKind = "string" | "binary";

/**
 * `whole` is one message. Where a reader wants messages in parts: `more` is a part that others follow, `last` the one that ends the message, and
 * `abandoned`, without data, says that the rest will never come.
 */
export type MessagePart = "whole" | "more" | "last" | "abandoned";

/** A message that is sent while it is being written. */
export interface OutgoingMessage {
  /** Takes ownership of `data`. @throws OperationError (no room now), TypeError (too large), InvalidStateError (it is over) */
  write(data: Uint8Array): void;
  /** It is complete. @throws as `write` */
  end(): void;
  /** It never will be. */
  abandon(): void;
}

/** What a channel needs of its carrier. */
export interface ChannelOwner {
  /** The largest message that `send` takes, in bytes. */
  readonly maxMessageSize: number;
  /** The largest message in pieces, in bytes: all that the other side takes. */
  readonly maxWrittenSize: number;
  /** Takes ownership of `data`. @throws OperationError when there is no room for it now */
  send(data: Uint8Array, kind: MessageKind): void;
  /** Begins a message that is written piece by piece. @throws OperationError, InvalidStateError */
  begin(kind: MessageKind): OutgoingMessage;
  /** Messages come in parts, as they arrive. */
  deliverParts(): void;
  /** Calls back once after something has left the send buffer, which the channels of a connection share. The same callback waits once. */
  awaitRoom(callback: () => void): void;
  /** Begins the closing procedure. */
  close(): void;
  /**
   * So many more bytes (fewer, when negative) of received messages wait for the program. They count as unread, so that the other side
   * is told to wait before they take too much memory.
   */
  retain(bytes: number): void;
  /** Runs `steps` in a task of its own. */
  queueTask(steps: () => void): void;
  /** From now on `sink` hears of the channel. Undefined where a channel cannot be passed on. */
  readonly transfer: ((makeSink: (owner: ChannelOwner) => ChannelSink) => void) | undefined;
  /** Counts a channel whose thread went away without closing it. */
  countLoss(): void;
}

/** Who hears of a channel. Every method is called in a task of its own. */
export interface ChannelSink {
  /** [[DataChannelId]] */
  id: number | null;
  /** https://w3c.github.io/webrtc-pc/#announce-datachannel-open */
  announceOpen(): void;
  /** The other side began the closing procedure. */
  announceClosing(): void;
  /** The channel is closed; `announceClose` is the second part. */
  announceClosed(failure: ChannelFailure | undefined): void;
  announceClose(): void;
  /** A message or a part of one. Takes ownership of `data`. */
  receive(kind: MessageKind, data: Uint8Array, part: MessagePart): void;
  /** So many bytes left the queue. */
  drained(bytes: number): void;
  /** The connection was closed by its program. */
  abandon(): void;
}

/** What a received message counts for as long as it waits: its bytes and bookkeeping, so that empty ones are not free. */
export function retainedSize(data: Uint8Array): number {
  return data.length + 64;
}
