/**
 * The caller's mistakes at a peer connection, as codes that the W3C face turns into DOMException and RTCError names.
 */
import { JsepError } from "../jsep/negotiation.ts";
import { ChannelError, type ChannelErrorCode } from "../transport/parts.ts";

/** What kind of mistake it was. The names are those of the exceptions of webrtc-pc, in lower case. */
export type PeerErrorCode =
  | "invalid-state"
  | "invalid-access"
  | "syntax"
  | "sdp-syntax"
  | "operation"
  | "not-supported"
  | "invalid-modification"
  | "type"
  | "range";

/** A call that cannot be carried out. The peer connection is as it was before. */
export class PeerError extends Error {
  override readonly name = "PeerError";
  readonly code: PeerErrorCode;
  /** For `sdp-syntax`: the line, counted from 1. */
  readonly sdpLineNumber: number | undefined;

  constructor(code: PeerErrorCode, message: string, sdpLineNumber?: number, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.sdpLineNumber = sdpLineNumber;
  }
}

/** The mistakes at data channels (webrtc-pc §6.1.1.2 and §6.2, the send() algorithm). */
const CHANNEL_CODES: Readonly<Record<ChannelErrorCode, PeerErrorCode>> = {
  "id-in-use": "operation",
  "no-id-left": "operation",
  "too-long": "type",
  "not-open": "invalid-state",
  "too-large": "type",
  "queue-full": "operation",
};

/** As people read it: the floors below name what is wrong in half a sentence, for others to go on with. */
function sentence(message: string): string {
  return `${message.slice(0, 1).toUpperCase()}${message.slice(1)}${/[.!?]$/.test(message) ? "" : "."}`;
}

/** Runs `act` and gives the mistakes of the floors below their code up here. Our own bugs pass as they are. */
export function withPeerErrors<T>(act: () => T): T {
  try {
    return act();
  } catch (error) {
    throw peerErrorOf(error);
  }
}

/** A mistake of the floors below with its code up here. Anything else as it is. */
export function peerErrorOf(error: unknown): unknown {
  if (error instanceof JsepError) return new PeerError(error.code, sentence(error.message), error.line, error);
  if (error instanceof ChannelError) return new PeerError(CHANNEL_CODES[error.code], sentence(error.message), undefined, error);
  return error;
}
