/**
 * What random scripts ask of two ICE agents, of those who signal for them, and of the network between them.
 */
import type { Command } from "./script.ts";

/** What is asked, and how often. */
export const AGENT_COMMANDS = {
  signal: 30,
  lose: 3,
  restart: 3,
  rollback: 2,
  end: 2,
  repeat: 2,
  net: 3,
  outage: 2,
  deaf: 2,
  interface: 2,
  forge: 8,
  replay: 4,
  pass: 30,
  wait: 2,
  rest: 1,
} as const;

/** One thing that is asked of an agent. */
export type AgentCommand = Command<keyof typeof AGENT_COMMANDS>;
