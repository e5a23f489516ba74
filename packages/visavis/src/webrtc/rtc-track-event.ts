/**
 * RTCTrackEvent: https://w3c.github.io/webrtc-pc/#rtctrackevent
 */
import { EVENT_INIT, type EventInitDict } from "./events.ts";
import { defineInterface } from "./interface-object.ts";
import { isMediaStream, type MediaStream } from "./media-stream.ts";
import { isMediaStreamTrack, type MediaStreamTrack } from "./media-stream-track.ts";
import { isRtpReceiver, type RTCRtpReceiver } from "./rtc-rtp-receiver.ts";
import { isRtpTransceiver, type RTCRtpTransceiver } from "./rtc-rtp-transceiver.ts";
import { type Converter, dictionary, domString, interfaceType, requireArguments, sequence } from "./webidl.ts";

/** The values of an RTCTrackEvent. */
export interface RTCTrackEventInit extends EventInitDict {
  receiver: RTCRtpReceiver;
  streams?: MediaStream[];
  track: MediaStreamTrack;
  transceiver: RTCRtpTransceiver;
}

/** Says that a track of the other side came. */
export interface RTCTrackEvent extends Event {
  readonly receiver: RTCRtpReceiver;
  readonly streams: readonly MediaStream[];
  readonly track: MediaStreamTrack;
  readonly transceiver: RTCRtpTransceiver;
}

/** The interface object of RTCTrackEvent. */
export interface RTCTrackEventConstructor {
  readonly prototype: RTCTrackEvent;
  new (type: string, eventInitDict: RTCTrackEventInit): RTCTrackEvent;
}

type Init = EventInitDict & Required<Omit<RTCTrackEventInit, keyof EventInitDict>>;

const INIT: Converter<Init> = dictionary<Init, EventInitDict>(
  "RTCTrackEventInit",
  {
    receiver: { type: interfaceType("RTCRtpReceiver", isRtpReceiver), required: true },
    streams: { type: sequence(interfaceType("MediaStream", isMediaStream)), byDefault: () => [] },
    track: { type: interfaceType("MediaStreamTrack", isMediaStreamTrack), required: true },
    transceiver: { type: interfaceType("RTCRtpTransceiver", isRtpTransceiver), required: true },
  },
  EVENT_INIT,
);

/** The class RTCTrackEvent. */
export const RTCTrackEvent: RTCTrackEventConstructor = class RTCTrackEvent extends Event {
  readonly #init: Init;

  constructor(...args: [type: string, eventInitDict: RTCTrackEventInit]) {
    const context = "Failed to construct 'RTCTrackEvent'";
    requireArguments(args.length, 2, context);
    const type = domString(args[0], `${context}: parameter 1`);
    const init = INIT(args[1], `${context}: parameter 2`);
    super(type, init);
    this.#init = init;
    Object.freeze(init.streams);
  }

  get receiver(): RTCRtpReceiver {
    return this.#init.receiver;
  }

  get track(): MediaStreamTrack {
    return this.#init.track;
  }

  get streams(): readonly MediaStream[] {
    return this.#init.streams;
  }

  get transceiver(): RTCRtpTransceiver {
    return this.#init.transceiver;
  }
};

defineInterface(RTCTrackEvent, "RTCTrackEvent", { lengths: { constructor: 2 } });
