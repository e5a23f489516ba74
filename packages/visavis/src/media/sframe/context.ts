/**
 * SFrame: frames encrypted from end to end, whatever carries them: https://www.rfc-editor.org/rfc/rfc9605#section-4.4
 */
import { hkdfExpand, hkdfExtract } from "../../crypto/hkdf.ts";
import { SALT_LENGTH, type SFrameCipher, SFrameCipherSuite, SUITES, type SuiteTraits } from "./cipher-suite.ts";
import { decodeSFrameHeader, encodeSFrameHeader, MAX_HEADER_LENGTH } from "./header.ts";

/** Why a frame cannot be decrypted. */
export type SFrameFailure =
  /** It is cut off, or too short for its tag. */
  | "syntax"
  /** There is no key with its ID. */
  | "keyID"
  /** It was not encrypted with this key, or it was changed. */
  | "authentication";

/** What becomes of a frame that is decrypted. */
export type SFrameOutcome =
  | { readonly data: Uint8Array }
  | { readonly failure: SFrameFailure; readonly keyId: bigint | undefined };

/** Keys that are kept at most: the oldest goes for one too many. */
const MAX_KEYS = 256;

const NO_METADATA = new Uint8Array(0);
const KEY_LABEL = labelOf("SFrame 1.0 Secret key ");
const SALT_LABEL = labelOf("SFrame 1.0 Secret salt ");

function labelOf(text: string): Uint8Array {
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}

/** What a base key gives for one key ID: §4.4.2. */
export function deriveSFrameKey(
  suite: SFrameCipherSuite,
  keyId: bigint,
  baseKey: Uint8Array,
): { readonly key: Uint8Array; readonly salt: Uint8Array } {
  const { hash, keyLength } = SUITES[suite];
  const secret = hkdfExtract(hash, NO_METADATA, baseKey);
  return {
    key: hkdfExpand(hash, secret, info(KEY_LABEL, keyId, suite), keyLength),
    salt: hkdfExpand(hash, secret, info(SALT_LABEL, keyId, suite), SALT_LENGTH),
  };
}

/** label || KID (64 bits) || cipher suite (16 bits) */
function info(label: Uint8Array, keyId: bigint, suite: SFrameCipherSuite): Uint8Array {
  const out = new Uint8Array(label.length + 10);
  out.set(label);
  for (let i = 0; i < 8; i++) out[label.length + i] = Number((keyId >> BigInt(8 * (7 - i))) & 0xffn);
  out[label.length + 9] = suite;
  return out;
}

/** The keys of one direction. Each key ID and counter is used for one frame only. */
export class SFrameContext {
  readonly #suite: SFrameCipherSuite;
  readonly #traits: SuiteTraits;
  readonly #ciphers = new Map<bigint, SFrameCipher>();
  #sendKey: bigint | undefined;
  #counter = 0n;

  constructor(suite: SFrameCipherSuite = SFrameCipherSuite.AES_128_CTR_HMAC_SHA256_80) {
    this.#suite = suite;
    this.#traits = SUITES[suite];
  }

  /** Adds a key, which is the one to encrypt with from now on. @param baseKey borrowed */
  setKey(keyId: bigint, baseKey: Uint8Array): void {
    const { key, salt } = deriveSFrameKey(this.#suite, keyId, baseKey);
    this.#ciphers.delete(keyId);
    this.#ciphers.set(keyId, this.#traits.create(key, salt));
    // The counter goes on: a key that is set again must not see one a second time.
    this.#sendKey = keyId;
    if (this.#ciphers.size <= MAX_KEYS) return;
    const [oldest] = this.#ciphers.keys();
    if (oldest !== undefined) this.#ciphers.delete(oldest);
  }

  /** Whether there is a key to encrypt with. */
  get canEncrypt(): boolean {
    return this.#sendKey !== undefined;
  }

  /** Encrypts a frame with the newest key. @returns memory of its own; undefined without a key */
  encrypt(frame: Uint8Array, metadata: Uint8Array = NO_METADATA): Uint8Array | undefined {
    const keyId = this.#sendKey;
    if (keyId === undefined) return undefined;
    return this.encryptAs(keyId, this.#counter++, frame, metadata);
  }

  /** Encrypts a frame as that with a certain number. It is the caller's care that each number is used once. */
  encryptAs(keyId: bigint, counter: bigint, frame: Uint8Array, metadata: Uint8Array = NO_METADATA): Uint8Array | undefined {
    const cipher = this.#ciphers.get(keyId);
    if (cipher === undefined) return undefined;
    const out = new Uint8Array(MAX_HEADER_LENGTH + frame.length + this.#traits.tagLength);
    const start = encodeSFrameHeader({ keyId, counter }, out, 0);
    out.set(frame, start);
    cipher.seal(out, 0, start, start + frame.length, metadata, counter);
    return out.subarray(0, start + frame.length + this.#traits.tagLength);
  }

  /** Decrypts a frame, whose bytes are not changed. */
  decrypt(frame: Uint8Array, metadata: Uint8Array = NO_METADATA): SFrameOutcome {
    const header = decodeSFrameHeader(frame, 0, frame.length);
    if (header === undefined) return { failure: "syntax", keyId: undefined };
    const { keyId, counter, end } = header;
    const textEnd = frame.length - this.#traits.tagLength;
    if (textEnd < end) return { failure: "syntax", keyId };
    const cipher = this.#ciphers.get(keyId);
    if (cipher === undefined) return { failure: "keyID", keyId };
    const bytes = frame.slice();
    if (!cipher.open(bytes, 0, end, textEnd, metadata, counter)) return { failure: "authentication", keyId };
    return { data: bytes.subarray(end, textEnd) };
  }
}
