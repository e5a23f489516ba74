/** The table of commands. */
import type { CommandEntry } from "./command.ts";

/** Every command, in the order of `visavis --help`. */
export const COMMANDS: readonly CommandEntry[] = [
  {
    name: "turn",
    summary: "runs a STUN and TURN server",
    load: async () => (await import("./commands/turn.ts")).default,
  },
];
