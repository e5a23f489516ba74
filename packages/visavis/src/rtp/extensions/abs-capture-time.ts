/**
 * When the first of a packet's frame was captured, by the clock of whoever captured it, also behind mixers.
 * http://www.webrtc.org/experiments/rtp-hdrext/abs-capture-time
 *
 * ```
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +---------------------------------------------------------------+
 * |           absolute capture time, NTP, seconds                 |
 * +---------------------------------------------------------------+
 * |           absolute capture time, NTP, fraction                |
 * +---------------------------------------------------------------+
 * |     estimated capture clock offset, seconds, signed           |  optional
 * +---------------------------------------------------------------+
 * |     estimated capture clock offset, fraction                  |
 * +---------------------------------------------------------------+
 * ```
 */
import { setU32, u32 } from "../../base/bytes.ts";
import { type NtpTime, ntpOfUnix, setNtp, unixOfNtp } from "../ntp.ts";

/** Its name in `a=extmap`. */
export const ABS_CAPTURE_TIME_URI = "http://www.webrtc.org/experiments/rtp-hdrext/abs-capture-time";

const SHORT = 8;
const LONG = 16;

/** When something was captured. */
export interface AbsCaptureTime {
  /** Milliseconds since the Unix epoch, by the clock of the source. */
  readonly captureTime: number;
  /** Milliseconds by which the clock of the source is ahead of the sender's, as the sender estimates; undefined when it does not. */
  readonly clockOffset: number | undefined;
}

/** Reads the value `bytes[start, end)`. */
export function decodeAbsCaptureTime(bytes: Uint8Array, start: number, end: number): AbsCaptureTime | undefined {
  const length = end - start;
  if (length !== SHORT && length !== LONG) return undefined;
  const captureTime = unixOfNtp(u32(bytes, start), u32(bytes, start + 4));
  if (length === SHORT) return { captureTime, clockOffset: undefined };
  const clockOffset = ((u32(bytes, start + 8) | 0) + u32(bytes, start + 12) / 0x1_0000_0000) * 1000;
  return { captureTime, clockOffset };
}

/** Bytes of the value. */
export function absCaptureTimeLength({ clockOffset }: AbsCaptureTime): number {
  return clockOffset === undefined ? SHORT : LONG;
}

/** Writes the value and returns the offset behind it. */
export function encodeAbsCaptureTime(out: Uint8Array, offset: number, { captureTime, clockOffset }: AbsCaptureTime): number {
  const ntp: NtpTime = ntpOfUnix(captureTime);
  const o = setNtp(out, offset, ntp);
  if (clockOffset === undefined) return o;
  const seconds = Math.floor(clockOffset / 1000);
  setU32(out, o, seconds >>> 0);
  return setU32(out, o + 4, Math.floor((clockOffset / 1000 - seconds) * 0x1_0000_0000));
}
