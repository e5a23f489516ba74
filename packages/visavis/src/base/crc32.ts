/**
 * CRC32 as in ITU V.42, for the FINGERPRINT of STUN: RFC 8489 §14.7.
 */

const TABLE: Uint32Array = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  return crc;
});

/** The CRC32 of `bytes[start, end)`. */
export function crc32(bytes: Uint8Array, start: number = 0, end: number = bytes.length): number {
  let crc = ~0;
  for (let i = start; i < end; i++) crc = (crc >>> 8) ^ (TABLE[(crc ^ (bytes[i] as number)) & 0xff] as number);
  return ~crc >>> 0;
}
