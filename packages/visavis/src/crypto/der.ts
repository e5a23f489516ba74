/**
 * A writer of ASN.1 in its distinguished encoding (X.690), as small as a self-signed certificate needs, and as much of a reader as finds an
 * element in one.
 */
import { concatBytes, encodeUtf8, u8, u16, u24 } from "../base/bytes.ts";

const Tag = {
  INTEGER: 0x02,
  BIT_STRING: 0x03,
  NULL: 0x05,
  OBJECT_IDENTIFIER: 0x06,
  UTF8_STRING: 0x0c,
  UTC_TIME: 0x17,
  GENERALIZED_TIME: 0x18,
  SEQUENCE: 0x30,
  SET: 0x31,
} as const;

/** One value: its tag, the length in as few bytes as it takes (X.690 §10.1), the contents. */
function element(tag: number, ...contents: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const part of contents) length += part.length;
  const header = [tag];
  if (length < 0x80) header.push(length);
  else if (length < 0x100) header.push(0x81, length);
  else header.push(0x82, length >>> 8, length & 0xff);
  return concatBytes(Uint8Array.from(header), ...contents);
}

/** SEQUENCE of the given elements. */
export function derSequence(...elements: readonly Uint8Array[]): Uint8Array {
  return element(Tag.SEQUENCE, ...elements);
}

/** SET of one element. */
export function derSet(content: Uint8Array): Uint8Array {
  return element(Tag.SET, content);
}

/** The constructed context-specific tag `[number]` around an element. */
export function derContext(number: number, content: Uint8Array): Uint8Array {
  return element(0xa0 | number, content);
}

/** INTEGER of an unsigned big-endian number: no superfluous zeros, one when the top bit would make it negative. */
export function derInteger(magnitude: Uint8Array): Uint8Array {
  let start = 0;
  while (start < magnitude.length - 1 && magnitude[start] === 0) start++;
  const digits = magnitude.subarray(start);
  if (((digits[0] ?? 0) & 0x80) !== 0) return element(Tag.INTEGER, Uint8Array.of(0), digits);
  return element(Tag.INTEGER, digits.length === 0 ? Uint8Array.of(0) : digits);
}

/** BIT STRING of whole bytes. */
export function derBitString(bytes: Uint8Array): Uint8Array {
  return element(Tag.BIT_STRING, Uint8Array.of(0), bytes);
}

/** NULL. */
export function derNull(): Uint8Array {
  return element(Tag.NULL);
}

/** UTF8String. */
export function derUtf8String(text: string): Uint8Array {
  return element(Tag.UTF8_STRING, encodeUtf8(text));
}

/** OBJECT IDENTIFIER in dotted text, such as `2.5.4.3`. */
export function derObjectIdentifier(dotted: string): Uint8Array {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
  const out = [first * 40 + second];
  for (const arc of rest) {
    const digits = [arc & 0x7f];
    for (let high = arc >>> 7; high > 0; high >>>= 7) digits.unshift((high & 0x7f) | 0x80);
    out.push(...digits);
  }
  return element(Tag.OBJECT_IDENTIFIER, Uint8Array.from(out));
}

const DAY = 86_400_000;

/** Year, month and day of the proleptic Gregorian calendar for a count of days since 1970-01-01. */
function civilDate(days: number): [year: number, month: number, day: number] {
  // Counted in eras of 400 years that begin on March 1, so that the leap day is the last of its year.
  const shifted = days + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const marchMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * marchMonth + 2) / 5) + 1;
  const month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9;
  return [yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day];
}

function twoDigits(value: number): string {
  return String(value).padStart(2, "0");
}

/**
 * The time of a certificate, in whole seconds: UTCTime for the years 1950 to 2049, GeneralizedTime otherwise
 * (RFC 5280 §4.1.2.5).
 * @param wallTime milliseconds since the Unix epoch
 */
export function derTime(wallTime: number): Uint8Array {
  const days = Math.floor(wallTime / DAY);
  const seconds = Math.floor((wallTime - days * DAY) / 1000);
  const [year, month, day] = civilDate(days);
  const rest = [month, day, Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60].map(twoDigits).join("");
  if (year >= 1950 && year < 2050) return element(Tag.UTC_TIME, encodeUtf8(`${twoDigits(year % 100)}${rest}Z`));
  return element(Tag.GENERALIZED_TIME, encodeUtf8(`${String(year).padStart(4, "0")}${rest}Z`));
}

/** Milliseconds since the Unix epoch of a moment in UTC; months count from 1. */
export function utcToWallTime(year: number, month: number, day: number, hour: number, minute: number, second: number): number {
  const marchYear = month <= 2 ? year - 1 : year;
  const marchMonth = month <= 2 ? month + 9 : month - 3;
  const leapDays = Math.floor(marchYear / 4) - Math.floor(marchYear / 100) + Math.floor(marchYear / 400);
  const days = 365 * marchYear + leapDays + Math.floor((153 * marchMonth + 2) / 5) + day - 1 - 719_468;
  return days * DAY + ((hour * 60 + minute) * 60 + second) * 1000;
}

/** Where the contents of the element at `at` begin. Its length must have been proven by {@link derEnd}. */
export function derContents(bytes: Uint8Array, at: number): number {
  const first = u8(bytes, at + 1);
  return at + 2 + (first < 0x80 ? 0 : first - 0x80);
}

/** Where the element at `at` ends; -1 when it does not lie before `limit`. Lengths have up to three bytes, tags one. */
export function derEnd(bytes: Uint8Array, at: number, limit: number): number {
  if (at < 0 || at + 2 > limit) return -1;
  const first = u8(bytes, at + 1);
  const digits = first < 0x80 ? 0 : first - 0x80;
  if (digits > 3 || at + 2 + digits > limit) return -1;
  let length = first;
  if (digits === 1) length = u8(bytes, at + 2);
  else if (digits === 2) length = u16(bytes, at + 2);
  else if (digits === 3) length = u24(bytes, at + 2);
  // X.690 §8.1.3.6: the length that has no digits says that an end will come, which is not of this encoding.
  if (first === 0x80) return -1;
  const end = at + 2 + digits + length;
  return end > limit ? -1 : end;
}
