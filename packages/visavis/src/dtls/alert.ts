/**
 * Alerts (RFC 9846 §6, RFC 5246 §7.2).
 *
 * ```text
 *  0                   1
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |     level     |  description  |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * ```
 */
import { setU8, u8 } from "../base/bytes.ts";

/** How bad it is. DTLS 1.3 goes by the description alone. */
export const AlertLevel = { WARNING: 1, FATAL: 2 } as const;

/** What it is about (RFC 9846 §6, RFC 5246 §7.2). */
export const Alert = {
  CLOSE_NOTIFY: 0,
  UNEXPECTED_MESSAGE: 10,
  BAD_RECORD_MAC: 20,
  RECORD_OVERFLOW: 22,
  HANDSHAKE_FAILURE: 40,
  BAD_CERTIFICATE: 42,
  UNSUPPORTED_CERTIFICATE: 43,
  CERTIFICATE_REVOKED: 44,
  CERTIFICATE_EXPIRED: 45,
  CERTIFICATE_UNKNOWN: 46,
  ILLEGAL_PARAMETER: 47,
  UNKNOWN_CA: 48,
  ACCESS_DENIED: 49,
  DECODE_ERROR: 50,
  DECRYPT_ERROR: 51,
  PROTOCOL_VERSION: 70,
  INSUFFICIENT_SECURITY: 71,
  INTERNAL_ERROR: 80,
  INAPPROPRIATE_FALLBACK: 86,
  USER_CANCELED: 90,
  NO_RENEGOTIATION: 100,
  MISSING_EXTENSION: 109,
  UNSUPPORTED_EXTENSION: 110,
  UNRECOGNIZED_NAME: 112,
  CERTIFICATE_REQUIRED: 116,
  NO_APPLICATION_PROTOCOL: 120,
} as const;

const NAMES: ReadonlyMap<number, string> = new Map(
  Object.entries(Alert).map(([name, number]) => [number, name.toLowerCase().replaceAll("_", "-")]),
);

/** The name of a description, such as `bad-certificate`. */
export function alertName(description: number): string {
  return NAMES.get(description) ?? `alert-${description}`;
}

/** Bytes of an alert. */
export const ALERT_LENGTH = 2;

/** An alert as it was on the wire. */
export interface AlertMessage {
  readonly level: number;
  readonly description: number;
}

/** Reads an alert; undefined when it is none. */
export function decodeAlert(bytes: Uint8Array, offset: number, end: number): AlertMessage | undefined {
  if (end - offset !== ALERT_LENGTH) return undefined;
  const level = u8(bytes, offset);
  if (level !== AlertLevel.WARNING && level !== AlertLevel.FATAL) return undefined;
  return { level, description: u8(bytes, offset + 1) };
}

/** Writes an alert and returns the offset behind it. */
export function encodeAlert(message: AlertMessage, out: Uint8Array, offset: number): number {
  return setU8(out, setU8(out, offset, message.level), message.description);
}
