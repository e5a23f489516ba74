/** What a command of `visavis` is, what it is given, and how it says that it cannot go on. */

/** What a command reads from and writes to. Tests give one of their own. */
export interface CommandIo {
  /** Writes results: the standard output. */
  readonly out: (text: string) => void;
  /** Writes progress, warnings and errors: the standard error. */
  readonly err: (text: string) => void;
  /** Whether a person watches the standard error, so that a line of progress may be written over. */
  readonly interactive: boolean;
  /** Aborted by the first Ctrl+C, or SIGTERM: the command ends in order. The second ends the process. */
  readonly interrupted: AbortSignal;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** A command. */
export interface Command {
  /** The text of `--help`, with examples; ends with a line feed. */
  readonly help: string;
  /**
   * Does the work.
   * @param args what stands after the name of the command; `--help` is never among them
   * @returns the exit code: 0 when all is well
   * @throws CommandMistake, CommandFailure
   */
  run(args: readonly string[], io: CommandIo): Promise<number>;
}

/** A row of the table of commands. */
export interface CommandEntry {
  readonly name: string;
  /** One line of `visavis --help`. */
  readonly summary: string;
  /** Commands are loaded when they are called: none pays for the others. */
  load(): Promise<Command>;
}

/** The command was called wrongly. The message says what is wrong and what would be right. Exit code 2. */
export class CommandMistake extends Error {
  override readonly name = "CommandMistake";
}

/** The command cannot do what it was asked to. The message says why, and what helps. Exit code 1. */
export class CommandFailure extends Error {
  override readonly name = "CommandFailure";
}

/** How commands end. */
export const ExitCode = { OK: 0, FAILURE: 1, MISTAKE: 2 } as const;
