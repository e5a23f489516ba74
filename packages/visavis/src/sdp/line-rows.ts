/**
 * The table of lines: for each letter of RFC 8866 §5 the field it fills, how its text is read, and how it is written.
 *
 * The rows stand in the order in which lines are printed. Parser and printer use the same rows.
 */
import type { NetworkAddress } from "./attribute-values.ts";
import type { Bandwidth, MediaDescription, Origin, SessionDescription } from "./description.ts";
import { type Codec, cut, integer, isDigits, isToken, isWord, TEXT, words } from "./text.ts";

/** `c=`, and the tail of `o=` and `a=rtcp`. */
export const NETWORK_ADDRESS: Codec<NetworkAddress> = {
  parse(text) {
    const [networkType, addressType, address, ...rest] = words(text);
    if (networkType === undefined || addressType === undefined || address === undefined || rest.length > 0) return undefined;
    return { networkType, addressType, address };
  },
  print: (value) => `${value.networkType} ${value.addressType} ${value.address}`,
};

const ORIGIN: Codec<Origin> = {
  parse(text) {
    const [username, sessionId, sessionVersion, ...address] = words(text);
    const network = NETWORK_ADDRESS.parse(address.join(" "));
    if (username === undefined || sessionId === undefined || sessionVersion === undefined || !network) return undefined;
    // Some stacks print 64-bit session ids with a sign.
    if (!isDigits(sessionId.replace("-", "")) || !isDigits(sessionVersion.replace("-", ""))) return undefined;
    return { username, sessionId, sessionVersion, ...network };
  },
  print: (value) => `${value.username} ${value.sessionId} ${value.sessionVersion} ${NETWORK_ADDRESS.print(value)}`,
};

const VERSION: Codec<number> = { parse: (text) => (text.trim() === "0" ? 0 : undefined), print: String };

const BANDWIDTH: Codec<Bandwidth> = {
  parse(text) {
    const [type, rest] = cut(text.trim(), ":");
    const value = integer(rest);
    return isToken(type) && value !== undefined ? { type, value } : undefined;
  },
  print: (value) => `${value.type}:${value.value}`,
};

/** What the m= line itself says. */
export type MediaLine = Pick<MediaDescription, "media" | "port" | "portCount" | "protocol" | "formats">;

/** `m=`: RFC 8866 §5.14. */
export const MEDIA: Codec<MediaLine> = {
  parse(text) {
    const [media, ports, protocol, ...formats] = words(text);
    if (media === undefined || ports === undefined || protocol === undefined || formats.length === 0) return undefined;
    const [first, count] = cut(ports, "/");
    const port = integer(first, 0xffff);
    const portCount = integer(count, 0xffff);
    if (!isToken(media) || !isWord(protocol) || port === undefined || (count !== undefined && !portCount)) return undefined;
    return { media, port, ...(portCount === undefined ? {} : { portCount }), protocol, formats };
  },
  print({ media, port, portCount, protocol, formats }) {
    return `${media} ${port}${portCount === undefined ? "" : `/${portCount}`} ${protocol} ${formats.join(" ")}`;
  },
};

/** `t=`: RFC 8866 §5.9. */
export const TIME: Codec<{ readonly start: string; readonly stop: string }> = {
  parse(text) {
    const [start, stop, ...rest] = words(text);
    if (start === undefined || stop === undefined || rest.length > 0) return undefined;
    return isDigits(start) && isDigits(stop) ? { start, stop } : undefined;
  },
  print: (value) => `${value.start} ${value.stop}`,
};

/** A description while it is being read. */
export type Draft<T> = { -readonly [K in keyof T]?: T[K] };

/** One letter of one kind of description. */
export interface LineRow<T> {
  readonly letter: string;
  /** Puts the text where it belongs. False when it is malformed, or a second one of which there may be one. */
  read(draft: Draft<T>, text: string): boolean;
  /** The texts of all lines of this letter. */
  write(description: T): readonly string[];
}

/** Fields of T whose values are of type V, or optional and of type V. */
type FieldOf<T, V> = { [K in keyof T]-?: V extends T[K] ? K : never }[keyof T];

/** A line that there is at most one of. */
function single<T, V>(letter: string, field: FieldOf<T, V>, codec: Codec<V>): LineRow<T> {
  return {
    letter,
    read(draft, text) {
      const value = codec.parse(text);
      if (value === undefined || draft[field] !== undefined) return false;
      draft[field] = value as unknown as T[typeof field];
      return true;
    },
    write(description) {
      const value = description[field] as unknown as V | undefined;
      return value === undefined ? [] : [codec.print(value)];
    },
  };
}

/** A line that may be repeated. */
function repeated<T, V>(letter: string, field: FieldOf<T, readonly V[]>, codec: Codec<V>): LineRow<T> {
  return {
    letter,
    read(draft, text) {
      const value = codec.parse(text);
      if (value === undefined) return false;
      const values = (draft[field] ?? []) as unknown as V[];
      values.push(value);
      draft[field] = values as unknown as T[typeof field];
      return true;
    },
    write: (description) => (description[field] as unknown as readonly V[]).map((value) => codec.print(value)),
  };
}

/** The session's lines before `t=`. */
export const SESSION_ROWS: readonly LineRow<SessionDescription>[] = [
  single("v", "version", VERSION),
  single("o", "origin", ORIGIN),
  single("s", "name", TEXT),
  single("i", "information", TEXT),
  single("u", "uri", TEXT),
  repeated("e", "emails", TEXT),
  repeated("p", "phones", TEXT),
  single("c", "connection", NETWORK_ADDRESS),
  repeated("b", "bandwidths", BANDWIDTH),
];

/** The session's lines between `t=` and `a=`. */
export const LATE_SESSION_ROWS: readonly LineRow<SessionDescription>[] = [single("k", "key", TEXT)];

/** The lines of a section between `m=` and `a=`. */
export const MEDIA_ROWS: readonly LineRow<MediaDescription>[] = [
  single("i", "information", TEXT),
  repeated("c", "connections", NETWORK_ADDRESS),
  repeated("b", "bandwidths", BANDWIDTH),
  single("k", "key", TEXT),
];
