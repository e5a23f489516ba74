/**
 * Opus in RTP. RFC 7587; the first byte of a packet is RFC 6716 §3.1.
 * https://www.rfc-editor.org/rfc/rfc7587#section-4
 *
 * ```
 *  0 1 2 3 4 5 6 7
 * +-+-+-+-+-+-+-+-+
 * | config  |s| c |   the TOC byte: bandwidth, mode and frame size; stereo; how many frames (RFC 6716 §3.1)
 * +-+-+-+-+-+-+-+-+
 * ```
 */
import type { PayloadFormat } from "./payload-format.ts";
import { WholeFrameDepacketizer, WholeFramePacketizer } from "./whole-frame.ts";

/** RFC 7587 §4.1: the RTP clock is 48 kHz whatever the codec's bandwidth. */
const CLOCK_RATE = 48000;
/** RFC 6716 §3.2.5 R5: a packet lasts 120 ms at most. */
const LONGEST = (CLOCK_RATE * 120) / 1000;

/** Samples at 48 kHz of one Opus frame, by the configuration number. RFC 6716 table 2. */
function frameSamples(config: number): number {
  if (config < 12) return [480, 960, 1920, 2880][config & 3] as number;
  if (config < 16) return (config & 1) === 0 ? 480 : 960;
  return 120 << (config & 3);
}

/** How long the Opus packet lasts, in units of 1/48000 s; 0 when it is none. RFC 6716 §3.1, §3.2. */
export function opusDuration(packet: Uint8Array): number {
  const toc = packet[0];
  if (toc === undefined) return 0;
  const code = toc & 3;
  const count = code === 0 ? 1 : code < 3 ? 2 : (packet[1] ?? 0) & 0x3f;
  const samples = count * frameSamples(toc >> 3);
  return samples > LONGEST ? 0 : samples;
}

/** Opus. */
export const OPUS: PayloadFormat = {
  mimeType: "audio/opus",
  kind: "audio",
  clockRate: CLOCK_RATE,
  packetizer: () => new WholeFramePacketizer(),
  depacketizer: () => new WholeFrameDepacketizer(),
  isKeyFrame: () => true,
  frameSize: () => undefined,
  duration: opusDuration,
};
