/**
 * Telephone events: tones as events with a duration. RFC 4733 §2.3, §3.2.
 * https://www.rfc-editor.org/rfc/rfc4733#section-2.3
 *
 * ```
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +---------------+-+-+-----------+-------------------------------+
 * |     event     |E|R|  volume   |           duration            |
 * +---------------+-+-+-----------+-------------------------------+
 * ```
 */
import { setU16, u16 } from "../base/bytes.ts";

/** Bytes of a payload with one event. */
export const TELEPHONE_EVENT_LENGTH = 4;

/** The longest duration of a segment, in units of the clock; longer events go on in a new one (§2.5.1.3). */
export const LONGEST_SEGMENT = 0xffff;

/** The tones in the order of their events (§3.2). */
const TONES = "0123456789*#ABCD";

/** The state of one event. */
export interface TelephoneEvent {
  /** 0 to 15 are tones, others something else. */
  readonly event: number;
  /** The event is over; the duration is final. */
  readonly end: boolean;
  /** How loud: the distance from 0 dBm0 in decibels, 0 to 63. */
  readonly volume: number;
  /** Since the packet's timestamp, in units of the clock. */
  readonly duration: number;
}

/** Reads the payload `bytes[start, end)`. */
export function decodeTelephoneEvent(bytes: Uint8Array, start: number, end: number): TelephoneEvent | undefined {
  if (end - start < TELEPHONE_EVENT_LENGTH) return undefined;
  const flags = bytes[start + 1] as number;
  return { event: bytes[start] as number, end: flags >= 0x80, volume: flags & 0x3f, duration: u16(bytes, start + 2) };
}

/** Writes the payload and returns the offset behind it. */
export function encodeTelephoneEvent(out: Uint8Array, offset: number, { event, end, volume, duration }: TelephoneEvent): number {
  out[offset] = event;
  out[offset + 1] = (end ? 0x80 : 0) | volume;
  return setU16(out, offset + 2, duration);
}

/** The event of a tone: a digit, `*`, `#`, or a letter from A to D of any case; undefined for others. */
export function eventOfTone(tone: string): number | undefined {
  const event = tone.length === 1 ? TONES.indexOf(tone.toUpperCase()) : -1;
  return event < 0 ? undefined : event;
}

/** The tone of an event; undefined when it is none. */
export function toneOfEvent(event: number): string | undefined {
  return event < TONES.length ? TONES.charAt(event) : undefined;
}
