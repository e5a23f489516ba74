/**
 * The parser: RFC 8866 §5 and §9, as RFC 9429 §5.8 asks for it.
 *
 * Never throws, and takes time proportional to the length of the text. Lines may end with CRLF or LF, the last one with
 * nothing. The session must start with v=, o= and s=; beyond that the order of lines is not enforced, and t= may be missing,
 * as it is with some cameras.
 */
import { parseAttribute } from "./attribute.ts";
import {
  type Attribute,
  type MediaDescription,
  SdpSyntaxError,
  type SessionDescription,
  type Timing,
  type UnknownLine,
} from "./description.ts";
import { type Draft, LATE_SESSION_ROWS, type LineRow, MEDIA, MEDIA_ROWS, SESSION_ROWS, TIME } from "./line-rows.ts";

/** How large a description may be. */
export const SdpLimit = {
  /** UTF-16 units of the whole text. */
  LENGTH: 1_048_576,
  LINES: 20_000,
  SECTIONS: 512,
} as const;

const SESSION: ReadonlyMap<string, LineRow<SessionDescription>> = byLetter([...SESSION_ROWS, ...LATE_SESSION_ROWS]);
const SECTION: ReadonlyMap<string, LineRow<MediaDescription>> = byLetter(MEDIA_ROWS);
const FIRST_LETTERS = ["v", "o", "s"];

function byLetter<T>(rows: readonly LineRow<T>[]): ReadonlyMap<string, LineRow<T>> {
  return new Map(rows.map((row) => [row.letter, row]));
}

/** What is being read: the session first, then one section after the other. */
interface Part<T> {
  readonly rows: ReadonlyMap<string, LineRow<T>>;
  readonly draft: Draft<T>;
  readonly attributes: Attribute[];
  readonly unknownLines: UnknownLine[];
}

function startPart<T>(rows: ReadonlyMap<string, LineRow<T>>, draft: Draft<T>): Part<T> {
  return { rows, draft, attributes: [], unknownLines: [] };
}

/** Takes a line of a part; the reason when it is wrong. */
function readLine<T>(part: Part<T>, letter: string, text: string): string | undefined {
  if (letter === "a") {
    const attribute = parseAttribute(text);
    if (attribute === undefined) return `malformed attribute a=${clip(text)}`;
    part.attributes.push(attribute);
    return undefined;
  }
  const row = part.rows.get(letter);
  if (row === undefined) part.unknownLines.push({ type: letter, text });
  else if (!row.read(part.draft, text)) return `malformed or repeated ${letter}= line`;
  return undefined;
}

function clip(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

/** `t=`, and the lines that belong to the `t=` before them. */
function readTiming(timings: Draft<Timing>[], letter: string, text: string): string | undefined {
  const last = timings.at(-1);
  if (letter === "t") {
    const time = TIME.parse(text);
    if (time === undefined) return "malformed t= line";
    timings.push({ ...time, repeats: [] });
    return undefined;
  }
  if (last === undefined) return `${letter}= line without a t= line before it`;
  last.repeats = [...(last.repeats ?? []), { type: letter, text }];
  return undefined;
}

/** The lines of a text without their ends. Empty ones at the end are left out. */
function splitLines(text: string): string[] {
  const lines = text.split("\n", SdpLimit.LINES + 2).map((line) => (line.endsWith("\r") ? line.slice(0, -1) : line));
  while (lines.at(-1) === "") lines.pop();
  return lines;
}

/** Reads line by line. */
class Reader {
  readonly session: Part<SessionDescription> = startPart<SessionDescription>(SESSION, { emails: [], phones: [], bandwidths: [] });
  readonly timings: Draft<Timing>[] = [];
  readonly sections: Part<MediaDescription>[] = [];

  /** The reason when the line is wrong. `index` counts from 0. */
  line(line: string, index: number): string | undefined {
    const letter = line.charAt(0);
    const text = line.slice(2);
    if (line.charAt(1) !== "=" || !/^[A-Za-z]$/.test(letter) || /[\0\r]/.test(text))
      return `not a line of the form x=…: ${clip(line)}`;
    const expected = FIRST_LETTERS[index];
    if (expected !== undefined && letter !== expected) return `expected ${expected}=`;
    if (letter === "m") return this.#startSection(text);
    const section = this.sections.at(-1);
    if (section !== undefined) return readLine(section, letter, text);
    if (letter === "t" || letter === "r" || letter === "z") return readTiming(this.timings, letter, text);
    return readLine(this.session, letter, text);
  }

  #startSection(text: string): string | undefined {
    const media = MEDIA.parse(text);
    if (media === undefined) return "malformed m= line";
    if (this.sections.length === SdpLimit.SECTIONS) return `more than ${SdpLimit.SECTIONS} sections`;
    this.sections.push(startPart(SECTION, { ...media, connections: [], bandwidths: [] }));
    return undefined;
  }

  /** All required lines are there by now. */
  finish(): SessionDescription {
    const finishPart = <T>({ draft, attributes, unknownLines }: Part<T>): T => ({ ...draft, attributes, unknownLines }) as T;
    return {
      ...finishPart(this.session),
      timings: this.timings as Timing[],
      media: this.sections.map((section) => finishPart(section)),
    };
  }
}

/**
 * Reads a session description, or says what is wrong with it and where. Never throws.
 *
 * @see RFC 8866 §5
 */
export function parseSession(text: string): SessionDescription | SdpSyntaxError {
  if (text.length > SdpLimit.LENGTH) return new SdpSyntaxError(1, `longer than ${SdpLimit.LENGTH} characters`);
  const lines = splitLines(text);
  if (lines.length > SdpLimit.LINES) return new SdpSyntaxError(SdpLimit.LINES + 1, `more than ${SdpLimit.LINES} lines`);
  const reader = new Reader();
  for (const [index, line] of lines.entries()) {
    const reason = reader.line(line, index);
    if (reason !== undefined) return new SdpSyntaxError(index + 1, reason);
  }
  const missing = FIRST_LETTERS[lines.length];
  if (missing !== undefined) return new SdpSyntaxError(lines.length + 1, `expected ${missing}=`);
  return reader.finish();
}
