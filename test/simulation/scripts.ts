/**
 * The kinds of random scripts, and how one seed of them is run: engine pair after engine pair, each with a script of its own.
 */
import { AGENT_COMMANDS, type AgentCommand } from "./agent-commands.ts";
import { AgentScript } from "./agent-script.ts";
import { ASSOCIATION_COMMANDS, type AssociationCommand } from "./association-commands.ts";
import { AssociationScript } from "./association-script.ts";
import { CHANNEL_COMMANDS, type ChannelCommand } from "./channel-commands.ts";
import { ChannelScript } from "./channel-script.ts";
import { NEGOTIATION_COMMANDS, type NegotiationCommand } from "./negotiation-commands.ts";
import { NegotiationScript } from "./negotiation-script.ts";
import { addCounts, type Command, drawCommands, type ScriptReport, shrink } from "./script.ts";

/** How scripts are made, and run. */
export interface Kind {
  draw(seed: string, count: number): readonly Command<string>[];
  run(seed: string, commands: readonly Command<string>[]): ScriptReport;
}

/** One kind of scripts. */
export type ScriptKind = "associations" | "channels" | "negotiations" | "agents";

/** What scripts there are. */
export const SCRIPT_KINDS: Readonly<Record<ScriptKind, Kind>> = {
  associations: {
    draw: (seed, count) => drawCommands(seed, ASSOCIATION_COMMANDS, count),
    run: (seed, commands) => new AssociationScript(seed).run(commands as readonly AssociationCommand[]),
  },
  channels: {
    draw: (seed, count) => drawCommands(seed, CHANNEL_COMMANDS, count),
    run: (seed, commands) => new ChannelScript(seed).run(commands as readonly ChannelCommand[]),
  },
  negotiations: {
    draw: (seed, count) => drawCommands(seed, NEGOTIATION_COMMANDS, count),
    run: (seed, commands) => new NegotiationScript(seed).run(commands as readonly NegotiationCommand[]),
  },
  agents: {
    draw: (seed, count) => drawCommands(seed, AGENT_COMMANDS, count),
    run: (seed, commands) => new AgentScript(seed).run(commands as readonly AgentCommand[]),
  },
};

/** How a seed is run. */
export interface SeedOptions {
  readonly seed: string;
  /** Commands in all. */
  readonly steps: number;
  /** Commands for each pair of engines. */
  readonly life: number;
  /** Whether a script that fails is made shorter. */
  readonly shorten?: boolean;
  /** Run the pair with this number alone. */
  readonly at?: number;
}

/** Runs pair after pair until the steps are done or one fails. */
export function runSeed(kind: ScriptKind, { seed, steps, life, shorten = false, at }: SeedOptions): ScriptReport {
  const { draw, run } = SCRIPT_KINDS[kind];
  const counts: Record<string, number> = {};
  let done = 0;
  for (let number = at ?? 0; done < steps && (at === undefined || number === at); number++) {
    const name = `${kind} ${number} of seed ${seed}`;
    const commands = draw(name, Math.min(life, steps - done));
    const report = run(name, commands);
    addCounts(counts, report.counts);
    done += report.steps;
    if (report.failure === undefined) continue;
    const shorter = shorten ? shrink(commands, (fewer) => kindOf(run(name, fewer).failure) === kindOf(report.failure)) : [];
    const again = shorten ? run(name, shorter).failure : "";
    const script = shorter.map(({ op, side, draws }) => `\n    ${op} ${side} ${draws.join(" ")}`).join("");
    return {
      failure: `${name}: ${report.failure}\n  ${shorter.length} commands: ${again}${script.length > 4000 ? "" : script}`,
      steps: done,
      counts,
    };
  }
  return { failure: undefined, steps: done, counts };
}

/** A failure without its numbers: a shorter script is to fail in the same way. */
function kindOf(failure: string | undefined): string | undefined {
  return failure?.replaceAll(/[0-9]+/g, "");
}
