/**
 * Polynomials of 256 coefficients modulo 3329 and their number-theoretic transform (FIPS 203 §4.3).
 *
 * A coefficient is always in [0, 3329). No branch and no address depends on one, so that time tells nothing of it.
 */
// biome-ignore lint/correctness/useImportExtensions: its compiler adds the extension
import { POLYNOMIAL, ZETAS } from "./layout";

/** The prime. */
export const Q: u32 = 3329;

/** `value` less the prime where it is not below it; `value` is below twice the prime. */
function once(value: u32): u32 {
  const less = (value - Q) as i32;
  return (less + ((less >> 31) & Q)) as u32;
}

/** A sum modulo the prime. */
export function plus(a: u32, b: u32): u32 {
  return once(a + b);
}

/** A difference modulo the prime. */
export function minus(a: u32, b: u32): u32 {
  return once(a + Q - b);
}

/** A product modulo the prime, after Barrett: 5039 is 2^24 by the prime, and the product is below 2^24. */
export function times(a: u32, b: u32): u32 {
  const product = a * b;
  const quotient = (((product as u64) * 5039) >> 24) as u32;
  return once(product - quotient * Q);
}

/** The root of unity to the power of the seven bits of each index in reverse (§4.3, appendix A). */
export function fillZetas(): void {
  for (let i: u32 = 0; i < 128; i++) {
    let zeta: u32 = 1;
    let power: u32 = 17;
    for (let bit: u32 = 64; bit > 0; bit >>= 1) {
      if ((i & bit) !== 0) zeta = times(zeta, power);
      power = times(power, power);
    }
    store<u16>(ZETAS + (i << 1), zeta as u16);
  }
}

/** NTT in place (§4.3, algorithm 9). */
export function transform(at: usize): void {
  let index: usize = ZETAS + 2;
  for (let length: usize = 256; length >= 4; length >>= 1) {
    for (let start: usize = at; start < at + POLYNOMIAL; start += length << 1) {
      const zeta: u32 = load<u16>(index);
      index += 2;
      for (let j = start; j < start + length; j += 2) {
        const low: u32 = load<u16>(j);
        const high = times(zeta, load<u16>(j + length));
        store<u16>(j + length, minus(low, high) as u16);
        store<u16>(j, plus(low, high) as u16);
      }
    }
  }
}

/** The inverse in place (§4.3, algorithm 10). */
export function transformBack(at: usize): void {
  let index: usize = ZETAS + 254;
  for (let length: usize = 4; length <= 256; length <<= 1) {
    for (let start: usize = at; start < at + POLYNOMIAL; start += length << 1) {
      const zeta: u32 = load<u16>(index);
      index -= 2;
      for (let j = start; j < start + length; j += 2) {
        const low: u32 = load<u16>(j);
        const high: u32 = load<u16>(j + length);
        store<u16>(j, plus(low, high) as u16);
        store<u16>(j + length, times(zeta, minus(high, low)) as u16);
      }
    }
  }
  // 128⁻¹
  for (let j = at; j < at + POLYNOMIAL; j += 2) store<u16>(j, times(load<u16>(j), 3303) as u16);
}

/** `target += a ∘ b` of transformed polynomials (§4.3.1, algorithms 11 and 12). */
export function multiplyAdd(target: usize, a: usize, b: usize): void {
  for (let i: usize = 0; i < POLYNOMIAL; i += 4) {
    // Pairs have the roots γ and -γ by turns.
    const root: u32 = load<u16>(ZETAS + 128 + ((i >> 3) << 1));
    const gamma = (i & 4) === 0 ? root : Q - root;
    const a0: u32 = load<u16>(a + i);
    const a1: u32 = load<u16>(a + i, 2);
    const b0: u32 = load<u16>(b + i);
    const b1: u32 = load<u16>(b + i, 2);
    const even = plus(times(a0, b0), times(times(a1, b1), gamma));
    const odd = plus(times(a0, b1), times(a1, b0));
    store<u16>(target + i, plus(load<u16>(target + i), even) as u16);
    store<u16>(target + i, plus(load<u16>(target + i, 2), odd) as u16, 2);
  }
}

/** `target += a`. */
export function add(target: usize, a: usize): void {
  for (let i: usize = 0; i < POLYNOMIAL; i += 2) {
    store<u16>(target + i, plus(load<u16>(target + i), load<u16>(a + i)) as u16);
  }
}

/** `target = a - target`. */
export function subtractFrom(target: usize, a: usize): void {
  for (let i: usize = 0; i < POLYNOMIAL; i += 2) {
    store<u16>(target + i, minus(load<u16>(a + i), load<u16>(target + i)) as u16);
  }
}
