/**
 * The fast path of {@link Aead} for AES-GCM (NIST SP 800-38D): one long-lived cipher object of `node:crypto` makes the key
 * stream of the next packets in one call (`key-stream.ts`), and a WebAssembly kernel does the rest (`kernels/kernels.ts`).
 *
 * A key begins on the plain path and stays there until traffic shows: a connection that is idle or young costs nothing
 * more. What does not fit takes the plain path too: packets of many kilobytes, which OpenSSL does faster in one piece, and
 * numbers out of order.
 *
 * Timing: see `kernels/kernels.ts`. Who must not have that takes the plain path by `useAeadBackends(["node"])`.
 */
import type * as crypto from "node:crypto";
import { type Aead, type AeadName, TAG_LENGTH } from "./aead.ts";
import { freeMemory } from "./free-memory.ts";
import {
  isForKernels,
  type Kernels,
  LONGEST_PACKET,
  loadKernels,
  STREAM_LENGTH,
  TABLES_LENGTH,
  WARM_UP,
} from "./kernels/kernels.ts";
import type { Tenant } from "./kernels/slot-pool.ts";
import { StreamWindow } from "./key-stream.ts";
import { NodeAead } from "./node-aead.ts";

const BLOCK = 16;

/** A key of AES-GCM. */
export class WasmGcm implements Aead, Tenant {
  readonly name: AeadName;
  readonly #plain: NodeAead;
  readonly #window: StreamWindow = new StreamWindow(STREAM_LENGTH / BLOCK);
  /** How many packets the plain path takes yet; never 0 when there are no kernels. */
  #warmUp = WARM_UP;
  #kernels: Kernels | undefined = undefined;
  /** AES of counter blocks. */
  #cipher: crypto.Cipher | undefined = undefined;
  /** The hash key, once it is needed. */
  #hashKey: Uint8Array | undefined = undefined;
  /** The address of our tables, with the stream behind them; 0 when we have none. */
  #tables = 0;

  constructor(name: AeadName, key: Uint8Array, iv: Uint8Array) {
    this.name = name;
    this.#plain = new NodeAead(name, key, iv);
  }

  seal(bytes: Uint8Array, start: number, length: number, high: number, low: number, aadStart: number, aadLength: number): void {
    const stream = isForKernels(start, length, aadStart, aadLength) ? this.#streamOf(length, high, low) : 0;
    if (stream > 0) {
      this.#kernels?.seal(this.#tables, stream, bytes, start, length, aadStart, aadLength);
      return;
    }
    this.#plain.seal(bytes, start, length, high, low, aadStart, aadLength);
    this.#follow(length, high, low);
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
    const size = length - TAG_LENGTH;
    if (size < 0) return false;
    const stream = isForKernels(start, size, aadStart, aadLength) ? this.#streamOf(size, high, low) : 0;
    if (stream > 0) return this.#kernels?.open(this.#tables, stream, bytes, start, size, aadStart, aadLength) === true;
    if (!this.#plain.open(bytes, start, length, high, low, aadStart, aadLength)) return false;
    this.#follow(size, high, low);
    return true;
  }

  release(): void {
    this.#warmUp = Number.POSITIVE_INFINITY;
    if (this.#tables > 0) {
      this.#kernels?.wipe(this.#tables, TABLES_LENGTH + STREAM_LENGTH);
      this.#kernels?.streams.give(this.#tables);
      this.evict();
    }
    this.#kernels = undefined;
    this.#cipher = undefined;
    this.#hashKey = undefined;
  }

  evict(): void {
    this.#tables = 0;
    this.#window.clear();
  }

  /** The address of a packet's key stream; 0 when it takes the plain path. */
  #streamOf(length: number, high: number, low: number): number {
    const kernels = this.#kernels;
    if (kernels === undefined) return 0;
    const window = this.#window;
    const blocks = ((length + 2 * BLOCK - 1) / BLOCK) | 0;
    let index = window.find(high, low, blocks);
    if (index < 0) {
      if (!window.advance(high, low, blocks)) return 0;
      this.#refill(kernels);
      index = window.find(high, low, blocks);
    }
    kernels.streams.touch(this.#tables);
    return this.#tables + TABLES_LENGTH + index * window.blocks * BLOCK;
  }

  /** Makes the stream of the window's numbers, and the tables if they are not there. */
  #refill(kernels: Kernels): void {
    const { high, base, count, blocks } = this.#window;
    this.#cipher ??= this.#plain.createBlockCipher();
    if (this.#tables === 0) {
      this.#hashKey ??= this.#cipher.update(new Uint8Array(BLOCK));
      this.#tables = kernels.streams.take(this);
      kernels.prepareHash(this.#tables, this.#hashKey);
    }
    const stream = this.#cipher.update(kernels.counters(this.#plain.iv, high, base, count, blocks));
    kernels.putStream(stream, this.#tables + TABLES_LENGTH);
    freeMemory(stream);
  }

  /** Notes a packet that took the plain path and was right. */
  #follow(length: number, high: number, low: number): void {
    if (this.#warmUp > 0) {
      if (--this.#warmUp > 0) return;
      this.#kernels = loadKernels();
    }
    this.#window.follow(high, low, length > LONGEST_PACKET ? 0 : ((length + 2 * BLOCK - 1) / BLOCK) | 0);
  }
}
