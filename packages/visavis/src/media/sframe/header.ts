/**
 * The header of an SFrame: https://www.rfc-editor.org/rfc/rfc9605#section-4.3
 *
 *  0 1 2 3 4 5 6 7
 * +-+-+-+-+-+-+-+-+------------+------------+
 * |X|  K  |Y|  C  |   KID...   |   CTR...   |
 * +-+-+-+-+-+-+-+-+------------+------------+
 *
 * X: whether the key ID is in K itself (0), or in K + 1 bytes of its own; Y and C say the same of the counter.
 */

/** What a header says. */
export interface SFrameHeader {
  /** Which key, 64 bits. */
  readonly keyId: bigint;
  /** Which frame under the key, 64 bits. */
  readonly counter: bigint;
}

/** The longest header. */
export const MAX_HEADER_LENGTH = 17;

const SHORT = 8n;

/** Reads the header at `offset`. @returns it and where the ciphertext begins; undefined when it is cut off */
export function decodeSFrameHeader(
  bytes: Uint8Array,
  offset: number,
  end: number,
): (SFrameHeader & { readonly end: number }) | undefined {
  const config = offset < end ? bytes[offset] : undefined;
  if (config === undefined) return undefined;
  const keyField = (config >> 4) & 7;
  const counterField = config & 7;
  const keyLength = (config & 0x80) === 0 ? 0 : keyField + 1;
  const counterLength = (config & 0x08) === 0 ? 0 : counterField + 1;
  const keyStart = offset + 1;
  const counterStart = keyStart + keyLength;
  if (counterStart + counterLength > end) return undefined;
  return {
    keyId: keyLength === 0 ? BigInt(keyField) : readNumber(bytes, keyStart, keyLength),
    counter: counterLength === 0 ? BigInt(counterField) : readNumber(bytes, counterStart, counterLength),
    end: counterStart + counterLength,
  };
}

/** Writes a header in its shortest form. @returns the offset behind it */
export function encodeSFrameHeader({ keyId, counter }: SFrameHeader, out: Uint8Array, offset: number): number {
  const keyLength = keyId < SHORT ? 0 : lengthOf(keyId);
  const counterLength = counter < SHORT ? 0 : lengthOf(counter);
  const high = keyLength === 0 ? Number(keyId) : 8 | (keyLength - 1);
  const low = counterLength === 0 ? Number(counter) : 8 | (counterLength - 1);
  out[offset] = (high << 4) | low;
  writeNumber(out, offset + 1, keyLength, keyId);
  writeNumber(out, offset + 1 + keyLength, counterLength, counter);
  return offset + 1 + keyLength + counterLength;
}

function lengthOf(value: bigint): number {
  let length = 1;
  while (length < 8 && value >> BigInt(8 * length) > 0n) length++;
  return length;
}

function readNumber(bytes: Uint8Array, start: number, length: number): bigint {
  let value = 0n;
  for (const byte of bytes.subarray(start, start + length)) value = (value << 8n) | BigInt(byte);
  return value;
}

function writeNumber(out: Uint8Array, start: number, length: number, value: bigint): void {
  for (let i = 0; i < length; i++) out[start + i] = Number((value >> BigInt(8 * (length - 1 - i))) & 0xffn);
}
