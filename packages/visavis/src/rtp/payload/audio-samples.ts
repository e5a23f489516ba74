/**
 * The audio formats that RFC 3551 describes sample by sample: G.711 and G.722; and the comfort noise that goes with them. A payload is
 * samples, or a description of noise, and nothing else.
 * https://www.rfc-editor.org/rfc/rfc3551#section-4.5.14
 */
import type { PayloadFormat } from "./payload-format.ts";
import { WholeFrameDepacketizer, WholeFramePacketizer } from "./whole-frame.ts";

const OCTETS_PER_SECOND = 8000;

/** A format of 8000 octets per second, one octet to a unit of the RTP clock. */
function octetFormat(mimeType: string): PayloadFormat {
  return {
    mimeType,
    kind: "audio",
    clockRate: OCTETS_PER_SECOND,
    packetizer: () => new WholeFramePacketizer(),
    depacketizer: () => new WholeFrameDepacketizer(),
    isKeyFrame: () => true,
    frameSize: () => undefined,
    duration: (frame) => frame.length,
  };
}

/** G.711 µ-law. RFC 3551 §4.5.14. */
export const PCMU: PayloadFormat = octetFormat("audio/PCMU");

/** G.711 A-law. RFC 3551 §4.5.14. */
export const PCMA: PayloadFormat = octetFormat("audio/PCMA");

/**
 * G.722. RFC 3551 §4.5.2: an octet holds two samples taken at 16 kHz, but the RTP clock is 8 kHz, because RFC 1890 said so by mistake and
 * it has stayed. So an octet is one unit of the clock here as well.
 */
export const G722: PayloadFormat = octetFormat("audio/G722");

/** Comfort noise. RFC 3389 §3: a level and a spectrum, which hold until the next packet. */
export const CN: PayloadFormat = { ...octetFormat("audio/CN"), duration: () => 0 };
