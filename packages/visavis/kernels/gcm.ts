/**
 * AES-GCM (NIST SP 800-38D §7) around a key stream that comes from outside: the XOR, the hash and the tag.
 *
 * A packet's key stream begins with the block that masks its tag (the counter is 1, §7.1 step 6) and goes on with those of
 * its data.
 */
// biome-ignore lint/correctness/useImportExtensions: its compiler adds the extension
import { ghash } from "./ghash";
// biome-ignore lint/correctness/useImportExtensions: its compiler adds the extension
import { ADDITIONAL, COUNTERS, INPUT, OUTPUT } from "./layout";

/**
 * Writes the counter blocks of `packets` packets with consecutive numbers, `blocks` for each (§7.1: the nonce and a counter
 * from 1 on). The nonce is that of the first packet, as three big-endian words, of which the last is the XOR of `iv` and the
 * low half of the packet's number.
 */
export function writeCounters(nonce0: u32, nonce1: u32, iv: u32, low: u32, packets: u32, blocks: u32): void {
  let at = COUNTERS;
  for (let packet: u32 = 0; packet < packets; packet++) {
    const block = i32x4(bswap(nonce0), bswap(nonce1), bswap(iv ^ (low + packet)), 0);
    for (let counter: u32 = 1; counter <= blocks; counter++) {
      v128.store(at, v128.replace_lane<u32>(block, 3, bswap(counter)));
      at += 16;
    }
  }
}

/** The first `count` bytes of a block, then zeros. */
function firstBytes(block: v128, count: usize): v128 {
  const places = i8x16(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  return v128.and(block, v128.lt<u8>(places, i8x16.splat(count as i8)));
}

/** `target[0, length)` becomes the source's bytes XOR those of the key stream; zeros fill up the last block. */
function xor(source: usize, stream: usize, target: usize, length: usize): void {
  for (; length >= 16; length -= 16) {
    v128.store(target, v128.xor(v128.load(source), v128.load(stream)));
    source += 16;
    stream += 16;
    target += 16;
  }
  v128.store(target, firstBytes(v128.xor(v128.load(source), v128.load(stream)), length));
}

/** Puts additional data where it is filled up to whole blocks; returns how many. */
function putAdditional(aad: usize, length: usize): usize {
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

/** The hash of the additional data that was put, of the data, filled up with zeros, and of their lengths (§7.1 steps 4 and 5). */
function hashAll(tables: usize, aadBlocks: usize, aadLength: usize, data: usize, length: usize): v128 {
  const hash = ghash(tables, i8x16.splat(0), ADDITIONAL, aadBlocks);
  const blocks = (length + 15) >> 4;
  const lengths = data + (blocks << 4);
  store<u64>(lengths, bswap<u64>((aadLength as u64) << 3));
  store<u64>(lengths, bswap<u64>((length as u64) << 3), 8);
  return ghash(tables, hash, data, blocks + 1);
}

/** Seals `INPUT[start, start + length)` into OUTPUT, with the tag behind it. The additional data is in INPUT too. */
export function seal(tables: usize, stream: usize, start: usize, length: usize, aadStart: usize, aadLength: usize): void {
  const aadBlocks = putAdditional(INPUT + aadStart, aadLength);
  xor(INPUT + start, stream + 16, OUTPUT, length);
  const hash = hashAll(tables, aadBlocks, aadLength, OUTPUT, length);
  v128.store(OUTPUT + length, v128.xor(hash, v128.load(stream)));
}

/**
 * Opens `INPUT[start, start + length)`, behind which is the tag, into OUTPUT.
 * @returns whether the tag is right; nothing is decrypted when it is not
 */
export function open(tables: usize, stream: usize, start: usize, length: usize, aadStart: usize, aadLength: usize): bool {
  const aadBlocks = putAdditional(INPUT + aadStart, aadLength);
  const data = INPUT + start;
  const tag = v128.load(data + length);
  const end = data + (length & ~15);
  v128.store(end, firstBytes(v128.load(end), length & 15));
  const hash = hashAll(tables, aadBlocks, aadLength, data, length);
  if (v128.any_true(v128.xor(v128.xor(hash, v128.load(stream)), tag))) return false;
  xor(data, stream + 16, OUTPUT, length);
  return true;
}
