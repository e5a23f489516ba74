/**
 * The bytes of a secret key of Web Cryptography, which need not be extractable by scripts: deriving from it is what it is for.
 */
import * as crypto from "node:crypto";

/** A CryptoKey, as far as it matters here. */
export interface SecretKey {
  readonly type: string;
}

/** The bytes of a CryptoKey; undefined when the value is none, or not a secret one. */
export function secretBytesOf(key: unknown): Uint8Array | undefined {
  try {
    const known = crypto.KeyObject.from(key as crypto.webcrypto.CryptoKey);
    if (known.type !== "secret") return undefined;
    const bytes = known.export();
    return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
  } catch {
    // It is no CryptoKey.
    return undefined;
  }
}
