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
// biome-ignore lint/correctness/useImportExtensions: its compiler adds the extension
import { fillUp, putAdditional, xor } from "./packet";

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
  fillUp(data, length);
  const hash = hashAll(tables, aadBlocks, aadLength, data, length);
  if (v128.any_true(v128.xor(v128.xor(hash, v128.load(stream)), tag))) return false;
  xor(data, stream + 16, OUTPUT, length);
  return true;
}
