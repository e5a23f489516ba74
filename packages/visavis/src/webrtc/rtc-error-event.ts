/**
 * RTCErrorEvent: https://w3c.github.io/webrtc-pc/#rtcerrorevent-interface
 */
import { EVENT_INIT, type EventInitDict } from "./events.ts";
import { defineInterface } from "./interface-object.ts";
import { isRTCError, type RTCError } from "./rtc-error.ts";
import { type Converter, dictionary, domString, interfaceType, requireArguments } from "./webidl.ts";

/** The values of an RTCErrorEvent. */
export interface RTCErrorEventInit extends EventInitDict {
  error: RTCError;
}

/** Says that a channel or a transport failed. */
export interface RTCErrorEvent extends Event {
  readonly error: RTCError;
}

/** The interface object of RTCErrorEvent. */
export interface RTCErrorEventConstructor {
  readonly prototype: RTCErrorEvent;
  new (type: string, eventInitDict: RTCErrorEventInit): RTCErrorEvent;
}

const INIT: Converter<RTCErrorEventInit> = dictionary<RTCErrorEventInit, EventInitDict>(
  "RTCErrorEventInit",
  { error: { type: interfaceType("RTCError", isRTCError), required: true } },
  EVENT_INIT,
);

/** The class RTCErrorEvent. */
export const RTCErrorEvent: RTCErrorEventConstructor = class RTCErrorEvent extends Event {
  readonly #error: RTCError;

  constructor(...args: [type: string, eventInitDict: RTCErrorEventInit]) {
    const context = "Failed to construct 'RTCErrorEvent'";
    requireArguments(args.length, 2, context);
    const type = domString(args[0], `${context}: parameter 1`);
    const init = INIT(args[1], `${context}: parameter 2`);
    super(type, init);
    this.#error = init.error;
  }

  get error(): RTCError {
    return this.#error;
  }
};

defineInterface(RTCErrorEvent, "RTCErrorEvent", { lengths: { constructor: 2 } });
