/**
 * AEAD and header masks by cipher contexts of libcrypto that live as long as their key, where the runtime has `node:ffi`.
 *
 * It is libcrypto's own code on the processor's AES instructions: no tables, and it takes the same time for every key and text.
 * Before it is used at all it has to give, with each cipher, what `node:crypto` gives.
 */
import * as crypto from "node:crypto";
import { InternalError } from "../base/errors.ts";
import { type Aead, type AeadName, IV_LENGTH, KEY_LENGTH, TAG_LENGTH } from "./aead.ts";
import {
  type CipherFunction,
  DECRYPT,
  type Direction,
  ENCRYPT,
  MASK_SAMPLE_LENGTH,
  MAX_AAD,
  type NativeCiphers,
  nativeCiphers,
} from "./ffi-cipher.ts";
import type { HeaderMask } from "./header-mask.ts";
import { createBlockCipher, NodeAead } from "./node-aead.ts";

const AEADS: Readonly<Record<AeadName, CipherFunction>> = {
  "AES-128-GCM": "EVP_aes_128_gcm",
  "AES-256-GCM": "EVP_aes_256_gcm",
  "CHACHA20-POLY1305": "EVP_chacha20_poly1305",
};

const MASKS: Readonly<Record<AeadName, CipherFunction>> = {
  "AES-128-GCM": "EVP_aes_128_ecb",
  "AES-256-GCM": "EVP_aes_256_ecb",
  "CHACHA20-POLY1305": "EVP_chacha20",
};

/** Frees the contexts of keys that nobody released. */
const abandoned: FinalizationRegistry<bigint> = new FinalizationRegistry((context) => {
  nativeCiphers()?.freeContext(context);
  held--;
});

/** Whether libcrypto, called this way, does what `node:crypto` does; by cipher, once it was tried. */
const proven: Partial<Record<AeadName, boolean>> = {};
const provenMasks: Partial<Record<AeadName, boolean>> = {};

/** Imports a key, which is copied; undefined where the runtime cannot serve it. */
export function createFfiAead(name: AeadName, key: Uint8Array, iv: Uint8Array): Aead | undefined {
  const ciphers = nativeCiphers();
  if (ciphers === undefined) return undefined;
  proven[name] ??= isProven(ciphers, name);
  return proven[name] ? new FfiAead(ciphers, name, key, iv) : undefined;
}

/** Imports a key, which is copied; undefined where the runtime cannot serve it. */
export function createFfiMask(name: AeadName, key: Uint8Array): HeaderMask | undefined {
  const ciphers = nativeCiphers();
  if (ciphers === undefined) return undefined;
  provenMasks[name] ??= isMaskProven(ciphers, name);
  return provenMasks[name] ? new FfiMask(ciphers, name, key) : undefined;
}

/** How many contexts the keys of this thread hold. */
export function heldContexts(): number {
  return held;
}

let held = 0;

/** A context that goes with its owner. */
class Context {
  readonly #ciphers: NativeCiphers;
  #address: bigint | undefined;

  constructor(ciphers: NativeCiphers, owner: object, cipher: CipherFunction, key: Uint8Array, direction: Direction) {
    this.#ciphers = ciphers;
    this.#address = ciphers.createContext(cipher, key, direction);
    abandoned.register(owner, this.#address, this);
    held++;
  }

  /** Undefined once it was freed. */
  get address(): bigint | undefined {
    return this.#address;
  }

  free(): void {
    if (this.#address === undefined) return;
    abandoned.unregister(this);
    this.#ciphers.freeContext(this.#address);
    this.#address = undefined;
    held--;
  }
}

/** @throws RangeError when it is not all inside of `bytes`, which is also so when their memory was given away */
function checkBounds(bytes: Uint8Array, start: number, length: number, room: number, aadStart: number, aadLength: number): void {
  const end = bytes.length;
  const isInside = start >= 0 && length >= 0 && start + length + room <= end;
  const inside = isInside && aadStart >= 0 && aadLength >= 0 && aadStart + aadLength <= end;
  if (!inside) throw new RangeError("a packet reaches beyond its memory");
}

/** A key with a context for each direction in which it was used. */
class FfiAead implements Aead {
  readonly name: AeadName;
  readonly #ciphers: NativeCiphers;
  readonly #key: Uint8Array;
  readonly #iv: Uint8Array;
  /** Whether the cipher takes the nonce as a whole; ChaCha20-Poly1305 calls the same a fixed one. */
  readonly #isWhole: boolean;
  #sealing: Context | undefined = undefined;
  #opening: Context | undefined = undefined;
  #isReleased = false;
  #plain: NodeAead | undefined = undefined;

  constructor(ciphers: NativeCiphers, name: AeadName, key: Uint8Array, iv: Uint8Array) {
    if (key.length !== KEY_LENGTH[name] || iv.length !== IV_LENGTH) throw new RangeError("a key or IV of the wrong size");
    this.name = name;
    this.#ciphers = ciphers;
    this.#key = Uint8Array.from(key);
    this.#iv = Uint8Array.from(iv);
    this.#isWhole = name !== "CHACHA20-POLY1305";
  }

  seal(bytes: Uint8Array, start: number, length: number, high: number, low: number, aadStart: number, aadLength: number): void {
    if (this.#isReleased || aadLength > MAX_AAD) {
      this.#fallback().seal(bytes, start, length, high, low, aadStart, aadLength);
      return;
    }
    checkBounds(bytes, start, length, TAG_LENGTH, aadStart, aadLength);
    this.#sealing ??= new Context(this.#ciphers, this, AEADS[this.name], this.#key, ENCRYPT);
    const context = this.#sealing.address;
    const ciphers = this.#ciphers;
    ciphers.setNonce(this.#iv, high, low);
    if (context === undefined || !ciphers.seal(context, this.#isWhole, bytes, start, length, aadStart, aadLength)) {
      throw new InternalError("libcrypto did not seal");
    }
  }

  open(
    bytes: Uint8Array,
    start: number,
    length: number,
    high: number,
    low: number,
    aadStart: number,
    aadLength: number,
  ): boolean {
    if (length < TAG_LENGTH) return false;
    if (this.#isReleased || aadLength > MAX_AAD) {
      return this.#fallback().open(bytes, start, length, high, low, aadStart, aadLength);
    }
    checkBounds(bytes, start, length, 0, aadStart, aadLength);
    this.#opening ??= new Context(this.#ciphers, this, AEADS[this.name], this.#key, DECRYPT);
    const context = this.#opening.address;
    if (context === undefined) return false;
    this.#ciphers.setNonce(this.#iv, high, low);
    return this.#ciphers.open(context, this.#isWhole, bytes, start, length - TAG_LENGTH, aadStart, aadLength);
  }

  release(): void {
    this.#isReleased = true;
    this.#sealing?.free();
    this.#opening?.free();
  }

  #fallback(): NodeAead {
    this.#plain ??= new NodeAead(this.name, this.#key, this.#iv);
    return this.#plain;
  }
}

/** A context whose cipher makes the mask. */
class FfiMask implements HeaderMask {
  readonly #ciphers: NativeCiphers;
  readonly #name: AeadName;
  readonly #key: Uint8Array;
  readonly #isStream: boolean;
  #context: Context | undefined = undefined;
  #isReleased = false;

  constructor(ciphers: NativeCiphers, name: AeadName, key: Uint8Array) {
    if (key.length !== KEY_LENGTH[name]) throw new RangeError("a key of the wrong size");
    this.#ciphers = ciphers;
    this.#name = name;
    this.#key = Uint8Array.from(key);
    this.#isStream = name === "CHACHA20-POLY1305";
  }

  of(bytes: Uint8Array, offset: number): number {
    checkBounds(bytes, offset, MASK_SAMPLE_LENGTH, 0, 0, 0);
    const context = this.#context ?? new Context(this.#ciphers, this, MASKS[this.#name], this.#key, ENCRYPT);
    this.#context = context;
    const address = context.address as bigint;
    const mask = this.#isStream
      ? this.#ciphers.maskByStream(address, bytes, offset)
      : this.#ciphers.maskByBlock(address, bytes, offset);
    if (this.#isReleased) this.release();
    return mask;
  }

  release(): void {
    this.#isReleased = true;
    this.#context?.free();
    this.#context = undefined;
  }
}

/** Whether both ways make the same mask, twice. */
function isMaskProven(ciphers: NativeCiphers, name: AeadName): boolean {
  const key = new Uint8Array(KEY_LENGTH[name]).fill(7);
  const mask = new FfiMask(ciphers, name, key);
  try {
    for (const byte of [1, 2]) {
      const sample = new Uint8Array(MASK_SAMPLE_LENGTH).fill(byte);
      const cipher =
        name === "CHACHA20-POLY1305"
          ? crypto.createCipheriv("chacha20", key, sample)
          : createBlockCipher(crypto.createSecretKey(key));
      const block = cipher.update(name === "CHACHA20-POLY1305" ? new Uint8Array(2) : sample);
      if (mask.of(sample, 0) !== block.readUInt16BE(0)) return false;
    }
    return true;
  } catch {
    return false;
  } finally {
    mask.release();
  }
}

/** Whether both ways give the same bytes, open what the other sealed, and leave a forgery as it was. */
function isProven(ciphers: NativeCiphers, name: AeadName): boolean {
  const key = new Uint8Array(KEY_LENGTH[name]).fill(7);
  const iv = new Uint8Array(IV_LENGTH).fill(9);
  const plain = new NodeAead(name, key, iv);
  const native = new FfiAead(ciphers, name, key, iv);
  const equal = (a: Uint8Array, b: Uint8Array): boolean => a.every((byte, i) => byte === b[i]);
  try {
    for (const length of [0, 5, 16, 250]) {
      const mine = new Uint8Array(5 + length + TAG_LENGTH).fill(length);
      const theirs = Uint8Array.from(mine);
      native.seal(mine, 5, length, 1, length, 0, 5);
      plain.seal(theirs, 5, length, 1, length, 0, 5);
      if (!equal(mine, theirs)) return false;
      for (const high of [2, 3]) {
        if (native.open(mine, 5, length + TAG_LENGTH, high, length, 0, 5) || !equal(mine, theirs)) return false;
      }
      if (!native.open(mine, 5, length + TAG_LENGTH, 1, length, 0, 5)) return false;
      if (!mine.subarray(0, 5 + length).every((byte) => byte === length)) return false;
    }
    return true;
  } catch {
    return false;
  } finally {
    native.release();
  }
}
