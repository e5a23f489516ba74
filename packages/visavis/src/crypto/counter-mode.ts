/**
 * AES in counter mode as SRTP has it (RFC 3711 §4.1.1): a block's counter is the last 16 bits, the packet's number stands before it.
 *
 * A source begins with a cipher object of `node:crypto` for each packet. When traffic shows, one long-lived object makes the key
 * stream of the next packets in one call (`key-stream.ts`), and what is left for each is the XOR.
 */
import * as crypto from "node:crypto";
import { setU32, u32 } from "../base/bytes.ts";
import { freeMemory } from "./free-memory.ts";
import { StreamWindow } from "./key-stream.ts";
import { createBlockCipher } from "./node-aead.ts";

const BLOCK = 16;

/** Bytes of key stream that a source has at a time. */
const STREAM_LENGTH = 20480;

/** How many packets of a source get a cipher object each. */
const WARM_UP = 32;

/** Bytes of the longest packet that gets its stream ahead, and of the longest array that is copied in whole: a datagram. */
const WHOLE = 4096;

/** Views of the copy are kept by length: how many. A power of 2. */
const VIEWS = 128;

/** Where packets are XORed: words at a time, which needs them aligned. */
const copy: Uint8Array = new Uint8Array(WHOLE + 2 * BLOCK);
const copyWords: Int32Array = new Int32Array(copy.buffer);
const views: (Uint8Array | undefined)[] = new Array(VIEWS).fill(undefined);

/** Counter blocks of a batch, and views of their beginnings: batches are mostly of one size. */
const counters: Uint8Array = new Uint8Array(STREAM_LENGTH);
const counterFields: DataView = new DataView(counters.buffer);
let countersView: Uint8Array = counters;

/** An AES key, imported once. */
export class CounterKey {
  readonly #key: crypto.KeyObject;
  readonly #name: string;
  #blocks: crypto.Cipher | undefined = undefined;

  /** @param key 16 or 32 bytes, copied */
  constructor(key: Uint8Array) {
    this.#key = crypto.createSecretKey(key);
    this.#name = `aes-${key.length * 8}-ctr`;
  }

  /** The key stream from an initialization vector of 16 bytes on; memory of its own. */
  stream(iv: Uint8Array, length: number): Uint8Array {
    return crypto.createCipheriv(this.#name, this.#key, iv).update(new Uint8Array(length));
  }

  /** XORs `bytes[start, start + length)` with the key stream from an initialization vector of 16 bytes on. */
  apply(iv: Uint8Array, bytes: Uint8Array, start: number, length: number): void {
    bytes.set(crypto.createCipheriv(this.#name, this.#key, iv).update(bytes.subarray(start, start + length)), start);
  }

  /** AES of whole blocks, each by itself. */
  encryptBlocks(blocks: Uint8Array): Uint8Array {
    this.#blocks ??= createBlockCipher(this.#key);
    return this.#blocks.update(blocks);
  }
}

/** The key stream of one source of packets. */
export class CounterMode {
  readonly #key: CounterKey;
  readonly #iv: Uint8Array;
  readonly #packetIv: Uint8Array;
  readonly #window: StreamWindow = new StreamWindow(STREAM_LENGTH / BLOCK);
  #warmUp = WARM_UP;
  #stream: Uint8Array | undefined = undefined;
  #words: Int32Array | undefined = undefined;

  /** @param iv 16 bytes, copied; those of the packet's number and of the counter are the last eight of it */
  constructor(key: CounterKey, iv: Uint8Array) {
    this.#key = key;
    this.#iv = Uint8Array.from(iv);
    this.#packetIv = Uint8Array.from(iv);
  }

  /**
   * XORs `bytes[start, start + length)` with the stream of the packet `high * 2¹⁶ + low`. The number is believed: what comes from
   * outside has been authenticated.
   */
  apply(bytes: Uint8Array, start: number, length: number, high: number, low: number): void {
    const blocks = (length + BLOCK - 1) >> 4;
    const offset = this.#warmUp > 0 || length > WHOLE ? -1 : this.#offsetOf(high, low, blocks);
    if (offset >= 0) {
      this.#xor(bytes, start, length, offset);
      return;
    }
    const iv = this.#packetIv;
    setU32(iv, 8, u32(this.#iv, 8) ^ high);
    setU32(iv, 12, u32(this.#iv, 12) ^ (low << 16));
    this.#key.apply(iv, bytes, start, length);
    if (this.#warmUp > 0) this.#warmUp--;
    this.#window.follow(high, low, length > WHOLE ? 0 : blocks);
  }

  /** Gives the key stream back; the source begins anew. */
  release(): void {
    if (this.#stream !== undefined) freeMemory(this.#stream);
    this.#stream = undefined;
    this.#words = undefined;
    this.#warmUp = WARM_UP;
    this.#window.clear();
  }

  /** Where a packet's key stream begins; -1 when it takes the plain path. */
  #offsetOf(high: number, low: number, blocks: number): number {
    const window = this.#window;
    let index = window.find(high, low, blocks);
    if (index < 0) {
      if (!window.advance(high, low, blocks)) return -1;
      this.#refill();
      index = window.find(high, low, blocks);
    }
    return index * window.blocks * BLOCK;
  }

  #refill(): void {
    const { high, base, count, blocks } = this.#window;
    const iv = this.#iv;
    const first = u32(iv, 0);
    const second = u32(iv, 4);
    const third = u32(iv, 8) ^ high;
    const fourth = u32(iv, 12);
    let at = 0;
    for (let packet = 0; packet < count; packet++) {
      const number = fourth ^ ((base + packet) << 16);
      for (let counter = 0; counter < blocks; counter++, at += BLOCK) {
        counterFields.setInt32(at, first);
        counterFields.setInt32(at + 4, second);
        counterFields.setInt32(at + 8, third);
        counterFields.setInt32(at + 12, number ^ counter);
      }
    }
    if (countersView.length !== at) countersView = counters.subarray(0, at);
    if (this.#stream !== undefined) freeMemory(this.#stream);
    const stream = this.#key.encryptBlocks(countersView);
    this.#stream = stream;
    this.#words = new Int32Array(stream.buffer, stream.byteOffset, stream.length >> 2);
  }

  #xor(bytes: Uint8Array, start: number, length: number, offset: number): void {
    const words = this.#words;
    if (words === undefined) return;
    // Four bytes more than there are words may be touched; they are not copied back.
    const count = (length + 3) >> 2;
    let at = (offset >> 2) | 0;
    if (bytes.length > WHOLE) {
      copy.set(bytes.subarray(start, start + length), 0);
      for (let i = 0; i < count; i++) copyWords[i] = (copyWords[i] as number) ^ (words[at++] as number);
      bytes.set(copy.subarray(0, length), start);
      return;
    }
    const shift = -start & 3;
    copy.set(bytes, shift);
    const from = start + shift;
    for (let i = from >> 2, end = i + count; i < end; i++) copyWords[i] = (copyWords[i] as number) ^ (words[at++] as number);
    bytes.set(viewOf(from, length), start);
  }
}

function viewOf(from: number, length: number): Uint8Array {
  const kept = views[length & (VIEWS - 1)];
  if (kept !== undefined && kept.length === length && kept.byteOffset === from) return kept;
  const view = copy.subarray(from, from + length);
  views[length & (VIEWS - 1)] = view;
  return view;
}
