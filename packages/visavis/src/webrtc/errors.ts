/**
 * The exceptions that scripts see. The layers below speak in codes; this one table turns them into names of DOMException
 * (https://webidl.spec.whatwg.org/#idl-DOMException-error-names), TypeError and RangeError.
 */
import type { PeerErrorCode } from "../peer/peer-error.ts";

/** The names of DOMException in use here. */
export type DomErrorName =
  | "AbortError"
  | "DataCloneError"
  | "InvalidAccessError"
  | "InvalidCharacterError"
  | "InvalidModificationError"
  | "InvalidStateError"
  | "NotAllowedError"
  | "NotFoundError"
  | "NotSupportedError"
  | "OperationError"
  | "SyntaxError";

/** What each code becomes. `sdp-syntax` is an RTCError, whose name is OperationError. */
const EXCEPTIONS: Readonly<Record<PeerErrorCode, DomErrorName | "TypeError" | "RangeError">> = {
  "invalid-state": "InvalidStateError",
  "invalid-access": "InvalidAccessError",
  "invalid-modification": "InvalidModificationError",
  "not-supported": "NotSupportedError",
  operation: "OperationError",
  syntax: "SyntaxError",
  "sdp-syntax": "OperationError",
  type: "TypeError",
  range: "RangeError",
};

/** The base class of RTCError. */
export const DomException: typeof DOMException = DOMException;

/** A DOMException, ready to be thrown. */
export function domError(name: DomErrorName, message: string): DOMException {
  return new DOMException(message, name);
}

/** The exception for a code of the layers below. */
export function exceptionOf(code: PeerErrorCode, message: string): Error {
  const name = EXCEPTIONS[code];
  if (name === "TypeError") return new TypeError(message);
  if (name === "RangeError") return new RangeError(message);
  return domError(name, message);
}
