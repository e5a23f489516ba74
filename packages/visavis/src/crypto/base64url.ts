/**
 * base64url without padding (RFC 4648 §5): the spelling of numbers in a JSON Web Key, which is the fastest way to hand
 * raw key bytes to `node:crypto` and back. Its key objects translate: a loop of ours would be compiled for a few short texts.
 */
import * as crypto from "node:crypto";

/** The text of `bytes`. */
export function toBase64Url(bytes: Uint8Array): string {
  return crypto.createSecretKey(bytes).export({ format: "jwk" }).k ?? "";
}

/** The bytes of `text`. @throws RangeError when a character is not of the alphabet */
export function fromBase64Url(text: string): Uint8Array {
  if (/[^A-Za-z0-9_-]/.test(text)) throw new RangeError("not base64url text");
  const bytes = crypto.createSecretKey(text, "base64url").export();
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
}
