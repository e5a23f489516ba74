/**
 * The kernels in WebAssembly and their memory: AES-GCM around a key stream (NIST SP 800-38D §7), AES of a block (FIPS 197),
 * and ChaCha20-Poly1305 (RFC 8439).
 *
 * Their source is `packages/visavis/kernels/`, in AssemblyScript; `binary.ts` is what `npm run kernels` makes of it. There is one
 * instance in a thread, made when traffic first asks for it; its memory has room for all keys at once, but the system gives
 * it only those pages that are used. Packets are copied into its memory and out of it: memory of
 * its own is what a kernel can reach, and a copy of a packet costs 0.02 µs.
 *
 * Timing: GHASH reads tables at addresses that depend on the key and the data, so whoever shares a processor core with
 * this thread and can watch its cache may learn about the hash key. All else is in constant time.
 */
import { fromBase64Url } from "../base64url.ts";
import type { Iv } from "../iv.ts";
import { BINARY } from "./binary.ts";
import { SlotPool } from "./slot-pool.ts";

/** What stands where: the same as in `packages/visavis/kernels/layout.ts`. */
export const LAYOUT = { ADDITIONAL: 0x0c00, INPUT: 0x1000, OUTPUT: 0x4000, COUNTERS: 0x8000, END: 0xd000 } as const;

/** Bytes of the tables of a hash key. */
export const TABLES_LENGTH = 16384;

/** Bytes of key stream that a key has at a time. */
export const STREAM_LENGTH = 20480;

/** Bytes of the longest packet that they do faster than the plain path. */
export const LONGEST_PACKET = 6144;

/** Bytes of additional data that they take. */
const MAX_ADDITIONAL = 512;

/** Bytes between the starts of a packet and of its additional data, at most, for both to be copied in one piece. */
const REACH = 4096;

/** How many packets of a key take the plain path before the kernels are asked for. */
export const WARM_UP = 32;

/** Bytes of a page of the memory, the first of which holds what stands at fixed addresses. */
const PAGE = 65536;

/** Bytes of an array that is copied in whole: one that is hardly longer than the packet in it, such as a datagram. */
const SLACK = 1024;

/** A window into a longer array is a multiple of this, so that the view of it fits the next packet too. */
const WINDOW = 1024;

/** Views of the output are kept by length: how many. A power of 2. */
const VIEWS = 128;

/** Bytes of the round keys of AES-256, filled up; a key of ChaCha20 fits too. */
export const KEY_SLOT_LENGTH = 256;

/** Keys with tables, and keys without, at a time; beyond that the one that was used longest ago gives way. */
const MAX_STREAMS = 128;
const MAX_KEYS = (PAGE - LAYOUT.END) / KEY_SLOT_LENGTH;

interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer };
  prepareHash(tables: number, key: number): void;
  writeCounters(nonce0: number, nonce1: number, iv: number, low: number, packets: number, blocks: number): void;
  seal(tables: number, stream: number, start: number, length: number, aadStart: number, aadLength: number): void;
  open(tables: number, stream: number, start: number, length: number, aadStart: number, aadLength: number): number;
  expandKey(schedule: number, rounds: number): void;
  encryptBlock(schedule: number, rounds: number, word0: number, word1: number, word2: number, word3: number): number;
  sealChaCha: ChaChaKernel<void>;
  openChaCha: ChaChaKernel<number>;
  firstWord(key: number, counter: number, nonce0: number, nonce1: number, nonce2: number): number;
}

type ChaChaKernel<Result> = (
  key: number,
  nonce0: number,
  nonce1: number,
  nonce2: number,
  start: number,
  length: number,
  aadStart: number,
  aadLength: number,
) => Result;

/** Whether a packet is one for the kernels: not too long, and with its additional data near. */
export function isForKernels(start: number, length: number, aadStart: number, aadLength: number): boolean {
  return (
    length <= LONGEST_PACKET &&
    aadLength <= MAX_ADDITIONAL &&
    start - aadStart <= REACH &&
    aadStart - start <= LONGEST_PACKET + 16
  );
}

/** The part of WebAssembly's interface that is used; it is the same in every runtime, but in no library of types without a DOM. */
interface WebAssemblyFace {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
}

/** The kernels, and whose keys are in their memory. */
export class Kernels {
  /** Tables and key streams: at each address first the tables, then the stream. */
  readonly streams: SlotPool = new SlotPool(PAGE, TABLES_LENGTH + STREAM_LENGTH, MAX_STREAMS);
  /** Round keys of AES, and keys of ChaCha20. */
  readonly keys: SlotPool = new SlotPool(LAYOUT.END, KEY_SLOT_LENGTH, MAX_KEYS);
  readonly #exports: Exports;
  readonly #memory: Uint8Array;
  /** Views of the output, each at its length modulo their number. */
  readonly #outputs: (Uint8Array | undefined)[] = new Array(VIEWS).fill(undefined);
  /** The counters of a batch; batches are mostly of one size. */
  #counters: Uint8Array;
  /** The window that was copied in last, of a long array. */
  #source: Uint8Array;
  #sourceStart = 0;
  #window: Uint8Array;

  constructor(exports: Exports) {
    this.#exports = exports;
    this.#memory = new Uint8Array(exports.memory.buffer);
    this.#counters = this.#memory.subarray(0, 0);
    this.#source = this.#memory;
    this.#window = this.#memory;
  }

  /** Writes the tables of a hash key at `tables`. */
  prepareHash(tables: number, key: Uint8Array): void {
    this.#memory.set(key, LAYOUT.ADDITIONAL);
    this.#exports.prepareHash(tables, LAYOUT.ADDITIONAL);
  }

  /**
   * The counter blocks of packets with consecutive numbers, each `blocks` of them; a view that holds until the next call.
   */
  counters(iv: Iv, high: number, low: number, packets: number, blocks: number): Uint8Array {
    this.#exports.writeCounters(iv[0], iv[1] ^ high, iv[2], low, packets, blocks);
    const length = packets * blocks * 16;
    if (this.#counters.length !== length) this.#counters = this.#memory.subarray(LAYOUT.COUNTERS, LAYOUT.COUNTERS + length);
    return this.#counters;
  }

  /** Copies key stream to `address`. */
  putStream(stream: Uint8Array, address: number): void {
    this.#memory.set(stream, address);
  }

  /** Fills memory with zeros, because it held what is secret. */
  wipe(address: number, length: number): void {
    this.#memory.fill(0, address, address + length);
  }

  /** Seals a packet as {@link Aead.seal} does, by the tables and the key stream at two addresses. */
  seal(
    tables: number,
    stream: number,
    bytes: Uint8Array,
    start: number,
    length: number,
    aadStart: number,
    aadLength: number,
  ): void {
    const offset = this.#putPacket(bytes, start, length, aadStart, aadLength);
    this.#exports.seal(tables, stream, start - offset, length, aadStart - offset, aadLength);
    bytes.set(this.#output(length + 16), start);
  }

  /** Opens a packet as {@link Aead.open} does; `length` is without the tag. */
  open(
    tables: number,
    stream: number,
    bytes: Uint8Array,
    start: number,
    length: number,
    aadStart: number,
    aadLength: number,
  ): boolean {
    const offset = this.#putPacket(bytes, start, length, aadStart, aadLength);
    if (this.#exports.open(tables, stream, start - offset, length, aadStart - offset, aadLength) === 0) return false;
    bytes.set(this.#output(length), start);
    return true;
  }

  /** Copies a key of ChaCha20 to `address`. */
  putKey(address: number, key: Uint8Array): void {
    this.#memory.set(key, address);
  }

  /** Seals a packet as {@link Aead.seal} does, by ChaCha20-Poly1305 with the key at an address. */
  sealChaCha(
    key: number,
    iv: Iv,
    high: number,
    low: number,
    bytes: Uint8Array,
    start: number,
    length: number,
    aadStart: number,
    aadLength: number,
  ): void {
    const offset = this.#putPacket(bytes, start, length, aadStart, aadLength);
    const [first, second] = [start - offset, aadStart - offset];
    this.#exports.sealChaCha(key, iv[0], iv[1] ^ high, iv[2] ^ low, first, length, second, aadLength);
    bytes.set(this.#output(length + 16), start);
  }

  /** Opens a packet as {@link Aead.open} does; `length` is without the tag. */
  openChaCha(
    key: number,
    iv: Iv,
    high: number,
    low: number,
    bytes: Uint8Array,
    start: number,
    length: number,
    aadStart: number,
    aadLength: number,
  ): boolean {
    const offset = this.#putPacket(bytes, start, length, aadStart, aadLength);
    const [first, second] = [start - offset, aadStart - offset];
    if (this.#exports.openChaCha(key, iv[0], iv[1] ^ high, iv[2] ^ low, first, length, second, aadLength) === 0) return false;
    bytes.set(this.#output(length), start);
    return true;
  }

  /** The first two bytes of the ChaCha20 block whose counter and nonce are at `bytes[offset, offset + 16)`, big-endian. */
  chaChaMaskOf(key: number, bytes: Uint8Array, offset: number): number {
    const word = this.#exports.firstWord(
      key,
      littleEndian(bytes, offset),
      littleEndian(bytes, offset + 4),
      littleEndian(bytes, offset + 8),
      littleEndian(bytes, offset + 12),
    );
    return ((word & 0xff) << 8) | ((word >>> 8) & 0xff);
  }

  /** Writes the round keys of an AES key at `schedule`. */
  expandKey(schedule: number, key: Uint8Array): void {
    this.#memory.set(key, schedule);
    this.#exports.expandKey(schedule, key.length / 4 + 6);
  }

  /** The first two bytes of the encrypted block `bytes[offset, offset + 16)`, big-endian. */
  aesMaskOf(schedule: number, rounds: number, bytes: Uint8Array, offset: number): number {
    const word = this.#exports.encryptBlock(
      schedule,
      rounds,
      littleEndian(bytes, offset),
      littleEndian(bytes, offset + 4),
      littleEndian(bytes, offset + 8),
      littleEndian(bytes, offset + 12),
    );
    return ((word & 0xff) << 8) | ((word >>> 8) & 0xff);
  }

  /** Copies in what holds the packet, its tag and its additional data; returns which offset of `bytes` is at INPUT. */
  #putPacket(bytes: Uint8Array, start: number, length: number, aadStart: number, aadLength: number): number {
    const from = aadStart < start ? aadStart : start;
    const packetEnd = start + length + 16;
    const end = aadStart + aadLength > packetEnd ? aadStart + aadLength : packetEnd;
    if (bytes.length - (end - from) <= SLACK) {
      this.#memory.set(bytes, LAYOUT.INPUT);
      return 0;
    }
    const size = Math.min(Math.ceil((end - from) / WINDOW) * WINDOW, bytes.length - from);
    if (bytes !== this.#source || from !== this.#sourceStart || size !== this.#window.length) {
      this.#source = bytes;
      this.#sourceStart = from;
      this.#window = bytes.subarray(from, from + size);
    }
    this.#memory.set(this.#window, LAYOUT.INPUT);
    return from;
  }

  #output(length: number): Uint8Array {
    const kept = this.#outputs[length & (VIEWS - 1)];
    if (kept !== undefined && kept.length === length) return kept;
    const view = this.#memory.subarray(LAYOUT.OUTPUT, LAYOUT.OUTPUT + length);
    this.#outputs[length & (VIEWS - 1)] = view;
    return view;
  }
}

function littleEndian(bytes: Uint8Array, offset: number): number {
  return (
    (bytes[offset] as number) |
    ((bytes[offset + 1] as number) << 8) |
    ((bytes[offset + 2] as number) << 16) |
    ((bytes[offset + 3] as number) << 24)
  );
}

let instance: Kernels | undefined;
let tried = false;

/** The kernels of this thread; undefined where the runtime has no WebAssembly with SIMD. */
export function loadKernels(): Kernels | undefined {
  if (!tried) {
    tried = true;
    instance = instantiate();
  }
  return instance;
}

function instantiate(): Kernels | undefined {
  const { WebAssembly } = globalThis as { readonly WebAssembly?: WebAssemblyFace };
  if (WebAssembly === undefined) return undefined;
  try {
    const module = new WebAssembly.Module(fromBase64Url(BINARY));
    return new Kernels(new WebAssembly.Instance(module).exports as Exports);
  } catch {
    return undefined;
  }
}
