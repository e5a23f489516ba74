/**
 * Constraints as scripts write them: https://w3c.github.io/mediacapture-main/#constrainable-interface
 */
import {
  type BooleanConstraint,
  type BooleanOrTextConstraint,
  CONSTRAINABLE,
  type NumberConstraint,
  type TextConstraint,
  type TrackCapabilities,
  type TrackConstraintSet,
  type TrackConstraints,
  type TrackSettings,
} from "../media/track-settings.ts";
import {
  boolean,
  type Converter,
  dictionary,
  domString,
  double,
  isObject,
  iteratorMethod,
  type Members,
  oneOrSequence,
  sequence,
  unsignedLongClamped,
  valueOrDictionary,
} from "./webidl.ts";

/** What a track does at present. */
export type MediaTrackSettings = TrackSettings;
/** What a track could do. */
export type MediaTrackCapabilities = TrackCapabilities;
/** What is wanted of a track, all at once. */
export type MediaTrackConstraintSet = TrackConstraintSet;
/** What is wanted of a track, and further sets in order of preference. */
export type MediaTrackConstraints = TrackConstraints;

/** What is wanted of getUserMedia. */
export interface MediaStreamConstraints {
  audio?: boolean | MediaTrackConstraints;
  video?: boolean | MediaTrackConstraints;
}

/** The constraints that are known, each true. */
export type MediaTrackSupportedConstraints = { -readonly [K in keyof TrackConstraintSet]?: boolean };

const range = (name: string, inner: Converter<number>): Converter<NumberConstraint> =>
  dictionary<NumberConstraint>(name, {
    exact: { type: inner },
    ideal: { type: inner },
    max: { type: inner },
    min: { type: inner },
  });

const ulong = { type: valueOrDictionary(unsignedLongClamped, range("ConstrainULongRange", unsignedLongClamped)) };
const number = { type: valueOrDictionary(double, range("ConstrainDoubleRange", double)) };
const flag = {
  type: valueOrDictionary(
    boolean,
    dictionary<BooleanConstraint>("ConstrainBooleanParameters", { exact: { type: boolean }, ideal: { type: boolean } }),
  ),
};

const booleanOrText: Converter<boolean | string> = (value, context) =>
  typeof value === "boolean" ? value : domString(value, context);
const flagOrText = {
  type: valueOrDictionary(
    booleanOrText,
    dictionary<BooleanOrTextConstraint>("ConstrainBooleanOrDOMStringParameters", {
      exact: { type: booleanOrText },
      ideal: { type: booleanOrText },
    }),
  ),
};

const texts = oneOrSequence(domString);
const textParameters = dictionary<TextConstraint>("ConstrainDOMStringParameters", {
  exact: { type: texts },
  ideal: { type: texts },
});
const text: { type: Converter<string | string[] | TextConstraint> } = {
  type: (value, context) => {
    const isParameters = value === null || value === undefined || (isObject(value) && iteratorMethod(value) === undefined);
    return isParameters ? textParameters(value, context) : texts(value, context);
  },
};

const MEMBERS: Members<TrackConstraintSet> = {
  width: ulong,
  height: ulong,
  aspectRatio: number,
  frameRate: number,
  facingMode: text,
  resizeMode: text,
  sampleRate: ulong,
  sampleSize: ulong,
  echoCancellation: flagOrText,
  autoGainControl: flag,
  noiseSuppression: flag,
  latency: number,
  channelCount: ulong,
  deviceId: text,
  groupId: text,
  backgroundBlur: flag,
};

const CONSTRAINT_SET = dictionary<TrackConstraintSet>("MediaTrackConstraintSet", MEMBERS);

/** The dictionary MediaTrackConstraints. */
export const MEDIA_TRACK_CONSTRAINTS: Converter<TrackConstraints> = dictionary<TrackConstraints, TrackConstraintSet>(
  "MediaTrackConstraints",
  { advanced: { type: sequence(CONSTRAINT_SET) } },
  CONSTRAINT_SET,
);

const orConstraints = { type: valueOrDictionary(boolean, MEDIA_TRACK_CONSTRAINTS), byDefault: () => false };

/** The dictionary MediaStreamConstraints. */
export const MEDIA_STREAM_CONSTRAINTS: Converter<Required<MediaStreamConstraints>> = dictionary<Required<MediaStreamConstraints>>(
  "MediaStreamConstraints",
  { audio: orConstraints, video: orConstraints },
);

/** https://w3c.github.io/mediacapture-main/#dom-mediadevices-getsupportedconstraints */
export function supportedConstraints(): MediaTrackSupportedConstraints {
  return Object.fromEntries([...CONSTRAINABLE].map((name) => [name, true]));
}

/** A copy that a script may change: objects and arrays anew. */
export function copyConstraints<T>(value: T): T {
  if (Array.isArray(value)) return value.map((element) => copyConstraints<unknown>(element)) as T;
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, copyConstraints<unknown>(member)])) as T;
}
