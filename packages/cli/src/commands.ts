/** The table of commands. */
import type { CommandEntry } from "./command.ts";

/** Every command, in the order of `visavis --help`. */
export const COMMANDS: readonly CommandEntry[] = [];
