/**
 * EncryptedExtensions (RFC 9846 §4.3.1): extensions that need not be seen by all.
 */
import { type Extensions, encodeExtensions, readExtensions } from "./extensions/extension.ts";
import { VectorReader } from "./vectors.ts";

/** Reads the message; undefined when it is malformed. */
export function decodeEncryptedExtensions(bytes: Uint8Array, offset: number, end: number): Extensions | undefined {
  const reader = new VectorReader(bytes, offset, end);
  const extensions = readExtensions(reader);
  return reader.complete ? extensions : undefined;
}

/** Writes the message. */
export function encodeEncryptedExtensions(extensions: Extensions, out: Uint8Array, offset: number): number {
  return encodeExtensions(extensions, out, offset);
}
