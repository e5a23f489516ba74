/**
 * When a packet was sent, to 4 µs, in seconds modulo 64: what estimates of the bandwidth at the receiver stand on.
 * http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time
 *
 * ```
 *  0                   1                   2
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3
 * +-----------+-----------------------------------+
 * |  seconds  |             fraction              |  6.18 fixed point
 * +-----------+-----------------------------------+
 * ```
 */
import { setU24, u24 } from "../../base/bytes.ts";
import type { Instant } from "../../base/instant.ts";

/** Its name in `a=extmap`. */
export const ABS_SEND_TIME_URI = "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time";

/** Bytes of the value. */
export const ABS_SEND_TIME_LENGTH = 3;

const TICKS_PER_MS: number = (1 << 18) / 1000;

/** Reads the value `bytes[start, end)`: ticks of 2⁻¹⁸ seconds, modulo 2²⁴. */
export function decodeAbsSendTime(bytes: Uint8Array, start: number, end: number): number | undefined {
  return end - start < ABS_SEND_TIME_LENGTH ? undefined : u24(bytes, start);
}

/** Writes `now` and returns the offset behind it. */
export function encodeAbsSendTime(out: Uint8Array, offset: number, now: Instant): number {
  return setU24(out, offset, absSendTimeOf(now));
}

/** The ticks of a time: 2⁻¹⁸ seconds each, modulo 2²⁴. */
export function absSendTimeOf(now: Instant): number {
  return Math.round(now * TICKS_PER_MS) % 0x100_0000;
}

/** How much later `a` is than `b`, in milliseconds, when they are less than 32 s apart. */
export function absSendTimeDifference(a: number, b: number): number {
  return (((a - b) << 8) >> 8) / TICKS_PER_MS;
}
