/**
 * The small tokens that session descriptions are made of: RFC 8866 §9.
 *
 * Every function takes time proportional to the length of its text.
 */

/** How a value is read from text and written back. `parse(print(value))` gives an equal value. */
export interface Codec<T> {
  /** Undefined when the text is not of this form. */
  parse(text: string): T | undefined;
  print(value: T): string;
}

const TOKEN = /^[!#-'*+\-.0-9A-Z^-~]+$/;

/** Whether the text is a `token`: visible ASCII without quotes, brackets, separators and spaces. */
export function isToken(text: string): boolean {
  return TOKEN.test(text);
}

/** Whether the text is visible, without spaces, and not empty. */
export function isWord(text: string): boolean {
  return /^[^\s\0]+$/.test(text);
}

/** The words of a text, divided by spaces. */
export function words(text: string): string[] {
  return text.split(" ").filter((word) => word !== "");
}

/** The text before and after the first `separator`; all of it and undefined when there is none. */
export function cut(text: string, separator: string): readonly [string, string | undefined] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + separator.length)];
}

/** A decimal integer in [0, limit]; undefined for anything else. */
export function integer(text: string | undefined, limit: number = Number.MAX_SAFE_INTEGER): number | undefined {
  if (text === undefined || text.length > 16 || !/^[0-9]+$/.test(text)) return undefined;
  const value = Number(text);
  return value <= limit ? value : undefined;
}

/** Decimal digits of any number, kept as text. */
export function isDigits(text: string): boolean {
  return /^[0-9]+$/.test(text);
}

/** A decimal integer in [0, limit]. */
export function integerCodec(limit?: number): Codec<number> {
  return { parse: (text) => integer(text.trim(), limit), print: String };
}

/** Any text, which may be empty. */
export const TEXT: Codec<string> = { parse: (text) => text, print: (value) => value };

/** One word. */
export const WORD: Codec<string> = {
  parse(text) {
    const word = text.trim();
    return isWord(word) ? word : undefined;
  },
  print: (value) => value,
};
