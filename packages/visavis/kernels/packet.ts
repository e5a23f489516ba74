/**
 * What both AEADs do with a packet around their hash: XOR with a key stream, and zeros up to whole blocks of 16 bytes.
 */
// biome-ignore lint/correctness/useImportExtensions: its compiler adds the extension
import { ADDITIONAL } from "./layout";

/** The first `count` bytes of a block, then zeros. */
function firstBytes(block: v128, count: usize): v128 {
  const places = i8x16(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  return v128.and(block, v128.lt<u8>(places, i8x16.splat(count as i8)));
}

/** `target[0, length)` becomes the source's bytes XOR those of the key stream; zeros fill up the last block. */
export function xor(source: usize, stream: usize, target: usize, length: usize): void {
  for (; length >= 16; length -= 16) {
    v128.store(target, v128.xor(v128.load(source), v128.load(stream)));
    source += 16;
    stream += 16;
    target += 16;
  }
  v128.store(target, firstBytes(v128.xor(v128.load(source), v128.load(stream)), length));
}

/** Puts additional data where it is filled up to whole blocks; returns how many. */
export function putAdditional(aad: usize, length: usize): usize {
  let at = ADDITIONAL;
  for (; length >= 16; length -= 16) {
    v128.store(at, v128.load(aad));
    aad += 16;
    at += 16;
  }
  if (length > 0) {
    v128.store(at, firstBytes(v128.load(aad), length));
    at += 16;
  }
  return (at - ADDITIONAL) >> 4;
}

/** Zeros up to the end of the last block of data. */
export function fillUp(data: usize, length: usize): void {
  const end = data + (length & ~15);
  v128.store(end, firstBytes(v128.load(end), length & 15));
}
