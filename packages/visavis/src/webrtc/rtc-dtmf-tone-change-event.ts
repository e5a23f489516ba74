/**
 * RTCDTMFToneChangeEvent: https://w3c.github.io/webrtc-pc/#rtcdtmftonechangeevent
 */
import { EVENT_INIT, type EventInitDict } from "./events.ts";
import { defineInterface } from "./interface-object.ts";
import { type Converter, dictionary, domString, requireArguments } from "./webidl.ts";

/** The values of an RTCDTMFToneChangeEvent. */
export interface RTCDTMFToneChangeEventInit extends EventInitDict {
  tone?: string;
}

/** Says that a tone begins, or that all are over. */
export interface RTCDTMFToneChangeEvent extends Event {
  /** Empty when all are over. */
  readonly tone: string;
}

/** The interface object of RTCDTMFToneChangeEvent. */
export interface RTCDTMFToneChangeEventConstructor {
  readonly prototype: RTCDTMFToneChangeEvent;
  new (type: string, eventInitDict?: RTCDTMFToneChangeEventInit): RTCDTMFToneChangeEvent;
}

const INIT: Converter<RTCDTMFToneChangeEventInit> = dictionary<RTCDTMFToneChangeEventInit, EventInitDict>(
  "RTCDTMFToneChangeEventInit",
  { tone: { type: domString, byDefault: () => "" } },
  EVENT_INIT,
);

/** The class RTCDTMFToneChangeEvent. */
export const RTCDTMFToneChangeEvent: RTCDTMFToneChangeEventConstructor = class RTCDTMFToneChangeEvent extends Event {
  readonly #tone: string;

  constructor(...args: [type: string, eventInitDict?: RTCDTMFToneChangeEventInit]) {
    const context = "Failed to construct 'RTCDTMFToneChangeEvent'";
    requireArguments(args.length, 1, context);
    const type = domString(args[0], `${context}: parameter 1`);
    const init = INIT(args[1], `${context}: parameter 2`);
    super(type, init);
    this.#tone = init.tone ?? "";
  }

  get tone(): string {
    return this.#tone;
  }
};

defineInterface(RTCDTMFToneChangeEvent, "RTCDTMFToneChangeEvent", { lengths: { constructor: 1 } });
