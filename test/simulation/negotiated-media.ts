/**
 * What sides of random negotiations have: codecs with retransmissions and redundancy, header extensions.
 */
import type { CodecCapability, MediaKind, WantedExtension } from "visavis/jsep";

const audio = (name: string, payloadType: number, clockRate: number, channels: number, fmtp = ""): CodecCapability => ({
  mimeType: `audio/${name}`,
  payloadType,
  clockRate,
  channels,
  fmtp,
  feedback: [],
});

const video = (name: string, payloadType: number, fmtp = ""): CodecCapability => ({
  mimeType: `video/${name}`,
  payloadType,
  clockRate: 90_000,
  channels: undefined,
  fmtp,
  feedback: name === "rtx" ? [] : ["nack", "nack pli", "transport-cc"],
});

/** By kind, in order of preference. */
export const CODECS: Readonly<Record<MediaKind, readonly CodecCapability[]>> = {
  audio: [
    audio("opus", 111, 48_000, 2, "minptime=10;useinbandfec=1"),
    audio("red", 63, 48_000, 2, "111/111"),
    audio("PCMU", 0, 8000, 1),
    audio("telephone-event", 126, 8000, 1, "0-15"),
  ],
  video: [
    video("VP8", 96),
    video("rtx", 97, "apt=96"),
    video("H264", 102, "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f"),
    video("rtx", 103, "apt=102"),
    video("VP9", 98, "profile-id=0"),
    video("VP9", 100, "profile-id=2"),
  ],
};

const wanted = (uri: string, preferredId: number): WantedExtension => ({ uri, preferredId, direction: "sendrecv" });
const MID = wanted("urn:ietf:params:rtp-hdrext:sdes:mid", 4);

/** By kind; the first is always wanted. */
export const EXTENSIONS: Readonly<Record<MediaKind, readonly WantedExtension[]>> = {
  audio: [MID, wanted("urn:ietf:params:rtp-hdrext:ssrc-audio-level", 1)],
  video: [MID, wanted("urn:3gpp:video-orientation", 13), wanted("urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id", 10)],
};
