/**
 * ChannelData: what goes between client and server once a channel is bound. RFC 8656 §12.4.
 * https://www.rfc-editor.org/rfc/rfc8656#section-12.4
 *
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |         Channel Number        |            Length             |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                       Application Data                        |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *
 * Over a stream it is padded to a multiple of four bytes, which the length does not count.
 */
import { padded4, setU16, u16 } from "../base/bytes.ts";
import type { Transmit } from "../base/transmit.ts";
import { FIRST_CHANNEL, LAST_OLD_CHANNEL } from "./turn-attribute.ts";

/** Bytes before the data. */
export const CHANNEL_DATA_HEADER = 4;

/** Whether a datagram begins as ChannelData does: RFC 7983 §7 gives it the first bytes 64 to 79. */
export function looksLikeChannelData(firstByte: number): boolean {
  return firstByte >= 0x40 && firstByte <= 0x4f;
}

/** The same where a server of TURN alone listens: before RFC 8656 it had the first bytes 64 to 127. */
export function mayBeChannelData(firstByte: number): boolean {
  return (firstByte & 0xc0) === 0x40;
}

/** The channel of the ChannelData in `bytes[start, end)`, -1 when it is malformed. Its data begin 4 bytes on. */
export function decodeChannelData(bytes: Uint8Array, start: number, end: number): number {
  if (end - start < CHANNEL_DATA_HEADER) return -1;
  const channel = u16(bytes, start);
  if (channel < FIRST_CHANNEL || channel > LAST_OLD_CHANNEL) return -1;
  // In a datagram there may be padding behind it: RFC 8656 §12.5 lets it be.
  return start + CHANNEL_DATA_HEADER + u16(bytes, start + 2) > end ? -1 : channel;
}

/** Where the data of ChannelData that was decoded end. */
export function channelDataEnd(bytes: Uint8Array, start: number): number {
  return start + CHANNEL_DATA_HEADER + u16(bytes, start + 2);
}

/** Puts the header before what `out` holds, and over streams the padding behind it. */
export function wrapChannelData(out: Transmit, channel: number, isStream: boolean): void {
  const { length } = out;
  out.start -= CHANNEL_DATA_HEADER;
  setU16(out.bytes, out.start, channel);
  setU16(out.bytes, out.start + 2, length);
  const whole = CHANNEL_DATA_HEADER + length;
  out.length = isStream ? padded4(whole) : whole;
  out.bytes.fill(0, out.start + whole, out.start + out.length);
}
