/**
 * Poly1305 (RFC 8439 §2.5) in constant time: numbers modulo 2^130 - 5 as four words of 32 bits and a rest.
 *
 * The words of the sum may be longer than 32 bits by two: r is clamped to 28 bits a word, so the sums of products stay
 * below 2^64 all the same, and carries are taken once per block.
 */

const WORD: u64 = 0xffff_ffff;

/** The sum so far: words 0 to 3 and the rest. */
let h0: u64 = 0;
let h1: u64 = 0;
let h2: u64 = 0;
let h3: u64 = 0;
let h4: u64 = 0;

/** Begins with an empty sum. */
export function beginSum(): void {
  h0 = 0;
  h1 = 0;
  h2 = 0;
  h3 = 0;
  h4 = 0;
}

/** Adds whole blocks, by the key whose first half is r. */
export function addBlocks(key: usize, blocks: usize, count: usize): void {
  const r0 = (load<u32>(key) as u64) & 0x0fff_ffff;
  const r1 = (load<u32>(key, 4) as u64) & 0x0fff_fffc;
  const r2 = (load<u32>(key, 8) as u64) & 0x0fff_fffc;
  const r3 = (load<u32>(key, 12) as u64) & 0x0fff_fffc;
  // A product that passes 2^130 comes back times 5; r1 to r3 are multiples of 4, and 5/4 of them does the shift by two bits too.
  const s1 = r1 + (r1 >> 2);
  const s2 = r2 + (r2 >> 2);
  const s3 = r3 + (r3 >> 2);
  let a0 = h0;
  let a1 = h1;
  let a2 = h2;
  let a3 = h3;
  let a4 = h4;
  for (; count > 0; count--) {
    a0 += load<u32>(blocks) as u64;
    a1 += load<u32>(blocks, 4) as u64;
    a2 += load<u32>(blocks, 8) as u64;
    a3 += load<u32>(blocks, 12) as u64;
    a4 += 1;
    const d0 = a0 * r0 + a1 * s3 + a2 * s2 + a3 * s1;
    const d1 = a0 * r1 + a1 * r0 + a2 * s3 + a3 * s2 + a4 * s1 + (d0 >> 32);
    const d2 = a0 * r2 + a1 * r1 + a2 * r0 + a3 * s3 + a4 * s2 + (d1 >> 32);
    const d3 = a0 * r3 + a1 * r2 + a2 * r1 + a3 * r0 + a4 * s3 + (d2 >> 32);
    const d4 = a4 * r0 + (d3 >> 32);
    a0 = (d0 & WORD) + (d4 >> 2) * 5;
    a1 = d1 & WORD;
    a2 = d2 & WORD;
    a3 = d3 & WORD;
    a4 = d4 & 3;
    blocks += 16;
  }
  h0 = a0;
  h1 = a1;
  h2 = a2;
  h3 = a3;
  h4 = a4;
}

/** The tag: the sum modulo 2^130 - 5, and the second half of the key added to it modulo 2^128. */
export function finishSum(key: usize): v128 {
  h1 += h0 >> 32;
  h2 += h1 >> 32;
  h3 += h2 >> 32;
  h4 += h3 >> 32;
  h0 = (h0 & WORD) + (h4 >> 2) * 5;
  h1 = (h1 & WORD) + (h0 >> 32);
  h2 = (h2 & WORD) + (h1 >> 32);
  h3 = (h3 & WORD) + (h2 >> 32);
  h4 = (h4 & 3) + (h3 >> 32);
  // The sum is below 2^130 + 4. If it and 5 together reach 2^130, the modulus is subtracted by adding that 5.
  const g0 = (h0 & WORD) + 5;
  const g1 = (h1 & WORD) + (g0 >> 32);
  const g2 = (h2 & WORD) + (g1 >> 32);
  const g3 = (h3 & WORD) + (g2 >> 32);
  const five: u64 = 5 & (0 - ((h4 + (g3 >> 32)) >> 2));
  h0 = (h0 & WORD) + five + (load<u32>(key, 16) as u64);
  h1 = (h1 & WORD) + (load<u32>(key, 20) as u64) + (h0 >> 32);
  h2 = (h2 & WORD) + (load<u32>(key, 24) as u64) + (h1 >> 32);
  h3 = (h3 & WORD) + (load<u32>(key, 28) as u64) + (h2 >> 32);
  return i32x4(h0 as u32, h1 as u32, h2 as u32, h3 as u32);
}
