/**
 * What can be sent and received: codecs and header extensions, with the payload types that browsers prefer
 * (RFC 7587, 3551, 7741, 9628, 6184, 7798, 4588, 8285; https://w3c.github.io/webrtc-pc/#dom-rtcrtpsender-getcapabilities).
 *
 * Frames are encoded and decoded by others: what is here can be packetised, depacketised and negotiated.
 */
import type { CodecCapability, ExtensionCapability, MediaKind } from "./media-types.ts";

const AUDIO_FEEDBACK: readonly string[] = ["transport-cc"];
const VIDEO_FEEDBACK: readonly string[] = ["goog-remb", "transport-cc", "ccm fir", "nack", "nack pli"];

function audio(name: string, payloadType: number, clockRate: number, more: Partial<CodecCapability> = {}): CodecCapability {
  return { mimeType: `audio/${name}`, payloadType, clockRate, channels: 1, fmtp: "", feedback: [], ...more };
}

function video(name: string, payloadType: number, fmtp: string = ""): CodecCapability {
  return { mimeType: `video/${name}`, payloadType, clockRate: 90_000, channels: undefined, fmtp, feedback: VIDEO_FEEDBACK };
}

/** The retransmissions of another payload type (RFC 4588 §8). */
function rtx(payloadType: number, of: number): CodecCapability {
  return {
    mimeType: "video/rtx",
    payloadType,
    clockRate: 90_000,
    channels: undefined,
    fmtp: `apt=${of}`,
    feedback: [],
  };
}

function repair(name: string, payloadType: number, fmtp: string = ""): CodecCapability {
  return { mimeType: `video/${name}`, payloadType, clockRate: 90_000, channels: undefined, fmtp, feedback: [] };
}

/** A video codec and its retransmissions. */
function withRtx(name: string, payloadType: number, rtxPayloadType: number, fmtp: string = ""): readonly CodecCapability[] {
  return [video(name, payloadType, fmtp), rtx(rtxPayloadType, payloadType)];
}

/** RFC 6184 §8.1: the profile and level, and whether NAL units may be split over packets. */
function h264(profileLevelId: string, packetizationMode: 0 | 1): string {
  return `level-asymmetry-allowed=1;packetization-mode=${packetizationMode};profile-level-id=${profileLevelId}`;
}

const AUDIO_CODECS: readonly CodecCapability[] = [
  audio("opus", 111, 48_000, { channels: 2, fmtp: "minptime=10;useinbandfec=1", feedback: AUDIO_FEEDBACK }),
  audio("red", 63, 48_000, { channels: 2, fmtp: "111/111" }),
  audio("G722", 9, 8_000),
  audio("PCMU", 0, 8_000),
  audio("PCMA", 8, 8_000),
  audio("CN", 13, 8_000),
  audio("telephone-event", 110, 48_000, { fmtp: "0-15" }),
  audio("telephone-event", 126, 8_000, { fmtp: "0-15" }),
];

const VIDEO_CODECS: readonly CodecCapability[] = [
  ...withRtx("VP8", 96, 97),
  ...withRtx("H264", 103, 104, h264("42001f", 1)),
  ...withRtx("H264", 107, 108, h264("42001f", 0)),
  ...withRtx("H264", 109, 114, h264("42e01f", 1)),
  ...withRtx("H264", 115, 116, h264("42e01f", 0)),
  ...withRtx("H264", 117, 118, h264("4d001f", 1)),
  ...withRtx("H264", 39, 40, h264("4d001f", 0)),
  ...withRtx("AV1", 45, 46, "level-idx=5;profile=0;tier=0"),
  ...withRtx("VP9", 98, 99, "profile-id=0"),
  ...withRtx("VP9", 100, 101, "profile-id=2"),
  ...withRtx("H264", 112, 113, h264("64001f", 1)),
  ...withRtx("H265", 49, 50, "level-id=93;profile-id=1;tier-flag=0;tx-mode=SRST"),
  repair("red", 119),
  rtx(120, 119),
  repair("ulpfec", 121),
  // Some that know nothing of it take its source for that of retransmissions; browsers offer it only to those who ask for it, too.
  { ...repair("flexfec-03", 122, "repair-window=10000000"), isOnDemand: true },
];

/** All codecs of a kind, those preferred first. The same list serves sending and receiving. */
export function codecCapabilities(kind: MediaKind): readonly CodecCapability[] {
  return kind === "audio" ? AUDIO_CODECS : VIDEO_CODECS;
}

const extension = (uri: string, preferredId: number, isStopped: boolean = false): ExtensionCapability => ({
  uri,
  preferredId,
  direction: isStopped ? "stopped" : "sendrecv",
});

const MID = extension("urn:ietf:params:rtp-hdrext:sdes:mid", 4);
const ABS_SEND_TIME = extension("http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time", 2);
const TRANSPORT_CC = extension("http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01", 3);
const ABS_CAPTURE_TIME = "http://www.webrtc.org/experiments/rtp-hdrext/abs-capture-time";

const AUDIO_EXTENSIONS: readonly ExtensionCapability[] = [
  extension("urn:ietf:params:rtp-hdrext:ssrc-audio-level", 1),
  ABS_SEND_TIME,
  TRANSPORT_CC,
  MID,
  extension(ABS_CAPTURE_TIME, 15, true),
  extension("urn:ietf:params:rtp-hdrext:csrc-audio-level", 16, true),
];

const VIDEO_EXTENSIONS: readonly ExtensionCapability[] = [
  extension("urn:ietf:params:rtp-hdrext:toffset", 14),
  ABS_SEND_TIME,
  extension("urn:3gpp:video-orientation", 13),
  TRANSPORT_CC,
  extension("http://www.webrtc.org/experiments/rtp-hdrext/playout-delay", 5),
  MID,
  extension("urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id", 10),
  extension("urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id", 11),
  extension("https://aomediacodec.github.io/av1-rtp-spec/#dependency-descriptor-rtp-header-extension", 12),
  extension("http://www.webrtc.org/experiments/rtp-hdrext/video-layers-allocation00", 7, true),
  extension(ABS_CAPTURE_TIME, 15, true),
];

/** All header extensions of a kind. Those that are `stopped` are offered only when they are asked for. */
export function extensionCapabilities(kind: MediaKind): readonly ExtensionCapability[] {
  return kind === "audio" ? AUDIO_EXTENSIONS : VIDEO_EXTENSIONS;
}
