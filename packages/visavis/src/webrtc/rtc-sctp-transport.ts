/**
 * RTCSctpTransport: https://w3c.github.io/webrtc-pc/#rtcsctptransport-interface
 */
import { defineEventHandlers, type EventHandler, type TypedEventTarget } from "./events.ts";
import { CONSTRUCT, defineInterface, forbidConstruction } from "./interface-object.ts";
import type { RTCDtlsTransport } from "./rtc-dtls-transport.ts";
import { isObject } from "./webidl.ts";

/** The states of an SCTP transport. */
export type RTCSctpTransportState = "connecting" | "connected" | "closed";

/** The events of an SCTP transport. */
export interface RTCSctpTransportEventMap {
  statechange: Event;
}

/** The SCTP transport of the data channels. */
export interface RTCSctpTransport extends TypedEventTarget<RTCSctpTransportEventMap> {
  /** How many channels there can be; null before it is connected. */
  readonly maxChannels: number | null;
  /** The largest message that the other side takes, in bytes. */
  readonly maxMessageSize: number;
  readonly state: RTCSctpTransportState;
  readonly transport: RTCDtlsTransport;
  onstatechange: EventHandler;
}

/** The interface object of RTCSctpTransport. */
export interface RTCSctpTransportConstructor {
  readonly prototype: RTCSctpTransport;
  new (): RTCSctpTransport;
}

/** The internal slots of an RTCSctpTransport. */
export interface SctpTransportSlots {
  transport: RTCDtlsTransport;
  state: RTCSctpTransportState;
  maxMessageSize: number;
  maxChannels: number | null;
}

let create: (slots: SctpTransportSlots) => RTCSctpTransport;
let hasBrand: (value: object) => boolean;

/** The class RTCSctpTransport. Scripts cannot construct it. */
export const RTCSctpTransport: RTCSctpTransportConstructor = class RTCSctpTransport extends EventTarget {
  readonly #slots: SctpTransportSlots;
  declare onstatechange: EventHandler;

  static {
    create = (slots) => new RTCSctpTransport(CONSTRUCT, slots);
    hasBrand = (value) => #slots in value;
  }

  constructor(...args: unknown[]) {
    forbidConstruction(args[0]);
    super();
    this.#slots = args[1] as SctpTransportSlots;
  }

  get transport(): RTCDtlsTransport {
    return this.#slots.transport;
  }

  get state(): RTCSctpTransportState {
    return this.#slots.state;
  }

  get maxMessageSize(): number {
    return this.#slots.maxMessageSize;
  }

  get maxChannels(): number | null {
    return this.#slots.maxChannels;
  }
};

defineEventHandlers(RTCSctpTransport, (value): value is RTCSctpTransport => isObject(value) && hasBrand(value), ["statechange"]);
defineInterface(RTCSctpTransport, "RTCSctpTransport");

/** Makes the object for an SCTP transport's slots. */
export function createSctpTransport(slots: SctpTransportSlots): RTCSctpTransport {
  return create(slots);
}
