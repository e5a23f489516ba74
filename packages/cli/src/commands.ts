/** The table of commands. */
import type { CommandEntry } from "./command.ts";

/** Every command, in the order of `visavis --help`. */
export const COMMANDS: readonly CommandEntry[] = [
  {
    name: "turn",
    summary: "runs a STUN and TURN server",
    load: async () => (await import("./commands/turn.ts")).default,
  },
  {
    name: "doctor",
    summary: "which NAT is in the way, which servers work, why a call cannot come about",
    load: async () => (await import("./commands/doctor.ts")).command,
  },
];
