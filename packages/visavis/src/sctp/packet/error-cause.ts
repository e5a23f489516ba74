/**
 * Error causes: why an ABORT or an ERROR was sent. RFC 9260 §3.3.10.
 * https://www.rfc-editor.org/rfc/rfc9260#section-3.3.10
 *
 * ```
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-------------------------------+-------------------------------+
 * |          Cause Code           |         Cause Length          |
 * +-------------------------------+-------------------------------+
 * \                   Cause-Specific Information                  \
 * +---------------------------------------------------------------+
 * ```
 *
 * The shape and the padding are those of parameters (parameter.ts).
 */
import { decodeUtf8, encodeUtf8, padded4, setBytes, setU16, setU32, u16 } from "../../base/bytes.ts";
import { encodePadding } from "./chunk.ts";
import { nextParameter, PARAMETER_HEADER, parameterType, parameterValue } from "./parameter.ts";

/** Cause codes of RFC 9260 §3.3.10. */
export const CauseCode = {
  INVALID_STREAM_IDENTIFIER: 1,
  MISSING_MANDATORY_PARAMETER: 2,
  STALE_COOKIE: 3,
  OUT_OF_RESOURCE: 4,
  UNRESOLVABLE_ADDRESS: 5,
  UNRECOGNIZED_CHUNK_TYPE: 6,
  INVALID_MANDATORY_PARAMETER: 7,
  UNRECOGNIZED_PARAMETERS: 8,
  NO_USER_DATA: 9,
  COOKIE_RECEIVED_WHILE_SHUTTING_DOWN: 10,
  RESTART_WITH_NEW_ADDRESSES: 11,
  USER_INITIATED_ABORT: 12,
  PROTOCOL_VIOLATION: 13,
} as const;

/** An error cause; `code` may be unknown, `value` is a view of the packet when it was read from one. */
export interface ErrorCause {
  readonly code: number;
  readonly value: Uint8Array;
}

/** All causes between `offset` and `end`; undefined when one does not fit. */
export function decodeErrorCauses(bytes: Uint8Array, offset: number, end: number): ErrorCause[] | undefined {
  const causes: ErrorCause[] = [];
  for (let o = offset; o < end; ) {
    const next = nextParameter(bytes, o, end);
    if (next < 0) return undefined;
    causes.push({ code: parameterType(bytes, o), value: parameterValue(bytes, o) });
    o = next;
  }
  return causes;
}

/** Bytes of the causes with the padding of all but the last: what a chunk's length counts. */
export function errorCausesLength(causes: readonly ErrorCause[]): number {
  let length = 0;
  for (const { value } of causes) length = padded4(length) + PARAMETER_HEADER + value.length;
  return length;
}

/** Writes the causes with padding and returns the offset behind the last. */
export function encodeErrorCauses(out: Uint8Array, offset: number, causes: readonly ErrorCause[]): number {
  let o = offset;
  for (const { code, value } of causes) {
    setU16(out, o, code);
    setU16(out, o + 2, PARAMETER_HEADER + value.length);
    o = encodePadding(out, o, setBytes(out, o + PARAMETER_HEADER, value));
  }
  return o;
}

/** DATA came on a stream that does not exist. @see RFC 9260 §3.3.10.1 */
export function invalidStreamIdentifier(stream: number): ErrorCause {
  const value = new Uint8Array(4);
  setU16(value, 0, stream);
  return { code: CauseCode.INVALID_STREAM_IDENTIFIER, value };
}

/** The stream of an invalid stream identifier cause; undefined when it is another cause or too short. */
export function invalidStreamOf(cause: ErrorCause): number | undefined {
  return cause.code === CauseCode.INVALID_STREAM_IDENTIFIER && cause.value.length >= 4 ? u16(cause.value, 0) : undefined;
}

/** Parameters of these types lack in an INIT or INIT ACK. @see RFC 9260 §3.3.10.2 */
export function missingMandatoryParameter(types: readonly number[]): ErrorCause {
  const value = new Uint8Array(4 + 2 * types.length);
  let o = setU32(value, 0, types.length);
  for (const type of types) o = setU16(value, o, type);
  return { code: CauseCode.MISSING_MANDATORY_PARAMETER, value };
}

/** A State Cookie came this many microseconds too late. @see RFC 9260 §3.3.10.3 */
export function staleCookie(microseconds: number): ErrorCause {
  const value = new Uint8Array(4);
  setU32(value, 0, Math.min(microseconds, 0xffff_ffff));
  return { code: CauseCode.STALE_COOKIE, value };
}

/** There is no memory for the association. @see RFC 9260 §3.3.10.4 */
export function outOfResource(): ErrorCause {
  return { code: CauseCode.OUT_OF_RESOURCE, value: new Uint8Array(0) };
}

/** A chunk of a type nobody knows came; `chunk` is borrowed until the cause is encoded. @see RFC 9260 §3.3.10.6 */
export function unrecognizedChunkType(chunk: Uint8Array): ErrorCause {
  return { code: CauseCode.UNRECOGNIZED_CHUNK_TYPE, value: chunk };
}

/** A field of an INIT or INIT ACK that must hold something holds nonsense. @see RFC 9260 §3.3.10.7 */
export function invalidMandatoryParameter(): ErrorCause {
  return { code: CauseCode.INVALID_MANDATORY_PARAMETER, value: new Uint8Array(0) };
}

/** Parameters of an INIT ACK were not known; `parameters` are whole ones, padded. @see RFC 9260 §3.3.10.8 */
export function unrecognizedParameters(parameters: Uint8Array): ErrorCause {
  return { code: CauseCode.UNRECOGNIZED_PARAMETERS, value: parameters };
}

/** The DATA chunk with this TSN was empty. @see RFC 9260 §3.3.10.9 */
export function noUserData(tsn: number): ErrorCause {
  const value = new Uint8Array(4);
  setU32(value, 0, tsn);
  return { code: CauseCode.NO_USER_DATA, value };
}

/** A COOKIE ECHO came while the receiver was shutting down. @see RFC 9260 §3.3.10.10 */
export function cookieReceivedWhileShuttingDown(): ErrorCause {
  return { code: CauseCode.COOKIE_RECEIVED_WHILE_SHUTTING_DOWN, value: new Uint8Array(0) };
}

/** The user above wanted the end; `reason` is for people. @see RFC 9260 §3.3.10.12 */
export function userInitiatedAbort(reason: string = ""): ErrorCause {
  return { code: CauseCode.USER_INITIATED_ABORT, value: encodeUtf8(reason) };
}

/** The peer broke the protocol; `reason` is for people. @see RFC 9260 §3.3.10.13 */
export function protocolViolation(reason: string = ""): ErrorCause {
  return { code: CauseCode.PROTOCOL_VIOLATION, value: encodeUtf8(reason) };
}

/** The words for people in a user-initiated abort or a protocol violation; empty for other causes. */
export function reasonOf(cause: ErrorCause): string {
  const hasReason = cause.code === CauseCode.USER_INITIATED_ABORT || cause.code === CauseCode.PROTOCOL_VIOLATION;
  // Some senders end the text with a zero, as in C.
  return hasReason ? decodeUtf8(cause.value).replace(/\0+$/, "") : "";
}
