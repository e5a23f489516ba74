/**
 * RTCError: https://w3c.github.io/webrtc-pc/#rtcerror-interface
 */
import { PeerError } from "../peer/peer-error.ts";
import { DomException, exceptionOf } from "./errors.ts";
import { defineInterface } from "./interface-object.ts";
import { type Converter, dictionary, domString, enumeration, isObject, long, requireArguments, unsignedLong } from "./webidl.ts";

/** What went wrong, more closely than the name says. */
export type RTCErrorDetailType =
  | "data-channel-failure"
  | "dtls-failure"
  | "fingerprint-failure"
  | "sctp-failure"
  | "sdp-syntax-error"
  | "hardware-encoder-not-available"
  | "hardware-encoder-error";

/** The values of an RTCError. */
export interface RTCErrorInit {
  errorDetail: RTCErrorDetailType;
  receivedAlert?: number;
  sctpCauseCode?: number;
  sdpLineNumber?: number;
  sentAlert?: number;
}

/** An OperationError with details of WebRTC. */
export interface RTCError extends DOMException {
  readonly errorDetail: RTCErrorDetailType;
  /** The line of the SDP where the syntax error is, from 1. */
  readonly sdpLineNumber: number | null;
  /** The cause code of the SCTP ABORT (RFC 9260 §3.3.10). */
  readonly sctpCauseCode: number | null;
  /** The TLS alert that came (RFC 9846 §6). */
  readonly receivedAlert: number | null;
  /** The TLS alert that was sent (RFC 9846 §6). */
  readonly sentAlert: number | null;
}

/** The interface object of RTCError. */
export interface RTCErrorConstructor {
  readonly prototype: RTCError;
  new (init: RTCErrorInit, message?: string): RTCError;
}

const ERROR_INIT: Converter<RTCErrorInit> = dictionary<RTCErrorInit>("RTCErrorInit", {
  errorDetail: {
    type: enumeration("RTCErrorDetailType", [
      "data-channel-failure",
      "dtls-failure",
      "fingerprint-failure",
      "sctp-failure",
      "sdp-syntax-error",
      "hardware-encoder-not-available",
      "hardware-encoder-error",
    ]),
    required: true,
  },
  receivedAlert: { type: unsignedLong },
  sctpCauseCode: { type: long },
  sdpLineNumber: { type: long },
  sentAlert: { type: unsignedLong },
});

let hasBrand: (value: object) => boolean;

/** The class RTCError. */
export const RTCError: RTCErrorConstructor = class RTCError extends DomException {
  readonly #init: RTCErrorInit;

  static {
    hasBrand = (value) => #init in value;
  }

  constructor(...args: [init: RTCErrorInit, message?: string]) {
    const context = "Failed to construct 'RTCError'";
    requireArguments(args.length, 1, context);
    const init = ERROR_INIT(args[0], `${context}: parameter 1`);
    const message = args[1] === undefined ? "" : domString(args[1], `${context}: parameter 2`);
    super(message, "OperationError");
    this.#init = init;
  }

  get errorDetail(): RTCErrorDetailType {
    return this.#init.errorDetail;
  }

  get sdpLineNumber(): number | null {
    return this.#init.sdpLineNumber ?? null;
  }

  get sctpCauseCode(): number | null {
    return this.#init.sctpCauseCode ?? null;
  }

  get receivedAlert(): number | null {
    return this.#init.receivedAlert ?? null;
  }

  get sentAlert(): number | null {
    return this.#init.sentAlert ?? null;
  }
};

defineInterface(RTCError, "RTCError", { lengths: { constructor: 1 } });

/** Whether a value is an RTCError. */
export function isRTCError(value: unknown): value is RTCError {
  return isObject(value) && hasBrand(value);
}

/** What a script is to see of an error of the layers below; errors of other kinds stay as they are. */
export function scriptError(error: unknown): unknown {
  if (!(error instanceof PeerError)) return error;
  if (error.code !== "sdp-syntax") return exceptionOf(error.code, error.message);
  const init: RTCErrorInit = { errorDetail: "sdp-syntax-error" };
  if (error.sdpLineNumber !== undefined) init.sdpLineNumber = error.sdpLineNumber;
  return new RTCError(init, error.message);
}
