/**
 * The common header of every SCTP packet, and its checksum. RFC 9260 §3.1, §6.8.
 * https://www.rfc-editor.org/rfc/rfc9260#section-3.1
 *
 * ```
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-------------------------------+-------------------------------+
 * |      Source Port Number       |    Destination Port Number    |
 * +-------------------------------+-------------------------------+
 * |                       Verification Tag                        |
 * +---------------------------------------------------------------+
 * |                           Checksum                            |
 * +---------------------------------------------------------------+
 * ```
 */
import { setU16, setU32, u16, u32 } from "../../base/bytes.ts";
import { crc32c } from "../../base/crc32c.ts";

/** Bytes of the common header; the first chunk follows. */
export const COMMON_HEADER = 12;

const CHECKSUM = 8;

/** The common header, read at once. The hot path uses the readers below. */
export interface CommonHeader {
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly verificationTag: number;
}

/** The port of the sender of the packet at `start`, which has at least `COMMON_HEADER` bytes. */
export function sourcePort(packet: Uint8Array, start: number = 0): number {
  return u16(packet, start);
}

/** The port of the receiver of the packet at `start`, which has at least `COMMON_HEADER` bytes. */
export function destinationPort(packet: Uint8Array, start: number = 0): number {
  return u16(packet, start + 2);
}

/** The tag the receiver chose for this association; 0 only with an INIT. @see RFC 9260 §8.5 */
export function verificationTag(packet: Uint8Array, start: number = 0): number {
  return u32(packet, start + 4);
}

/** The checksum as it came; 0 where there is none (RFC 9653). The packet at `start` has at least `COMMON_HEADER` bytes. */
export function writtenChecksum(packet: Uint8Array, start: number = 0): number {
  return u32(packet, start + CHECKSUM);
}

/** Reads the common header; undefined when the packet is shorter than it. The checksum is not looked at. */
export function decodeCommonHeader(packet: Uint8Array): CommonHeader | undefined {
  if (packet.length < COMMON_HEADER) return undefined;
  return {
    sourcePort: sourcePort(packet),
    destinationPort: destinationPort(packet),
    verificationTag: verificationTag(packet),
  };
}

/**
 * Whether the CRC32c in the header is that of the packet `packet[start, end)`; false when that is shorter than the header.
 * The packet is touched during the call (the checksum counts as zeros), and as before afterwards.
 */
export function checksumMatches(packet: Uint8Array, start: number = 0, end: number = packet.length): boolean {
  if (end - start < COMMON_HEADER) return false;
  const written = u32(packet, start + CHECKSUM);
  setU32(packet, start + CHECKSUM, 0);
  const computed = crc32c(packet, start, end);
  setU32(packet, start + CHECKSUM, written);
  return swapBytes(computed) === written;
}

/** Writes the header with a zero checksum and returns the offset of the first chunk. */
export function encodeCommonHeader(
  out: Uint8Array,
  offset: number,
  sourcePort: number,
  destinationPort: number,
  tag: number,
): number {
  const tagOffset = setU16(out, setU16(out, offset, sourcePort), destinationPort);
  return setU32(out, setU32(out, tagOffset, tag), 0);
}

/** Writes the CRC32c of the packet `out[start, end)` into its header, once all chunks are there. */
export function writeChecksum(out: Uint8Array, start: number, end: number): void {
  setU32(out, start + CHECKSUM, 0);
  setU32(out, start + CHECKSUM, swapBytes(crc32c(out, start, end)));
}

/** The checksum travels least significant byte first, unlike all other fields. RFC 9260 Appendix A. */
function swapBytes(value: number): number {
  return ((value << 24) | ((value & 0xff00) << 8) | ((value >>> 8) & 0xff00) | (value >>> 24)) >>> 0;
}
