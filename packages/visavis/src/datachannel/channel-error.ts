/**
 * What a caller can do wrong with data channels.
 */
import { SctpError } from "../sctp/sctp-error.ts";

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

/** An error of the association as the caller of a channel is to see it; any other stays what it is. */
export function toChannelError(error: unknown): unknown {
  if (!(error instanceof SctpError)) return error;
  return error.code === "queue-full"
    ? new ChannelError("queue-full", "the send buffer is full", error)
    : new ChannelError("not-open", "the association has ended", error);
}
