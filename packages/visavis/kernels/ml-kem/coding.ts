/**
 * Polynomials as bytes, whole or compressed (FIPS 203 §4.2.1), and drawn from hashes (§4.2.2).
 *
 * Division by the prime is a multiplication by its inverse in fixed point: a processor's division takes a time that tells of
 * its operands. The constants are right for every coefficient.
 */
// biome-ignore lint/correctness/useImportExtensions: its compiler adds the extension
import { minus, plus, Q } from "./field";
// biome-ignore lint/correctness/useImportExtensions: its compiler adds the extension
import { absorb, SHAKE_SUFFIX, SHAKE128, SHAKE256, squeeze } from "./keccak";
// biome-ignore lint/correctness/useImportExtensions: its compiler adds the extension
import { INPUT, OUTPUT, POLYNOMIAL } from "./layout";

/** ByteEncode with 12 bits: 384 bytes. */
export function encode12(target: usize, polynomial: usize): void {
  for (let i: usize = 0; i < POLYNOMIAL; i += 4) {
    const pair = (load<u16>(polynomial + i) as u32) | ((load<u16>(polynomial + i, 2) as u32) << 12);
    store<u16>(target, pair as u16);
    store<u8>(target, (pair >> 16) as u8, 2);
    target += 3;
  }
}

/** ByteDecode with 12 bits; whether every coefficient is below the prime. A greater one is left as it is. */
export function decode12(polynomial: usize, bytes: usize): bool {
  let greatest: u32 = 0;
  for (let i: usize = 0; i < POLYNOMIAL; i += 4) {
    const pair = (load<u16>(bytes) as u32) | ((load<u8>(bytes, 2) as u32) << 16);
    const low = pair & 0xfff;
    const high = pair >> 12;
    store<u16>(polynomial + i, low as u16);
    store<u16>(polynomial + i, high as u16, 2);
    greatest = max(greatest, max(low, high));
    bytes += 3;
  }
  return greatest < Q;
}

/** Compressed to 10 bits each: 320 bytes. */
export function encode10(target: usize, polynomial: usize): void {
  for (let i: usize = 0; i < POLYNOMIAL; i += 8) {
    let four: u64 = 0;
    for (let j: usize = 0; j < 4; j++) {
      const value = ((((load<u16>(polynomial + i + (j << 1)) as u64) << 10) + 1665) * 1290167) >> 32;
      four |= (value & 0x3ff) << (10 * (j as u64));
    }
    store<u32>(target, four as u32);
    store<u8>(target, (four >> 32) as u8, 4);
    target += 5;
  }
}

/** The reverse of {@link encode10}, as near as it was kept. */
export function decode10(polynomial: usize, bytes: usize): void {
  for (let i: usize = 0; i < POLYNOMIAL; i += 8) {
    let four = (load<u32>(bytes) as u64) | ((load<u8>(bytes, 4) as u64) << 32);
    for (let j: usize = 0; j < 8; j += 2) {
      store<u16>(polynomial + i + j, ((((four & 0x3ff) as u32) * Q + 512) >> 10) as u16);
      four >>= 10;
    }
    bytes += 5;
  }
}

/** Compressed to 4 bits each: 128 bytes. */
export function encode4(target: usize, polynomial: usize): void {
  for (let i: usize = 0; i < POLYNOMIAL; i += 4) {
    store<u8>(target++, (compress(load<u16>(polynomial + i), 4) | (compress(load<u16>(polynomial + i, 2), 4) << 4)) as u8);
  }
}

/** The reverse of {@link encode4}, as near as it was kept. */
export function decode4(polynomial: usize, bytes: usize): void {
  for (let i: usize = 0; i < POLYNOMIAL; i += 4) {
    const pair: u32 = load<u8>(bytes++);
    store<u16>(polynomial + i, (((pair & 15) * Q + 8) >> 4) as u16);
    store<u16>(polynomial + i, (((pair >> 4) * Q + 8) >> 4) as u16, 2);
  }
}

/** Compressed to a bit each: 32 bytes. */
export function encode1(target: usize, polynomial: usize): void {
  for (let i: usize = 0; i < 32; i++) {
    let byte: u32 = 0;
    for (let j: u32 = 0; j < 8; j++) byte |= compress(load<u16>(polynomial + (i << 4) + (j << 1)), 1) << j;
    store<u8>(target + i, byte as u8);
  }
}

/** `polynomial +=` the 256 bits, each 0 or half the prime. */
export function addDecoded1(polynomial: usize, bytes: usize): void {
  for (let i: usize = 0; i < POLYNOMIAL; i += 2) {
    const bit = ((load<u8>(bytes + (i >> 4)) as u32) >> (((i as u32) >> 1) & 7)) & 1;
    const value: u32 = load<u16>(polynomial + i);
    // A mask, not a branch: the bits are a secret.
    store<u16>(polynomial + i, plus(value, (0 - bit) & ((Q + 1) >> 1)) as u16);
  }
}

/** To 4 bits or 1. */
function compress(value: u32, bits: u32): u32 {
  return ((((((value << bits) + 1665) as u64) * 80635) >> 28) as u32) & ((1 << bits) - 1);
}

/** SampleNTT (algorithm 7): an element of the matrix, from the seed of 32 bytes and its place. */
export function sampleUniform(polynomial: usize, seed: usize, column: u32, row: u32): void {
  memory.copy(INPUT, seed, 32);
  store<u8>(INPUT, column as u8, 32);
  store<u8>(INPUT, row as u8, 33);
  absorb(SHAKE128, SHAKE_SUFFIX, INPUT, 34);
  const end = polynomial + POLYNOMIAL;
  while (polynomial < end) {
    squeeze(SHAKE128);
    for (let at: usize = OUTPUT; at < OUTPUT + SHAKE128 && polynomial < end; at += 3) {
      const pair = (load<u16>(at) as u32) | ((load<u8>(at, 2) as u32) << 16);
      const low = pair & 0xfff;
      const high = pair >> 12;
      if (low < Q) {
        store<u16>(polynomial, low as u16);
        polynomial += 2;
      }
      if (high < Q && polynomial < end) {
        store<u16>(polynomial, high as u16);
        polynomial += 2;
      }
    }
  }
}

/** SamplePolyCBD with η = 2 (algorithm 8): small coefficients, from a seed of 32 bytes and a counter. */
export function sampleSmall(polynomial: usize, seed: usize, counter: u32): void {
  memory.copy(INPUT, seed, 32);
  store<u8>(INPUT, counter as u8, 32);
  absorb(SHAKE256, SHAKE_SUFFIX, INPUT, 33);
  squeeze(SHAKE256);
  for (let i: usize = 0; i < 32; i++) {
    const bits = load<u32>(OUTPUT + (i << 2));
    // Sums of two bits each, eight coefficients of two sums.
    let sums = (bits & 0x55555555) + ((bits >> 1) & 0x55555555);
    for (let j = 0; j < 8; j++) {
      store<u16>(polynomial, minus(sums & 3, (sums >> 2) & 3) as u16);
      sums >>= 4;
      polynomial += 2;
    }
  }
}
