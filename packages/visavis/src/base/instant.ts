/**
 * Time as a value. Engines never read a clock: whoever drives them says what time it is.
 */

/** Milliseconds on the caller's monotonic clock. Never wall time, never less than zero. */
export type Instant = number;

/** The deadline of something that waits for nothing. */
export const NEVER: Instant = Number.POSITIVE_INFINITY;
