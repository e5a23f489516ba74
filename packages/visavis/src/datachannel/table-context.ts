/**
 * What the procedures of a channel table share.
 */
import { Drops } from "../base/drops.ts";
import { Ring } from "../base/ring.ts";
import type { ChannelEntry, ChannelStream } from "./channel-entry.ts";
import { Deliveries } from "./deliveries.ts";
import { EarlyMessages } from "./early-messages.ts";
import { PartialMessages } from "./partial-messages.ts";
import { StreamIds } from "./stream-ids.ts";

/** Why something that arrived was dropped. */
export type ChannelDropReason =
  /** Not a message of RFC 8832. */
  | "malformed-control"
  /** A DATA_CHANNEL_OPEN that cannot be understood; its stream is reset. */
  | "malformed-open"
  /** A DATA_CHANNEL_OPEN on a stream in use; the channel on it is closed (RFC 8832 §6). */
  | "open-on-used-stream"
  /** A DATA_CHANNEL_OPEN on a stream that goes in one direction only. */
  | "one-way-stream"
  /** A DATA_CHANNEL_OPEN on a stream that is ours to open; it is reset (RFC 8832 §6). */
  | "wrong-parity"
  /** A DATA_CHANNEL_OPEN, when the texts of the other side's channels take all the memory they may; its stream is reset. */
  | "too-much-text"
  /** A DATA_CHANNEL_ACK that nothing waits for. */
  | "unexpected-ack"
  /** A message of no kind that data channels have. */
  | "unknown-ppid"
  /** A message on a stream without a channel, when no more of them can be held. */
  | "no-channel"
  /** A message that was held for a channel that did not come. */
  | "channel-never-came"
  /** A message for a channel that is being closed. */
  | "closing"
  /** Pieces of a message that no last piece of their kind followed. */
  | "unfinished-message"
  /** A message in pieces that became too large. */
  | "too-large"
  /** The other side reset a stream that is not in use. */
  | "unexpected-reset"
  /** A packet when there is no association. */
  | "not-started";

/** A message of RFC 8832 that waits to be queued. */
export interface ControlMessage {
  readonly channel: ChannelEntry;
  readonly bytes: Uint8Array;
}

/** What the procedures share. */
export class TableContext {
  readonly drops: Drops<ChannelDropReason> = new Drops();
  /** Streams in use. */
  readonly streams: Map<number, ChannelStream> = new Map();
  readonly ids: StreamIds = new StreamIds(this.streams);
  /** Channels that are not closed, in the order in which they were made. */
  readonly channels: Set<ChannelEntry> = new Set();
  readonly early: EarlyMessages = new EarlyMessages();
  readonly partials: PartialMessages;
  readonly deliveries: Deliveries = new Deliveries();
  readonly control: Ring<ControlMessage> = new Ring();
  /** Streams whose outgoing direction is to be reset at the next opportunity. */
  readonly resets: number[] = [];
  /** What the labels and protocols of the other side's channels take. */
  remoteText: number = 0;

  constructor(maxReceiveMessageSize: number) {
    this.partials = new PartialMessages(maxReceiveMessageSize);
  }
}
