/**
 * How loud the audio of a packet is, as its sender says. RFC 6464 §3.
 * https://www.rfc-editor.org/rfc/rfc6464#section-3
 *
 * ```
 *  0 1 2 3 4 5 6 7
 * +-+-------------+
 * |V|    level    |  V: voice; level: 0 to 127 stands for 0 to -127 dBov
 * +-+-------------+
 * ```
 *
 * With a header of two bytes a byte of padding may follow; it is not read.
 */

/** Its name in `a=extmap`. */
export const AUDIO_LEVEL_URI = "urn:ietf:params:rtp-hdrext:ssrc-audio-level";

/** Bytes of the value. */
export const AUDIO_LEVEL_LENGTH = 1;

/** The level of silence. */
export const SILENCE = 127;

/** How loud, and whether it is a voice. */
export interface AudioLevel {
  readonly voice: boolean;
  /** 0 (overload) to 127 (silence): the distance from full scale in decibels. */
  readonly level: number;
}

/** Reads the value `bytes[start, end)`. */
export function decodeAudioLevel(bytes: Uint8Array, start: number, end: number): AudioLevel | undefined {
  if (end - start < AUDIO_LEVEL_LENGTH) return undefined;
  const value = bytes[start] as number;
  return { voice: value >= 0x80, level: value & 0x7f };
}

/** Writes the value and returns the offset behind it. */
export function encodeAudioLevel(out: Uint8Array, offset: number, voice: boolean, level: number): number {
  out[offset] = (voice ? 0x80 : 0) | (level & 0x7f);
  return offset + AUDIO_LEVEL_LENGTH;
}

/** The level as a linear number, 0 to 1, as webrtc-pc's `audioLevel` has it: silence is 0. */
export function linearLevel(level: number): number {
  return level >= SILENCE ? 0 : 10 ** (-level / 20);
}

/** The level of a linear number, 0 to 1. */
export function levelOfLinear(linear: number): number {
  if (!(linear > 0)) return SILENCE;
  return Math.min(SILENCE, Math.max(0, Math.round(-20 * Math.log10(linear))));
}
