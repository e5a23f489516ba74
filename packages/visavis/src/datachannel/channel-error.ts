/**
 * What a caller can do wrong with data channels.
 */

/** Why a call was refused, or why a channel could not be. */
export type ChannelErrorCode =
  /** `create`: the id of a negotiated channel is taken. */
  | "id-in-use"
  /** `create`: all ids are taken, or the association has no such stream. Also the error of a channel that was closed for that. */
  | "no-id-left"
  /** `create`: label or protocol has more than 65535 bytes of UTF-8. */
  | "too-long"
  /** `send`: the channel is not open. */
  | "not-open"
  /** `send`: the other side takes no message that large. */
  | "too-large"
  /** `send`: the send buffer is full. */
  | "queue-full";

/** A refused call; nothing has changed. */
export class ChannelError extends Error {
  override readonly name = "ChannelError";
  readonly code: ChannelErrorCode;

  constructor(code: ChannelErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}
