/**
 * The data channels of a connection: https://w3c.github.io/webrtc-pc/#dom-peerconnection-createdatachannel
 */
import type { PeerConnection } from "../peer/peer-connection.ts";
import type { ChannelFailure } from "../peer/peer-events.ts";
import type { Channel, ChannelOwner, ChannelSink, MessageKind, OutgoingMessage } from "./channel-owner.ts";
import { priorityNumber } from "./channel-priority.ts";
import { ChannelSlots } from "./channel-slots.ts";
import type { ConnectionSlots } from "./connection-slots.ts";
import { domError, exceptionOf } from "./errors.ts";
import { updateNegotiationNeeded } from "./negotiation-needed.ts";
import type { ConvertedDataChannelInit, RTCDataChannel } from "./rtc-data-channel.ts";
import { RTCDataChannelEvent } from "./rtc-data-channel-event.ts";

type ChannelOptions = Parameters<PeerConnection["createChannel"]>[0];

/** Label and protocol are sent with their length in 16 bits (RFC 8832 §5.1). */
const LONGEST_TEXT = 65_535;
/** Bytes that may wait for the program of a channel before the rest is left in the association, whose window then closes. */
const MOST_RETAINED = 1024 * 1024;
/** Stream 65535 does not exist (RFC 8831 §6.2). */
const NO_STREAM = 65_535;

/** https://w3c.github.io/webrtc-pc/#dom-peerconnection-createdatachannel, after the conversions. */
export function createChannel(connection: ConnectionSlots, label: string, init: ConvertedDataChannelInit): RTCDataChannel {
  // 2. If connection.[[IsClosed]] is true, throw an InvalidStateError.
  if (connection.isClosed) throw domError("InvalidStateError", "The RTCPeerConnection is closed.");
  const options = channelOptions(label, init);
  // 17.-20. An id that is in use, or too great for the association, throws an OperationError.
  const maxChannels = connection.sctp?.sctp.maxChannels ?? null;
  if (options.id !== undefined && maxChannels !== null && options.id >= maxChannels) {
    throw domError("OperationError", `The association carries ${maxChannels} channels.`);
  }
  // 21. Create channel's underlying data transport.
  const channel = connection.call(() => connection.peer.createChannel(options, connection.now()));
  const slots = addChannel(connection, channel);
  // https://w3c.github.io/webrtc-pc/#create-a-data-channel: it can be transferred until the next task.
  connection.queueTask(() => endTransferability(slots));
  // 22. If channel is the first RTCDataChannel created on connection, update the negotiation-needed flag.
  if (!connection.hasChannels) {
    connection.hasChannels = true;
    updateNegotiationNeeded(connection);
  }
  // 23. Return channel.
  return slots.object;
}

/** Steps 4. to 16. of createDataChannel. @throws TypeError */
function channelOptions(label: string, init: ConvertedDataChannelInit): ChannelOptions {
  const { ordered, protocol, negotiated, maxPacketLifeTime, maxRetransmits } = init;
  const context = "Failed to execute 'createDataChannel' on 'RTCPeerConnection'";
  if (Buffer.byteLength(label) > LONGEST_TEXT) throw new TypeError(`${context}: the label is too long.`);
  if (Buffer.byteLength(protocol) > LONGEST_TEXT) throw new TypeError(`${context}: the protocol is too long.`);
  if (negotiated && init.id === undefined) throw new TypeError(`${context}: a negotiated channel needs an id.`);
  if (maxPacketLifeTime !== undefined && maxRetransmits !== undefined) {
    throw new TypeError(`${context}: maxPacketLifeTime and maxRetransmits exclude each other.`);
  }
  // An id is of use only when both sides know it beforehand.
  const id = negotiated ? init.id : undefined;
  if (id === NO_STREAM) throw new TypeError(`${context}: the id ${NO_STREAM} does not exist.`);
  return {
    label,
    protocol,
    ordered,
    negotiated,
    priority: priorityNumber(init.priority),
    ...(maxPacketLifeTime !== undefined && { maxPacketLifeTime }),
    ...(maxRetransmits !== undefined && { maxRetransmits }),
    ...(id !== undefined && { id }),
  };
}

/** Puts clothes on a channel. The connection holds it until it is closed, so that its events find their listeners. */
function addChannel(connection: ConnectionSlots, channel: Channel): ChannelSlots {
  const slots = new ChannelSlots(channel, channel.id ?? null, new ConnectionChannel(connection, channel));
  connection.channels.set(channel, slots);
  return slots;
}

/** Messages may come from now on, and none may be lost on the way to another thread. */
function endTransferability(slots: ChannelSlots): void {
  slots.isTransferable = false;
}

/** A channel of a connection of this thread. */
class ConnectionChannel implements ChannelOwner {
  readonly #connection: ConnectionSlots;
  readonly #channel: Channel;
  /** Bytes of messages that wait for the program. */
  #retained = 0;
  #isPaused = false;

  constructor(connection: ConnectionSlots, channel: Channel) {
    this.#connection = connection;
    this.#channel = channel;
  }

  get maxMessageSize(): number {
    return this.#connection.sctp?.sctp.maxMessageSize ?? 0;
  }

  get maxWrittenSize(): number {
    return this.#connection.peer.transport?.sctp?.maxMessageSize ?? 0;
  }

  /** The closing procedure may have begun while the task that says so waits: data queued on it is lost, and the channel's events tell. */
  send(data: Uint8Array, kind: MessageKind): void {
    const connection = this.#connection;
    const channel = this.#channel;
    if (channel.state === "open") connection.send(channel, data, kind);
  }

  begin(kind: MessageKind): OutgoingMessage {
    const connection = this.#connection;
    const call = <T>(steps: () => T): T => connection.call(() => withWriterErrors(steps));
    const writer = call(() => connection.peer.beginMessage(this.#channel, kind, connection.now()));
    return {
      write: (data) => call(() => writer.write(data, connection.now())),
      end: () => call(() => writer.end(connection.now())),
      abandon: () => call(() => writer.abandon(connection.now())),
    };
  }

  deliverParts(): void {
    this.#connection.peer.setPartialDelivery(this.#channel, true);
  }

  awaitRoom(callback: () => void): void {
    this.#connection.roomWanted.add(callback);
  }

  close(): void {
    const connection = this.#connection;
    connection.call(() => connection.peer.closeChannel(this.#channel, connection.now()));
  }

  retain(bytes: number): void {
    const connection = this.#connection;
    this.#retained += bytes;
    if (!this.#isPaused && this.#retained > MOST_RETAINED) {
      this.#isPaused = true;
      connection.peer.pause(this.#channel);
    } else if (this.#isPaused && this.#retained <= MOST_RETAINED / 2) {
      this.#isPaused = false;
      connection.call(() => connection.peer.resume(this.#channel, connection.now()));
    }
  }

  queueTask(steps: () => void): void {
    this.#connection.queueTask(steps);
  }

  transfer(makeSink: (owner: ChannelOwner) => ChannelSink): void {
    const { channels } = this.#connection;
    if (channels.has(this.#channel)) channels.set(this.#channel, makeSink(this));
  }

  countLoss(): void {
    this.#connection.drops.count("channel-thread-gone");
  }
}

/** The writer of a message speaks in the codes of channels. */
function withWriterErrors<T>(steps: () => T): T {
  try {
    return steps();
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    const { message } = error instanceof Error ? error : { message: "" };
    if (code === "queue-full") throw exceptionOf("operation", message);
    if (code === "too-large") throw exceptionOf("type", message);
    if (code === "not-open") throw exceptionOf("invalid-state", message);
    throw error;
  }
}

/** The other side made a channel: https://w3c.github.io/webrtc-pc/#announce-datachannel-instance */
export function announceChannel(connection: ConnectionSlots, channel: Channel): void {
  let slots: ChannelSlots | undefined;
  connection.queueTask(() => {
    // 2.-7. Let channel be a new RTCDataChannel of the configuration that came.
    slots = addChannel(connection, channel);
    connection.hasChannels = true;
    // 8. Set channel.[[ReadyState]] to "open", but do not fire "open" yet: messages can be sent in the event's handler.
    slots.readyState = "open";
    // 9. Fire "datachannel".
    connection.object.dispatchEvent(new RTCDataChannelEvent("datachannel", { channel: slots.object }));
  });
  // 10. Announce the data channel as open: in a task of its own, before the tasks of its messages.
  connection.queueTask(() => {
    if (slots !== undefined) endTransferability(slots);
    connection.channels.get(channel)?.announceOpen();
  });
}

/** One of our channels is open. */
export function channelOpened(connection: ConnectionSlots, channel: Channel): void {
  connection.queueTask(() => connection.channels.get(channel)?.announceOpen());
}

/** The other side began to close a channel. */
export function channelClosing(connection: ConnectionSlots, channel: Channel): void {
  connection.queueTask(() => connection.channels.get(channel)?.announceClosing());
}

/** A channel is closed. */
export function channelClosed(connection: ConnectionSlots, channel: Channel, failure: ChannelFailure | undefined): void {
  let sink: ChannelSink | undefined;
  connection.queueTask(
    () => {
      sink = connection.channels.get(channel);
      connection.channels.delete(channel);
      sink?.announceClosed(failure);
    },
    () => sink?.announceClose(),
  );
}

/** Bytes of a channel left the queue. */
export function channelDrained(connection: ConnectionSlots, channel: Channel, bytes: number): void {
  connection.queueTask(() => {
    connection.channels.get(channel)?.drained(bytes);
    if (connection.roomWanted.size > 0) callRoomWanted(connection);
  });
}

/** Who finds no room again comes back by itself. */
function callRoomWanted({ roomWanted }: ConnectionSlots): void {
  const callbacks = [...roomWanted];
  roomWanted.clear();
  for (const callback of callbacks) callback();
}
