/**
 * The cipher suites of SFrame: https://www.rfc-editor.org/rfc/rfc9605#section-4.5, §8.1
 */
import { setU32 } from "../../base/bytes.ts";
import type { Aead } from "../../crypto/aead.ts";
import { createAead } from "../../crypto/aead-backends.ts";
import { CounterKey } from "../../crypto/counter-mode.ts";
import { createHmacKey, type DigestName, type HmacKey, timingSafeEqual } from "../../crypto/hash.ts";

/** The suites by their registered numbers. */
export const SFrameCipherSuite = {
  AES_128_CTR_HMAC_SHA256_80: 1,
  AES_128_CTR_HMAC_SHA256_64: 2,
  AES_128_CTR_HMAC_SHA256_32: 3,
  AES_128_GCM_SHA256_128: 4,
  AES_256_GCM_SHA512_128: 5,
} as const;

/** A registered number of a suite. */
export type SFrameCipherSuite = (typeof SFrameCipherSuite)[keyof typeof SFrameCipherSuite];

/** What a suite is made of; lengths in bytes. */
export interface SuiteTraits {
  readonly hash: DigestName;
  /** Nk */
  readonly keyLength: number;
  /** Nt */
  readonly tagLength: number;
  /** Makes what encrypts under one key and salt. */
  create(key: Uint8Array, salt: Uint8Array): SFrameCipher;
}

/** Encrypts and decrypts frames under one key. `bytes` holds the header, which is authenticated, before the text. */
export interface SFrameCipher {
  /** In place: the tag goes behind the text. */
  seal(bytes: Uint8Array, headerStart: number, textStart: number, textEnd: number, metadata: Uint8Array, counter: bigint): void;
  /** In place; false when the frame is not authentic, and then the text is worth nothing. */
  open(
    bytes: Uint8Array,
    headerStart: number,
    textStart: number,
    textEnd: number,
    metadata: Uint8Array,
    counter: bigint,
  ): boolean;
}

/** Nn, of every suite. */
export const SALT_LENGTH = 12;

const ENCRYPTION_KEY_LENGTH = 16;
const HMAC_KEY_LENGTH = 32;

function counterMode(tagLength: number): SuiteTraits {
  return {
    hash: "sha256",
    keyLength: ENCRYPTION_KEY_LENGTH + HMAC_KEY_LENGTH,
    tagLength,
    create: (key, salt) => new CounterCipher(key, salt, tagLength),
  };
}

/** The traits of each suite. */
export const SUITES: Readonly<Record<SFrameCipherSuite, SuiteTraits>> = {
  1: counterMode(10),
  2: counterMode(8),
  3: counterMode(4),
  4: { hash: "sha256", keyLength: 16, tagLength: 16, create: (key, salt) => new GcmCipher("AES-128-GCM", key, salt) },
  5: { hash: "sha512", keyLength: 32, tagLength: 16, create: (key, salt) => new GcmCipher("AES-256-GCM", key, salt) },
};

/** §4.5.1: AES in counter mode, and HMAC over it. */
class CounterCipher implements SFrameCipher {
  readonly #key: CounterKey;
  readonly #hmac: HmacKey;
  readonly #salt: Uint8Array;
  readonly #tagLength: number;
  /** The nonce, and the counter of blocks behind it. */
  readonly #iv = new Uint8Array(16);
  /** aad_len, ct_len and tag_len, 64 bits each, and the nonce. */
  readonly #lengths = new Uint8Array(24 + SALT_LENGTH);

  constructor(key: Uint8Array, salt: Uint8Array, tagLength: number) {
    this.#key = new CounterKey(key.subarray(0, ENCRYPTION_KEY_LENGTH));
    this.#hmac = createHmacKey(key.subarray(ENCRYPTION_KEY_LENGTH));
    this.#salt = salt;
    this.#tagLength = tagLength;
  }

  seal(bytes: Uint8Array, headerStart: number, textStart: number, textEnd: number, metadata: Uint8Array, counter: bigint): void {
    this.#setNonce(counter);
    this.#key.apply(this.#iv, bytes, textStart, textEnd - textStart);
    bytes.set(this.#tag(bytes, headerStart, textStart, textEnd, metadata), textEnd);
  }

  open(
    bytes: Uint8Array,
    headerStart: number,
    textStart: number,
    textEnd: number,
    metadata: Uint8Array,
    counter: bigint,
  ): boolean {
    this.#setNonce(counter);
    const tag = this.#tag(bytes, headerStart, textStart, textEnd, metadata);
    if (!timingSafeEqual(tag, bytes.subarray(textEnd, textEnd + this.#tagLength))) return false;
    this.#key.apply(this.#iv, bytes, textStart, textEnd - textStart);
    return true;
  }

  #setNonce(counter: bigint): void {
    this.#iv.set(this.#salt);
    for (let i = 0; i < 8; i++) {
      const at = SALT_LENGTH - 1 - i;
      this.#iv[at] = (this.#iv[at] as number) ^ Number((counter >> BigInt(8 * i)) & 0xffn);
    }
  }

  #tag(bytes: Uint8Array, headerStart: number, textStart: number, textEnd: number, metadata: Uint8Array): Uint8Array {
    const lengths = this.#lengths;
    setU32(lengths, 4, textStart - headerStart + metadata.length);
    setU32(lengths, 12, textEnd - textStart);
    setU32(lengths, 20, this.#tagLength);
    lengths.set(this.#iv.subarray(0, SALT_LENGTH), 24);
    const header = bytes.subarray(headerStart, textStart);
    return this.#hmac.sign("sha256", lengths, header, metadata, bytes.subarray(textStart, textEnd)).subarray(0, this.#tagLength);
  }
}

/** §4.5.2: AES-GCM, whose nonce is the salt XOR the counter. */
class GcmCipher implements SFrameCipher {
  readonly #aead: Aead;

  constructor(name: "AES-128-GCM" | "AES-256-GCM", key: Uint8Array, salt: Uint8Array) {
    this.#aead = createAead(name, key, salt);
  }

  seal(bytes: Uint8Array, headerStart: number, textStart: number, textEnd: number, metadata: Uint8Array, counter: bigint): void {
    this.#run(bytes, headerStart, textStart, textEnd + 16, metadata, (scratch, start, aadLength) => {
      this.#aead.seal(scratch, start, textEnd - textStart, ...words(counter), 0, aadLength);
      return true;
    });
  }

  open(
    bytes: Uint8Array,
    headerStart: number,
    textStart: number,
    textEnd: number,
    metadata: Uint8Array,
    counter: bigint,
  ): boolean {
    return this.#run(bytes, headerStart, textStart, textEnd + 16, metadata, (scratch, start, aadLength) =>
      this.#aead.open(scratch, start, textEnd - textStart + 16, ...words(counter), 0, aadLength),
    );
  }

  /** The additional data is in one piece only without metadata; with it, a copy makes it so. */
  #run(
    bytes: Uint8Array,
    headerStart: number,
    textStart: number,
    end: number,
    metadata: Uint8Array,
    act: (scratch: Uint8Array, start: number, aadLength: number) => boolean,
  ): boolean {
    const headerLength = textStart - headerStart;
    const scratch = new Uint8Array(headerLength + metadata.length + end - textStart);
    scratch.set(bytes.subarray(headerStart, textStart));
    scratch.set(metadata, headerLength);
    const start = headerLength + metadata.length;
    scratch.set(bytes.subarray(textStart, end), start);
    const done = act(scratch, start, start);
    if (done) bytes.set(scratch.subarray(start), textStart);
    return done;
  }
}

function words(counter: bigint): [high: number, low: number] {
  return [Number(counter >> 32n), Number(counter & 0xffff_ffffn)];
}
