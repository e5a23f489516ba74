/**
 * CertificateVerify (RFC 9846 §4.4.3, RFC 5246 §7.4.8): the proof that the sender has the certificate's key.
 *
 * ```text
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |           algorithm           |            length             |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                           signature                           |
 * ```
 */
import { concatBytes, encodeUtf8, setU16 } from "../../base/bytes.ts";
import { setVector16, VectorReader } from "./vectors.ts";

/** A signature and how it was made. It has this form in ServerKeyExchange too. */
export interface DigitallySigned {
  readonly scheme: number;
  readonly signature: Uint8Array;
}

/** Reads the message; undefined when it is malformed. */
export function decodeCertificateVerify(bytes: Uint8Array, offset: number, end: number): DigitallySigned | undefined {
  const reader = new VectorReader(bytes, offset, end);
  const scheme = reader.u16();
  const signature = reader.vector16();
  return reader.complete ? { scheme, signature } : undefined;
}

/** Writes the message. */
export function encodeCertificateVerify(message: DigitallySigned, out: Uint8Array, offset: number): number {
  return setVector16(out, setU16(out, offset, message.scheme), message.signature);
}

/** What is signed in 1.3 (RFC 9846 §4.4.3): 64 spaces, who signs, a zero, the hash of the transcript so far. */
export function signedContent13(signer: "client" | "server", transcriptHash: Uint8Array): Uint8Array {
  return concatBytes(encodeUtf8(`${" ".repeat(64)}TLS 1.3, ${signer} CertificateVerify\0`), transcriptHash);
}
