/**
 * HMAC-SHA-1 (RFC 2104) of packets: two calls of the runtime's hash over memory that holds the padded key already, which costs half
 * of what an object for each HMAC does.
 */
import * as crypto from "node:crypto";
import { copyBytes } from "../base/bytes.ts";
import { HmacKey, sha1 } from "./hash.ts";

/** Bytes of the result. */
export const MAC_LENGTH = 20;

const BLOCK = 64;
const INNER = 0x36;
const OUTER = 0x5c;

/** Bytes of the longest array that is copied in whole: a datagram. */
const WHOLE = 4096;

/** Views of the inner text are kept by length: how many. A power of 2. */
const VIEWS = 128;

/** The inner text: a padded key and a packet. Shared by all keys of the thread. */
const inner: Uint8Array = new Uint8Array(2 * BLOCK + WHOLE);
const views: (Uint8Array | undefined)[] = new Array(VIEWS).fill(undefined);

/** Older runtimes, and others, do not have it. */
const hash: typeof crypto.hash | undefined = crypto.hash;

/** A key. */
export class PacketMac {
  readonly #inner: Uint8Array;
  /** The outer text: the key padded the other way, and the inner hash. */
  readonly #outer: Uint8Array;
  /** The way by an object for each. */
  readonly #plain: HmacKey;
  /** What was computed last. */
  readonly mac: Uint8Array = new Uint8Array(MAC_LENGTH);

  /** @param key copied */
  constructor(key: Uint8Array) {
    const padded = new Uint8Array(BLOCK);
    padded.set(key.length > BLOCK ? sha1(key) : key);
    this.#inner = padded.map((byte) => byte ^ INNER);
    this.#outer = new Uint8Array(BLOCK + MAC_LENGTH);
    this.#outer.set(padded.map((byte) => byte ^ OUTER));
    this.#plain = new HmacKey(key);
  }

  /** Computes the HMAC of `bytes[start, end)` into {@link mac}. */
  compute(bytes: Uint8Array, start: number, end: number): void {
    if (hash === undefined || end - start > WHOLE) {
      this.mac.set(this.#plain.sign("sha1", bytes.subarray(start, end)));
      return;
    }
    if (bytes.length <= WHOLE && start <= BLOCK) inner.set(bytes, BLOCK - start);
    else copyBytes(inner, BLOCK, bytes, start, end);
    inner.set(this.#inner);
    put(hash("sha1", viewOf(BLOCK + end - start), "binary"), this.#outer, BLOCK);
    put(hash("sha1", this.#outer, "binary"), this.mac, 0);
  }

  /** Whether the first `length` bytes of {@link mac} are those at `bytes[start]`, in a time that does not depend on them. */
  matches(bytes: Uint8Array, start: number, length: number): boolean {
    let difference = 0;
    for (let i = 0; i < length; i++) difference |= (this.mac[i] as number) ^ (bytes[start + i] as number);
    return difference === 0;
  }
}

/** Writes what a text of one byte in each character stands for: the runtime makes it faster than bytes. */
function put(text: string, bytes: Uint8Array, offset: number): void {
  for (let i = 0; i < MAC_LENGTH; i++) bytes[offset + i] = text.charCodeAt(i);
}

function viewOf(length: number): Uint8Array {
  const kept = views[length & (VIEWS - 1)];
  if (kept !== undefined && kept.length === length) return kept;
  const view = inner.subarray(0, length);
  views[length & (VIEWS - 1)] = view;
  return view;
}
