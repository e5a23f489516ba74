/**
 * ChaCha20-Poly1305 (RFC 8439 §2.8): block 0 of the key stream is the hash's key, the others are for the data.
 */
// biome-ignore lint/correctness/useImportExtensions: its compiler adds the extension
import { writeStream } from "./chacha20";
// biome-ignore lint/correctness/useImportExtensions: its compiler adds the extension
import { ADDITIONAL, INPUT, OUTPUT, STREAM } from "./layout";
// biome-ignore lint/correctness/useImportExtensions: its compiler adds the extension
import { fillUp, putAdditional, xor } from "./packet";
// biome-ignore lint/correctness/useImportExtensions: its compiler adds the extension
import { addBlocks, beginSum, finishSum } from "./poly1305";

/** Where the key stream of the data begins. */
const DATA: usize = STREAM + 64;

/** The nonce's words are big-endian. */
function prepare(key: usize, nonce0: u32, nonce1: u32, nonce2: u32, length: usize): void {
  writeStream(key, bswap(nonce0), bswap(nonce1), bswap(nonce2), 1 + (((length as u32) + 63) >> 6));
}

/** The tag of the additional data that was put, of the data, filled up with zeros, and of their lengths (§2.8). */
function tagOf(aadBlocks: usize, aadLength: usize, data: usize, length: usize): v128 {
  const blocks = (length + 15) >> 4;
  const lengths = data + (blocks << 4);
  store<u64>(lengths, aadLength as u64);
  store<u64>(lengths, length as u64, 8);
  beginSum();
  addBlocks(STREAM, ADDITIONAL, aadBlocks);
  addBlocks(STREAM, data, blocks + 1);
  return finishSum(STREAM);
}

/** Seals `INPUT[start, start + length)` into OUTPUT, with the tag behind it. The additional data is in INPUT too. */
export function sealChaCha(
  key: usize,
  nonce0: u32,
  nonce1: u32,
  nonce2: u32,
  start: usize,
  length: usize,
  aadStart: usize,
  aadLength: usize,
): void {
  prepare(key, nonce0, nonce1, nonce2, length);
  const aadBlocks = putAdditional(INPUT + aadStart, aadLength);
  xor(INPUT + start, DATA, OUTPUT, length);
  v128.store(OUTPUT + length, tagOf(aadBlocks, aadLength, OUTPUT, length));
}

/**
 * Opens `INPUT[start, start + length)`, behind which is the tag, into OUTPUT.
 * @returns whether the tag is right; nothing is decrypted when it is not
 */
export function openChaCha(
  key: usize,
  nonce0: u32,
  nonce1: u32,
  nonce2: u32,
  start: usize,
  length: usize,
  aadStart: usize,
  aadLength: usize,
): bool {
  prepare(key, nonce0, nonce1, nonce2, length);
  const aadBlocks = putAdditional(INPUT + aadStart, aadLength);
  const data = INPUT + start;
  const tag = v128.load(data + length);
  fillUp(data, length);
  if (v128.any_true(v128.xor(tagOf(aadBlocks, aadLength, data, length), tag))) return false;
  xor(data, DATA, OUTPUT, length);
  return true;
}
