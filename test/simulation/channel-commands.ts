/**
 * What random scripts ask of two tables of channels.
 */
import type { Command } from "./script.ts";

/** What is asked of tables, and how often. */
export const CHANNEL_COMMANDS = {
  create: 10,
  close: 6,
  closeBoth: 1,
  send: 30,
  burst: 2,
  begin: 3,
  write: 8,
  end: 4,
  abandon: 1,
  pause: 2,
  resume: 4,
  partial: 2,
  reads: 2,
  net: 3,
  outage: 1,
  setPath: 1,
  pass: 30,
  wait: 1,
  rest: 1,
} as const;

/** One thing that is asked of a table. */
export type ChannelCommand = Command<keyof typeof CHANNEL_COMMANDS>;
