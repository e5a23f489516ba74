/** How long to wait before the next attempt, in milliseconds: doubling from half a second to fifteen, spread by chance. */
export function backOff(attempt: number, chance: number): number {
  const base = Math.min(15_000, 500 * 2 ** Math.min(attempt, 10));
  return Math.round(base * (0.75 + chance / 2));
}
