/**
 * What can go wrong with an association, for its owner.
 */

/** Why an association ended, or why a call was refused. */
export type SctpErrorCode =
  /** The other side sent an ABORT; `causeCode` is its first cause. */
  | "aborted"
  /** Nothing was acknowledged for too many retransmissions (RFC 9260 §8.1). */
  | "unreachable"
  /** The handshake got no answer (RFC 9260 §4). */
  | "no-answer"
  /** The other side broke the protocol; we sent an ABORT. */
  | "protocol-violation"
  /** A message larger than we said we take. */
  | "message-too-large"
  /** The other side lost its state and began anew (RFC 9260 §5.2.4): all streams start over. */
  | "restarted"
  /** `send`: the association has ended, or is ending. */
  | "closed"
  /** `send`: the send buffer is full. */
  | "queue-full"
  /** `send`: no such stream. */
  | "invalid-stream";

/** A failed association or a refused call. */
export class SctpError extends Error {
  override readonly name = "SctpError";
  readonly code: SctpErrorCode;
  /** The error cause of the ABORT, when one was sent or received (RFC 9260 §3.3.10). */
  readonly causeCode: number | undefined;

  constructor(code: SctpErrorCode, message: string, causeCode?: number) {
    super(message);
    this.code = code;
    this.causeCode = causeCode;
  }
}
