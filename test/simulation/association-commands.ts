/**
 * What random scripts ask of two associations.
 */
import type { Command } from "./script.ts";

/** What is asked of associations, and how often. */
export const ASSOCIATION_COMMANDS = {
  send: 30,
  burst: 4,
  begin: 4,
  write: 10,
  end: 5,
  abandon: 1,
  reads: 2,
  pause: 2,
  resume: 4,
  partial: 3,
  take: 2,
  reset: 4,
  net: 4,
  outage: 1,
  pathMtu: 1,
  setPath: 1,
  setMtu: 1,
  pass: 30,
  wait: 1,
  rest: 1,
} as const;

/** One thing that is asked of an association. */
export type AssociationCommand = Command<keyof typeof ASSOCIATION_COMMANDS>;
