/**
 * ClientHello (RFC 9147 §5.3, RFC 6347 §4.2.1).
 *
 * ```text
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |        legacy_version         |      random (32 bytes) …      |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * | legacy_session_id<0..32> | cookie<0..2^8-1> | cipher_suites<2..2^16-2> |
 * | legacy_compression_methods<1..2^8-1> | extensions<0..2^16-1>  |
 * ```
 */
import { setBytes, setU16 } from "../../base/bytes.ts";
import { type Extensions, encodeExtensions, NO_EXTENSIONS, readExtensions } from "./extensions/extension.ts";
import { setNumbers16, setVector8, VectorReader } from "./vectors.ts";

/** Bytes of `random`. */
export const RANDOM_LENGTH = 32;

/** The message. Its byte fields are views after decoding. */
export interface ClientHello {
  /** 1.2's number, whatever is offered; supported_versions says more. */
  readonly legacyVersion: number;
  readonly random: Uint8Array;
  readonly sessionId: Uint8Array;
  /** 1.2's cookie; empty in 1.3. */
  readonly cookie: Uint8Array;
  readonly cipherSuites: readonly number[];
  readonly compressionMethods: Uint8Array;
  readonly extensions: Extensions;
}

/** Reads the message; undefined when it is malformed. A hello of 1.2 may end before the extensions. */
export function decodeClientHello(bytes: Uint8Array, offset: number, end: number): ClientHello | undefined {
  const reader = new VectorReader(bytes, offset, end);
  const legacyVersion = reader.u16();
  const random = reader.bytes(RANDOM_LENGTH);
  const sessionId = reader.vector8();
  const cookie = reader.vector8();
  const cipherSuites = reader.list16();
  const compressionMethods = reader.vector8();
  const extensions = reader.left === 0 ? NO_EXTENSIONS : readExtensions(reader);
  if (!reader.complete || extensions === undefined || sessionId.length > 32) return undefined;
  if (cipherSuites.length === 0 || compressionMethods.length === 0) return undefined;
  return { legacyVersion, random, sessionId, cookie, cipherSuites, compressionMethods, extensions };
}

/** Writes the message. */
export function encodeClientHello(message: ClientHello, out: Uint8Array, offset: number): number {
  let at = setBytes(out, setU16(out, offset, message.legacyVersion), message.random);
  at = setVector8(out, setVector8(out, at, message.sessionId), message.cookie);
  at = setNumbers16(out, setU16(out, at, 2 * message.cipherSuites.length), message.cipherSuites);
  at = setVector8(out, at, message.compressionMethods);
  return encodeExtensions(message.extensions, out, at);
}
