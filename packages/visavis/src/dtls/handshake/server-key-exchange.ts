/**
 * ServerKeyExchange with an ephemeral key on a named curve (RFC 8422 §5.4), and its answer ClientKeyExchange (§5.7).
 *
 * ```text
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * | curve_type=3  |          named_curve          | public<1..2^8-1> …
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |           algorithm           |   signature<0..2^16-1> …      |
 * ```
 */
import { setU8, setU16 } from "../../base/bytes.ts";
import { type DigitallySigned, encodeCertificateVerify } from "./certificate-verify.ts";
import { setVector8, VectorReader } from "./vectors.ts";

const NAMED_CURVE = 3;

/** The message. Byte fields are views after decoding. */
export interface ServerKeyExchange {
  readonly group: number;
  readonly share: Uint8Array;
  readonly signed: DigitallySigned;
}

/** Reads the message; undefined when it is malformed or describes a curve instead of naming it. */
export function decodeServerKeyExchange(bytes: Uint8Array, offset: number, end: number): ServerKeyExchange | undefined {
  const reader = new VectorReader(bytes, offset, end);
  const curveType = reader.u8();
  const group = reader.u16();
  const share = reader.vector8();
  const scheme = reader.u16();
  const signature = reader.vector16();
  return reader.complete && curveType === NAMED_CURVE ? { group, share, signed: { scheme, signature } } : undefined;
}

/** Writes the part that is signed. */
export function encodeServerParameters(group: number, share: Uint8Array, out: Uint8Array, offset: number): number {
  return setVector8(out, setU16(out, setU8(out, offset, NAMED_CURVE), group), share);
}

/** Writes the message. */
export function encodeServerKeyExchange(message: ServerKeyExchange, out: Uint8Array, offset: number): number {
  return encodeCertificateVerify(message.signed, out, encodeServerParameters(message.group, message.share, out, offset));
}

/** Reads a ClientKeyExchange: the client's public key alone. */
export function decodeClientKeyExchange(bytes: Uint8Array, offset: number, end: number): Uint8Array | undefined {
  const reader = new VectorReader(bytes, offset, end);
  const share = reader.vector8();
  return reader.complete && share.length > 0 ? share : undefined;
}

/** Writes a ClientKeyExchange. */
export function encodeClientKeyExchange(share: Uint8Array, out: Uint8Array, offset: number): number {
  return setVector8(out, offset, share);
}
