/**
 * RTCDataChannelEvent: https://w3c.github.io/webrtc-pc/#rtcdatachannelevent
 */
import { EVENT_INIT, type EventInitDict } from "./events.ts";
import { defineInterface } from "./interface-object.ts";
import { isRTCDataChannel, type RTCDataChannel } from "./rtc-data-channel.ts";
import { type Converter, dictionary, domString, interfaceType, requireArguments } from "./webidl.ts";

/** The values of an RTCDataChannelEvent. */
export interface RTCDataChannelEventInit extends EventInitDict {
  channel: RTCDataChannel;
}

/** Says that the other side made a data channel. */
export interface RTCDataChannelEvent extends Event {
  readonly channel: RTCDataChannel;
}

/** The interface object of RTCDataChannelEvent. */
export interface RTCDataChannelEventConstructor {
  readonly prototype: RTCDataChannelEvent;
  new (type: string, eventInitDict: RTCDataChannelEventInit): RTCDataChannelEvent;
}

const INIT: Converter<RTCDataChannelEventInit> = dictionary<RTCDataChannelEventInit, EventInitDict>(
  "RTCDataChannelEventInit",
  { channel: { type: interfaceType("RTCDataChannel", isRTCDataChannel), required: true } },
  EVENT_INIT,
);

/** The class RTCDataChannelEvent. */
export const RTCDataChannelEvent: RTCDataChannelEventConstructor = class RTCDataChannelEvent extends Event {
  readonly #channel: RTCDataChannel;

  constructor(...args: [type: string, eventInitDict: RTCDataChannelEventInit]) {
    const context = "Failed to construct 'RTCDataChannelEvent'";
    requireArguments(args.length, 2, context);
    const type = domString(args[0], `${context}: parameter 1`);
    const init = INIT(args[1], `${context}: parameter 2`);
    super(type, init);
    this.#channel = init.channel;
  }

  get channel(): RTCDataChannel {
    return this.#channel;
  }
};

defineInterface(RTCDataChannelEvent, "RTCDataChannelEvent", { lengths: { constructor: 2 } });
