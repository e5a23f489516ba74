/**
 * The ChaCha20 key stream (RFC 8439 §2.3, §2.4), two blocks at a time, in constant time.
 *
 * The state's four rows are a vector each, so that a quarter round of all columns is one of vectors; between the rounds the rows
 * are turned, and the diagonals stand where the columns stood.
 */
// biome-ignore lint/correctness/useImportExtensions: its compiler adds the extension
import { STREAM } from "./layout";

function rotate16(words: v128): v128 {
  return v128.shuffle<u8>(words, words, 2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13);
}

function rotate12(words: v128): v128 {
  return v128.or(v128.shl<u32>(words, 12), v128.shr<u32>(words, 20));
}

function rotate8(words: v128): v128 {
  return v128.shuffle<u8>(words, words, 3, 0, 1, 2, 7, 4, 5, 6, 11, 8, 9, 10, 15, 12, 13, 14);
}

function rotate7(words: v128): v128 {
  return v128.or(v128.shl<u32>(words, 7), v128.shr<u32>(words, 25));
}

/** Writes blocks of key stream to STREAM, from counter 0 on, an even number of them that is at least `blocks`. */
export function writeStream(key: usize, nonce0: u32, nonce1: u32, nonce2: u32, blocks: u32): void {
  const constants = i32x4(0x61707865, 0x3320646e, 0x79622d32, 0x6b206574);
  const low = v128.load(key);
  const high = v128.load(key, 16);
  let at = STREAM;
  for (let counter: u32 = 0; counter < blocks; counter += 2) {
    const last0 = i32x4(counter, nonce0, nonce1, nonce2);
    const last1 = i32x4(counter + 1, nonce0, nonce1, nonce2);
    let a0 = constants;
    let a1 = constants;
    let b0 = low;
    let b1 = low;
    let c0 = high;
    let c1 = high;
    let d0 = last0;
    let d1 = last1;
    for (let round: u32 = 0; round < 10; round++) {
      a0 = v128.add<u32>(a0, b0);
      a1 = v128.add<u32>(a1, b1);
      d0 = rotate16(v128.xor(d0, a0));
      d1 = rotate16(v128.xor(d1, a1));
      c0 = v128.add<u32>(c0, d0);
      c1 = v128.add<u32>(c1, d1);
      b0 = rotate12(v128.xor(b0, c0));
      b1 = rotate12(v128.xor(b1, c1));
      a0 = v128.add<u32>(a0, b0);
      a1 = v128.add<u32>(a1, b1);
      d0 = rotate8(v128.xor(d0, a0));
      d1 = rotate8(v128.xor(d1, a1));
      c0 = v128.add<u32>(c0, d0);
      c1 = v128.add<u32>(c1, d1);
      b0 = rotate7(v128.xor(b0, c0));
      b1 = rotate7(v128.xor(b1, c1));
      // The columns become the diagonals.
      b0 = v128.shuffle<u32>(b0, b0, 1, 2, 3, 0);
      b1 = v128.shuffle<u32>(b1, b1, 1, 2, 3, 0);
      c0 = v128.shuffle<u32>(c0, c0, 2, 3, 0, 1);
      c1 = v128.shuffle<u32>(c1, c1, 2, 3, 0, 1);
      d0 = v128.shuffle<u32>(d0, d0, 3, 0, 1, 2);
      d1 = v128.shuffle<u32>(d1, d1, 3, 0, 1, 2);
      a0 = v128.add<u32>(a0, b0);
      a1 = v128.add<u32>(a1, b1);
      d0 = rotate16(v128.xor(d0, a0));
      d1 = rotate16(v128.xor(d1, a1));
      c0 = v128.add<u32>(c0, d0);
      c1 = v128.add<u32>(c1, d1);
      b0 = rotate12(v128.xor(b0, c0));
      b1 = rotate12(v128.xor(b1, c1));
      a0 = v128.add<u32>(a0, b0);
      a1 = v128.add<u32>(a1, b1);
      d0 = rotate8(v128.xor(d0, a0));
      d1 = rotate8(v128.xor(d1, a1));
      c0 = v128.add<u32>(c0, d0);
      c1 = v128.add<u32>(c1, d1);
      b0 = rotate7(v128.xor(b0, c0));
      b1 = rotate7(v128.xor(b1, c1));
      // And back.
      b0 = v128.shuffle<u32>(b0, b0, 3, 0, 1, 2);
      b1 = v128.shuffle<u32>(b1, b1, 3, 0, 1, 2);
      c0 = v128.shuffle<u32>(c0, c0, 2, 3, 0, 1);
      c1 = v128.shuffle<u32>(c1, c1, 2, 3, 0, 1);
      d0 = v128.shuffle<u32>(d0, d0, 1, 2, 3, 0);
      d1 = v128.shuffle<u32>(d1, d1, 1, 2, 3, 0);
    }
    v128.store(at, v128.add<u32>(a0, constants));
    v128.store(at, v128.add<u32>(b0, low), 16);
    v128.store(at, v128.add<u32>(c0, high), 32);
    v128.store(at, v128.add<u32>(d0, last0), 48);
    v128.store(at, v128.add<u32>(a1, constants), 64);
    v128.store(at, v128.add<u32>(b1, low), 80);
    v128.store(at, v128.add<u32>(c1, high), 96);
    v128.store(at, v128.add<u32>(d1, last1), 112);
    at += 128;
  }
}

/** The first word of a block (§2.3), for a mask. */
export function firstWord(key: usize, counter: u32, nonce0: u32, nonce1: u32, nonce2: u32): u32 {
  const constants = i32x4(0x61707865, 0x3320646e, 0x79622d32, 0x6b206574);
  let a0 = constants;
  let b0 = v128.load(key);
  let c0 = v128.load(key, 16);
  let d0 = i32x4(counter, nonce0, nonce1, nonce2);
  for (let round: u32 = 0; round < 10; round++) {
    a0 = v128.add<u32>(a0, b0);
    d0 = rotate16(v128.xor(d0, a0));
    c0 = v128.add<u32>(c0, d0);
    b0 = rotate12(v128.xor(b0, c0));
    a0 = v128.add<u32>(a0, b0);
    d0 = rotate8(v128.xor(d0, a0));
    c0 = v128.add<u32>(c0, d0);
    b0 = rotate7(v128.xor(b0, c0));
    b0 = v128.shuffle<u32>(b0, b0, 1, 2, 3, 0);
    c0 = v128.shuffle<u32>(c0, c0, 2, 3, 0, 1);
    d0 = v128.shuffle<u32>(d0, d0, 3, 0, 1, 2);
    a0 = v128.add<u32>(a0, b0);
    d0 = rotate16(v128.xor(d0, a0));
    c0 = v128.add<u32>(c0, d0);
    b0 = rotate12(v128.xor(b0, c0));
    a0 = v128.add<u32>(a0, b0);
    d0 = rotate8(v128.xor(d0, a0));
    c0 = v128.add<u32>(c0, d0);
    b0 = rotate7(v128.xor(b0, c0));
    b0 = v128.shuffle<u32>(b0, b0, 3, 0, 1, 2);
    c0 = v128.shuffle<u32>(c0, c0, 2, 3, 0, 1);
    d0 = v128.shuffle<u32>(d0, d0, 1, 2, 3, 0);
  }
  return v128.extract_lane<u32>(v128.add<u32>(a0, constants), 0);
}
