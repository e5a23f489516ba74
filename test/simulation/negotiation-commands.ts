/**
 * What random scripts ask of two peer connections that negotiate.
 */
import type { Command } from "./script.ts";

/** What is asked, and how often. */
export const NEGOTIATION_COMMANDS = {
  addTransceiver: 6,
  addTrack: 6,
  removeTrack: 4,
  direction: 8,
  stop: 4,
  streams: 3,
  preferences: 4,
  extensions: 2,
  channel: 2,
  restartIce: 2,
  createOffer: 2,
  offer: 10,
  answer: 10,
  pranswer: 3,
  rollback: 3,
  deliver: 30,
  settle: 4,
  anew: 5,
} as const;

/** One thing that is asked. */
export type NegotiationCommand = Command<keyof typeof NEGOTIATION_COMMANDS>;
