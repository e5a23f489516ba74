/**
 * The caller's mistakes at a peer connection, as codes that the W3C face turns into DOMException and RTCError names.
 */

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

  constructor(code: PeerErrorCode, message: string, sdpLineNumber?: number) {
    super(message);
    this.code = code;
    this.sdpLineNumber = sdpLineNumber;
  }
}
