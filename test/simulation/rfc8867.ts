/**
 * The test cases of RFC 8867 §5. Sources make 150 kbit/s to 4 Mbit/s in frames of a thirtieth of a second; the queue is a drop-tail of
 * 300 ms; paths have 50 ms one way.
 */
import type { TestCase } from "./rate-adaptation.ts";

const M = 1e6;
const ONE = [{}] as const;
const VARIABLE = [
  [0, M],
  [40, 2.5 * M],
  [60, 0.6 * M],
  [80, M],
] as const;

const variable = (name: string): TestCase => ({ name, seconds: 100, delay: 50, forward: VARIABLE, flows: ONE });

/** By name. */
export const RFC_8867: Readonly<Record<string, TestCase>> = {
  "5.1": variable("variable capacity, one flow"),
  "5.1 jitter": { ...variable("the same with 30 ms of jitter"), jitter: 30 },
  "5.2": {
    name: "variable capacity, two flows",
    seconds: 125,
    delay: 50,
    forward: [
      [0, 4 * M],
      [25, 2 * M],
      [50, 3.5 * M],
      [75, M],
      [100, 2 * M],
    ],
    flows: [{}, {}],
  },
  "5.3": {
    name: "congested feedback, media both ways",
    seconds: 100,
    delay: 50,
    forward: [
      [0, 2 * M],
      [20, M],
      [40, 0.5 * M],
      [60, 2 * M],
    ],
    backward: [
      [0, 2 * M],
      [35, 0.8 * M],
      [70, 2 * M],
    ],
    flows: [{}, { backward: true }],
  },
  "5.4": {
    name: "three flows of this kind, 20 s apart",
    seconds: 120,
    delay: 50,
    forward: [[0, 3.5 * M]],
    flows: [{}, { startsAt: 20 }, { startsAt: 40 }],
  },
  "5.5": {
    name: "round trips of 20, 50, 100, 200 and 300 ms",
    seconds: 300,
    delay: 10,
    forward: [[0, 4 * M]],
    flows: [
      {},
      { startsAt: 10, delay: 25 },
      { startsAt: 20, delay: 50 },
      { startsAt: 30, delay: 100 },
      { startsAt: 40, delay: 150 },
    ],
  },
  "5.6": {
    name: "beside a long TCP-like transfer",
    seconds: 120,
    delay: 50,
    forward: [[0, 2 * M]],
    flows: [{ startsAt: 5 }],
    bulk: [0],
  },
  "5.7": {
    name: "beside ten sources of short TCP-like transfers",
    seconds: 300,
    delay: 50,
    forward: [[0, 2 * M]],
    flows: [{ startsAt: 5 }, { startsAt: 5 }],
    short: 10,
  },
  "5.8": {
    name: "one of three flows pauses from 40 to 60 s",
    seconds: 120,
    delay: 50,
    forward: [
      [0, 3.5 * M],
      [40, 3.5 * M],
      [60, 3.5 * M],
    ],
    flows: [{ pauses: [[40, 60]] }, {}, {}],
  },
};

/** Cases of our own: loss on the way there and of feedback, and other kinds of feedback. */
export const OURS: Readonly<Record<string, TestCase>> = {
  "loss 1 %": { name: "1 % lost at random", seconds: 60, delay: 50, loss: 0.01, forward: [[0, 2 * M]], flows: ONE },
  "loss 5 %": { name: "5 % lost at random", seconds: 60, delay: 50, loss: 0.05, forward: [[0, 2 * M]], flows: ONE },
  "feedback 20 %": {
    name: "20 % of feedback lost",
    seconds: 60,
    delay: 50,
    backwardLoss: 0.2,
    forward: [[0, 2 * M]],
    flows: ONE,
  },
  start: { name: "the first ten seconds at 3 Mbit/s", seconds: 10, delay: 50, forward: [[0, 3 * M]], flows: ONE },
  "5.1 RFC 8888": { ...variable("the first case with feedback after RFC 8888"), feedback: "rfc8888" },
  "5.1 REMB": { ...variable("the first case with REMB"), feedback: "remb" },
  "5.1 reports": { ...variable("the first case with receiver reports alone"), feedback: "reports" },
};
