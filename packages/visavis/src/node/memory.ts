/**
 * Memory for large messages, which is used again: what the system takes back it clears before it gives it out, and that costs more than
 * copying a message.
 */
import type { Memory } from "../base/platform.ts";
import { freeMemory } from "../crypto/free-memory.ts";

/** Bytes that are kept for later, and of how many lengths. Messages of a bulk transfer are of one length, most of them. */
const MOST_KEPT = 2 << 20;
const MOST_LENGTHS = 4;
/** What is shorter is not worth keeping. */
const LEAST_KEPT = 4096;

const kept = new Map<number, Uint8Array[]>();
let keptBytes = 0;

function make(length: number): Uint8Array {
  const bytes = length < LEAST_KEPT ? undefined : kept.get(length)?.pop();
  if (bytes !== undefined) {
    keptBytes -= length;
    return bytes;
  }
  // Not of the runtime's pool: it is handed out as an ArrayBuffer of its own.
  const { buffer, byteOffset } = Buffer.allocUnsafeSlow(length);
  return new Uint8Array(buffer, byteOffset, length);
}

function free(bytes: Uint8Array): void {
  const { buffer, length } = bytes;
  if (buffer.byteLength !== length || length < LEAST_KEPT || length > MOST_KEPT) {
    freeMemory(bytes);
    return;
  }
  let list = kept.get(length);
  if (list === undefined) {
    if (kept.size >= MOST_LENGTHS) forgetOldest();
    list = [];
    kept.set(length, list);
  }
  if (keptBytes + length > MOST_KEPT) {
    freeMemory(bytes);
    return;
  }
  list.push(bytes);
  keptBytes += length;
}

/** The length that was begun first gives way to another. */
function forgetOldest(): void {
  for (const [length, list] of kept) {
    for (const bytes of list) freeMemory(bytes);
    keptBytes -= length * list.length;
    kept.delete(length);
    return;
  }
}

/** The memory of this thread. */
export const memory: Memory = { make, free };

/** Bytes that are kept for later. For tests. */
export function keptForLater(): number {
  return keptBytes;
}
