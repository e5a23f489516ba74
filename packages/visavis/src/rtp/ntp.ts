/**
 * Wall time as NTP has it: seconds since 1900 and a fraction, 32 bits each. RFC 3550 §4.
 * https://www.rfc-editor.org/rfc/rfc3550#section-4
 */
import { setU32 } from "../base/bytes.ts";

/** Seconds between 1900 and 1970. */
const EPOCHS_APART = 2_208_988_800;
const FRACTIONS = 0x1_0000_0000;

/** A wall time in 64 bits. */
export interface NtpTime {
  /** Since 1900, modulo 2³². */
  readonly seconds: number;
  /** Of a second, in units of 2⁻³². */
  readonly fraction: number;
}

/** The NTP time of a Unix time in milliseconds. */
export function ntpOfUnix(milliseconds: number): NtpTime {
  const seconds = Math.floor(milliseconds / 1000);
  const fraction = Math.min(FRACTIONS - 1, Math.round((milliseconds / 1000 - seconds) * FRACTIONS));
  return { seconds: (seconds + EPOCHS_APART) % FRACTIONS, fraction };
}

/** The Unix time of an NTP time, in milliseconds. Seconds below 2³¹ are after 2036 (RFC 4330 §3), but for zero, which is "unknown": 1900. */
export function unixOfNtp(seconds: number, fraction: number): number {
  const era = seconds < 0x8000_0000 && seconds !== 0 ? FRACTIONS : 0;
  return (seconds + era - EPOCHS_APART) * 1000 + (fraction / FRACTIONS) * 1000;
}

/** The middle 32 bits of an NTP time, which reports name others by: 16 bits of seconds, 16 of fractions (RFC 3550 §4). */
export function compactNtp(seconds: number, fraction: number): number {
  return (((seconds & 0xffff) << 16) | (fraction >>> 16)) >>> 0;
}

/** Milliseconds of a duration in units of 1/65536 second. */
export function millisecondsOfCompact(units: number): number {
  return (units * 1000) / 0x1_0000;
}

/** A duration in units of 1/65536 second; what does not fit is the longest. */
export function compactOfMilliseconds(milliseconds: number): number {
  return Math.max(0, Math.min(0xffff_ffff, Math.round((milliseconds * 0x1_0000) / 1000)));
}

/** Writes 64 bits and returns the offset behind them. */
export function setNtp(out: Uint8Array, offset: number, { seconds, fraction }: NtpTime): number {
  return setU32(out, setU32(out, offset, seconds), fraction);
}
