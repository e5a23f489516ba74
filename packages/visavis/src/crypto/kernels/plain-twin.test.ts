/**
 * The kernels' twin in plain TypeScript, written from the standards without a table or a trick: what the kernels must equal.
 */

/** Multiplication in GF(2^8) modulo x^8 + x^4 + x^3 + x + 1 (FIPS 197 §4.2). */
function times8(a: number, b: number): number {
  let [product, factor] = [0, a];
  for (let bit = 0; bit < 8; bit++) {
    if (((b >> bit) & 1) === 1) product ^= factor;
    factor = (factor << 1) ^ (factor > 127 ? 0x11b : 0);
  }
  return product;
}

/** FIPS 197 §5.1.1: the inverse, which is the 254th power, and an affine transformation. */
function substitute(byte: number): number {
  let inverse = 1;
  for (let i = 0; i < 254; i++) inverse = times8(inverse, byte);
  let out = 0x63;
  for (let turn = 0; turn < 5; turn++) out ^= ((inverse << turn) | (inverse >> (8 - turn))) & 0xff;
  return out;
}

const S_BOX = Array.from({ length: 256 }, (_, byte) => substitute(byte));
const subByte = (byte: number): number => S_BOX[byte] ?? 0;

/** KeyExpansion (FIPS 197 §5.2): words of four bytes. */
export function expandKey(key: Uint8Array): number[][] {
  const length = key.length / 4;
  const words = Array.from({ length }, (_, i) => [...key.subarray(4 * i, 4 * i + 4)]);
  let constant = 1;
  for (let i = length; i < 4 * (length + 7); i++) {
    let word = words[i - 1] ?? [];
    if (i % length === 0) {
      word = [...word.slice(1), ...word.slice(0, 1)].map(subByte);
      word[0] = (word[0] ?? 0) ^ constant;
      constant = times8(constant, 2);
    } else if (length > 6 && i % length === 4) word = word.map(subByte);
    words.push(word.map((byte, j) => byte ^ (words[i - length]?.[j] ?? 0)));
  }
  return words;
}

/** Cipher (FIPS 197 §5.1) of a block. */
export function encryptBlock(key: Uint8Array, block: Uint8Array): Uint8Array {
  const words = expandKey(key);
  const rounds = key.length / 4 + 6;
  const addKey = (state: number[], round: number): number[] =>
    state.map((byte, i) => byte ^ (words[4 * round + (i >> 2)]?.[i & 3] ?? 0));
  const shiftRows = (state: number[]): number[] => state.map((_, i) => state[(i + 4 * (i & 3)) % 16] ?? 0);
  const mixColumns = (state: number[]): number[] =>
    state.map((_, i) => {
      const at = (step: number): number => state[(i & 12) + ((i + step) & 3)] ?? 0;
      return times8(at(0), 2) ^ times8(at(1), 3) ^ at(2) ^ at(3);
    });
  let state = addKey([...block], 0);
  for (let round = 1; round < rounds; round++) state = addKey(mixColumns(shiftRows(state.map(subByte))), round);
  return Uint8Array.from(addKey(shiftRows(state.map(subByte)), rounds));
}

/** The multiplication of blocks of NIST SP 800-38D §6.3. */
export function timesBlock(x: bigint, y: bigint): bigint {
  let [z, v] = [0n, y];
  for (let i = 127n; i >= 0n; i--) {
    if (((x >> i) & 1n) === 1n) z ^= v;
    v = (v & 1n) === 1n ? (v >> 1n) ^ (0xe1n << 120n) : v >> 1n;
  }
  return z;
}

const toNumber = (bytes: Uint8Array): bigint => bytes.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);

function padded(bytes: Uint8Array): Uint8Array {
  const out = new Uint8Array(Math.ceil(bytes.length / 16) * 16);
  out.set(bytes);
  return out;
}

/** GHASH of additional data, data and their lengths (NIST SP 800-38D §6.4, §7.1). */
export function hash(key: Uint8Array, additional: Uint8Array, data: Uint8Array): Uint8Array {
  const h = toNumber(key);
  let y = 0n;
  for (const part of [padded(additional), padded(data)]) {
    for (let at = 0; at < part.length; at += 16) y = timesBlock(y ^ toNumber(part.subarray(at, at + 16)), h);
  }
  y = timesBlock(y ^ (BigInt(additional.length * 8) << 64n) ^ BigInt(data.length * 8), h);
  return Uint8Array.from({ length: 16 }, (_, i) => Number((y >> BigInt(120 - 8 * i)) & 0xffn));
}
