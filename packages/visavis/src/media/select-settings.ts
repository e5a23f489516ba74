/**
 * Choosing among what a source could do: https://www.w3.org/TR/mediacapture-streams/#dfn-selectsettings
 */
import { CONSTRAINABLE, type TrackConstraintSet, type TrackConstraints, type TrackSettings } from "./track-settings.ts";

type Value = number | boolean | string;

/** A constraint with its value spelled out. */
interface Spelled {
  readonly min?: number;
  readonly max?: number;
  readonly exact?: Value | readonly Value[];
  readonly ideal?: Value | readonly Value[];
}

/** What came of it: a choice, or the property whose required constraint nothing meets. */
export type Selection =
  | { readonly candidate: Candidate; readonly settings: TrackSettings }
  | { readonly failedConstraint: keyof TrackConstraintSet };

/** One way a source could be. `frameRates` is a range to choose from freely. */
export interface Candidate {
  readonly kind: "audio" | "video";
  readonly settings: TrackSettings;
  readonly frameRates?: { readonly min: number; readonly max: number };
}

/** Differences of a ratio or rate that are none: numbers are rounded by those who write constraints. */
const TOLERANCE = 0.005;

function spelled(constraint: TrackConstraintSet[keyof TrackConstraintSet], isAdvanced: boolean): Spelled {
  if (typeof constraint === "object" && !Array.isArray(constraint)) return constraint;
  const value = constraint as Value | readonly Value[];
  return isAdvanced ? { exact: value } : { ideal: value };
}

const listOf = (value: Value | readonly Value[]): readonly Value[] => (Array.isArray(value) ? value : [value as Value]);

function equals(a: Value, b: Value): boolean {
  if (typeof a !== "number" || typeof b !== "number") return a === b;
  return Math.abs(a - b) <= TOLERANCE * Math.max(1, Math.abs(b));
}

/** The rate nearest to what the set wants, within what is allowed. */
function rateFor({ settings, frameRates }: Candidate, constraint: Spelled | undefined): TrackSettings {
  if (frameRates === undefined) return settings;
  const { min = frameRates.min, max = frameRates.max, exact, ideal } = constraint ?? {};
  const wanted = Number(exact ?? ideal ?? settings.frameRate ?? frameRates.max);
  const low = Math.max(min, frameRates.min);
  const high = Math.min(max, frameRates.max);
  return { ...settings, frameRate: Math.min(Math.max(wanted, Math.min(low, high)), high) };
}

/** https://www.w3.org/TR/mediacapture-streams/#dfn-fitness-distance of one property; infinite when a required value is missed. */
function distance(actual: Value | undefined, constraint: Spelled): number {
  const { min, max, exact, ideal } = constraint;
  if (actual === undefined) return exact === undefined && min === undefined && max === undefined ? 0 : Number.POSITIVE_INFINITY;
  if (min !== undefined && Number(actual) < min - TOLERANCE) return Number.POSITIVE_INFINITY;
  if (max !== undefined && Number(actual) > max + TOLERANCE) return Number.POSITIVE_INFINITY;
  if (exact !== undefined && !listOf(exact).some((value) => equals(actual, value))) return Number.POSITIVE_INFINITY;
  if (ideal === undefined || listOf(ideal).some((value) => equals(actual, value))) return 0;
  if (typeof actual !== "number" || typeof ideal !== "number") return 1;
  if (actual === ideal) return 0;
  return Math.abs(actual - ideal) / Math.max(Math.abs(actual), Math.abs(ideal));
}

const OF_VIDEO: readonly string[] = ["width", "height", "aspectRatio", "frameRate", "facingMode", "resizeMode", "backgroundBlur"];
const OF_BOTH: readonly string[] = ["deviceId", "groupId"];

/** The properties that a set constrains and that this kind of source can have; the others make no difference. */
function namesIn(set: TrackConstraintSet, kind: "audio" | "video"): (keyof TrackConstraintSet)[] {
  const applies = (name: string): boolean => OF_BOTH.includes(name) || OF_VIDEO.includes(name) === (kind === "video");
  return CONSTRAINABLE.filter((name) => set[name] !== undefined && applies(name));
}

function distanceOf(candidate: Candidate, set: TrackConstraintSet, isAdvanced: boolean): [number, TrackSettings] {
  const rate = set.frameRate === undefined ? undefined : spelled(set.frameRate, isAdvanced);
  const settings = rateFor(candidate, rate);
  let sum = 0;
  for (const name of namesIn(set, candidate.kind)) sum += distance(settings[name], spelled(set[name], isAdvanced));
  return [sum, settings];
}

/** The candidate that meets what is required, as many advanced sets as can be in their order, and comes nearest to what is ideal. */
export function selectSettings(candidates: readonly Candidate[], constraints: TrackConstraints): Selection {
  const fitting = candidates.filter((candidate) => distanceOf(candidate, constraints, false)[0] < Number.POSITIVE_INFINITY);
  if (fitting.length === 0) return { failedConstraint: culprit(candidates, constraints) };
  let left = fitting;
  for (const set of constraints.advanced ?? []) {
    const narrowed = left
      .filter((candidate) => distanceOf(candidate, set, true)[0] < Number.POSITIVE_INFINITY)
      .map((candidate) => narrow(candidate, set))
      .filter((candidate) => distanceOf(candidate, constraints, false)[0] < Number.POSITIVE_INFINITY);
    if (narrowed.length > 0) left = narrowed;
  }
  let best: [number, TrackSettings, Candidate] | undefined;
  for (const candidate of left) {
    const [sum, settings] = distanceOf(candidate, constraints, false);
    if (best === undefined || sum < best[0]) best = [sum, settings, candidate];
  }
  const [, settings, candidate] = best ?? [0, {}, { kind: "video", settings: {} }];
  return { candidate, settings };
}

/** Leaves of the rates those that an advanced set takes. */
function narrow(candidate: Candidate, set: TrackConstraintSet): Candidate {
  const { frameRates } = candidate;
  if (frameRates === undefined || set.frameRate === undefined) return candidate;
  const { min, max, exact } = spelled(set.frameRate, true);
  const rate = exact === undefined ? undefined : Number(exact);
  return {
    ...candidate,
    frameRates: { min: Math.max(frameRates.min, rate ?? min ?? 0), max: Math.min(frameRates.max, rate ?? max ?? frameRates.max) },
  };
}

/** The property that keeps every candidate away: one that none meets even alone, else the last. */
function culprit(candidates: readonly Candidate[], constraints: TrackConstraints): keyof TrackConstraintSet {
  const names = namesIn(constraints, candidates[0]?.kind ?? "video");
  const alone = names.find((name) =>
    candidates.every((candidate) => distanceOf(candidate, { [name]: constraints[name] }, false)[0] === Number.POSITIVE_INFINITY),
  );
  return alone ?? names.at(-1) ?? "deviceId";
}
