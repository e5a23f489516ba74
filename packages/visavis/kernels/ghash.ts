/**
 * GHASH (NIST SP 800-38D §6.4): blocks as polynomials over GF(2), multiplied by powers of the hash key H.
 *
 * The first bit of a block, the highest of its first byte, is the coefficient of x^0. So a multiplication by x^8 moves
 * every byte to the next higher address, and what leaves byte 15 comes back at byte 0, multiplied by
 * x^128 = 1 + x + x^2 + x^7.
 *
 * A key's tables hold the products of each value of a byte with H^4, H^3, H^2 and H. Four blocks are folded in at a time:
 *
 *     hash := (hash + block0) H^4 + block1 H^3 + block2 H^2 + block3 H
 *
 * Byte j of each of them selects an entry; the sum of these four times x^(8j) is what byte j adds. The sums are taken
 * from the last byte to the first, by moving a sum of 32 bytes up by one byte each time (Horner), and reduced once at
 * the end.
 *
 * Timing: the addresses of the table reads depend on H and on the hash, so this is not constant time against someone
 * who can watch the cache.
 */

/** Bytes of a table: 256 entries of 16 bytes. */
const TABLE: usize = 4096;

/** Where the hash so far stands while its bytes select entries. */
const HASH: usize = memory.data(16, 16);

/** A block shifted by one bit towards higher powers, and the same reduced. */
function timesX(block: v128): v128 {
  // Within each byte a shift to the right, with the bit that leaves the byte before coming in at the top.
  const before = v128.shuffle<u8>(i8x16.splat(0), block, 0, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30);
  const shifted = v128.or(v128.shr<u8>(block, 1), v128.shl<u8>(before, 7));
  const leaves: u64 = v128.extract_lane<u64>(block, 1) >> 56;
  // 1 + x + x^2 + x^7 is 11100001 in the first byte.
  const back = i64x2((0xe1 * (leaves & 1)) as i64, 0);
  return v128.xor(shifted, back);
}

/** Fills a table with the products of each value of a byte with `factor`. */
function fillTable(table: usize, factor: v128): void {
  v128.store(table, i8x16.splat(0));
  // The highest bit of a byte is the lowest power.
  let product = factor;
  for (let bit: usize = 128; bit > 0; bit >>= 1) {
    v128.store(table + (bit << 4), product);
    product = timesX(product);
  }
  for (let bit: usize = 2; bit <= 128; bit <<= 1) {
    const high = v128.load(table + (bit << 4));
    for (let low: usize = 1; low < bit; low++) {
      v128.store(table + ((bit + low) << 4), v128.xor(high, v128.load(table + (low << 4))));
    }
  }
}

/** The remainder of the 32 bytes `low`, `high` modulo the polynomial. */
function reduce(low: v128, high: v128): v128 {
  // high (1 + x + x^2 + x^7); the last byte of high is 0, so that nothing leaves at the top.
  const before = v128.shuffle<u8>(i8x16.splat(0), high, 0, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30);
  const x1 = v128.or(v128.shr<u8>(high, 1), v128.shl<u8>(before, 7));
  const x2 = v128.or(v128.shr<u8>(high, 2), v128.shl<u8>(before, 6));
  const x7 = v128.or(v128.shr<u8>(high, 7), v128.shl<u8>(before, 1));
  return v128.xor(v128.xor(low, high), v128.xor(v128.xor(x1, x2), x7));
}

/** Writes the tables of a hash key: 4 x 4096 bytes, for H^4, H^3, H^2 and H. */
export function prepareHash(tables: usize, key: usize): void {
  const h = v128.load(key);
  const last = tables + 3 * TABLE;
  fillTable(last, h);
  let power = h;
  for (let table = last - TABLE; table >= tables; table -= TABLE) {
    power = timesKey(last, power);
    fillTable(table, power);
  }
}

/** A block multiplied by the factor of a table. */
function timesKey(table: usize, block: v128): v128 {
  v128.store(HASH, block);
  let low = i8x16.splat(0);
  let high = i8x16.splat(0);
  for (let j: usize = 16; j > 0; ) {
    j--;
    high = v128.shuffle<u8>(low, high, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30);
    low = v128.shuffle<u8>(i8x16.splat(0), low, 0, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30);
    low = v128.xor(low, v128.load(table + ((load<u8>(HASH + j) as usize) << 4)));
  }
  return reduce(low, high);
}

/** The hash so far, gone on with `count` blocks at `blocks`. */
export function ghash(tables: usize, hash: v128, blocks: usize, count: usize): v128 {
  // Blocks that do not fill a group of four come first, one by one.
  for (; (count & 3) !== 0; count--) {
    hash = timesKey(tables + 3 * TABLE, v128.xor(hash, v128.load(blocks)));
    blocks += 16;
  }
  for (; count > 0; count -= 4) {
    v128.store(HASH, v128.xor(hash, v128.load(blocks)));
    let low = i8x16.splat(0);
    let high = i8x16.splat(0);
    for (let j: usize = 16; j > 0; ) {
      j--;
      high = v128.shuffle<u8>(low, high, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30);
      low = v128.shuffle<u8>(i8x16.splat(0), low, 0, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30);
      const rest = v128.xor(
        v128.load(tables + ((load<u8>(blocks + j, 16) as usize) << 4), TABLE),
        v128.xor(
          v128.load(tables + ((load<u8>(blocks + j, 32) as usize) << 4), 2 * TABLE),
          v128.load(tables + ((load<u8>(blocks + j, 48) as usize) << 4), 3 * TABLE),
        ),
      );
      low = v128.xor(v128.xor(low, rest), v128.load(tables + ((load<u8>(HASH + j) as usize) << 4)));
    }
    hash = reduce(low, high);
    blocks += 64;
  }
  return hash;
}
