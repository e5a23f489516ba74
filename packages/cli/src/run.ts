/** Finds the command that was called, runs it, and makes an exit code and a message of whatever happens. */
import { type Command, type CommandEntry, CommandFailure, type CommandIo, CommandMistake, ExitCode } from "./command.ts";
import { nearest } from "./nearest.ts";

/** The text of `visavis --help`. */
export function help(commands: readonly CommandEntry[]): string {
  const width = Math.max(0, ...commands.map(({ name }) => name.length));
  const rows = commands.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}\n`);
  return `visavis: WebRTC at the command line.

Usage: visavis COMMAND [flags]

${rows.join("")}
  visavis COMMAND --help   what a command does, its flags, examples
  visavis --version        the version

Exit codes: 0 all is well, 1 it is not (the message says why), 2 the command was called wrongly.
`;
}

/**
 * Runs what the arguments ask for. Never rejects.
 * @param args what stands after the name of the program
 * @returns the exit code
 */
export async function run(
  args: readonly string[],
  io: CommandIo,
  commands: readonly CommandEntry[],
  version: string,
): Promise<number> {
  const [first, ...rest] = args;
  if (first === undefined || first === "--help" || first === "-h") return say(io, help(commands));
  if (first === "--version" || first === "-v") return say(io, `${version}\n`);
  const helping = first === "help";
  const name = helping ? rest[0] : first;
  if (name === undefined) return say(io, help(commands));
  const entry = commands.find((each) => each.name === name);
  if (entry === undefined) return mistake(io, unknown(name, commands), "visavis --help");
  try {
    const command = await entry.load();
    return helping || wantsHelp(rest) ? say(io, command.help) : await runCommand(entry.name, command, rest, io);
  } catch (error) {
    return fault(io, error);
  }
}

async function runCommand(name: string, command: Command, args: readonly string[], io: CommandIo): Promise<number> {
  try {
    return await command.run(args, io);
  } catch (error) {
    if (error instanceof CommandMistake) return mistake(io, error.message, `visavis ${name} --help`);
    if (!(error instanceof CommandFailure)) throw error;
    io.err(`${error.message}\n`);
    return ExitCode.FAILURE;
  }
}

/** `--help` before a `--`, wherever it stands. */
function wantsHelp(args: readonly string[]): boolean {
  const end = args.indexOf("--");
  return args.slice(0, end < 0 ? args.length : end).some((each) => each === "--help" || each === "-h");
}

function unknown(name: string, commands: readonly CommandEntry[]): string {
  if (name.startsWith("-")) return `There is no flag ${name} before a command.`;
  const meant = nearest(
    name,
    commands.map((each) => each.name),
  );
  return `There is no command "${name}".${meant === undefined ? "" : ` Did you mean ${meant}?`}`;
}

function say(io: CommandIo, text: string): number {
  io.out(text);
  return ExitCode.OK;
}

function mistake(io: CommandIo, message: string, tryThis: string): number {
  io.err(`${message}\nTry: ${tryThis}\n`);
  return ExitCode.MISTAKE;
}

/** What nobody foresaw is a fault of this program: it is shown whole. */
function fault(io: CommandIo, error: unknown): number {
  io.err(`This is a fault of visavis itself:\n${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  return ExitCode.FAILURE;
}
