/**
 * DATA_CHANNEL_OPEN: makes a channel on the stream it arrives on. RFC 8832 §5.1, channel types §8.2.2.
 * https://www.rfc-editor.org/rfc/rfc8832#section-5.1
 *
 * ```
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +---------------+---------------+-------------------------------+
 * |  Type = 0x03  | Channel Type  |            Priority           |
 * +---------------+---------------+-------------------------------+
 * |                     Reliability Parameter                     |
 * +-------------------------------+-------------------------------+
 * |         Label Length          |        Protocol Length        |
 * +-------------------------------+-------------------------------+
 * \                             Label                             \
 * +---------------------------------------------------------------+
 * \                            Protocol                           \
 * +---------------------------------------------------------------+
 * ```
 */
import { decodeUtf8, encodeUtf8, setBytes, setU8, setU16, setU32, u8, u16, u32 } from "../base/bytes.ts";

/** The first byte of this message. */
export const OPEN_TYPE = 0x03;
/** Bytes before the label. */
export const OPEN_HEADER = 12;
/** The longest label or protocol, in bytes of UTF-8. */
export const LONGEST_TEXT = 0xffff;

/** RFC 8832 §8.2.2. */
const ChannelType = { RELIABLE: 0, PARTIAL_RELIABLE_REXMIT: 1, PARTIAL_RELIABLE_TIMED: 2 } as const;
const UNORDERED = 0x80;

/** What a DATA_CHANNEL_OPEN says. At most one of the two limits is there; none is a reliable channel. */
export interface OpenMessage {
  readonly ordered: boolean;
  readonly maxRetransmits: number | undefined;
  /** Milliseconds. */
  readonly maxPacketLifeTime: number | undefined;
  /** RFC 8831 §6.4: 128 below normal, 256 normal, 512 high, 1024 extra high. */
  readonly priority: number;
  readonly label: string;
  readonly protocol: string;
}

/**
 * Reads the message `bytes[offset, end)`; undefined when it is not one or names a channel type that does not exist. What
 * follows the protocol is ignored; text that is not UTF-8 is repaired.
 */
export function decodeOpenMessage(bytes: Uint8Array, offset: number, end: number): OpenMessage | undefined {
  if (end - offset < OPEN_HEADER || u8(bytes, offset) !== OPEN_TYPE) return undefined;
  const channelType = u8(bytes, offset + 1);
  const reliability = channelType & ~UNORDERED;
  if (reliability > ChannelType.PARTIAL_RELIABLE_TIMED) return undefined;
  const parameter = u32(bytes, offset + 4);
  const label = offset + OPEN_HEADER;
  const protocol = label + u16(bytes, offset + 8);
  const last = protocol + u16(bytes, offset + 10);
  if (last > end) return undefined;
  return {
    ordered: (channelType & UNORDERED) === 0,
    maxRetransmits: reliability === ChannelType.PARTIAL_RELIABLE_REXMIT ? parameter : undefined,
    maxPacketLifeTime: reliability === ChannelType.PARTIAL_RELIABLE_TIMED ? parameter : undefined,
    priority: u16(bytes, offset + 2),
    label: decodeUtf8(bytes.subarray(label, protocol)),
    protocol: decodeUtf8(bytes.subarray(protocol, last)),
  };
}

/** Writes the message and returns the offset behind it. The caller has checked both texts against {@link LONGEST_TEXT}. */
export function encodeOpenMessage(message: OpenMessage, out: Uint8Array, offset: number): number {
  const { maxRetransmits, maxPacketLifeTime } = message;
  let channelType: number = ChannelType.RELIABLE;
  if (maxRetransmits !== undefined) channelType = ChannelType.PARTIAL_RELIABLE_REXMIT;
  else if (maxPacketLifeTime !== undefined) channelType = ChannelType.PARTIAL_RELIABLE_TIMED;
  const label = encodeUtf8(message.label);
  const protocol = encodeUtf8(message.protocol);
  setU8(out, offset, OPEN_TYPE);
  setU8(out, offset + 1, message.ordered ? channelType : channelType | UNORDERED);
  setU16(out, offset + 2, message.priority);
  setU32(out, offset + 4, maxRetransmits ?? maxPacketLifeTime ?? 0);
  setU16(out, offset + 8, label.length);
  setU16(out, offset + 10, protocol.length);
  return setBytes(out, setBytes(out, offset + OPEN_HEADER, label), protocol);
}

/** Bytes that {@link encodeOpenMessage} writes. */
export function openMessageLength(message: OpenMessage): number {
  return OPEN_HEADER + encodeUtf8(message.label).length + encodeUtf8(message.protocol).length;
}
