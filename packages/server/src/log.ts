/** What `--verbose` says: one line for each thing that happens. */

/** Takes one line. */
export type Log = (line: string) => void;

/** Text of a stranger, fit for a terminal: no control characters, no line breaks, nothing that turns the direction of writing. */
export function printable(text: string): string {
  return text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, "?");
}
