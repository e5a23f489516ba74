/**
 * Random command scripts: made from a seed, replayed exactly, and made short when they find something.
 */
import { SeededRandom } from "@visavis/netsim";

/** One command; what the draws mean is the matter of who runs it, so that it means something in any state. */
export interface Command<Op extends string> {
  readonly op: Op;
  readonly side: 0 | 1;
  /** Integers in [0, 2³²). */
  readonly draws: readonly [number, number, number, number];
}

/** How often each command is drawn, relative to the others. */
export type Weights<Op extends string> = Readonly<Record<Op, number>>;

/** What a script came to. */
export interface ScriptReport {
  /** What was wrong; undefined when nothing was. */
  readonly failure: string | undefined;
  readonly steps: number;
  /** By name: commands, what the path did, messages, drops of the engines. */
  readonly counts: Readonly<Record<string, number>>;
}

/** What a script found. */
export class Failure extends Error {}

/** Ends the script: this is wrong. */
export function fail(message: string): never {
  throw new Failure(message);
}

/** `count` commands that this seed makes. */
export function drawCommands<Op extends string>(seed: string, weights: Weights<Op>, count: number): Command<Op>[] {
  const random = new SeededRandom(seed);
  const bag = (Object.keys(weights) as Op[]).flatMap((op) => Array<Op>(weights[op]).fill(op));
  return Array.from({ length: count }, () => ({
    op: bag[random.u32() % bag.length] as Op,
    side: (random.u32() & 1) as 0 | 1,
    draws: [random.u32(), random.u32(), random.u32(), random.u32()] as const,
  }));
}

/** Leaves out commands as long as it still fails; at most `runs` tries. */
export function shrink<Op extends string>(
  commands: readonly Command<Op>[],
  fails: (commands: readonly Command<Op>[]) => boolean,
  runs = 300,
): readonly Command<Op>[] {
  let kept = commands;
  for (let size = kept.length >> 1, tries = 0; size > 0 && tries < runs; size >>= 1) {
    for (let at = 0; at < kept.length && tries < runs; tries++) {
      const fewer = [...kept.slice(0, at), ...kept.slice(at + size)];
      if (fails(fewer)) kept = fewer;
      else at += size;
    }
  }
  return kept;
}

/** Adds up counts by name. */
export function addCounts(to: Record<string, number>, more: Readonly<Record<string, number>>): void {
  for (const [name, count] of Object.entries(more)) to[name] = (to[name] ?? 0) + count;
}
