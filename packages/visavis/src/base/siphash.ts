/**
 * SipHash-2-4 (Aumasson and Bernstein, 2012): a keyed hash of 64 bits for short values that only we verify, such as SCTP's state cookie.
 */

/** The 64-bit SipHash-2-4 of `bytes[start, end)` under a key of 16 bytes, as eight bytes in little-endian order. */
export function sipHash(key: Uint8Array, bytes: Uint8Array, start: number = 0, end: number = bytes.length): Uint8Array {
  const mask = 0xffff_ffff_ffff_ffffn;
  const k0 = little64(key, 0);
  const k1 = little64(key, 8);
  const v = [0x736f6d6570736575n ^ k0, 0x646f72616e646f6dn ^ k1, 0x6c7967656e657261n ^ k0, 0x7465646279746573n ^ k1];
  const rotate = (x: bigint, by: bigint): bigint => ((x << by) | (x >> (64n - by))) & mask;
  const round = (): void => {
    let [a = 0n, b = 0n, c = 0n, d = 0n] = v;
    a = (a + b) & mask;
    b = rotate(b, 13n) ^ a;
    a = rotate(a, 32n);
    c = (c + d) & mask;
    d = rotate(d, 16n) ^ c;
    a = (a + d) & mask;
    d = rotate(d, 21n) ^ a;
    c = (c + b) & mask;
    b = rotate(b, 17n) ^ c;
    c = rotate(c, 32n);
    v[0] = a;
    v[1] = b;
    v[2] = c;
    v[3] = d;
  };
  const absorb = (word: bigint): void => {
    v[3] = (v[3] ?? 0n) ^ word;
    round();
    round();
    v[0] = (v[0] ?? 0n) ^ word;
  };
  let offset = start;
  for (; offset + 8 <= end; offset += 8) absorb(little64(bytes, offset));
  let last = BigInt((end - start) & 0xff) << 56n;
  for (let i = offset; i < end; i++) last |= BigInt(bytes[i] as number) << BigInt(8 * (i - offset));
  absorb(last);
  v[2] = (v[2] ?? 0n) ^ 0xffn;
  for (let i = 0; i < 4; i++) round();
  const hash = (v[0] ?? 0n) ^ (v[1] ?? 0n) ^ (v[2] ?? 0n) ^ (v[3] ?? 0n);
  return Uint8Array.from({ length: 8 }, (_, i) => Number((hash >> BigInt(8 * i)) & 0xffn));
}

function little64(bytes: Uint8Array, offset: number): bigint {
  let value = 0n;
  for (let i = 7; i >= 0; i--) value = (value << 8n) | BigInt(bytes[offset + i] as number);
  return value;
}
