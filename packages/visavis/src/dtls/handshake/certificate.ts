/**
 * Certificate: a list of DER certificates, the sender's own first. 1.2 has the list alone (RFC 5246 §7.4.2), 1.3 a context
 * before it and extensions behind each entry (RFC 9846 §4.4.2).
 *
 * ```text
 * 1.2:  certificate_list<0..2^24-1> of  cert<1..2^24-1>
 * 1.3:  context<0..2^8-1>  certificate_list<0..2^24-1> of  cert<1..2^24-1> extensions<0..2^16-1>
 * ```
 */
import { setU16, setU24 } from "../../base/bytes.ts";
import { setVector8, setVector24, VectorReader } from "./vectors.ts";

/** More certificates than this are refused: nothing but the first is used. */
const MAX_CERTIFICATES = 16;

/** The certificates of a message, which may be none. Views after decoding. */
export type CertificateList = readonly Uint8Array[];

/** Reads 1.2's message; undefined when it is malformed. */
export function decodeCertificate12(bytes: Uint8Array, offset: number, end: number): CertificateList | undefined {
  const reader = new VectorReader(bytes, offset, end);
  const list = reader.vector24();
  return reader.complete ? readList(list, false) : undefined;
}

/** Writes 1.2's message. */
export function encodeCertificate12(certificates: CertificateList, out: Uint8Array, offset: number): number {
  let at = offset + 3;
  for (const certificate of certificates) at = setVector24(out, at, certificate);
  setU24(out, offset, at - offset - 3);
  return at;
}

/** 1.3's message. */
export interface Certificate13 {
  /** What the request had; empty in a handshake. */
  readonly context: Uint8Array;
  readonly certificates: CertificateList;
}

/** Reads 1.3's message; undefined when it is malformed. */
export function decodeCertificate13(bytes: Uint8Array, offset: number, end: number): Certificate13 | undefined {
  const reader = new VectorReader(bytes, offset, end);
  const context = reader.vector8();
  const list = reader.vector24();
  const certificates = reader.complete ? readList(list, true) : undefined;
  return certificates && { context, certificates };
}

/** Writes 1.3's message, without extensions. */
export function encodeCertificate13(message: Certificate13, out: Uint8Array, offset: number): number {
  const start = setVector8(out, offset, message.context);
  let at = start + 3;
  for (const certificate of message.certificates) at = setU16(out, setVector24(out, at, certificate), 0);
  setU24(out, start, at - start - 3);
  return at;
}

function readList(list: Uint8Array, withExtensions: boolean): CertificateList | undefined {
  const reader = new VectorReader(list, 0, list.length);
  const out: Uint8Array[] = [];
  while (reader.left > 0) {
    const certificate = reader.vector24();
    // Such as an OCSP response: nothing here is asked for, so nothing is looked at.
    if (withExtensions) reader.vector16();
    if (!reader.ok || certificate.length === 0 || out.length === MAX_CERTIFICATES) return undefined;
    out.push(certificate);
  }
  return out;
}
