/**
 * DATA_CHANNEL_ACK: the channel that was opened on this stream is there. RFC 8832 §5.2.
 * https://www.rfc-editor.org/rfc/rfc8832#section-5.2
 *
 * ```
 *  0 1 2 3 4 5 6 7
 * +---------------+
 * |  Type = 0x02  |
 * +---------------+
 * ```
 */
import { setU8, u8 } from "../base/bytes.ts";

/** The first and only byte of this message. */
export const ACK_TYPE = 0x02;
/** Bytes of the message. */
export const ACK_LENGTH = 1;

/** Whether `bytes[offset, end)` is one. What follows the type is ignored. */
export function isAckMessage(bytes: Uint8Array, offset: number, end: number): boolean {
  return end - offset >= ACK_LENGTH && u8(bytes, offset) === ACK_TYPE;
}

/** Writes one and returns the offset behind it. */
export function encodeAckMessage(out: Uint8Array, offset: number): number {
  return setU8(out, offset, ACK_TYPE);
}
