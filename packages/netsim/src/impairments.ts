/**
 * What a link does to datagrams: the options of one direction, their defaults and their limits.
 */
import type { Datagram } from "./datagram.ts";

/**
 * Loss in bursts, after Gilbert and Elliott: two states, left with given probabilities at each datagram, and a loss
 * probability in each. The mean length of a stay in the bad state is 1 / `toGood` datagrams.
 */
export interface GilbertElliott {
  /** Probability of going from the good to the bad state. */
  readonly toBad: number;
  /** Probability of going from the bad to the good state. */
  readonly toGood: number;
  /** Loss probability in the good state; default 0. */
  readonly lossInGood?: number;
  /** Loss probability in the bad state; default 1. */
  readonly lossInBad?: number;
}

/**
 * Which datagrams of a direction are dropped, without chance:
 * - numbers: the nth since the rule was set, counted from 1;
 * - a text such as `"...x"`: a mask repeated for ever, `x` drops and `.` lets pass;
 * - a predicate over the datagram and its number, which must not keep or change the datagram.
 */
export type DropRule = readonly number[] | string | ((datagram: Datagram, nth: number) => boolean);

/** What one direction does to datagrams. Times in milliseconds, sizes in bytes of UDP payload. */
export interface Impairments {
  /** Time on the way; default 0. */
  readonly delay?: number;
  /** Added to the delay, evenly in [0, jitter]; it never reorders; default 0. */
  readonly jitter?: number;
  /** Random loss: a probability, or bursts; default 0. */
  readonly loss?: number | GilbertElliott;
  /** Loss by rule, besides the random one; default none (`[]`). */
  readonly drop?: DropRule;
  /** Probability that a datagram is held back by `reorderDelay`, while later ones pass; default 0. */
  readonly reorder?: number;
  /** How long a datagram is held back to be overtaken; default 10. */
  readonly reorderDelay?: number;
  /** Probability that a datagram arrives twice; default 0. */
  readonly duplicate?: number;
  /** Probability that bits of a datagram are flipped; default 0. */
  readonly corrupt?: number;
  /** How many bits are flipped then; default 1. */
  readonly corruptBits?: number;
  /** Larger datagrams are dropped, or cut into fragments; default no limit (`Infinity`). */
  readonly mtu?: number;
  /** Whether datagrams larger than `mtu` go in fragments of that size, each of which may be lost, instead of being dropped; default false. */
  readonly fragment?: boolean;
  /** Bits per second; default no limit (`Infinity`). */
  readonly rate?: number;
  /** Bytes that wait before a link with a rate, the datagram being sent included; what does not fit is dropped; default 262,144. */
  readonly queue?: number;
}

/** Options of a link: for both directions, and what differs in one of them. */
export interface LinkOptions extends Impairments {
  /** From the first to the second end. */
  readonly forward?: Impairments;
  /** From the second to the first end. */
  readonly backward?: Impairments;
}

/** All options with their values. */
export type CompleteImpairments = Required<Impairments>;

/** A perfect link. */
export const PERFECT: CompleteImpairments = {
  delay: 0,
  jitter: 0,
  loss: 0,
  drop: [],
  reorder: 0,
  reorderDelay: 10,
  duplicate: 0,
  corrupt: 0,
  corruptBits: 1,
  mtu: Number.POSITIVE_INFINITY,
  fragment: false,
  rate: Number.POSITIVE_INFINITY,
  queue: 262_144,
};

function check(condition: boolean, message: string): void {
  if (!condition) throw new RangeError(message);
}

function checkProbability(name: string, value: number): void {
  check(value >= 0 && value <= 1, `${name} is a probability from 0 to 1, not ${value}`);
}

/**
 * `base` changed by those members of `change` that are there.
 * @throws RangeError when a value makes no sense
 */
export function changeImpairments(base: CompleteImpairments, change: Impairments): CompleteImpairments {
  const next: Record<string, unknown> = { ...base };
  for (const key of Object.keys(PERFECT)) {
    const value: unknown = change[key as keyof Impairments];
    if (value !== undefined) next[key] = value;
  }
  const result = next as unknown as CompleteImpairments;
  const { loss, drop } = result;
  for (const key of ["delay", "jitter", "reorderDelay"] as const) {
    check(result[key] >= 0 && result[key] < Number.POSITIVE_INFINITY, `${key} is a time in milliseconds, not ${result[key]}`);
  }
  for (const key of ["reorder", "duplicate", "corrupt"] as const) checkProbability(key, result[key]);
  if (typeof loss === "number") checkProbability("loss", loss);
  else {
    for (const key of ["toBad", "toGood", "lossInGood", "lossInBad"] as const) checkProbability(`loss.${key}`, loss[key] ?? 0);
  }
  check(typeof drop !== "string" || /^[.x]*$/.test(drop), `a drop mask consists of "." and "x", not ${String(drop)}`);
  check(result.corruptBits >= 1, "corruptBits is at least 1");
  check(result.mtu >= 0 && result.queue >= 0, "mtu and queue are sizes in bytes");
  check(result.rate > 0, "rate is in bits per second and more than 0; take a link down to stop it");
  return result;
}
