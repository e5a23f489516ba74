/**
 * The signalling protocol over WebSocket, shared by the page and the server. Each message is one JSON text.
 *
 * A browser sends `join` first and is answered by `welcome` (who it is, who is there) or by `error` and a close code. From then on it
 * sends descriptions and candidates to the ids it knows; the server hands them on with `from` instead of `to`, unread.
 *
 * - A browser's id is derived from the secret `key` of its page, so that it keeps its id when the server
 *   was lost and is back, and nobody else can take it.
 * - Of two browsers, the one with the greater id makes the connection; to the Node peer it is always the browser.
 *   After that both may negotiate: the other one is polite.
 * - `connection` names one RTCPeerConnection of the pair: what belongs to an earlier one is dropped.
 */
import * as v from "valibot";

/** The path of the WebSocket. */
export const SIGNAL_PATH = "/signal";
/** The longest signalling message, in bytes. */
export const MAX_SIGNAL_SIZE: number = 64 * 1024;

/** Why the server closes a socket; each with the sentence that the page shows in CLOSE_REASONS. */
export const CloseCode = {
  GOING_AWAY: 1001,
  BAD_MESSAGE: 4000,
  ROOM_FULL: 4001,
  NO_ROOM_LEFT: 4002,
  TOO_FAST: 4003,
  REPLACED: 4004,
  NO_JOIN: 4005,
  TOO_MANY_SOCKETS: 4006,
  TOO_SLOW: 4007,
} as const;
/** One of the close codes. */
export type CloseCode = (typeof CloseCode)[keyof typeof CloseCode];

/** The close code as a reason for people. */
export const CLOSE_REASONS: Readonly<Record<CloseCode, string>> = {
  [CloseCode.GOING_AWAY]: "the server is stopping",
  [CloseCode.BAD_MESSAGE]: "the server did not understand a message",
  [CloseCode.ROOM_FULL]: "the room is full",
  [CloseCode.NO_ROOM_LEFT]: "the server has no room left",
  [CloseCode.TOO_FAST]: "too many messages in a short time",
  [CloseCode.REPLACED]: "the page has connected again",
  [CloseCode.NO_JOIN]: "the page did not join a room in time",
  [CloseCode.TOO_MANY_SOCKETS]: "the server is full",
  [CloseCode.TOO_SLOW]: "the page did not read its messages",
};

/** What a room may be called. */
export const ROOM_NAME: RegExp = /^[\p{L}\p{N}][\p{L}\p{N} ._-]{0,63}$/u;

/** Someone in the room. */
export interface Peer {
  readonly id: string;
  readonly kind: "browser" | "node";
  /** What the others are shown, such as "Firefox on Linux". */
  readonly name: string;
}

/** A description on its way. */
export interface SignalDescription {
  readonly type: "offer" | "answer" | "pranswer" | "rollback";
  readonly sdp: string;
}

/** A candidate on its way. */
export interface SignalCandidate {
  readonly candidate: string;
  readonly sdpMid: string | null;
  readonly sdpMLineIndex: number | null;
  readonly usernameFragment: string | null;
}

/** What one side of a connection has for the other. `connection` is 16 hexadecimal digits. */
export type Negotiation =
  | { readonly type: "description"; readonly connection: string; readonly description: SignalDescription }
  | { readonly type: "candidate"; readonly connection: string; readonly candidate: SignalCandidate };

/** A message of a page to the server. */
export type ClientMessage =
  /** `key` is a secret of the page: 32 hexadecimal digits. */
  | { readonly type: "join"; readonly room: string; readonly key: string; readonly name: string }
  | (Negotiation & { readonly to: string })
  /** Asks for a `pong`: a page cannot see the pings of WebSocket itself. */
  | { readonly type: "ping" };

/** Where STUN is answered; without a host, where the page came from. */
export interface StunAddress {
  readonly host?: string;
  readonly port: number;
}

/** A message of the server to a page. */
export type ServerMessage =
  | {
      readonly type: "welcome";
      /** The id of this page. */
      readonly id: string;
      readonly peers: readonly Peer[];
      readonly stun?: StunAddress;
      /** The largest file that the Node peer takes, in bytes. */
      readonly maxFileSize: number;
    }
  | { readonly type: "joined"; readonly peer: Peer }
  | { readonly type: "left"; readonly id: string }
  | (Negotiation & { readonly from: string })
  | { readonly type: "pong" }
  /** The other side could not use what was sent to it, in words for people. */
  | { readonly type: "trouble"; readonly from: string; readonly connection: string; readonly message: string };

const peerId = v.pipe(v.string(), v.regex(/^[a-z0-9-]{1,64}$/));
const connection = v.pipe(v.string(), v.regex(/^[0-9a-f]{16}$/));
const shortText = v.pipe(v.string(), v.minLength(1), v.maxLength(60));
const description = v.object({
  type: v.picklist(["offer", "answer", "pranswer", "rollback"]),
  sdp: v.optional(v.pipe(v.string(), v.maxLength(MAX_SIGNAL_SIZE)), ""),
});
const candidate = v.object({
  candidate: v.pipe(v.string(), v.maxLength(1024)),
  sdpMid: v.optional(v.nullable(v.pipe(v.string(), v.maxLength(64))), null),
  sdpMLineIndex: v.optional(v.nullable(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(65535))), null),
  usernameFragment: v.optional(v.nullable(v.pipe(v.string(), v.maxLength(256))), null),
});
const peer = v.object({ id: peerId, kind: v.picklist(["browser", "node"]), name: shortText });

const clientMessage: v.GenericSchema<unknown, ClientMessage> = v.variant("type", [
  v.object({
    type: v.literal("join"),
    room: v.pipe(v.string(), v.regex(ROOM_NAME)),
    key: v.pipe(v.string(), v.regex(/^[0-9a-f]{32}$/)),
    name: shortText,
  }),
  v.object({ type: v.literal("description"), to: peerId, connection, description }),
  v.object({ type: v.literal("candidate"), to: peerId, connection, candidate }),
  v.object({ type: v.literal("ping") }),
]);

const serverMessage: v.GenericSchema<unknown, ServerMessage> = v.variant("type", [
  v.object({
    type: v.literal("welcome"),
    id: peerId,
    peers: v.array(peer),
    stun: v.exactOptional(v.object({ host: v.exactOptional(v.string()), port: v.number() })),
    maxFileSize: v.number(),
  }),
  v.object({ type: v.literal("joined"), peer }),
  v.object({ type: v.literal("left"), id: peerId }),
  v.object({ type: v.literal("description"), from: peerId, connection, description }),
  v.object({ type: v.literal("candidate"), from: peerId, connection, candidate }),
  v.object({ type: v.literal("pong") }),
  v.object({ type: v.literal("trouble"), from: peerId, connection, message: v.string() }),
]);

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The message in `text`; undefined when it is none. Never throws. */
export function parseClientMessage(text: string): ClientMessage | undefined {
  const result = v.safeParse(clientMessage, parseJson(text));
  return result.success ? result.output : undefined;
}

/** The message in `text`; undefined when it is none. Never throws. */
export function parseServerMessage(text: string): ServerMessage | undefined {
  const result = v.safeParse(serverMessage, parseJson(text));
  return result.success ? result.output : undefined;
}
