/**
 * SipHash-2-4 (Aumasson and Bernstein, 2012): a keyed hash of 64 bits for short values that only we verify, such as SCTP's state cookie.
 */

// The four words of the state, each as its low and its high half. Nothing else runs while a hash is made.
const v = new Int32Array(8);

/** The 64-bit SipHash-2-4 of `bytes[start, end)` under a key of 16 bytes, as eight bytes in little-endian order. */
export function sipHash(key: Uint8Array, bytes: Uint8Array, start: number = 0, end: number = bytes.length): Uint8Array {
  const k0 = little32(key, 0, 16);
  const k1 = little32(key, 4, 16);
  const k2 = little32(key, 8, 16);
  const k3 = little32(key, 12, 16);
  v[0] = k0 ^ 0x70736575;
  v[1] = k1 ^ 0x736f6d65;
  v[2] = k2 ^ 0x6e646f6d;
  v[3] = k3 ^ 0x646f7261;
  v[4] = k0 ^ 0x6e657261;
  v[5] = k1 ^ 0x6c796765;
  v[6] = k2 ^ 0x79746573;
  v[7] = k3 ^ 0x74656462;
  const whole = end - ((end - start) & 7);
  for (let at = start; at < whole; at += 8) absorb(little32(bytes, at, end), little32(bytes, at + 4, end));
  // The last word ends with the length.
  absorb(little32(bytes, whole, end), little32(bytes, whole + 4, end) | ((end - start) << 24));
  v[4] = word(4) ^ 0xff;
  for (let i = 0; i < 4; i++) round();
  const low = word(0) ^ word(2) ^ word(4) ^ word(6);
  const high = word(1) ^ word(3) ^ word(5) ^ word(7);
  v.fill(0);
  const out = new Uint8Array(8);
  for (let i = 0; i < 4; i++) {
    out[i] = low >>> (8 * i);
    out[4 + i] = high >>> (8 * i);
  }
  return out;
}

/** Four bytes, the lowest first; those from `end` on count as zero. */
function little32(bytes: Uint8Array, offset: number, end: number): number {
  let value = 0;
  for (let i = Math.min(offset + 4, end) - 1; i >= offset; i--) value = (value << 8) | (bytes[i] as number);
  return value;
}

function word(index: number): number {
  return v[index] as number;
}

function absorb(low: number, high: number): void {
  v[6] = word(6) ^ low;
  v[7] = word(7) ^ high;
  round();
  round();
  v[0] = word(0) ^ low;
  v[1] = word(1) ^ high;
}

/** a += b; b = b rotated ^ a. `a` and `b` are the indexes of the words' low halves; `by` is below 32. */
function mix(a: number, b: number, by: number): void {
  const low = (word(a) >>> 0) + (word(b) >>> 0);
  const high = (word(a + 1) + word(b + 1) + (low > 0xffff_ffff ? 1 : 0)) | 0;
  const bLow = word(b);
  const bHigh = word(b + 1);
  v[a] = low;
  v[a + 1] = high;
  v[b] = ((bLow << by) | (bHigh >>> (32 - by))) ^ word(a);
  v[b + 1] = ((bHigh << by) | (bLow >>> (32 - by))) ^ high;
}

/** Rotates a word by 32. */
function swap(a: number): void {
  const low = word(a);
  v[a] = word(a + 1);
  v[a + 1] = low;
}

function round(): void {
  mix(0, 2, 13);
  swap(0);
  mix(4, 6, 16);
  mix(0, 6, 21);
  mix(4, 2, 17);
  swap(4);
}
