/**
 * What a track is and could be: the dictionaries of https://www.w3.org/TR/mediacapture-streams/#dictionary-mediatracksettings-members
 * Times are in seconds, as the standard has them here.
 */

/** What a source does at present. */
export interface TrackSettings {
  width?: number;
  height?: number;
  aspectRatio?: number;
  /** Frames per second. */
  frameRate?: number;
  facingMode?: string;
  resizeMode?: string;
  sampleRate?: number;
  sampleSize?: number;
  /** Or which sound is cancelled. */
  echoCancellation?: boolean | string;
  autoGainControl?: boolean;
  noiseSuppression?: boolean;
  latency?: number;
  channelCount?: number;
  deviceId?: string;
  groupId?: string;
  backgroundBlur?: boolean;
}

/** From a least to a greatest value. */
export interface Range {
  max?: number;
  min?: number;
}

/** What a source could do. */
export interface TrackCapabilities {
  width?: Range;
  height?: Range;
  aspectRatio?: Range;
  frameRate?: Range;
  facingMode?: string[];
  resizeMode?: string[];
  sampleRate?: Range;
  sampleSize?: Range;
  echoCancellation?: (boolean | string)[];
  autoGainControl?: boolean[];
  noiseSuppression?: boolean[];
  latency?: Range;
  channelCount?: Range;
  deviceId?: string;
  groupId?: string;
  backgroundBlur?: boolean[];
}

/** A constraint on a number. */
export interface NumberConstraint extends Range {
  exact?: number;
  ideal?: number;
}

/** A constraint on a boolean. */
export interface BooleanConstraint {
  exact?: boolean;
  ideal?: boolean;
}

/** A constraint on what is a boolean or a text. */
export interface BooleanOrTextConstraint {
  exact?: boolean | string;
  ideal?: boolean | string;
}

/** A constraint on a text: one of several will do. */
export interface TextConstraint {
  exact?: string | string[];
  ideal?: string | string[];
}

/** A value stands for an ideal one, in an advanced set for an exact one. */
export interface TrackConstraintSet {
  width?: number | NumberConstraint;
  height?: number | NumberConstraint;
  aspectRatio?: number | NumberConstraint;
  frameRate?: number | NumberConstraint;
  facingMode?: string | string[] | TextConstraint;
  resizeMode?: string | string[] | TextConstraint;
  sampleRate?: number | NumberConstraint;
  sampleSize?: number | NumberConstraint;
  echoCancellation?: boolean | string | BooleanOrTextConstraint;
  autoGainControl?: boolean | BooleanConstraint;
  noiseSuppression?: boolean | BooleanConstraint;
  latency?: number | NumberConstraint;
  channelCount?: number | NumberConstraint;
  deviceId?: string | string[] | TextConstraint;
  groupId?: string | string[] | TextConstraint;
  backgroundBlur?: boolean | BooleanConstraint;
}

/** What is wanted, and further sets of it: each is honoured as a whole where it can be, else not at all. */
export interface TrackConstraints extends TrackConstraintSet {
  advanced?: TrackConstraintSet[];
}

/** The names of the properties that can be constrained. */
export const CONSTRAINABLE: readonly (keyof TrackConstraintSet)[] = [
  "width",
  "height",
  "aspectRatio",
  "frameRate",
  "facingMode",
  "resizeMode",
  "sampleRate",
  "sampleSize",
  "echoCancellation",
  "autoGainControl",
  "noiseSuppression",
  "latency",
  "channelCount",
  "deviceId",
  "groupId",
  "backgroundBlur",
];
