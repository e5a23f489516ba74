/**
 * MediaStreamTrackEvent: https://w3c.github.io/mediacapture-main/#mediastreamtrackevent
 */
import { EVENT_INIT, type EventInitDict } from "./events.ts";
import { defineInterface } from "./interface-object.ts";
import { isMediaStreamTrack, type MediaStreamTrack } from "./media-stream-track.ts";
import { type Converter, dictionary, domString, interfaceType, requireArguments } from "./webidl.ts";

/** The values of a MediaStreamTrackEvent. */
export interface MediaStreamTrackEventInit extends EventInitDict {
  track: MediaStreamTrack;
}

/** Says that a track came to a stream or left it. */
export interface MediaStreamTrackEvent extends Event {
  readonly track: MediaStreamTrack;
}

/** The interface object of MediaStreamTrackEvent. */
export interface MediaStreamTrackEventConstructor {
  readonly prototype: MediaStreamTrackEvent;
  new (type: string, eventInitDict: MediaStreamTrackEventInit): MediaStreamTrackEvent;
}

const INIT: Converter<MediaStreamTrackEventInit> = dictionary<MediaStreamTrackEventInit, EventInitDict>(
  "MediaStreamTrackEventInit",
  { track: { type: interfaceType("MediaStreamTrack", isMediaStreamTrack), required: true } },
  EVENT_INIT,
);

/** The class MediaStreamTrackEvent. */
export const MediaStreamTrackEvent: MediaStreamTrackEventConstructor = class MediaStreamTrackEvent extends Event {
  readonly #track: MediaStreamTrack;

  constructor(...args: [type: string, eventInitDict: MediaStreamTrackEventInit]) {
    const context = "Failed to construct 'MediaStreamTrackEvent'";
    requireArguments(args.length, 2, context);
    const type = domString(args[0], `${context}: parameter 1`);
    const init = INIT(args[1], `${context}: parameter 2`);
    super(type, init);
    this.#track = init.track;
  }

  get track(): MediaStreamTrack {
    return this.#track;
  }
};

defineInterface(MediaStreamTrackEvent, "MediaStreamTrackEvent", { lengths: { constructor: 2 } });
