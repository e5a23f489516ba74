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

/** What a channel needs of its carrier. */
export interface ChannelOwner {
  /** The largest message that the other side takes, in bytes. */
  readonly maxMessageSize: number;
  /** Takes ownership of `data`. @throws OperationError when there is no room for it now */
  send(data: Uint8Array, kind: MessageKind): void;
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
  /** A message. Takes ownership of `data`. */
  receive(kind: MessageKind, data: Uint8Array): void;
  /** So many bytes left the queue. */
  drained(bytes: number): void;
  /** The connection was closed by its program. */
  abandon(): void;
}

/** What a received message counts for as long as it waits: its bytes and bookkeeping, so that empty ones are not free. */
export function retainedSize(data: Uint8Array): number {
  return data.length + 64;
}
