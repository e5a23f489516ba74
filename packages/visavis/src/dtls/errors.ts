/**
 * Why a DTLS connection ended badly.
 */
import { alertName } from "./alert.ts";

/** A failure of the protocol: an alert that was received or sent, or a peer that fell silent. */
export class DtlsError extends Error {
  override readonly name = "DtlsError";
  /** The alert's name such as `handshake-failure`; `fingerprint-mismatch` for a certificate that was not promised; `timeout`. */
  readonly code: string;
  /** The number of the alert, sent or received; undefined when there was none. */
  readonly alert: number | undefined;
  /** Whether the peer sent the alert. */
  readonly received: boolean;

  constructor(code: string, message: string, alert: number | undefined, received: boolean = false) {
    super(message);
    this.code = code;
    this.alert = alert;
    this.received = received;
  }
}

/** The error for an alert that we send: thrown by what reads the peer's messages, caught where datagrams come in. */
export function fatal(alert: number, message: string, code: string = alertName(alert)): DtlsError {
  return new DtlsError(code, message, alert);
}
