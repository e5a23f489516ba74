/**
 * Handshake message types (RFC 9846 §4, RFC 5246 §7.4, RFC 6347 §4.3.2, RFC 9147 §5.2).
 */

/** Numbers on the wire. */
export const HandshakeType = {
  HELLO_REQUEST: 0,
  CLIENT_HELLO: 1,
  SERVER_HELLO: 2,
  HELLO_VERIFY_REQUEST: 3,
  NEW_SESSION_TICKET: 4,
  ENCRYPTED_EXTENSIONS: 8,
  REQUEST_CONNECTION_ID: 9,
  NEW_CONNECTION_ID: 10,
  CERTIFICATE: 11,
  SERVER_KEY_EXCHANGE: 12,
  CERTIFICATE_REQUEST: 13,
  SERVER_HELLO_DONE: 14,
  CERTIFICATE_VERIFY: 15,
  CLIENT_KEY_EXCHANGE: 16,
  FINISHED: 20,
  KEY_UPDATE: 24,
  MESSAGE_HASH: 254,
} as const;

/** A whole message, in order, as the peer sent it. */
export interface HandshakeMessage {
  readonly type: number;
  /** Its `message_seq`. */
  readonly seq: number;
  /** The epoch of the records that carried it. */
  readonly epoch: number;
  readonly body: Uint8Array;
}
