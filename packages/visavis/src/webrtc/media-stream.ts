/**
 * MediaStream: https://w3c.github.io/mediacapture-main/#mediastream
 *
 * A class for each platform, because a script may make a stream out of nothing and its id takes chance.
 */
import type { Platform } from "../base/platform.ts";
import { randomUuid } from "../base/random.ts";
import { defineEventHandlers, type EventHandler, type TypedEventTarget } from "./events.ts";
import { CONSTRUCT, defineInterface } from "./interface-object.ts";
import { isMediaStreamTrack, type MediaStreamTrack } from "./media-stream-track.ts";
import { MediaStreamTrackEvent } from "./media-stream-track-event.ts";
import { domString, interfaceType, isObject, requireArguments, sequence } from "./webidl.ts";

/** The events of a stream: tracks that came or went by themselves, not by a script. */
export interface MediaStreamEventMap {
  addtrack: MediaStreamTrackEvent;
  removetrack: MediaStreamTrackEvent;
}

/** Tracks that belong together. */
export interface MediaStream extends TypedEventTarget<MediaStreamEventMap> {
  /** Whether one of its tracks is live. */
  readonly active: boolean;
  readonly id: string;
  onaddtrack: EventHandler<MediaStreamTrackEvent>;
  onremovetrack: EventHandler<MediaStreamTrackEvent>;
  addTrack(track: MediaStreamTrack): void;
  clone(): MediaStream;
  getAudioTracks(): MediaStreamTrack[];
  getTrackById(trackId: string): MediaStreamTrack | null;
  getTracks(): MediaStreamTrack[];
  getVideoTracks(): MediaStreamTrack[];
  removeTrack(track: MediaStreamTrack): void;
}

/** The interface object of MediaStream. */
export interface MediaStreamConstructor {
  readonly prototype: MediaStream;
  new (): MediaStream;
  new (stream: MediaStream): MediaStream;
  new (tracks: MediaStreamTrack[]): MediaStream;
}

/** The slots of a stream. */
interface StreamSlots {
  readonly id: string;
  /** [[TrackSet]], in the order in which they came. */
  readonly tracks: Set<MediaStreamTrack>;
}

const slots = new WeakMap<object, StreamSlots>();
const classes = new WeakMap<Platform, MediaStreamConstructor>();
const TRACK = interfaceType("MediaStreamTrack", isMediaStreamTrack);
const TRACKS = sequence(TRACK);

/** The beginning of the message of an exception that an operation throws. */
const failure = (operation: string): string => `Failed to execute '${operation}' on 'MediaStream'`;

/** Whether a value is a MediaStream of any platform. */
export function isMediaStream(value: unknown): value is MediaStream {
  return isObject(value) && slots.has(value);
}

function slotsOf(stream: object): StreamSlots {
  const own = slots.get(stream);
  if (own === undefined) throw new TypeError("Illegal invocation");
  return own;
}

/** The class MediaStream of a platform: the same at every call. */
export function bindMediaStream(platform: Platform): MediaStreamConstructor {
  const known = classes.get(platform);
  if (known !== undefined) return known;

  const bound: MediaStreamConstructor = class MediaStream extends EventTarget {
    declare onaddtrack: EventHandler<MediaStreamTrackEvent>;
    declare onremovetrack: EventHandler<MediaStreamTrackEvent>;

    // https://w3c.github.io/mediacapture-main/#dom-mediastream-constructor
    constructor(...args: unknown[]) {
      super();
      if (args[0] === CONSTRUCT) {
        slots.set(this, args[1] as StreamSlots);
        return;
      }
      const tracks = args.length > 0 && args[0] !== undefined ? tracksOfArgument(args[0]) : [];
      slots.set(this, { id: randomUuid(platform.random), tracks: new Set(tracks) });
    }

    get id(): string {
      return slotsOf(this).id;
    }

    get active(): boolean {
      return [...slotsOf(this).tracks].some(({ readyState }) => readyState === "live");
    }

    getAudioTracks(): MediaStreamTrack[] {
      return [...slotsOf(this).tracks].filter(({ kind }) => kind === "audio");
    }

    getVideoTracks(): MediaStreamTrack[] {
      return [...slotsOf(this).tracks].filter(({ kind }) => kind === "video");
    }

    getTracks(): MediaStreamTrack[] {
      return [...slotsOf(this).tracks];
    }

    getTrackById(...args: [trackId: string]): MediaStreamTrack | null {
      const { tracks } = slotsOf(this);
      requireArguments(args.length, 1, failure("getTrackById"));
      const trackId = domString(args[0], `${failure("getTrackById")}: parameter 1`);
      return [...tracks].find(({ id }) => id === trackId) ?? null;
    }

    addTrack(...args: [track: MediaStreamTrack]): void {
      const { tracks } = slotsOf(this);
      requireArguments(args.length, 1, failure("addTrack"));
      tracks.add(TRACK(args[0], `${failure("addTrack")}: parameter 1`));
    }

    removeTrack(...args: [track: MediaStreamTrack]): void {
      const { tracks } = slotsOf(this);
      requireArguments(args.length, 1, failure("removeTrack"));
      tracks.delete(TRACK(args[0], `${failure("removeTrack")}: parameter 1`));
    }

    clone(): MediaStream {
      const tracks = [...slotsOf(this).tracks].map((track) => track.clone());
      return createStream(platform, tracks);
    }
  };

  defineEventHandlers(bound, isMediaStream, ["addtrack", "removetrack"]);
  defineInterface(bound, "MediaStream", { lengths: { getTrackById: 1, addTrack: 1, removeTrack: 1 } });
  classes.set(platform, bound);
  return bound;
}

function tracksOfArgument(value: unknown): readonly MediaStreamTrack[] {
  if (isMediaStream(value)) return [...slotsOf(value).tracks];
  return TRACKS(value, "Failed to construct 'MediaStream': parameter 1");
}

/** Makes a stream. @param id of a remote stream; made up when there is none */
export function createStream(platform: Platform, tracks: readonly MediaStreamTrack[], id?: string): MediaStream {
  const own: StreamSlots = { id: id ?? randomUuid(platform.random), tracks: new Set(tracks) };
  return new (bindMediaStream(platform) as unknown as new (token: symbol, slots: StreamSlots) => MediaStream)(CONSTRUCT, own);
}

/** Adds a track that came by itself, and fires `addtrack`: https://w3c.github.io/mediacapture-main/#track-set */
export function addTrackToStream(stream: MediaStream, track: MediaStreamTrack): void {
  const { tracks } = slotsOf(stream);
  if (tracks.has(track)) return;
  tracks.add(track);
  stream.dispatchEvent(new MediaStreamTrackEvent("addtrack", { track }));
}

/** Removes a track that went by itself, and fires `removetrack`. */
export function removeTrackFromStream(stream: MediaStream, track: MediaStreamTrack): void {
  if (slotsOf(stream).tracks.delete(track)) stream.dispatchEvent(new MediaStreamTrackEvent("removetrack", { track }));
}
