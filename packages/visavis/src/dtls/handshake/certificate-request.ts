/**
 * CertificateRequest: 1.2 lists kinds of keys, signature algorithms and authorities (RFC 5246 §7.4.4), 1.3 has a context
 * and extensions (RFC 9846 §4.3.2).
 *
 * ```text
 * 1.2:  certificate_types<1..2^8-1>  supported_signature_algorithms<2..2^16-2>  certificate_authorities<0..2^16-1>
 * 1.3:  certificate_request_context<0..2^8-1>  extensions<0..2^16-1>
 * ```
 */
import { setU16 } from "../../base/bytes.ts";
import { ExtensionType, encodeExtensions, readExtensions } from "./extensions/extension.ts";
import { decodeNumberList, encodeNumberList } from "./extensions/number-list.ts";
import { build, setVector8, VectorReader } from "./vectors.ts";

/** What is asked for. */
export interface CertificateRequest {
  /** 1.3's context; empty in a handshake, and always in 1.2. */
  readonly context: Uint8Array;
  readonly signatureSchemes: readonly number[];
}

/** `ecdsa_sign` and `rsa_sign` (RFC 8422 §5.5, RFC 5246 §7.4.4). */
const CERTIFICATE_TYPES = Uint8Array.of(64, 1);

const NO_CONTEXT = new Uint8Array(0);

/** Reads 1.2's message; undefined when it is malformed. Kinds and authorities are not looked at. */
export function decodeCertificateRequest12(bytes: Uint8Array, offset: number, end: number): CertificateRequest | undefined {
  const reader = new VectorReader(bytes, offset, end);
  reader.vector8();
  const signatureSchemes = reader.list16();
  reader.vector16();
  return reader.complete ? { context: NO_CONTEXT, signatureSchemes } : undefined;
}

/** Writes 1.2's message. */
export function encodeCertificateRequest12(schemes: readonly number[], out: Uint8Array, offset: number): number {
  return setU16(out, encodeNumberList(schemes, out, setVector8(out, offset, CERTIFICATE_TYPES)), 0);
}

/** Reads 1.3's message; undefined when it is malformed or without signature algorithms, which are mandatory. */
export function decodeCertificateRequest13(bytes: Uint8Array, offset: number, end: number): CertificateRequest | undefined {
  const reader = new VectorReader(bytes, offset, end);
  const context = reader.vector8();
  const data = readExtensions(reader)?.get(ExtensionType.SIGNATURE_ALGORITHMS);
  const signatureSchemes = data && decodeNumberList(data, 0, data.length);
  return reader.complete && signatureSchemes ? { context, signatureSchemes } : undefined;
}

/** The bytes of 1.3's message of a handshake. */
export function buildCertificateRequest13(schemes: readonly number[]): Uint8Array {
  const data = build((out, offset) => encodeNumberList(schemes, out, offset));
  const extensions = new Map([[ExtensionType.SIGNATURE_ALGORITHMS, data]]);
  return build((out, offset) => encodeExtensions(extensions, out, setVector8(out, offset, NO_CONTEXT)));
}
