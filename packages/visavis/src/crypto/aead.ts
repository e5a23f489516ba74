/**
 * Authenticated encryption in place: AES-GCM (NIST SP 800-38D) and ChaCha20-Poly1305 (RFC 8439 §2.8).
 *
 * A key is imported once. The nonce of a packet is its 64-bit number XORed into the end of a fixed initialization vector
 * (RFC 9846 §5.3), so that whoever keeps a cipher running ahead of the traffic knows the nonces to come; DTLS 1.2 with
 * AES-GCM is the same with an IV whose last eight bytes are zero (RFC 5288 §3).
 */
/** The ciphers, by the names of RFC 5116 and RFC 8439. */
export type AeadName = "AES-128-GCM" | "AES-256-GCM" | "CHACHA20-POLY1305";

/** Bytes of every tag. */
export const TAG_LENGTH = 16;

/** Bytes of every initialization vector. */
export const IV_LENGTH = 12;

/** Bytes of the key. */
export const KEY_LENGTH: Readonly<Record<AeadName, number>> = {
  "AES-128-GCM": 16,
  "AES-256-GCM": 32,
  "CHACHA20-POLY1305": 32,
};

/** One key in one direction. */
export interface Aead {
  readonly name: AeadName;
  /**
   * Encrypts `bytes[start, start + length)` where it stands and writes the tag behind it.
   * @param high the upper 32 bits of the packet's number, `low` the lower; a number must never be used twice
   * @param aadStart additional data, authenticated with it: `bytes[aadStart, aadStart + aadLength)`, outside of what is encrypted
   */
  seal(bytes: Uint8Array, start: number, length: number, high: number, low: number, aadStart: number, aadLength: number): void;
  /**
   * Decrypts `bytes[start, start + length)` where it stands; its last 16 bytes are the tag.
   * @param aadStart additional data: `bytes[aadStart, aadStart + aadLength)`
   * @returns false when the tag is not right; the bytes are as they were then
   */
  open(bytes: Uint8Array, start: number, length: number, high: number, low: number, aadStart: number, aadLength: number): boolean;
  /**
   * Gives back what the key holds outside the reach of garbage collection, because its connection or epoch is over.
   * It may be called again. The key works on afterwards, but slowly.
   */
  release(): void;
}
