// What the messages hold and how the receiver proves that it got that: the same work for every peer.
import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";

/** Different messages that are sent in turn; odd, so that their edges fall anywhere in the stream. */
const MOST = 61;
const POOL_BYTES = 4 << 20;

/** The messages, the same on both sides: message n of a stream is `pool[n % pool.length]`. @param {number} size */
export function messagesOf(size) {
  const count = Math.max(3, Math.min(MOST, Math.floor(POOL_BYTES / size)));
  let state = size;
  return Array.from({ length: count }, (_, index) => {
    const message = new Uint8Array(size);
    for (let i = 0; i < size; i++) {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      message[i] = state >>> 24;
    }
    // So that a message alone says which it is.
    message[0] = index;
    return message;
  });
}

/**
 * Counts and checks a stream. In order, all bytes go through one running checksum (CRC-32, about 0.1 s/GB) or hash (SHA-256),
 * which is compared at the end with that of what was sent; unordered, each message is compared with the one it says it is by its CRC-32.
 */
export class Receipt {
  count = 0;
  bytes = 0;
  firstAt = 0;
  lastAt = 0;
  #pool;
  #ordered;
  #hash;
  #sum = 0;
  #sums;
  #wrong = 0;

  /** @param {Uint8Array[]} pool @param {boolean} ordered @param {"crc32" | "sha256"} check */
  constructor(pool, ordered, check) {
    this.#pool = pool;
    this.#ordered = ordered;
    this.#hash = ordered && check === "sha256" ? createHash("sha256") : undefined;
    this.#sums = pool.map((message) => crc32(message));
  }

  /** @param {Uint8Array} message */
  take(message) {
    const now = performance.now();
    if (this.count === 0) this.firstAt = now;
    this.lastAt = now;
    this.count++;
    this.bytes += message.length;
    if (!this.#ordered) {
      if (crc32(message) !== this.#sums[message[0]]) this.#wrong++;
    } else if (this.#hash !== undefined) this.#hash.update(message);
    else this.#sum = crc32(message, this.#sum);
  }

  /** Whether what came is what was sent. */
  isRight() {
    if (!this.#ordered) return this.#wrong === 0;
    const pool = this.#pool;
    if (this.#hash === undefined) {
      let sum = 0;
      for (let i = 0; i < this.count; i++) sum = crc32(pool[i % pool.length], sum);
      return sum === this.#sum;
    }
    const hash = createHash("sha256");
    for (let i = 0; i < this.count; i++) hash.update(pool[i % pool.length]);
    return hash.digest("hex") === this.#hash.digest("hex");
  }
}
