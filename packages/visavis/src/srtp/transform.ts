/**
 * What the ciphers of the profiles have in common: a key of one direction, and what it keeps for each source of RTP.
 */

/** Adds an SSRC to a salt: both ciphers have it in the bytes 4 to 7 of the vector of AES-CM, 2 to 5 of that of an AEAD. */
export function saltFor(salt: Uint8Array, ssrc: number, length: number, offset: number): Uint8Array {
  const iv = new Uint8Array(length);
  iv.set(salt);
  for (let i = 0; i < 4; i++) iv[offset + i] = (iv[offset + i] as number) ^ (ssrc >>> (24 - 8 * i));
  return iv;
}

/**
 * A source's key stream. Offsets are into `bytes`; `clearEnd` is where what is encrypted begins. `csrcLength` is not 0 when Cryptex
 * encrypts contributing sources, which are so many bytes.
 */
export interface SourceCipher {
  /** Encrypts `bytes[clearEnd, end)` and writes the tag at `end`. */
  protect(
    bytes: Uint8Array,
    start: number,
    clearEnd: number,
    end: number,
    rollover: number,
    sequence: number,
    csrcLength: number,
  ): void;
  /** Checks the tag at `end`, and decrypts `bytes[clearEnd, end)` if it is right; false when it is not. */
  unprotect(
    bytes: Uint8Array,
    start: number,
    clearEnd: number,
    end: number,
    rollover: number,
    sequence: number,
    csrcLength: number,
  ): boolean;
  /** Gives back what garbage collection does not. It works on, slowly. */
  release(): void;
}

/** The keys of one direction. */
export interface Transform {
  /** What a source that is known gets. */
  createSource(ssrc: number): SourceCipher;
  /** Like {@link SourceCipher.unprotect} for a packet of a source of which nothing is known and nothing is kept. */
  unprotectStranger(
    ssrc: number,
    bytes: Uint8Array,
    start: number,
    clearEnd: number,
    end: number,
    rollover: number,
    sequence: number,
    csrcLength: number,
  ): boolean;
  /** Encrypts an RTCP packet and puts index and tag behind it; returns its end. */
  protectRtcp(bytes: Uint8Array, start: number, end: number, ssrc: number, index: number): number;
  /** Checks an RTCP packet's tag and decrypts it; returns its end, -1 when the tag is not right. */
  unprotectRtcp(bytes: Uint8Array, start: number, end: number, ssrc: number, index: number): number;
}

/** Bytes of an RTCP packet that are not encrypted: its header and its sender's SSRC. */
export const RTCP_CLEAR_LENGTH = 8;

/** Bytes of the index of SRTCP. */
export const INDEX_LENGTH = 4;

/** The bit of the index that says that the packet is encrypted (RFC 3711 §3.4). */
export const ENCRYPTED_FLAG = 0x8000_0000;
