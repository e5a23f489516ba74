/**
 * The table of attributes: how each understood attribute's value is read and written.
 *
 * Parser and printer use the same rows. A value that a row cannot read is kept as text, unless the row is strict: then
 * it is a syntax error, because offer/answer depends on it (RFC 9429 §5.8).
 */
import type {
  AttributeName,
  AttributeValues,
  CryptoAttribute,
  ExtensionMap,
  Fingerprint,
  FormatParameters,
  Group,
  MediaStreamId,
  RestrictionId,
  RtcpFeedback,
  RtcpPort,
  RtpMap,
  SctpMap,
  Setup,
  Simulcast,
  SimulcastList,
  SsrcAttribute,
  SsrcGroup,
} from "./attribute-values.ts";
import { NETWORK_ADDRESS } from "./line-rows.ts";
import { type Codec, cut, integer, integerCodec, isToken, isWord, TEXT, WORD, words } from "./text.ts";

/** One attribute. An empty text stands for no colon. */
export interface AttributeRow<T> extends Codec<T> {
  /** Whether a value that cannot be read makes the whole description invalid. */
  readonly strict: boolean;
}

const U32 = 0xffff_ffff;

const lenient = <T>(codec: Codec<T>): AttributeRow<T> => ({ ...codec, strict: false });
const strict = <T>(codec: Codec<T>): AttributeRow<T> => ({ ...codec, strict: true });

const FLAG: Codec<true> = { parse: (text) => (text.trim() === "" ? true : undefined), print: () => "" };

/** Any text but none. */
const SOME_TEXT: Codec<string> = { parse: (text) => (text === "" ? undefined : text), print: TEXT.print };

const TOKENS: Codec<readonly string[]> = {
  parse(text) {
    const tokens = words(text);
    return tokens.length > 0 && tokens.every(isWord) ? tokens : undefined;
  },
  print: (tokens) => tokens.join(" "),
};

function oneOf<T extends string>(...choices: readonly T[]): Codec<T> {
  return { parse: (text) => choices.find((choice) => choice === text.trim()), print: TEXT.print };
}

const GROUP: Codec<Group> = {
  parse(text) {
    const [semantics, ...mids] = words(text);
    return semantics !== undefined && isToken(semantics) ? { semantics, mids } : undefined;
  },
  print: ({ semantics, mids }) => [semantics, ...mids].join(" "),
};

const FINGERPRINT: Codec<Fingerprint> = {
  parse(text) {
    const [algorithm, value, ...rest] = words(text);
    if (algorithm === undefined || value === undefined || rest.length > 0 || !isToken(algorithm)) return undefined;
    if (!/^[0-9A-Fa-f]{2}(:[0-9A-Fa-f]{2})*$/.test(value)) return undefined;
    return { algorithm: algorithm.toLowerCase(), value: value.toUpperCase() };
  },
  print: ({ algorithm, value }) => `${algorithm} ${value}`,
};

const CRYPTO: Codec<CryptoAttribute> = {
  parse(text) {
    const [tag, rest] = cut(text, " ");
    const [suite, parameters] = cut(rest ?? "", " ");
    const number = integer(tag, 999_999_999);
    return number === undefined || !isToken(suite) || !parameters ? undefined : { tag: number, suite, parameters };
  },
  print: ({ tag, suite, parameters }) => `${tag} ${suite} ${parameters}`,
};

const SCTPMAP: Codec<SctpMap> = {
  parse(text) {
    const [first, protocol, last, ...rest] = words(text);
    const port = integer(first, 0xffff);
    const streams = integer(last, 0xffff);
    if (port === undefined || protocol === undefined || rest.length > 0) return undefined;
    if (last !== undefined && streams === undefined) return undefined;
    return { port, protocol, ...(streams === undefined ? {} : { streams }) };
  },
  print: ({ port, protocol, streams }) => `${port} ${protocol}${streams === undefined ? "" : ` ${streams}`}`,
};

const RTCP: Codec<RtcpPort> = {
  parse(text) {
    const [first, rest] = cut(text.trim(), " ");
    const port = integer(first, 0xffff);
    if (port === undefined) return undefined;
    if (rest === undefined) return { port };
    const address = NETWORK_ADDRESS.parse(rest);
    return address === undefined ? undefined : { port, address };
  },
  print: ({ port, address }) => (address === undefined ? `${port}` : `${port} ${NETWORK_ADDRESS.print(address)}`),
};

const RTPMAP: Codec<RtpMap> = {
  parse(text) {
    const [type, format, ...rest] = words(text);
    const [encoding, rates] = cut(format ?? "", "/");
    const [rate, parameters] = cut(rates ?? "", "/");
    const payloadType = integer(type, 127);
    const clockRate = integer(rate, U32);
    if (payloadType === undefined || clockRate === undefined || !isWord(encoding) || rest.length > 0) return undefined;
    if (parameters === "") return undefined;
    return { payloadType, encoding, clockRate, ...(parameters === undefined ? {} : { parameters }) };
  },
  print({ payloadType, encoding, clockRate, parameters }) {
    return `${payloadType} ${encoding}/${clockRate}${parameters === undefined ? "" : `/${parameters}`}`;
  },
};

const FMTP: Codec<FormatParameters> = {
  parse(text) {
    const [format, parameters] = cut(text, " ");
    return !isWord(format) || !parameters ? undefined : { format, parameters };
  },
  print: ({ format, parameters }) => `${format} ${parameters}`,
};

const RTCP_FB: Codec<RtcpFeedback> = {
  parse(text) {
    const [type, feedback] = cut(text, " ");
    const payloadType = type === "*" ? "*" : integer(type, 127);
    return payloadType === undefined || !feedback ? undefined : { payloadType, feedback };
  },
  print: ({ payloadType, feedback }) => `${payloadType} ${feedback}`,
};

const DIRECTION = oneOf("sendrecv", "sendonly", "recvonly", "inactive");

const EXTMAP: Codec<ExtensionMap> = {
  parse(text) {
    const [entry, rest] = cut(text, " ");
    const [number, way] = cut(entry, "/");
    const [uri, attributes] = cut(rest ?? "", " ");
    const id = integer(number, 0xffff);
    const direction = way === undefined ? undefined : DIRECTION.parse(way);
    if (id === undefined || !isWord(uri) || (way !== undefined && direction === undefined) || attributes === "") return undefined;
    return { id, ...(direction ? { direction } : {}), uri, ...(attributes === undefined ? {} : { attributes }) };
  },
  print({ id, direction, uri, attributes }) {
    return `${id}${direction === undefined ? "" : `/${direction}`} ${uri}${attributes === undefined ? "" : ` ${attributes}`}`;
  },
};

const SSRC: Codec<SsrcAttribute> = {
  parse(text) {
    const [number, rest] = cut(text, " ");
    const [attribute, value] = cut(rest ?? "", ":");
    const ssrc = integer(number, U32);
    if (ssrc === undefined || !isToken(attribute)) return undefined;
    return { ssrc, attribute, ...(value === undefined ? {} : { value }) };
  },
  print: ({ ssrc, attribute, value }) => `${ssrc} ${attribute}${value === undefined ? "" : `:${value}`}`,
};

const SSRC_GROUP: Codec<SsrcGroup> = {
  parse(text) {
    const [semantics, ...numbers] = words(text);
    const ssrcs = numbers.map((number) => integer(number, U32)).filter((ssrc) => ssrc !== undefined);
    if (semantics === undefined || !isToken(semantics) || ssrcs.length !== numbers.length) return undefined;
    return { semantics, ssrcs };
  },
  print: ({ semantics, ssrcs }) => [semantics, ...ssrcs].join(" "),
};

const MSID: Codec<MediaStreamId> = {
  parse(text) {
    const [stream, track, ...rest] = words(text);
    if (stream === undefined || rest.length > 0) return undefined;
    return { stream, ...(track === undefined ? {} : { track }) };
  },
  print: ({ stream, track }) => (track === undefined ? stream : `${stream} ${track}`),
};

const SEND_RECV = oneOf("send", "recv");

const RID: Codec<RestrictionId> = {
  parse(text) {
    const [id, rest] = cut(text, " ");
    const [way, parameters] = cut(rest ?? "", " ");
    const direction = SEND_RECV.parse(way);
    if (!isToken(id) || direction === undefined || parameters === "") return undefined;
    return { id, direction, ...(parameters === undefined ? {} : { parameters }) };
  },
  print: ({ id, direction, parameters }) => `${id} ${direction}${parameters === undefined ? "" : ` ${parameters}`}`,
};

function parseSimulcastList(direction: "send" | "recv", text: string): SimulcastList | undefined {
  const streams = text.split(";").map((stream) =>
    stream.split(",").map((id) => {
      const paused = id.startsWith("~");
      return { rid: paused ? id.slice(1) : id, paused };
    }),
  );
  return streams.every((stream) => stream.every(({ rid }) => /^[A-Za-z0-9_-]+$/.test(rid))) ? { direction, streams } : undefined;
}

const SIMULCAST: Codec<Simulcast> = {
  parse(text) {
    const parts = words(text);
    const lists: SimulcastList[] = [];
    if (parts.length !== 2 && parts.length !== 4) return undefined;
    for (let i = 0; i < parts.length; i += 2) {
      const direction = SEND_RECV.parse(parts[i] ?? "");
      const list = direction && parseSimulcastList(direction, parts[i + 1] ?? "");
      if (!list || lists.some((other) => other.direction === direction)) return undefined;
      lists.push(list);
    }
    return { lists };
  },
  print({ lists }) {
    const id = ({ rid, paused }: { rid: string; paused: boolean }): string => `${paused ? "~" : ""}${rid}`;
    return lists
      .map(({ direction, streams }) => `${direction} ${streams.map((ids) => ids.map(id).join(",")).join(";")}`)
      .join(" ");
  },
};

/** The table. */
export const ATTRIBUTE_ROWS: { readonly [N in AttributeName]: AttributeRow<AttributeValues[N]> } = {
  group: strict(GROUP),
  mid: strict(WORD),
  "bundle-only": lenient(FLAG),
  identity: lenient(SOME_TEXT),
  "msid-semantic": lenient(SOME_TEXT),
  "ice-ufrag": strict(WORD),
  "ice-pwd": strict(WORD),
  "ice-options": strict(TOKENS),
  "ice-lite": lenient(FLAG),
  "ice-mismatch": lenient(FLAG),
  "ice-pacing": lenient(integerCodec()),
  candidate: lenient(SOME_TEXT),
  "remote-candidates": lenient(SOME_TEXT),
  "end-of-candidates": lenient(FLAG),
  fingerprint: strict(FINGERPRINT),
  setup: strict(oneOf<Setup>("active", "passive", "actpass", "holdconn")),
  connection: lenient(oneOf("new", "existing")),
  "tls-id": strict(WORD),
  crypto: lenient(CRYPTO),
  "sctp-port": strict(integerCodec(0xffff)),
  "max-message-size": strict(integerCodec()),
  "sctp-init": lenient(SOME_TEXT),
  sctpmap: lenient(SCTPMAP),
  rtcp: lenient(RTCP),
  "rtcp-mux": lenient(FLAG),
  "rtcp-mux-only": lenient(FLAG),
  "rtcp-rsize": lenient(FLAG),
  rtpmap: lenient(RTPMAP),
  fmtp: lenient(FMTP),
  "rtcp-fb": lenient(RTCP_FB),
  extmap: lenient(EXTMAP),
  "extmap-allow-mixed": lenient(FLAG),
  cryptex: lenient(FLAG),
  ssrc: lenient(SSRC),
  "ssrc-group": lenient(SSRC_GROUP),
  msid: lenient(MSID),
  rid: lenient(RID),
  simulcast: lenient(SIMULCAST),
  imageattr: lenient(SOME_TEXT),
  ptime: lenient(integerCodec()),
  maxptime: lenient(integerCodec()),
  sendrecv: lenient(FLAG),
  sendonly: lenient(FLAG),
  recvonly: lenient(FLAG),
  inactive: lenient(FLAG),
};

const BY_NAME: ReadonlyMap<string, AttributeRow<unknown>> = new Map(Object.entries(ATTRIBUTE_ROWS));

/** The row of a name read from a description; undefined when it is not in the table. */
export function attributeRow(name: string): AttributeRow<unknown> | undefined {
  return BY_NAME.get(name);
}
