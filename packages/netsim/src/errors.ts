/**
 * How a simulation fails: with the virtual time, the counts and the seed that shows it again.
 */
import type { Instant } from "visavis/base";

/** A simulation did not come to what was expected of it. */
export class SimulationError extends Error {
  override readonly name = "SimulationError";
  /** The seed that shows it again. */
  readonly seed: string;
  /** The virtual time, in milliseconds. */
  readonly now: Instant;

  constructor(message: string, seed: string, now: Instant) {
    super(message);
    this.seed = seed;
    this.now = now;
  }
}

/** A socket could not be made. */
export class SocketError extends Error {
  override readonly name = "SocketError";
  /** The word of the operating system, such as `EADDRINUSE`. */
  readonly code: string;

  constructor(code: string, message: string) {
    super(`${code}: ${message}`);
    this.code = code;
  }
}
