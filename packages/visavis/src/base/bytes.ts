/**
 * Big-endian reads and writes at offsets, without a DataView or a view per field.
 *
 * The caller has proven the bounds; reading past the end gives zeros, writing past the end does nothing.
 */

/** The byte at `offset`. */
export function u8(bytes: Uint8Array, offset: number): number {
  return bytes[offset] as number;
}

/** 16 bits, unsigned. */
export function u16(bytes: Uint8Array, offset: number): number {
  return ((bytes[offset] as number) << 8) | (bytes[offset + 1] as number);
}

/** 24 bits, unsigned. */
export function u24(bytes: Uint8Array, offset: number): number {
  return ((bytes[offset] as number) << 16) | ((bytes[offset + 1] as number) << 8) | (bytes[offset + 2] as number);
}

/** 32 bits, unsigned. */
export function u32(bytes: Uint8Array, offset: number): number {
  return (
    (((bytes[offset] as number) << 24) |
      ((bytes[offset + 1] as number) << 16) |
      ((bytes[offset + 2] as number) << 8) |
      (bytes[offset + 3] as number)) >>>
    0
  );
}

/** 48 bits, unsigned. */
export function u48(bytes: Uint8Array, offset: number): number {
  return u16(bytes, offset) * 0x1_0000_0000 + u32(bytes, offset + 2);
}

/** 64 bits, unsigned. */
export function u64(bytes: Uint8Array, offset: number): bigint {
  return (BigInt(u32(bytes, offset)) << 32n) | BigInt(u32(bytes, offset + 4));
}

/** Writes 8 bits and returns the offset behind them. */
export function setU8(bytes: Uint8Array, offset: number, value: number): number {
  bytes[offset] = value;
  return offset + 1;
}

/** Writes 16 bits and returns the offset behind them. */
export function setU16(bytes: Uint8Array, offset: number, value: number): number {
  bytes[offset] = value >>> 8;
  bytes[offset + 1] = value;
  return offset + 2;
}

/** Writes 24 bits and returns the offset behind them. */
export function setU24(bytes: Uint8Array, offset: number, value: number): number {
  bytes[offset] = value >>> 16;
  bytes[offset + 1] = value >>> 8;
  bytes[offset + 2] = value;
  return offset + 3;
}

/** Writes 32 bits and returns the offset behind them. */
export function setU32(bytes: Uint8Array, offset: number, value: number): number {
  bytes[offset] = value >>> 24;
  bytes[offset + 1] = value >>> 16;
  bytes[offset + 2] = value >>> 8;
  bytes[offset + 3] = value;
  return offset + 4;
}

/** Writes 48 bits and returns the offset behind them. */
export function setU48(bytes: Uint8Array, offset: number, value: number): number {
  setU16(bytes, offset, Math.floor(value / 0x1_0000_0000));
  return setU32(bytes, offset + 2, value >>> 0);
}

/** Writes 64 bits and returns the offset behind them. */
export function setU64(bytes: Uint8Array, offset: number, value: bigint): number {
  setU32(bytes, offset, Number(value >> 32n));
  return setU32(bytes, offset + 4, Number(value & 0xffff_ffffn));
}

/** Copies `source` to `offset` and returns the offset behind it. */
export function setBytes(bytes: Uint8Array, offset: number, source: Uint8Array): number {
  bytes.set(source, offset);
  return offset + source.length;
}

/**
 * Copies `source[start, end)` to `offset` and returns the offset behind it: a few bytes one by one, more by a view. Copying by words
 * without a view takes four times as long. What arrives from a socket is of a subclass, whose own `subarray` and `slice` are slow: so the
 * view is a plain one.
 */
export function copyBytes(bytes: Uint8Array, offset: number, source: Uint8Array, start: number, end: number): number {
  const length = end - start;
  if (length <= 48) for (let i = 0; i < length; i++) bytes[offset + i] = source[start + i] as number;
  else if (length === source.length) bytes.set(source, offset);
  else bytes.set(new Uint8Array(source.buffer, source.byteOffset + start, length), offset);
  return offset + length;
}

/** The bytes `source[start, end)` in memory of their own, nothing before and nothing behind them. */
export function sliceBytes(source: Uint8Array, start: number, end: number): Uint8Array {
  const at = source.byteOffset;
  return new Uint8Array(source.buffer.slice(at + start, at + end));
}

/** Whether both hold the same bytes. Not for secrets: it stops at the first difference. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** All parts in one new array. For handshakes and tests, not for packets. */
export function concatBytes(...parts: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const part of parts) length += part.length;
  const out = new Uint8Array(length);
  let offset = 0;
  for (const part of parts) offset = setBytes(out, offset, part);
  return out;
}

/** The next multiple of four, as in the padding of STUN attributes and SCTP chunks. */
export function padded4(length: number): number {
  return (length + 3) & ~3;
}

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

/** Lower-case hexadecimal. */
export function toHex(bytes: Uint8Array): string {
  // Joined, it is one string; digit by digit, a rope of as many pieces, which keys of tables would stay.
  const pairs: unknown[] = [];
  for (const byte of bytes) pairs.push(HEX[byte]);
  return pairs.join("");
}

/**
 * Bytes of hexadecimal text; white space and colons are skipped.
 * @throws RangeError when the text is not hexadecimal
 */
export function fromHex(text: string): Uint8Array {
  const digits = text.replace(/[\s:]/g, "");
  if (digits.length % 2 !== 0 || /[^0-9a-fA-F]/.test(digits)) throw new RangeError("not hexadecimal text");
  const out = new Uint8Array(digits.length / 2);
  for (let i = 0; i < out.length; i++) out[i] = Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16);
  return out;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
const strictDecoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** UTF-8 bytes of a string; lone surrogates become U+FFFD. */
export function encodeUtf8(text: string): Uint8Array {
  return encoder.encode(text);
}

/** The string of UTF-8 bytes; what is not UTF-8 becomes U+FFFD. */
export function decodeUtf8(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}

/** The string of UTF-8 bytes; undefined when they are not UTF-8. */
export function decodeUtf8Strict(bytes: Uint8Array): string | undefined {
  try {
    return strictDecoder.decode(bytes);
  } catch {
    return undefined;
  }
}
