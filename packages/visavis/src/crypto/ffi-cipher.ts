/**
 * The cipher contexts of the libcrypto that Node.js is built with, called through `node:ffi`.
 *
 * A call with up to three arguments, and one with more than six, takes a short way through the runtime (0.03 and 0.15 µs), those
 * in between a long one (0.3 µs). Hence parameters by `OSSL_PARAM` (two arguments), and two zeros behind the arguments of
 * `EVP_CipherUpdate` and `EVP_CipherInit_ex`, which in the calling conventions of x86-64 and AArch64 nobody reads.
 *
 * Small things are passed in one block of memory that lives as long as the module; packets where they stand.
 */
import { InternalError } from "../base/errors.ts";
import { IV_LENGTH, TAG_LENGTH } from "./aead.ts";
import { type NativeFunction, type NativeLibrary, nativeLibrary } from "./ffi-library.ts";

/** Offsets into the block. */
const NONCE = 0;
const TAG = 16;
const AAD = 32;
const OUT_LENGTH = 96;
const KEY = 104;
const SAMPLE = 144;
const MASK = 176;
const NAMES = 208;
const PARAMETERS = 256;
const BLOCK_LENGTH = 1024;

/** Bytes of additional data that fit. */
export const MAX_AAD: number = OUT_LENGTH - AAD;

/** Bytes of an OSSL_PARAM: key, type, data, size, returned size. */
const PARAMETER_LENGTH = 40;
const OCTET_STRING = 5;
/** As a size it says that the data is the whole nonce, not a fixed part of it. */
const WHOLE = 0xffff_ffff_ffff_ffffn;

/** Bytes that a mask is made from. */
export const MASK_SAMPLE_LENGTH = 16;

/** Which way a context works: OpenSSL's `enc`. */
export type Direction = 0 | 1;
export const DECRYPT = 0;
export const ENCRYPT = 1;

/** The ciphers, by the functions that name them. */
export type CipherFunction =
  | "EVP_aes_128_gcm"
  | "EVP_aes_256_gcm"
  | "EVP_chacha20_poly1305"
  | "EVP_aes_128_ecb"
  | "EVP_aes_256_ecb"
  | "EVP_chacha20";

/** Libcrypto, and the block of memory through which small things are passed to it. */
export class NativeCiphers {
  readonly #library: NativeLibrary;
  readonly #block = new Uint8Array(BLOCK_LENGTH);
  readonly #base: bigint;
  readonly #new: NativeFunction<bigint>;
  readonly #free: NativeFunction<void>;
  readonly #init: NativeFunction<number>;
  readonly #update: NativeFunction<number>;
  readonly #final: NativeFunction<number>;
  readonly #setParameters: NativeFunction<number>;
  readonly #getParameters: NativeFunction<number>;
  readonly #setPadding: NativeFunction<number>;
  readonly #nonceWhole: bigint;
  readonly #nonceFixed: bigint;
  readonly #nonceWholeAndTag: bigint;
  readonly #nonceFixedAndTag: bigint;
  readonly #tagOnly: bigint;
  readonly #tag: bigint;
  readonly #aad: bigint;
  readonly #outLength: bigint;
  readonly #sample: bigint;
  readonly #mask: bigint;
  /** The memory in which the last packet stood, which is most often that of the next. */
  #buffer: ArrayBufferLike;
  #bufferBase: bigint;

  /** @throws when a function is missing */
  constructor(library: NativeLibrary) {
    this.#library = library;
    const base = library.address(this.#block.buffer);
    this.#base = base;
    this.#new = library.pointer("EVP_CIPHER_CTX_new");
    this.#free = library.procedure("EVP_CIPHER_CTX_free", "pointer");
    this.#init = library.number(
      "EVP_CipherInit_ex",
      ...(["uint64", "uint64", "uint64", "uint64", "uint64", "int32", "int32", "int32"] as const),
    );
    this.#update = library.number(
      "EVP_CipherUpdate",
      ...(["uint64", "uint64", "uint64", "uint64", "int32", "int32", "int32"] as const),
    );
    this.#final = library.number("EVP_CipherFinal_ex", "pointer", "pointer", "pointer");
    this.#setParameters = library.number("EVP_CIPHER_CTX_set_params", "pointer", "pointer");
    this.#getParameters = library.number("EVP_CIPHER_CTX_get_params", "pointer", "pointer");
    this.#setPadding = library.number("EVP_CIPHER_CTX_set_padding", "pointer", "int32");
    this.#tag = base + BigInt(TAG);
    this.#aad = base + BigInt(AAD);
    this.#outLength = base + BigInt(OUT_LENGTH);
    this.#sample = base + BigInt(SAMPLE);
    this.#mask = base + BigInt(MASK);
    this.#buffer = this.#block.buffer;
    this.#bufferBase = base;

    const nonceName = this.#name(NAMES, "tlsivfixed");
    const tagName = this.#name(NAMES + 16, "tag");
    const whole = { name: nonceName, data: base + BigInt(NONCE), size: WHOLE };
    const fixed = { name: nonceName, data: base + BigInt(NONCE), size: BigInt(IV_LENGTH) };
    const tag = { name: tagName, data: this.#tag, size: BigInt(TAG_LENGTH) };
    const step = 3 * PARAMETER_LENGTH;
    this.#nonceWhole = this.#list(PARAMETERS, [whole]);
    this.#nonceFixed = this.#list(PARAMETERS + step, [fixed]);
    this.#nonceWholeAndTag = this.#list(PARAMETERS + 2 * step, [whole, tag]);
    this.#nonceFixedAndTag = this.#list(PARAMETERS + 3 * step, [fixed, tag]);
    this.#tagOnly = this.#list(PARAMETERS + 4 * step, [tag]);
  }

  /** Makes a context; it is to be freed. @throws InternalError when libcrypto refuses */
  createContext(cipher: CipherFunction, key: Uint8Array, direction: Direction): bigint {
    const method = this.#library.pointer(cipher)();
    const context = this.#new();
    if (method === 0n || context === 0n) throw new InternalError("libcrypto gave no cipher");
    this.#block.set(key, KEY);
    // The nonce only says that there will be one.
    const nonce = this.#base + BigInt(NONCE);
    const ok = this.#init(context, method, 0n, this.#base + BigInt(KEY), nonce, direction, 0, 0) === 1;
    this.#block.fill(0, KEY, KEY + key.length);
    if (!ok || this.#setPadding(context, 0) !== 1) {
      this.#free(context);
      throw new InternalError("libcrypto took no key");
    }
    return context;
  }

  /** Frees a context. It must not be used any more. */
  freeContext(context: bigint): void {
    this.#free(context);
  }

  /** Encrypts where it stands and writes the tag behind it; bounds are the caller's. False when libcrypto refuses. */
  seal(
    context: bigint,
    isWhole: boolean,
    bytes: Uint8Array,
    start: number,
    length: number,
    aadStart: number,
    aadLength: number,
  ): boolean {
    if (this.#setParameters(context, isWhole ? this.#nonceWhole : this.#nonceFixed) !== 1) return false;
    if (!this.#run(context, bytes, start, length, aadStart, aadLength)) return false;
    if (this.#final(context, this.#tag, this.#outLength) !== 1) return false;
    if (this.#getParameters(context, this.#tagOnly) !== 1) return false;
    const block = this.#block;
    for (let i = 0, o = start + length; i < TAG_LENGTH; i++) bytes[o + i] = block[TAG + i] as number;
    return true;
  }

  /** Decrypts where it stands what `length` bytes and a tag are; bounds are the caller's. False when the tag is not right. */
  open(
    context: bigint,
    isWhole: boolean,
    bytes: Uint8Array,
    start: number,
    length: number,
    aadStart: number,
    aadLength: number,
  ): boolean {
    const block = this.#block;
    for (let i = 0, o = start + length; i < TAG_LENGTH; i++) block[TAG + i] = bytes[o + i] as number;
    if (this.#setParameters(context, isWhole ? this.#nonceWholeAndTag : this.#nonceFixedAndTag) !== 1) return false;
    const ok = this.#run(context, bytes, start, length, aadStart, aadLength);
    if (ok && this.#final(context, this.#tag, this.#outLength) === 1) return true;
    // The keystream once more makes it what it was. A context that has failed has to begin anew, before and afterwards.
    const nonce = this.#base + BigInt(NONCE);
    this.#init(context, 0n, 0n, 0n, nonce, DECRYPT, 0, 0);
    this.#run(context, bytes, start, length, aadStart, 0);
    this.#init(context, 0n, 0n, 0n, nonce, DECRYPT, 0, 0);
    return false;
  }

  /** Puts the nonce of a packet in place. */
  setNonce(iv: Uint8Array, high: number, low: number): void {
    const block = this.#block;
    for (let i = 0; i < 4; i++) {
      const shift = 24 - 8 * i;
      block[NONCE + i] = iv[i] as number;
      block[NONCE + 4 + i] = (iv[4 + i] as number) ^ (high >>> shift);
      block[NONCE + 8 + i] = (iv[8 + i] as number) ^ (low >>> shift);
    }
  }

  /** The first 16 bits of the sample, which is 16 bytes, encrypted as one block. */
  maskByBlock(context: bigint, bytes: Uint8Array, offset: number): number {
    const block = this.#block;
    for (let i = 0; i < MASK_SAMPLE_LENGTH; i++) block[SAMPLE + i] = bytes[offset + i] as number;
    this.#update(context, this.#mask, this.#outLength, this.#sample, MASK_SAMPLE_LENGTH, 0, 0);
    return ((block[MASK] as number) << 8) | (block[MASK + 1] as number);
  }

  /** The first 16 bits of the keystream whose counter and nonce the sample is. */
  maskByStream(context: bigint, bytes: Uint8Array, offset: number): number {
    const block = this.#block;
    for (let i = 0; i < MASK_SAMPLE_LENGTH; i++) block[SAMPLE + i] = bytes[offset + i] as number;
    this.#init(context, 0n, 0n, 0n, this.#sample, ENCRYPT, 0, 0);
    block[MASK] = 0;
    block[MASK + 1] = 0;
    this.#update(context, this.#mask, this.#outLength, this.#mask, 2, 0, 0);
    return ((block[MASK] as number) << 8) | (block[MASK + 1] as number);
  }

  #run(context: bigint, bytes: Uint8Array, start: number, length: number, aadStart: number, aadLength: number): boolean {
    if (aadLength > 0) {
      const block = this.#block;
      for (let i = 0; i < aadLength; i++) block[AAD + i] = bytes[aadStart + i] as number;
      if (this.#update(context, 0n, this.#outLength, this.#aad, aadLength, 0, 0) !== 1) return false;
    }
    if (length === 0) return true;
    const { buffer } = bytes;
    if (buffer !== this.#buffer) {
      this.#bufferBase = this.#library.address(buffer);
      this.#buffer = buffer;
    }
    const address = this.#bufferBase + BigInt(bytes.byteOffset + start);
    return this.#update(context, address, this.#outLength, address, length, 0, 0) === 1;
  }

  /** Writes a name and returns where it stands; the block is zero behind it. */
  #name(offset: number, name: string): bigint {
    for (let i = 0; i < name.length; i++) this.#block[offset + i] = name.charCodeAt(i);
    return this.#base + BigInt(offset);
  }

  /** Writes a list of parameters, which ends with an empty one. */
  #list(offset: number, parameters: readonly { name: bigint; data: bigint; size: bigint }[]): bigint {
    const view = new DataView(this.#block.buffer);
    parameters.forEach(({ name, data, size }, index) => {
      const o = offset + index * PARAMETER_LENGTH;
      view.setBigUint64(o, name, true);
      view.setUint32(o + 8, OCTET_STRING, true);
      view.setBigUint64(o + 16, data, true);
      view.setBigUint64(o + 24, size, true);
    });
    return this.#base + BigInt(offset);
  }
}

let ciphers: NativeCiphers | undefined;
let isSought = false;

/** The one of this thread; undefined where it cannot be had. */
export function nativeCiphers(): NativeCiphers | undefined {
  if (!isSought) {
    isSought = true;
    const library = nativeLibrary();
    try {
      ciphers = library && new NativeCiphers(library);
    } catch {
      // A function is missing: this libcrypto is another one.
    }
  }
  return ciphers;
}
