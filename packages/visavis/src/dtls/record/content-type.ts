/**
 * Content types of records (RFC 9147 §4.1, RFC 6347 §4.1).
 */

/** Numbers on the wire. */
export const ContentType = {
  CHANGE_CIPHER_SPEC: 20,
  ALERT: 21,
  HANDSHAKE: 22,
  APPLICATION_DATA: 23,
  ACK: 26,
} as const;

/** The most bytes a record carries before protection. */
export const MAX_PLAINTEXT = 16_384;
