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
  v[4] = (v[4] as number) ^ 0xff;
  rounds(4);
  const low = (v[0] as number) ^ (v[2] as number) ^ (v[4] as number) ^ (v[6] as number);
  const high = (v[1] as number) ^ (v[3] as number) ^ (v[5] as number) ^ (v[7] as number);
  v.fill(0);
  return Uint8Array.of(low, low >>> 8, low >>> 16, low >>> 24, high, high >>> 8, high >>> 16, high >>> 24);
}

/** Four bytes, the lowest first; those from `end` on count as zero. */
function little32(bytes: Uint8Array, offset: number, end: number): number {
  if (offset + 4 <= end) {
    return (
      (bytes[offset] as number) |
      ((bytes[offset + 1] as number) << 8) |
      ((bytes[offset + 2] as number) << 16) |
      ((bytes[offset + 3] as number) << 24)
    );
  }
  let value = 0;
  for (let i = end - 1; i >= offset; i--) value = (value << 8) | (bytes[i] as number);
  return value;
}

function absorb(low: number, high: number): void {
  v[6] = (v[6] as number) ^ low;
  v[7] = (v[7] as number) ^ high;
  rounds(2);
  v[0] = (v[0] as number) ^ low;
  v[1] = (v[1] as number) ^ high;
}

/** 1 when the sum of two halves, already cut to 32 bits, lost its top bit. */
function carry(sum: number, part: number): number {
  return sum >>> 0 < part >>> 0 ? 1 : 0;
}

/** SipRound, `count` times: each word as two locals, because a hash is a few rounds long and most are made by code that is not compiled yet. */
function rounds(count: number): void {
  let a = v[0] as number;
  let aHigh = v[1] as number;
  let b = v[2] as number;
  let bHigh = v[3] as number;
  let c = v[4] as number;
  let cHigh = v[5] as number;
  let d = v[6] as number;
  let dHigh = v[7] as number;
  for (let i = 0; i < count; i++) {
    let low = (a + b) | 0;
    let high = (aHigh + bHigh + carry(low, b)) | 0;
    let turned = ((b << 13) | (bHigh >>> 19)) ^ low;
    bHigh = ((bHigh << 13) | (b >>> 19)) ^ high;
    b = turned;
    // The words that the reference rotates by 32 swap their halves.
    a = high;
    aHigh = low;
    low = (c + d) | 0;
    high = (cHigh + dHigh + carry(low, d)) | 0;
    turned = ((d << 16) | (dHigh >>> 16)) ^ low;
    dHigh = ((dHigh << 16) | (d >>> 16)) ^ high;
    d = turned;
    c = low;
    cHigh = high;
    low = (a + d) | 0;
    high = (aHigh + dHigh + carry(low, d)) | 0;
    turned = ((d << 21) | (dHigh >>> 11)) ^ low;
    dHigh = ((dHigh << 21) | (d >>> 11)) ^ high;
    d = turned;
    a = low;
    aHigh = high;
    low = (c + b) | 0;
    high = (cHigh + bHigh + carry(low, b)) | 0;
    turned = ((b << 17) | (bHigh >>> 15)) ^ low;
    bHigh = ((bHigh << 17) | (b >>> 15)) ^ high;
    b = turned;
    c = high;
    cHigh = low;
  }
  v[0] = a;
  v[1] = aHigh;
  v[2] = b;
  v[3] = bHigh;
  v[4] = c;
  v[5] = cHigh;
  v[6] = d;
  v[7] = dHigh;
}
