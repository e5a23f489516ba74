/**
 * RTCPeerConnectionIceEvent: https://w3c.github.io/webrtc-pc/#rtcpeerconnectioniceevent
 */
import { EVENT_INIT, type EventInitDict } from "./events.ts";
import { defineInterface } from "./interface-object.ts";
import { isRTCIceCandidate, type RTCIceCandidate } from "./rtc-ice-candidate.ts";
import { type Converter, dictionary, domString, interfaceType, nullable, requireArguments, usvString } from "./webidl.ts";

/** The values of an RTCPeerConnectionIceEvent. */
export interface RTCPeerConnectionIceEventInit extends EventInitDict {
  candidate?: RTCIceCandidate | null;
  url?: string | null;
}

/** Says that there is a new local candidate, or with null that there will be no more. */
export interface RTCPeerConnectionIceEvent extends Event {
  readonly candidate: RTCIceCandidate | null;
  /** The server that the candidate was learnt from. Always there; TypeScript's own declarations lack it. */
  readonly url?: string | null;
}

/** The interface object of RTCPeerConnectionIceEvent. */
export interface RTCPeerConnectionIceEventConstructor {
  readonly prototype: RTCPeerConnectionIceEvent;
  new (type: string, eventInitDict?: RTCPeerConnectionIceEventInit): RTCPeerConnectionIceEvent;
}

const INIT: Converter<RTCPeerConnectionIceEventInit> = dictionary<RTCPeerConnectionIceEventInit, EventInitDict>(
  "RTCPeerConnectionIceEventInit",
  {
    candidate: { type: nullable(interfaceType("RTCIceCandidate", isRTCIceCandidate)) },
    url: { type: nullable(usvString) },
  },
  EVENT_INIT,
);

/** The class RTCPeerConnectionIceEvent. */
export const RTCPeerConnectionIceEvent: RTCPeerConnectionIceEventConstructor = class RTCPeerConnectionIceEvent extends Event {
  readonly #init: RTCPeerConnectionIceEventInit;

  constructor(...args: [type: string, eventInitDict?: RTCPeerConnectionIceEventInit]) {
    const context = "Failed to construct 'RTCPeerConnectionIceEvent'";
    requireArguments(args.length, 1, context);
    const type = domString(args[0], `${context}: parameter 1`);
    const init = INIT(args[1], `${context}: parameter 2`);
    super(type, init);
    this.#init = init;
  }

  get candidate(): RTCIceCandidate | null {
    return this.#init.candidate ?? null;
  }

  get url(): string | null {
    return this.#init.url ?? null;
  }
};

defineInterface(RTCPeerConnectionIceEvent, "RTCPeerConnectionIceEvent", { lengths: { constructor: 1 } });
