/**
 * Our own bugs, kept apart from bad input and from callers' mistakes.
 */

/** An impossible state: a bug of visavis. The driver closes the one peer it happened in. */
export class InternalError extends Error {
  override readonly name = "InternalError";
}

/** @throws InternalError when `condition` does not hold */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new InternalError(message);
}

/** For the `default` of a switch that must be exhaustive. @throws InternalError always */
export function unreachable(value: never): never {
  throw new InternalError(`unexpected value ${String(value)}`);
}
