/**
 * Channels in other threads: https://w3c.github.io/webrtc-pc/#transferring-data-channel
 *
 * In Node no object of a user's class can be in a transfer list. So the transfer steps give a plain value and the list to post it with, and
 * the transfer-receiving steps make a channel of such a value. The thread of the connection passes on what happens (channel-relay.ts).
 */
import { createPorts, isPort, type TransferablePort } from "../node/message-pipe.ts";
import type { ChannelFailure } from "../peer/peer-events.ts";
import {
  type ChannelOwner,
  type ChannelTraits,
  type MessageKind,
  type MessagePart,
  type OutgoingMessage,
  retainedSize,
} from "./channel-owner.ts";
import { ChannelPipe, type DownStep, type UpStep } from "./channel-pipe.ts";
import { ChannelRelay } from "./channel-relay.ts";
import { ChannelSlots } from "./channel-slots.ts";
import { domError } from "./errors.ts";
import { type RTCDataChannel, type RTCDataChannelState, slotsOfChannel } from "./rtc-data-channel.ts";
import { isObject } from "./webidl.ts";

/** Marks the value, and says which words both threads use: two versions of the library may not understand each other. */
const FORM = "visavis data channel 1";

/** What is posted in the place of a channel. To be given to `receiveChannel`, once. */
export interface TransferredChannel {
  readonly form: string;
  readonly port: TransferablePort;
  readonly readyState: RTCDataChannelState;
  readonly id: number | null;
  readonly maxMessageSize: number;
  readonly traits: ChannelTraits;
}

/** A channel, ready to be posted: `worker.postMessage(value, transfer)`. */
export interface ChannelTransfer {
  readonly value: TransferredChannel;
  readonly transfer: readonly [TransferablePort];
}

/**
 * Takes a channel out of this thread: the object here is closed for good, without an event, and the channel lives on where `receiveChannel`
 * is given the value. Only at once: in the task that made the channel or in its `datachannel` event, and before anything was sent.
 * @throws DataCloneError when it is too late, or the channel came from another thread itself
 * @throws TypeError when it is no channel of this library
 */
export function transferChannel(channel: RTCDataChannel): ChannelTransfer {
  const slots = slotsOfChannel(channel);
  const { owner, id, readyState } = slots;
  // 1. If value.[[IsTransferable]] is false, throw a DataCloneError.
  if (!slots.isTransferable || owner.transfer === undefined) {
    throw domError("DataCloneError", "A channel can be transferred in the task that made it only.");
  }
  const [near, port] = createPorts();
  const { maxMessageSize } = owner;
  const { label, protocol, ordered, maxRetransmits, maxPacketLifeTime, negotiated, priority } = slots.channel;
  const traits = { label, protocol, ordered, maxRetransmits, maxPacketLifeTime, negotiated, priority };
  // 2.-10. Set the slots of dataHolder, and its underlying data transport, to those of value.
  owner.transfer((connection) => new ChannelRelay(near, connection, id, maxMessageSize));
  // 11., 12. Set value.[[IsTransferable]] to false and value.[[ReadyState]] to "closed".
  slots.detach();
  return { value: { form: FORM, port, readyState, id, maxMessageSize, traits }, transfer: [port] };
}

/**
 * The channel that another thread gave away with `transferChannel`. Its thread lives until the channel is closed.
 * @throws TypeError when the value is none of `transferChannel`, or of another version of the library
 */
export function receiveChannel(value: unknown): RTCDataChannel {
  const { readyState, id, traits, maxMessageSize, port } = transferred(value);
  const end = new FarEnd(port, maxMessageSize);
  const slots = new ChannelSlots(traits, id, end);
  slots.readyState = readyState;
  slots.isTransferable = false;
  end.slots = slots;
  return slots.object;
}

function transferred(value: unknown): TransferredChannel {
  if (isObject(value) && "form" in value && value.form === FORM && "port" in value && isPort(value.port)) {
    return value as TransferredChannel;
  }
  throw new TypeError("not a value of transferChannel, or one of another version of visavis");
}

/** What carries a channel in the thread that it was given to. */
class FarEnd implements ChannelOwner {
  readonly transfer: undefined = undefined;
  slots: ChannelSlots | undefined = undefined;
  maxWrittenSize: number;
  #maxMessageSize: number;
  readonly #pipe: ChannelPipe<UpStep, DownStep>;
  #isOver = false;

  constructor(port: TransferablePort, maxMessageSize: number) {
    this.#maxMessageSize = maxMessageSize;
    // Another one comes before the channel opens.
    this.maxWrittenSize = maxMessageSize;
    const end = { step: (step: DownStep) => this.#step(step), message: this.#message.bind(this), lost: () => this.#lose() };
    this.#pipe = new ChannelPipe(port, end, true);
  }

  get maxMessageSize(): number {
    return this.#maxMessageSize;
  }

  send(data: Uint8Array, kind: MessageKind): void {
    if (!this.#isOver) this.#pipe.message(kind, data, "whole");
  }

  begin(kind: MessageKind): OutgoingMessage {
    let written = 0;
    const post = (data: Uint8Array, part: MessagePart): void => {
      if (this.#isOver) throw domError("InvalidStateError", "The channel is closed.");
      this.#pipe.message(kind, data, part);
    };
    return {
      write: (data) => {
        written += data.length;
        const limit = this.maxWrittenSize;
        if (written > limit) throw new TypeError(`The other side takes messages of ${limit} bytes at most.`);
        post(data, "more");
      },
      end: () => post(new Uint8Array(0), "last"),
      abandon: () => post(new Uint8Array(0), "abandoned"),
    };
  }

  deliverParts(): void {
    if (!this.#isOver) this.#pipe.push({ type: "parts" });
  }

  /** The other thread keeps what has no room: there always is some. */
  awaitRoom(): void {}

  close(): void {
    if (!this.#isOver) this.#pipe.push({ type: "shut" });
  }

  /** They were retained by the other thread when it passed them on. */
  retain(bytes: number): void {
    if (bytes < 0 && !this.#isOver) this.#pipe.count("used", -bytes, (all) => ({ type: "used", bytes: all }));
  }

  queueTask(steps: () => void): void {
    setImmediate(steps);
  }

  countLoss(): void {}

  #message(kind: MessageKind, data: Uint8Array, part: MessagePart): void {
    this.queueTask(() => {
      if (this.slots?.receive(kind, data, part) !== false) this.retain(-retainedSize(data));
    });
  }

  #step(step: DownStep): void {
    // The pipe ends behind the last word, and that is no loss.
    if (step.type === "closed" || step.type === "abandoned") this.#isOver = true;
    this.queueTask(() => this.#run(step));
  }

  #run(step: DownStep): void {
    const { slots } = this;
    if (slots === undefined) return;
    switch (step.type) {
      case "id":
        slots.id = step.id;
        return;
      case "limit":
        this.#maxMessageSize = step.maxMessageSize;
        this.maxWrittenSize = step.maxWrittenSize;
        return;
      case "open":
        slots.announceOpen();
        return;
      case "closing":
        slots.announceClosing();
        return;
      case "closed":
        slots.announceClosed(step.failure);
        return;
      case "close":
        this.#pipe.end();
        slots.announceClose();
        return;
      case "abandoned":
        this.#pipe.end();
        // Who closed the connection knows; whoever has the channel learns it by its event.
        slots.abandon();
        slots.announceClose();
        return;
      case "drained":
        slots.drained(step.bytes);
        return;
    }
  }

  /** The thread with the connection is gone. */
  #lose(): void {
    if (this.#isOver) return;
    const failure: ChannelFailure = { code: "data-channel-failure", message: "The thread of the connection ended." };
    this.#step({ type: "closed", failure });
    this.#step({ type: "close" });
  }
}
