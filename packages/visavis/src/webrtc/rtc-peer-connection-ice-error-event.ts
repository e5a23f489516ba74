/**
 * RTCPeerConnectionIceErrorEvent: https://w3c.github.io/webrtc-pc/#rtcpeerconnectioniceerrorevent
 */
import { EVENT_INIT, type EventInitDict } from "./events.ts";
import { defineInterface } from "./interface-object.ts";
import { type Converter, dictionary, domString, nullable, requireArguments, unsignedShort, usvString } from "./webidl.ts";

/** The values of an RTCPeerConnectionIceErrorEvent. */
export interface RTCPeerConnectionIceErrorEventInit extends EventInitDict {
  address?: string | null;
  errorCode: number;
  errorText?: string;
  port?: number | null;
  url?: string;
}

/** Says that gathering from a server failed. */
export interface RTCPeerConnectionIceErrorEvent extends Event {
  /** The local address that spoke to the server. */
  readonly address: string | null;
  /** A STUN error code (RFC 8489 §14.8), or 701 when the server cannot be reached. */
  readonly errorCode: number;
  readonly errorText: string;
  readonly port: number | null;
  readonly url: string;
}

/** The interface object of RTCPeerConnectionIceErrorEvent. */
export interface RTCPeerConnectionIceErrorEventConstructor {
  readonly prototype: RTCPeerConnectionIceErrorEvent;
  new (type: string, eventInitDict: RTCPeerConnectionIceErrorEventInit): RTCPeerConnectionIceErrorEvent;
}

const INIT: Converter<RTCPeerConnectionIceErrorEventInit> = dictionary<RTCPeerConnectionIceErrorEventInit, EventInitDict>(
  "RTCPeerConnectionIceErrorEventInit",
  {
    address: { type: nullable(domString) },
    errorCode: { type: unsignedShort, required: true },
    errorText: { type: usvString },
    port: { type: nullable(unsignedShort) },
    url: { type: usvString },
  },
  EVENT_INIT,
);

/** The class RTCPeerConnectionIceErrorEvent. */
export const RTCPeerConnectionIceErrorEvent: RTCPeerConnectionIceErrorEventConstructor = class RTCPeerConnectionIceErrorEvent extends Event {
  readonly #init: RTCPeerConnectionIceErrorEventInit;

  constructor(...args: [type: string, eventInitDict: RTCPeerConnectionIceErrorEventInit]) {
    const context = "Failed to construct 'RTCPeerConnectionIceErrorEvent'";
    requireArguments(args.length, 2, context);
    const type = domString(args[0], `${context}: parameter 1`);
    const init = INIT(args[1], `${context}: parameter 2`);
    super(type, init);
    this.#init = init;
  }

  get address(): string | null {
    return this.#init.address ?? null;
  }

  get port(): number | null {
    return this.#init.port ?? null;
  }

  get url(): string {
    return this.#init.url ?? "";
  }

  get errorCode(): number {
    return this.#init.errorCode;
  }

  get errorText(): string {
    return this.#init.errorText ?? "";
  }
};

defineInterface(RTCPeerConnectionIceErrorEvent, "RTCPeerConnectionIceErrorEvent", { lengths: { constructor: 2 } });
