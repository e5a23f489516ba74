/**
 * RTCDtlsTransport: https://w3c.github.io/webrtc-pc/#rtcdtlstransport-interface
 */
import { defineEventHandlers, type EventHandler, type TypedEventTarget } from "./events.ts";
import { CONSTRUCT, defineInterface, forbidConstruction } from "./interface-object.ts";
import type { RTCErrorEvent } from "./rtc-error-event.ts";
import type { RTCIceTransport } from "./rtc-ice-transport.ts";
import { isObject } from "./webidl.ts";

/** The states of a DTLS transport. */
export type RTCDtlsTransportState = "new" | "connecting" | "connected" | "closed" | "failed";

/** The events of a DTLS transport. */
export interface RTCDtlsTransportEventMap {
  error: RTCErrorEvent;
  statechange: Event;
}

/** The DTLS transport under an SCTP transport. */
export interface RTCDtlsTransport extends TypedEventTarget<RTCDtlsTransportEventMap> {
  readonly iceTransport: RTCIceTransport;
  readonly state: RTCDtlsTransportState;
  onerror: EventHandler<RTCErrorEvent>;
  onstatechange: EventHandler;
  /** The certificates that the other side showed, in DER, its own first. */
  getRemoteCertificates(): ArrayBuffer[];
}

/** The interface object of RTCDtlsTransport. */
export interface RTCDtlsTransportConstructor {
  readonly prototype: RTCDtlsTransport;
  new (): RTCDtlsTransport;
}

/** The internal slots of an RTCDtlsTransport. */
export interface DtlsTransportSlots {
  readonly iceTransport: RTCIceTransport;
  state: RTCDtlsTransportState;
  remoteCertificates: readonly Uint8Array[];
}

let create: (slots: DtlsTransportSlots) => RTCDtlsTransport;
let hasBrand: (value: object) => boolean;

/** The class RTCDtlsTransport. Scripts cannot construct it. */
export const RTCDtlsTransport: RTCDtlsTransportConstructor = class RTCDtlsTransport extends EventTarget {
  readonly #slots: DtlsTransportSlots;
  declare onstatechange: EventHandler;
  declare onerror: EventHandler<RTCErrorEvent>;

  static {
    create = (slots) => new RTCDtlsTransport(CONSTRUCT, slots);
    hasBrand = (value) => #slots in value;
  }

  constructor(...args: unknown[]) {
    forbidConstruction(args[0]);
    super();
    this.#slots = args[1] as DtlsTransportSlots;
  }

  get iceTransport(): RTCIceTransport {
    return this.#slots.iceTransport;
  }

  get state(): RTCDtlsTransportState {
    return this.#slots.state;
  }

  getRemoteCertificates(): ArrayBuffer[] {
    return this.#slots.remoteCertificates.map((certificate) => Uint8Array.from(certificate).buffer);
  }
};

defineEventHandlers(RTCDtlsTransport, (value): value is RTCDtlsTransport => isObject(value) && hasBrand(value), [
  "statechange",
  "error",
]);
defineInterface(RTCDtlsTransport, "RTCDtlsTransport");

/** Makes the object for a DTLS transport's slots. */
export function createDtlsTransport(slots: DtlsTransportSlots): RTCDtlsTransport {
  return create(slots);
}
