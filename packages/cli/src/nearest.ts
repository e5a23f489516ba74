/** The word that somebody who mistyped may have meant. */

/** How many letters must be put in, taken out or replaced to make one word of another. */
function distance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, i) => i);
  for (const [i, letter] of [...one].entries()) {
    const next = [i + 1];
    for (const [j, against] of [...other].entries()) {
      const replaced = (row[j] ?? 0) + (letter === against ? 0 : 1);
      next.push(Math.min(replaced, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row[other.length] ?? 0;
}

/** The word nearest to `word`, when it is near enough to be what was meant. */
export function nearest(word: string, words: readonly string[]): string | undefined {
  // Nobody mistypes more of a long word than this.
  const compared = word.slice(0, 64);
  const ranked = words.map((each) => ({ each, apart: distance(compared, each) })).sort((a, b) => a.apart - b.apart);
  const [best] = ranked;
  return best !== undefined && best.apart <= Math.max(1, Math.floor(best.each.length / 3)) ? best.each : undefined;
}
