/** The flags of a command, read by node's own parser, with mistakes that say what would be right. */
import { type ParseArgsConfig, parseArgs } from "node:util";
import { CommandMistake } from "./command.ts";
import { nearest } from "./nearest.ts";

/** Flags by their long names. */
export type FlagTable = NonNullable<ParseArgsConfig["options"]>;

type Parsed<Table extends FlagTable> = ReturnType<
  typeof parseArgs<{ args: string[]; options: Table; allowPositionals: true; strict: true }>
>;

/** What was given. */
export interface Flags<Table extends FlagTable> {
  readonly values: Parsed<Table>["values"];
  /** Arguments that are no flags. */
  readonly positionals: readonly string[];
}

/**
 * Reads the arguments of a command.
 * @param positionals how many arguments may be no flags; default none
 * @throws CommandMistake
 */
export function parseFlags<const Table extends FlagTable>(
  args: readonly string[],
  table: Table,
  positionals: number = 0,
): Flags<Table> {
  let parsed: Parsed<Table>;
  try {
    parsed = parseArgs({ args: [...args], options: table, allowPositionals: true, strict: true });
  } catch (error) {
    throw new CommandMistake(explain(error, table));
  }
  const surplus = parsed.positionals[positionals];
  if (surplus !== undefined) throw new CommandMistake(`"${surplus}" is one argument too many.`);
  return parsed;
}

function explain(error: unknown, table: FlagTable): string {
  const message = error instanceof Error ? error.message : String(error);
  const flag = /'(?:-\w, )?(--?[^\s'=]+)/.exec(message)?.[1];
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (flag === undefined) return message;
  if (code === "ERR_PARSE_ARGS_UNKNOWN_OPTION") {
    const known = nearest(
      flag,
      Object.keys(table).map((name) => `--${name}`),
    );
    return `There is no flag ${flag}.${known === undefined ? "" : ` Did you mean ${known}?`}`;
  }
  if (code !== "ERR_PARSE_ARGS_INVALID_OPTION_VALUE") return message;
  return message.includes("does not take an argument")
    ? `${flag} takes no value.`
    : `${flag} needs a value. One that begins with a dash goes behind an equals sign: ${flag}=-x`;
}

/**
 * A whole number that a flag was given.
 * @throws CommandMistake
 */
export function wholeNumber(flag: string, text: string, minimum: number, maximum: number): number {
  const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= minimum && value <= maximum) return value;
  throw new CommandMistake(`${flag} must be a whole number from ${minimum} to ${maximum}, not "${text}".`);
}
