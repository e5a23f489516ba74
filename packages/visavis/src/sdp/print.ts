/**
 * The printer: the lines of RFC 8866 §5 in the order of its grammar, each ended by CRLF.
 */
import { printAttribute } from "./attribute.ts";
import type { MediaDescription, SessionDescription, Timing, UnknownLine } from "./description.ts";
import { LATE_SESSION_ROWS, type LineRow, MEDIA, MEDIA_ROWS, SESSION_ROWS, TIME } from "./line-rows.ts";

function printRows<T>(rows: readonly LineRow<T>[], description: T): string[] {
  return rows.flatMap(({ letter, write }) => write(description).map((text) => `${letter}=${text}`));
}

function printUnknown(lines: readonly UnknownLine[]): string[] {
  return lines.map(({ type, text }) => `${type}=${text}`);
}

function printTiming(timing: Timing): string[] {
  return [`t=${TIME.print(timing)}`, ...printUnknown(timing.repeats)];
}

function printTail({ attributes, unknownLines }: SessionDescription | MediaDescription): string[] {
  return [...attributes.map((attribute) => `a=${printAttribute(attribute)}`), ...printUnknown(unknownLines)];
}

function printSection(media: MediaDescription): string[] {
  return [`m=${MEDIA.print(media)}`, ...printRows(MEDIA_ROWS, media), ...printTail(media)];
}

/**
 * Writes a session description. `parseSession` gives an equal one back.
 *
 * @throws RangeError when a value contains a line break, which would smuggle in further lines
 * @see RFC 8866 §5
 */
export function printSession(session: SessionDescription): string {
  const lines = [
    ...printRows(SESSION_ROWS, session),
    ...session.timings.flatMap(printTiming),
    ...printRows(LATE_SESSION_ROWS, session),
    ...printTail(session),
    ...session.media.flatMap(printSection),
  ];
  const broken = lines.find((line) => /[\r\n\0]/.test(line));
  if (broken !== undefined)
    throw new RangeError(`a line break inside a line of a session description: ${JSON.stringify(broken)}`);
  return `${lines.join("\r\n")}\r\n`;
}
