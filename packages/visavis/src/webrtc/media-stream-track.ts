/**
 * MediaStreamTrack: https://w3c.github.io/mediacapture-main/#mediastreamtrack and https://w3c.github.io/mst-content-hint/
 *
 * The interface only; the steps on its internal slots are in track-slots.ts.
 */
import { defineEventHandlers, type EventHandler, type TypedEventTarget } from "./events.ts";
import { CONSTRUCT, defineInterface, forbidConstruction } from "./interface-object.ts";
import {
  copyConstraints,
  MEDIA_TRACK_CONSTRAINTS,
  type MediaTrackCapabilities,
  type MediaTrackConstraints,
  type MediaTrackSettings,
} from "./media-constraints.ts";
import { OverconstrainedError } from "./overconstrained-error.ts";
import { type TrackInit, TrackSlots } from "./track-slots.ts";
import { boolean, domString, isObject, promising } from "./webidl.ts";

/** Whether anything can come of a track. */
export type MediaStreamTrackState = "ended" | "live";

/** The events of a track. */
export interface MediaStreamTrackEventMap {
  ended: Event;
  mute: Event;
  unmute: Event;
}

/** The media of one source: audio or video. */
export interface MediaStreamTrack extends TypedEventTarget<MediaStreamTrackEventMap> {
  /** What is in it: "speech", "music", "speech-recognition", "motion", "detail", "text", or "" for not known. */
  contentHint: string;
  enabled: boolean;
  readonly id: string;
  readonly kind: string;
  readonly label: string;
  readonly muted: boolean;
  onended: EventHandler;
  onmute: EventHandler;
  onunmute: EventHandler;
  readonly readyState: MediaStreamTrackState;
  applyConstraints(constraints?: MediaTrackConstraints): Promise<void>;
  clone(): MediaStreamTrack;
  getCapabilities(): MediaTrackCapabilities;
  getConstraints(): MediaTrackConstraints;
  getSettings(): MediaTrackSettings;
  stop(): void;
}

/** The interface object of MediaStreamTrack. */
export interface MediaStreamTrackConstructor {
  readonly prototype: MediaStreamTrack;
  new (): MediaStreamTrack;
}

/** The interface under a name that the class does not hide. */
type Track = MediaStreamTrack;

const AUDIO_HINTS: readonly string[] = ["", "speech", "speech-recognition", "music"];
const VIDEO_HINTS: readonly string[] = ["", "motion", "detail", "text"];

let create: (slots: TrackSlots) => MediaStreamTrack;
let hasBrand: (value: object) => boolean;
let slotsIn: (track: MediaStreamTrack) => TrackSlots;

/** The class MediaStreamTrack. Scripts cannot construct it. */
export const MediaStreamTrack: MediaStreamTrackConstructor = class MediaStreamTrack extends EventTarget {
  readonly #slots: TrackSlots;
  declare onmute: EventHandler;
  declare onunmute: EventHandler;
  declare onended: EventHandler;

  static {
    create = (slots) => new MediaStreamTrack(CONSTRUCT, slots);
    hasBrand = (value) => #slots in value;
    slotsIn = (track) => (track as MediaStreamTrack).#slots;
  }

  constructor(...args: unknown[]) {
    forbidConstruction(args[0]);
    super();
    this.#slots = args[1] as TrackSlots;
  }

  get kind(): string {
    return this.#slots.source.kind;
  }

  get id(): string {
    return this.#slots.id;
  }

  get label(): string {
    return this.#slots.source.label;
  }

  get enabled(): boolean {
    return this.#slots.isEnabled;
  }

  set enabled(value: unknown) {
    this.#slots.isEnabled = boolean(value, "");
  }

  get muted(): boolean {
    return this.#slots.isMuted;
  }

  get readyState(): MediaStreamTrackState {
    return this.#slots.readyState;
  }

  get contentHint(): string {
    return this.#slots.contentHint;
  }

  // https://w3c.github.io/mst-content-hint/#dom-mediastreamtrack-contenthint: a hint for another kind is ignored.
  set contentHint(value: unknown) {
    const slots = this.#slots;
    const hint = domString(value, "Failed to set the 'contentHint' property on 'MediaStreamTrack': The value");
    const hints = slots.source.kind === "audio" ? AUDIO_HINTS : VIDEO_HINTS;
    if (hints.includes(hint)) slots.contentHint = hint;
  }

  clone(): Track {
    return this.#slots.clone();
  }

  stop(): void {
    this.#slots.stop();
  }

  getCapabilities(): MediaTrackCapabilities {
    return copyConstraints(this.#slots.capabilities);
  }

  getConstraints(): MediaTrackConstraints {
    return copyConstraints(this.#slots.constraints);
  }

  getSettings(): MediaTrackSettings {
    return this.#slots.settings;
  }

  // https://w3c.github.io/mediacapture-main/#dfn-applyconstraints-template-method
  applyConstraints(...args: [constraints?: MediaTrackConstraints]): Promise<void> {
    return promising(() => {
      const slots = this.#slots;
      const context = "Failed to execute 'applyConstraints' on 'MediaStreamTrack': parameter 1";
      const constraints = MEDIA_TRACK_CONSTRAINTS(args[0], context);
      return new Promise((resolve, reject) => {
        slots.platform.clock.immediate(() => {
          // An ended track takes whatever is wanted of it: it makes no difference.
          const failure = slots.readyState === "ended" ? undefined : slots.apply(constraints);
          if (failure === undefined) resolve();
          else reject(new OverconstrainedError(failure.failedConstraint, "No setting of the source meets the constraint."));
        });
      });
    });
  }
};

/** Whether a value is a MediaStreamTrack. */
export function isMediaStreamTrack(value: unknown): value is MediaStreamTrack {
  return isObject(value) && hasBrand(value);
}

/** The slots of a track. @throws TypeError when it is none of this library */
export function slotsOfTrack(track: unknown): TrackSlots {
  if (!isMediaStreamTrack(track)) throw new TypeError("not a MediaStreamTrack of visavis");
  return slotsIn(track);
}

/** Makes a track of a source. */
export function createTrack(init: TrackInit): MediaStreamTrack {
  return new TrackSlots(init, create).object;
}

defineEventHandlers(MediaStreamTrack, isMediaStreamTrack, ["mute", "unmute", "ended"]);
defineInterface(MediaStreamTrack, "MediaStreamTrack");
