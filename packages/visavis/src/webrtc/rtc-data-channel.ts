/**
 * RTCDataChannel: https://w3c.github.io/webrtc-pc/#rtcdatachannel
 *
 * The interface only; the steps on its internal slots are in channel-slots.ts.
 */
import { PRIORITY_TYPE, priorityOf, type RTCPriorityType } from "./channel-priority.ts";
import type { ChannelSlots } from "./channel-slots.ts";
import { defineEventHandlers, type EventHandler, type TypedEventTarget } from "./events.ts";
import { CONSTRUCT, defineInterface, forbidConstruction } from "./interface-object.ts";
import type { RTCErrorEvent } from "./rtc-error-event.ts";
import {
  boolean,
  type Converter,
  dictionary,
  isObject,
  requireArguments,
  unsignedLongInRange,
  unsignedShortInRange,
  usvString,
} from "./webidl.ts";

/** Where a channel is in its life. */
export type RTCDataChannelState = "connecting" | "open" | "closing" | "closed";

/** How binary messages are given to the program. */
export type BinaryType = "arraybuffer" | "blob";

/** What a new channel is to be. */
export interface RTCDataChannelInit {
  /** The stream, with `negotiated` only: 0 to 65534. */
  id?: number;
  /** Milliseconds during which a message is sent and sent again. */
  maxPacketLifeTime?: number;
  /** How often a message is sent again at most. */
  maxRetransmits?: number;
  /** Both sides make the channel, with the same `id`; nothing is announced. */
  negotiated?: boolean;
  ordered?: boolean;
  /** Its share of the connection beside the other channels (https://w3c.github.io/webrtc-priority/); default "low". */
  priority?: RTCPriorityType;
  /** The name of a subprotocol. */
  protocol?: string;
}

/** The events of a channel. */
export interface RTCDataChannelEventMap {
  bufferedamountlow: Event;
  close: Event;
  closing: Event;
  error: RTCErrorEvent;
  message: MessageEvent;
  open: Event;
}

/** A channel for messages to the other side. */
export interface RTCDataChannel extends TypedEventTarget<RTCDataChannelEventMap> {
  binaryType: BinaryType;
  /** Bytes given to `send` that were not yet sent when the current task began, and those given since. */
  readonly bufferedAmount: number;
  bufferedAmountLowThreshold: number;
  readonly id: number | null;
  readonly label: string;
  readonly maxPacketLifeTime: number | null;
  readonly maxRetransmits: number | null;
  readonly negotiated: boolean;
  onbufferedamountlow: EventHandler;
  onclose: EventHandler;
  onclosing: EventHandler;
  onerror: EventHandler<RTCErrorEvent>;
  onmessage: EventHandler<MessageEvent>;
  onopen: EventHandler;
  readonly ordered: boolean;
  /** Its share of the connection beside the other channels. Always there; optional to the compiler because lib.dom lacks it. */
  readonly priority?: RTCPriorityType;
  readonly protocol: string;
  readonly readyState: RTCDataChannelState;
  /** Closes the channel once everything is sent. */
  close(): void;
  /** Sends one message. The bytes are copied. @throws InvalidStateError, TypeError (too large), OperationError (queue full) */
  send(data: string): void;
  send(data: Blob): void;
  send(data: ArrayBuffer): void;
  send(data: ArrayBufferView): void;
}

/** The interface object of RTCDataChannel. */
export interface RTCDataChannelConstructor {
  readonly prototype: RTCDataChannel;
  new (): RTCDataChannel;
}

/** RTCDataChannelInit with its defaults. */
export type ConvertedDataChannelInit = RTCDataChannelInit & {
  ordered: boolean;
  negotiated: boolean;
  priority: RTCPriorityType;
  protocol: string;
};

/** The dictionary RTCDataChannelInit. */
export const DATA_CHANNEL_INIT: Converter<ConvertedDataChannelInit> = dictionary<ConvertedDataChannelInit>("RTCDataChannelInit", {
  id: { type: unsignedShortInRange },
  maxPacketLifeTime: { type: unsignedShortInRange },
  maxRetransmits: { type: unsignedShortInRange },
  negotiated: { type: boolean, byDefault: () => false },
  ordered: { type: boolean, byDefault: () => true },
  priority: { type: PRIORITY_TYPE, byDefault: () => "low" },
  protocol: { type: usvString, byDefault: () => "" },
});

let create: (slots: ChannelSlots) => RTCDataChannel;
let hasBrand: (value: object) => boolean;
let slotsIn: (channel: RTCDataChannel) => ChannelSlots;

/** The class RTCDataChannel. Scripts cannot construct it. */
export const RTCDataChannel: RTCDataChannelConstructor = class RTCDataChannel extends EventTarget {
  readonly #slots: ChannelSlots;
  declare onopen: EventHandler;
  declare onbufferedamountlow: EventHandler;
  declare onerror: EventHandler<RTCErrorEvent>;
  declare onclosing: EventHandler;
  declare onclose: EventHandler;
  declare onmessage: EventHandler<MessageEvent>;

  static {
    hasBrand = (value) => #slots in value;
    create = (slots) => new RTCDataChannel(CONSTRUCT, slots);
    slotsIn = (channel) => (channel as RTCDataChannel).#slots;
  }

  constructor(...args: unknown[]) {
    forbidConstruction(args[0]);
    super();
    this.#slots = args[1] as ChannelSlots;
  }

  get label(): string {
    return this.#slots.channel.label;
  }

  get ordered(): boolean {
    return this.#slots.channel.ordered;
  }

  get maxPacketLifeTime(): number | null {
    return this.#slots.channel.maxPacketLifeTime ?? null;
  }

  get maxRetransmits(): number | null {
    return this.#slots.channel.maxRetransmits ?? null;
  }

  get protocol(): string {
    return this.#slots.channel.protocol;
  }

  get negotiated(): boolean {
    return this.#slots.channel.negotiated;
  }

  get priority(): RTCPriorityType {
    return priorityOf(this.#slots.channel.priority);
  }

  get id(): number | null {
    return this.#slots.id;
  }

  get readyState(): RTCDataChannelState {
    return this.#slots.readyState;
  }

  get bufferedAmount(): number {
    return this.#slots.bufferedAmount;
  }

  get bufferedAmountLowThreshold(): number {
    return this.#slots.bufferedAmountLowThreshold;
  }

  set bufferedAmountLowThreshold(value: unknown) {
    const slots = this.#slots;
    slots.bufferedAmountLowThreshold = unsignedLongInRange(
      value,
      "Failed to set the 'bufferedAmountLowThreshold' property on 'RTCDataChannel': The value",
    );
  }

  get binaryType(): BinaryType {
    return this.#slots.binaryType;
  }

  set binaryType(value: unknown) {
    const slots = this.#slots;
    // https://webidl.spec.whatwg.org/#dfn-attribute-setter: what is not in the enumeration is ignored.
    const binaryType = String(value);
    if (binaryType === "blob" || binaryType === "arraybuffer") slots.binaryType = binaryType;
  }

  close(): void {
    this.#slots.close();
  }

  send(...args: readonly unknown[]): void {
    const slots = this.#slots;
    requireArguments(args.length, 1, "Failed to execute 'send' on 'RTCDataChannel'");
    slots.send(args[0]);
  }
};

/** Whether a value is an RTCDataChannel. */
export function isRTCDataChannel(value: unknown): value is RTCDataChannel {
  return isObject(value) && hasBrand(value);
}

/** The slots of a channel. @throws TypeError when it is none of this library */
export function slotsOfChannel(channel: unknown): ChannelSlots {
  if (!isRTCDataChannel(channel)) throw new TypeError("not an RTCDataChannel of visavis");
  return slotsIn(channel);
}

/** Makes the object for a channel's slots. */
export function createDataChannel(slots: ChannelSlots): RTCDataChannel {
  return create(slots);
}

defineEventHandlers(RTCDataChannel, isRTCDataChannel, ["open", "bufferedamountlow", "error", "closing", "close", "message"]);
defineInterface(RTCDataChannel, "RTCDataChannel", { lengths: { send: 1 } });
