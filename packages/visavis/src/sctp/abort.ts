/**
 * Ending an association at once: RFC 9260 §9.1.
 */
import type { Context } from "./context.ts";
import { abortChunkLength, decodeAbortChunk, encodeAbortChunk } from "./packet/abort-chunk.ts";
import { type ErrorCause, protocolViolation, reasonOf, userInitiatedAbort } from "./packet/error-cause.ts";
import { SctpError } from "./sctp-error.ts";

function sendAbort(context: Context, cause: ErrorCause): void {
  // Nothing else is worth sending any more.
  context.control.clear();
  const tag = context.tcb?.remoteTag;
  if (tag === undefined) return;
  const chunk = { tagReflected: false, causes: [cause] };
  const bytes = new Uint8Array(abortChunkLength(chunk));
  encodeAbortChunk(chunk, bytes, 0);
  context.enqueue(bytes, tag, "alone");
}

/** Our owner wants the end. */
export function abortByUser(context: Context): void {
  sendAbort(context, userInitiatedAbort());
  context.end(undefined);
}

/** The other side broke the protocol: tells it, and ends. */
export function abortByViolation(
  context: Context,
  code: "protocol-violation" | "message-too-large",
  reason: string,
  cause: ErrorCause = protocolViolation(reason),
): void {
  sendAbort(context, cause);
  context.end(new SctpError(code, reason, cause.code));
}

/** The other side ended the association. The caller has checked the verification tag. */
export function handleAbort(context: Context, packet: Uint8Array, offset: number): void {
  const abort = decodeAbortChunk(packet, offset, packet.length);
  if (abort === undefined) {
    context.drops.count("malformed-chunk");
    return;
  }
  const cause = abort.causes[0];
  const reason = cause === undefined ? "" : reasonOf(cause);
  context.fail(
    "aborted",
    reason === "" ? "the other side aborted the association" : `the other side aborted: ${reason}`,
    cause?.code,
  );
}
