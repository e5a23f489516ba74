/**
 * A channel as its table keeps it.
 */
import type { Instant } from "../base/instant.ts";
import { SparseSet } from "../base/sparse-set.ts";
import type { SendOptions } from "../sctp/association-options.ts";
import { BufferedBytes } from "./buffered-bytes.ts";
import type { Channel, ChannelOptions, ChannelState } from "./channel.ts";

/** RFC 8831 §6.4: normal. */
const NORMAL_PRIORITY = 256;

/** A message that is being written. */
export interface OpenWriter {
  abandon(now: Instant): void;
}

/** A report of bytes that left, which grows until it is taken. */
export interface DrainedReport {
  readonly type: "drained";
  readonly channel: Channel;
  bytes: number;
}

/** One channel. Its owner sees it as a {@link Channel}. */
export class ChannelEntry implements Channel {
  readonly label: string;
  readonly protocol: string;
  readonly ordered: boolean;
  readonly maxRetransmits: number | undefined;
  readonly maxPacketLifeTime: number | undefined;
  readonly negotiated: boolean;
  readonly priority: number;
  /** Whether the other side opened it. */
  readonly remote: boolean;
  id: number | undefined = undefined;
  state: ChannelState = "connecting";
  opened: boolean = false;
  messagesSent: number = 0;
  bytesSent: number = 0;
  messagesReceived: number = 0;
  bytesReceived: number = 0;
  readonly buffered: BufferedBytes = new BufferedBytes();
  /** Whether our DATA_CHANNEL_OPEN is still to be queued. */
  unannounced: boolean;
  /** Messages that are being written. */
  readonly writers: SparseSet<OpenWriter> = new SparseSet();
  /** Messages come in parts. */
  partialDelivery: boolean;
  /** Nobody wants its messages now. */
  paused: boolean = false;
  /** Of a message in deprecated pieces (RFC 8831 §6.6) some were delivered as its parts. */
  inPieces: boolean = false;
  /** The report that nobody has taken yet. */
  report: DrainedReport | undefined = undefined;
  readonly #inOrder: SendOptions;
  readonly #asConfigured: SendOptions;
  #established: boolean;

  constructor(options: ChannelOptions, remote: boolean) {
    this.label = options.label;
    this.protocol = options.protocol;
    this.ordered = options.ordered;
    this.maxRetransmits = options.maxRetransmits;
    this.maxPacketLifeTime = options.maxPacketLifeTime;
    this.negotiated = options.negotiated;
    this.priority = options.priority ?? NORMAL_PRIORITY;
    this.remote = remote;
    this.partialDelivery = options.partialDelivery === true;
    this.unannounced = !remote && !options.negotiated;
    this.#established = !this.unannounced;
    const { maxRetransmits, maxPacketLifeTime: lifetime, priority } = this;
    this.#inOrder = {
      ordered: true,
      priority,
      ...(maxRetransmits !== undefined && { maxRetransmits }),
      ...(lifetime !== undefined && { lifetime }),
    };
    this.#asConfigured = this.ordered ? this.#inOrder : { ...this.#inOrder, ordered: false };
  }

  get bufferedAmount(): number {
    return this.buffered.amount;
  }

  /** How the next message of the user is sent. RFC 8832 §6: in order until the other side has said that the channel is there. */
  get sendOptions(): SendOptions {
    return this.#established ? this.#asConfigured : this.#inOrder;
  }

  /** Something arrived on it: the other side has it. */
  establish(): void {
    this.#established = true;
  }

  /** It is open. */
  open(): void {
    this.state = "open";
    this.opened = true;
  }
}

/** A stream that is in use: from the first word about its channel until both directions are reset. */
export class ChannelStream {
  readonly id: number;
  /** None when the other side opened it wrongly, or when it could not be reset: then it is only kept from being used. */
  channel: ChannelEntry | undefined;
  /** The other side has reset its direction. */
  incomingReset: boolean = false;
  /** What became of our direction. */
  outgoingReset: "none" | "wanted" | "done" | "refused" = "none";
  /** Our direction was reset for the channel before this one, and the answer, which the other side has sent, is still to come. */
  answerAwaited: boolean = false;

  constructor(id: number, channel: ChannelEntry | undefined) {
    this.id = id;
    this.channel = channel;
  }

  /** Whether what comes now belongs to another channel, which the other side can make as soon as both directions are reset there. */
  get belongsToNext(): boolean {
    return this.incomingReset && this.outgoingReset === "wanted";
  }
}
