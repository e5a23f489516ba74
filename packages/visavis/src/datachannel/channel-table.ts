/**
 * The data channels of one peer connection and the association under them: RFC 8831, RFC 8832.
 *
 * This file is the doorway. Where things are: how channels begin `opening.ts` and end `closing.ts`, what
 * arrives `receive-message.ts`, whose numbers are whose `stream-ids.ts`, what waits for the owner `deliveries.ts`; bytes `open-message.ts`, `ack-message.ts`.
 */
import type { Drops } from "../base/drops.ts";
import type { InnerEngine } from "../base/engine.ts";
import { assert, unreachable } from "../base/errors.ts";
import { type Instant, NEVER } from "../base/instant.ts";
import type { Transmit } from "../base/transmit.ts";
import { Association } from "../sctp/association.ts";
import type { AssociationEvent, AssociationOptions, SctpPath } from "../sctp/association-options.ts";
import { SctpError } from "../sctp/sctp-error.ts";
import type { Channel, ChannelEvent, ChannelMessage, ChannelOptions, MessageKind } from "./channel.ts";
import { ChannelEntry } from "./channel-entry.ts";
import { ChannelError, toChannelError } from "./channel-error.ts";
import { beginClosing, discardChannel, finishChannel, handleIncomingReset, handleOutgoingReset } from "./closing.ts";
import { ChannelMessageWriter, type MessageWriter } from "./message-writer.ts";
import { assignId, checkOptions, openChannel, reserveId } from "./opening.ts";
import { Ppid } from "./ppid.ts";
import { receiveMessage } from "./receive-message.ts";
import { MOST_STREAMS } from "./stream-ids.ts";
import { type ChannelDropReason, TableContext } from "./table-context.ts";
import type { AssociationStats, ChannelTableOptions, ChannelTableStart, TableAssociation } from "./table-options.ts";

export type { SctpError } from "../sctp/sctp-error.ts";
export type { ChannelEvent, ChannelMessage } from "./channel.ts";
export type { AssociationStats, ChannelTableFaults, ChannelTableOptions, ChannelTableStart } from "./table-options.ts";

/** Where a table stands. */
export type ChannelTableState = "new" | "connecting" | "connected" | "closed";

/**
 * The channels of one peer connection. It exists before there is an association: channels that are made then get their ids, in
 * the order in which they were made, by `start`.
 *
 * The owner drains it after every call: `takeEvent` until it returns undefined, then `takeMessage` until it returns undefined, and
 * again from the beginning until both do so at once. Any other order is right too, only not complete: a message does not come out
 * before the events that were there before it (such as the `channel` of its channel), and `closing`, `closed` and
 * `association-closed` do not come out before the messages that arrived before them. A channel's `state`, on the other hand, is that of
 * the moment: it may say `closing` while messages wait to be taken. An owner that leaves messages lying does not hear of the association
 * beyond 8 MiB of them, and the other side is told to wait.
 *
 * After `close`, messages that still arrive for the channel are dropped.
 */
export class ChannelTable implements InnerEngine<ChannelEvent> {
  readonly #context: TableContext;
  readonly #options: ChannelTableOptions;
  readonly #createAssociation: (options: AssociationOptions) => TableAssociation;
  #association: TableAssociation | undefined = undefined;
  #state: ChannelTableState = "new";
  #maxMessageSize = 0;
  /** False when the way out is gone, so that not even a farewell can be sent. */
  #hasTransport = true;

  /** @param createAssociation for tests: what stands in for an association */
  constructor(
    options: ChannelTableOptions,
    createAssociation: (options: AssociationOptions) => TableAssociation = (o) => new Association(o),
  ) {
    this.#options = options;
    this.#createAssociation = createAssociation;
    this.#context = new TableContext(options.maxReceiveMessageSize);
  }

  /** Where it stands. */
  get state(): ChannelTableState {
    return this.#state;
  }

  /** How many channels the association can carry: ids are below this. Undefined before it is connected. */
  get maxChannels(): number | undefined {
    return this.#state === "connected" ? this.#context.ids.limit : undefined;
  }

  /** The channels that are not closed, in the order in which they were made. */
  get channels(): readonly Channel[] {
    return [...this.#context.channels];
  }

  /** What was dropped, by reason. */
  get drops(): Drops<ChannelDropReason> {
    return this.#context.drops;
  }

  /** Figures of the association, live; undefined before `start`. */
  get association(): AssociationStats | undefined {
    return this.#association;
  }

  /**
   * Makes a channel. When the association is connected it is open at once, with an `open` event: data may follow without waiting
   * for the other side's word (RFC 8832 §6).
   * @throws ChannelError `id-in-use`, `no-id-left` or `too-long`
   * @throws RangeError when an option is out of its range
   */
  create(options: ChannelOptions): Channel {
    checkOptions(options);
    const context = this.#context;
    const channel = new ChannelEntry(options, false);
    if (this.#state === "closed") {
      finishChannel(context, channel, undefined);
      return channel;
    }
    if (options.id !== undefined) reserveId(context, channel, options.id);
    else if (context.ids.assignable) assignId(context, channel);
    else if (context.channels.size >= MOST_STREAMS) throw new ChannelError("no-id-left", "there are too many channels");
    context.channels.add(channel);
    if (this.#state === "connected") this.#open(channel);
    return channel;
  }

  /** Gives the channels that have none their ids, now that it is known which numbers are ours (RFC 8832 §6). `start` does so too. */
  assignIds(dtlsRole: "client" | "server"): void {
    const context = this.#context;
    context.ids.setRole(dtlsRole);
    for (const channel of context.channels) {
      if (channel.id !== undefined) continue;
      try {
        assignId(context, channel);
      } catch (error) {
        if (!(error instanceof ChannelError)) throw error;
        finishChannel(context, channel, error);
      }
    }
  }

  /** Begins the association; the other side does the same. Once only. @throws InternalError the second time */
  start(start: ChannelTableStart, now: Instant): void {
    if (this.#state === "closed") return;
    assert(this.#association === undefined, "a channel table is started once");
    const { dtlsRole, maxMessageSize, ...rest } = start;
    this.#maxMessageSize = maxMessageSize;
    // Not a literal that begins with a spread: V8 gives every object that grows out of one a shape of its own.
    this.#association = this.#createAssociation(Object.assign({}, this.#options, rest));
    this.#state = "connecting";
    this.assignIds(dtlsRole);
    this.#association.connect(now);
  }

  /** The largest message that the other side takes, in bytes; 0 for any. */
  setMaxMessageSize(bytes: number): void {
    this.#maxMessageSize = bytes;
  }

  /** Packets go by another path from now on, of which this is known. After `start`. */
  setPath(path: SctpPath): void {
    this.#association?.setPath(path);
  }

  /**
   * Queues a message. Takes ownership of `data`.
   * @throws ChannelError `not-open`, `too-large` or `queue-full`
   */
  send(channel: Channel, data: Uint8Array, kind: MessageKind, now: Instant): void {
    const { entry, id, association } = this.#openChannel(channel);
    if (this.#maxMessageSize > 0 && data.length > this.#maxMessageSize) {
      throw new ChannelError("too-large", `the other side takes messages of ${this.#maxMessageSize} bytes at most`);
    }
    this.#announce(entry, now);
    const isString = kind === "string";
    try {
      if (data.length > 0) {
        association.send(id, isString ? Ppid.STRING : Ppid.BINARY, data, entry.sendOptions, now);
        entry.buffered.queueMessage(data.length);
      } else {
        const ppid = isString ? Ppid.STRING_EMPTY : Ppid.BINARY_EMPTY;
        association.send(id, ppid, new Uint8Array(1), entry.sendOptions, now);
        entry.buffered.queueOverhead(1);
      }
    } catch (error) {
      throw toChannelError(error);
    }
    entry.messagesSent++;
    entry.bytesSent += data.length;
  }

  /**
   * Begins a message that is written piece by piece. Messages that are sent on the channel later wait behind it; without interleaving
   * (RFC 8260) those of all other channels do, too, from its first packet to its end.
   * @throws ChannelError `not-open` or `queue-full`
   */
  beginMessage(channel: Channel, kind: MessageKind, now: Instant): MessageWriter {
    const { entry, id, association } = this.#openChannel(channel);
    this.#announce(entry, now);
    try {
      const inner = association.beginMessage(id, kind === "string" ? Ppid.STRING : Ppid.BINARY, entry.sendOptions, now);
      const writer = new ChannelMessageWriter(entry, inner, kind, () => this.#maxMessageSize);
      entry.writers.add(writer);
      return writer;
    } catch (error) {
      throw toChannelError(error);
    }
  }

  /**
   * Whether messages of the channel come in parts as they arrive, from now on; otherwise whole. It may be called at any time. No more of a
   * message in parts is held than what its owner has not taken.
   */
  setPartialDelivery(channel: Channel, on: boolean): void {
    const entry = this.#own(channel);
    if (entry === undefined) return;
    entry.partialDelivery = on;
    if (this.#listens(entry)) this.#association?.setPartialDelivery(entry.id, on);
  }

  /**
   * Keeps the messages of a channel, and its end behind them, until `resume`: they count against the window, and so hold up the other side. Other
   * channels go on as long as there is room for them.
   */
  pause(channel: Channel): void {
    const entry = this.#own(channel);
    if (entry === undefined || entry.paused) return;
    entry.paused = true;
    this.#context.deliveries.pause(entry);
    if (this.#listens(entry)) this.#association?.pause(entry.id);
  }

  /** Messages of the channel can be taken again. */
  resume(channel: Channel, _now: Instant): void {
    if (!(channel instanceof ChannelEntry) || !channel.paused) return;
    channel.paused = false;
    this.#context.deliveries.resume(channel);
    if (channel.id !== undefined && this.#own(channel) !== undefined) this.#association?.resume(channel.id);
  }

  /** Whether what comes on the stream of a channel is for it: the other side may be at the next one already. */
  #listens(entry: ChannelEntry): entry is ChannelEntry & { id: number } {
    return entry.id !== undefined && this.#context.streams.get(entry.id)?.incomingReset !== true;
  }

  /** Removes the oldest message that arrived, or part of one, unless an event before it is left to be taken. */
  takeMessage(): ChannelMessage | undefined {
    const { deliveries } = this.#context;
    const message = deliveries.takeMessage();
    if (message !== undefined) return message;
    // Parts are made when somebody wants them, so that one stands for all that came in the meantime.
    this.#pull(true);
    return deliveries.takeMessage();
  }

  /**
   * Begins the closing procedure: what was queued is still sent. A channel that the other side cannot know of is closed at once.
   * Closing again does nothing.
   */
  close(channel: Channel, now: Instant): void {
    const entry = this.#own(channel);
    if (entry === undefined || entry.state === "closing" || entry.state === "closed") return;
    this.#flush(now);
    if (this.#state === "new" || entry.unannounced) discardChannel(this.#context, entry, undefined);
    else beginClosing(this.#context, entry, false);
  }

  /** Ends everything: all channels are closed without an error, and the other side is told by what `transmit` gives. */
  shutdown(now: Instant): void {
    this.#association?.abort(now);
    this.#end(undefined);
  }

  /** The transport below is gone: nothing is sent any more. What arrived before is delivered. */
  transportClosed(now: Instant): void {
    this.#fetchPaused([]);
    this.shutdown(now);
    this.#hasTransport = false;
  }

  /** Takes the SCTP packet `bytes[start, end)`; the memory is ours from then on. */
  receive(bytes: Uint8Array, now: Instant, start: number = 0, end: number = bytes.length): void {
    if (this.#association === undefined || this.#state === "closed") {
      this.#context.drops.count("not-started");
      return;
    }
    this.#association.receive(bytes, now, start, end);
    this.#pull();
  }

  advance(now: Instant): void {
    this.#association?.advance(now);
    this.#pull();
  }

  deadline(): Instant {
    return this.#association?.deadline() ?? NEVER;
  }

  transmit(out: Transmit, now: Instant): boolean {
    if (this.#association === undefined || !this.#hasTransport) return false;
    this.#flush(now);
    return this.#association.transmit(out, now);
  }

  /** Removes the oldest event, unless it ends a channel that has messages left to be taken. */
  takeEvent(): ChannelEvent | undefined {
    this.#pull();
    return this.#context.deliveries.takeEvent();
  }

  /** The channel as this table keeps it; undefined when it is closed or not of this table. */
  #own(channel: Channel): ChannelEntry | undefined {
    return channel instanceof ChannelEntry && this.#context.channels.has(channel) ? channel : undefined;
  }

  /** @throws ChannelError `not-open` */
  #openChannel(channel: Channel): { entry: ChannelEntry; id: number; association: TableAssociation } {
    const entry = this.#own(channel);
    const association = this.#association;
    if (entry === undefined || entry.id === undefined || entry.state !== "open" || association === undefined) {
      throw new ChannelError("not-open", `the channel is ${channel.state}`);
    }
    return { entry, id: entry.id, association };
  }

  /** The word about a channel goes before its first message. @throws ChannelError `queue-full` */
  #announce(entry: ChannelEntry, now: Instant): void {
    this.#flush(now);
    if (entry.unannounced) throw new ChannelError("queue-full", "the send buffer is full");
  }

  /** Hands to the association what waited for a call that brings the time. */
  #flush(now: Instant): void {
    const association = this.#association;
    const { control, resets } = this.#context;
    if (association === undefined || (control.size === 0 && resets.length === 0)) return;
    for (let next = control.peek(); next !== undefined; next = control.peek()) {
      const { channel, bytes } = next;
      if (channel.id !== undefined && channel.state !== "closed") {
        try {
          association.send(channel.id, Ppid.DCEP, bytes, { ordered: true, priority: channel.priority }, now);
          channel.unannounced = false;
          channel.buffered.queueOverhead(bytes.length);
        } catch (error) {
          if (!(error instanceof SctpError)) throw error;
          // A full buffer is tried again, and an end is about to be told. A stream that does not exist is told of with `connected`.
          if (error.code !== "invalid-stream") return;
        }
      }
      control.shift();
    }
    if (resets.length > 0 && this.#state === "connected") association.resetStreams(resets.splice(0), now);
  }

  /** Takes messages and events of the association, in an order that shows both in the order in which they happened. */
  #pull(parts: boolean = false): void {
    const association = this.#association;
    if (association === undefined) return;
    const context = this.#context;
    while (this.#state !== "closed") {
      this.#fetch(association, parts);
      if (context.deliveries.full) return;
      const event = association.takeEvent();
      if (event === undefined) return;
      this.#handle(event);
    }
  }

  /** What arrived before a stream was reset, or before the end, is delivered; but nothing arrives before there is a connection. */
  #fetch(association: TableAssociation, parts: boolean, all: boolean = false): void {
    const context = this.#context;
    while (this.#state === "connected" && (all || !context.deliveries.full)) {
      const message = association.takeMessage(parts);
      if (message === undefined) break;
      receiveMessage(context, message);
    }
  }

  /**
   * The other side has ended these streams: what they left is fetched first, even if it has to wait for its channel here. All of it, since
   * nothing asks for it later; it is what the window held, and the next end is looked at when that was taken.
   */
  #fetchPaused(streams: readonly number[]): void {
    const association = this.#association;
    if (association === undefined) return;
    const ended = (id: number | undefined): id is number => id !== undefined && (streams.length === 0 || streams.includes(id));
    for (const { paused, id } of this.#context.channels) if (paused && ended(id)) association.resume(id);
    this.#fetch(association, true, true);
  }

  #handle(event: AssociationEvent): void {
    const context = this.#context;
    switch (event.type) {
      case "connected":
        this.#connected(Math.min(event.inboundStreams, event.outboundStreams));
        return;
      case "closed":
        this.#fetchPaused([]);
        this.#end(event.error);
        return;
      case "incoming-reset":
        this.#fetchPaused(event.streams);
        handleIncomingReset(context, event.streams);
        for (const id of event.streams) this.#association?.setPartialDelivery(id, false);
        this.#forget(event.streams);
        return;
      case "outgoing-reset":
        handleOutgoingReset(context, event.streams, event.performed);
        this.#forget(event.streams);
        return;
      case "drained": {
        const channel = context.streams.get(event.stream)?.channel;
        if (channel !== undefined) context.deliveries.drained(channel, channel.buffered.leave(event.bytes));
        return;
      }
      default:
        unreachable(event);
    }
  }

  #connected(streams: number): void {
    const context = this.#context;
    context.ids.limit = streams;
    this.#state = "connected";
    const { limit } = context.ids;
    context.deliveries.event({ type: "connected", maxChannels: limit });
    for (const channel of context.channels) {
      if (channel.id === undefined || channel.state !== "connecting") continue;
      if (channel.id < limit) this.#open(channel);
      else discardChannel(context, channel, new ChannelError("no-id-left", `the association carries ${limit} channels`));
    }
  }

  #open(channel: ChannelEntry): void {
    const { id, partialDelivery, paused } = channel;
    if (id !== undefined && partialDelivery) this.#association?.setPartialDelivery(id, true);
    if (id !== undefined && paused) this.#association?.pause(id);
    openChannel(this.#context, channel);
  }

  /** Streams that are free again are as any other. */
  #forget(streams: readonly number[]): void {
    for (const id of streams) {
      if (this.#context.streams.has(id)) continue;
      this.#association?.setPartialDelivery(id, false);
      this.#association?.resume(id);
    }
  }

  #end(error: SctpError | undefined): void {
    if (this.#state === "closed") return;
    const wasStarted = this.#state !== "new";
    this.#state = "closed";
    const context = this.#context;
    for (const channel of context.channels) finishChannel(context, channel, error);
    context.streams.clear();
    context.early.clear();
    context.control.clear();
    context.resets.length = 0;
    if (wasStarted) context.deliveries.event({ type: "association-closed", error });
  }
}
