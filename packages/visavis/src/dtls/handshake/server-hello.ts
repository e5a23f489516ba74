/**
 * ServerHello (RFC 9846 §4.1.3, RFC 5246 §7.4.1.3), and HelloRetryRequest, which is one with a fixed `random` (§4.1.4).
 *
 * ```text
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |        legacy_version         |      random (32 bytes) …      |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |   session_id<0..32>  |         cipher_suite          | compression_method |
 * |                     extensions<0..2^16-1>                     |
 * ```
 */
import { equalBytes, fromHex, setBytes, setU8, setU16 } from "../../base/bytes.ts";
import { RANDOM_LENGTH } from "./client-hello.ts";
import { type Extensions, encodeExtensions, NO_EXTENSIONS, readExtensions } from "./extensions/extension.ts";
import { setVector8, VectorReader } from "./vectors.ts";

/** The message. Its byte fields are views after decoding. */
export interface ServerHello {
  readonly legacyVersion: number;
  readonly random: Uint8Array;
  readonly sessionId: Uint8Array;
  readonly cipherSuite: number;
  readonly compressionMethod: number;
  readonly extensions: Extensions;
}

/** The `random` of a HelloRetryRequest: SHA-256 of that word. */
export const HELLO_RETRY_RANDOM: Uint8Array = fromHex("cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c");

/** The end of `random` by which a server that speaks 1.3 marks a hello of 1.2 (§4.1.3), so that a downgrade shows. */
export const DOWNGRADE_SENTINEL: Uint8Array = fromHex("444f574e47524401");

/** Whether it is a HelloRetryRequest. */
export function isHelloRetryRequest(message: ServerHello): boolean {
  return equalBytes(message.random, HELLO_RETRY_RANDOM);
}

/** Whether `random` ends in a mark of a downgrade, to 1.2 or to something older. */
export function hasDowngradeSentinel(random: Uint8Array): boolean {
  const mark = random.subarray(RANDOM_LENGTH - DOWNGRADE_SENTINEL.length);
  const last = mark[mark.length - 1];
  return equalBytes(mark.subarray(0, -1), DOWNGRADE_SENTINEL.subarray(0, -1)) && (last === 0 || last === 1);
}

/** Reads the message; undefined when it is malformed. A hello of 1.2 may end before the extensions. */
export function decodeServerHello(bytes: Uint8Array, offset: number, end: number): ServerHello | undefined {
  const reader = new VectorReader(bytes, offset, end);
  const legacyVersion = reader.u16();
  const random = reader.bytes(RANDOM_LENGTH);
  const sessionId = reader.vector8();
  const cipherSuite = reader.u16();
  const compressionMethod = reader.u8();
  const extensions = reader.left === 0 ? NO_EXTENSIONS : readExtensions(reader);
  if (!reader.complete || extensions === undefined || sessionId.length > 32) return undefined;
  return { legacyVersion, random, sessionId, cipherSuite, compressionMethod, extensions };
}

/** Writes the message. */
export function encodeServerHello(message: ServerHello, out: Uint8Array, offset: number): number {
  let at = setBytes(out, setU16(out, offset, message.legacyVersion), message.random);
  at = setU16(out, setVector8(out, at, message.sessionId), message.cipherSuite);
  return encodeExtensions(message.extensions, out, setU8(out, at, message.compressionMethod));
}
