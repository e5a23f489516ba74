/**
 * Writes a capture file in pcapng: draft-ietf-opsawg-pcapng §4.1 (section header), §4.2 (interface), §4.3 (packet).
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |                          Block Type                           |
 *   |                      Block Total Length                       |
 *   /                Block Body, padded to 32 bits                  /
 *   |                      Block Total Length                       |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 */

const BlockType = { SECTION_HEADER: 0x0a0d0d0a, INTERFACE_DESCRIPTION: 1, ENHANCED_PACKET: 6 } as const;
const OptionCode = { END: 0, COMMENT: 1, IF_NAME: 2 } as const;
/** Packets begin with an IPv4 or IPv6 header. */
const LINKTYPE_RAW = 101;

/** One packet of a capture. */
export interface CapturedPacket {
  /** An index into the interface names. */
  readonly interface: number;
  /** Milliseconds since the Unix epoch; microseconds are kept. */
  readonly time: number;
  /** From the IP header on. */
  readonly bytes: Uint8Array;
  /** Empty for none. */
  readonly comment: string;
}

const utf8 = new TextEncoder();

function padded(length: number): number {
  return (length + 3) & ~3;
}

/** 32-bit numbers in the byte order of the file, which its first block tells. */
function words(...values: readonly number[]): Uint8Array {
  const out = new Uint8Array(4 * values.length);
  const view = new DataView(out.buffer);
  for (const [i, value] of values.entries()) view.setUint32(4 * i, value, true);
  return out;
}

/** One option and the end of options; nothing for an empty text. */
function option(code: number, text: string): readonly Uint8Array[] {
  if (text === "") return [];
  const value = utf8.encode(text).subarray(0, 0xffff);
  return [words(code | (value.length << 16)), value, new Uint8Array(padded(value.length) - value.length), words(OptionCode.END)];
}

function block(type: number, ...body: readonly Uint8Array[]): readonly Uint8Array[] {
  const length = 12 + body.reduce((sum, part) => sum + part.length, 0);
  return [words(type, length), ...body, words(length)];
}

/** A capture file. */
export function writePcapng(interfaces: readonly string[], packets: Iterable<CapturedPacket>): Uint8Array {
  // Byte-order magic, version 1.0, a section of unknown length.
  const parts: Uint8Array[] = [...block(BlockType.SECTION_HEADER, words(0x1a2b3c4d, 1, 0xffffffff, 0xffffffff))];
  for (const name of interfaces) {
    parts.push(...block(BlockType.INTERFACE_DESCRIPTION, words(LINKTYPE_RAW, 0), ...option(OptionCode.IF_NAME, name)));
  }
  for (const packet of packets) {
    const time = Math.round(packet.time * 1000);
    const { length } = packet.bytes;
    parts.push(
      ...block(
        BlockType.ENHANCED_PACKET,
        words(packet.interface, Math.floor(time / 0x1_0000_0000), time % 0x1_0000_0000, length, length),
        packet.bytes,
        new Uint8Array(padded(length) - length),
        ...option(OptionCode.COMMENT, packet.comment),
      ),
    );
  }
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    out.set(part, offset);
    offset += part.length;
  }
  return out;
}
