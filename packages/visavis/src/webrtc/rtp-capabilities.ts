/**
 * What can be sent and received, as scripts see it: https://w3c.github.io/webrtc-pc/#dom-rtcrtpsender-getcapabilities
 * and https://w3c.github.io/webrtc-pc/#dom-rtcrtptransceiver-setcodecpreferences
 */
import { codecCapabilities, extensionCapabilities } from "../peer/capabilities.ts";
import type { CodecCapability, ExtensionCapability, MediaKind } from "../peer/media-types.ts";
import { domError } from "./errors.ts";
import type { RTCRtpCodec } from "./rtp-encodings.ts";

/** A header extension that can be negotiated. */
export interface RTCRtpHeaderExtensionCapability {
  /** What is asked for, or was negotiated; absent from getCapabilities. */
  direction?: "sendrecv" | "sendonly" | "recvonly" | "inactive" | "stopped";
  uri: string;
}

/** What can be sent or received. */
export interface RTCRtpCapabilities {
  codecs: RTCRtpCodec[];
  headerExtensions: RTCRtpHeaderExtensionCapability[];
}

/** Formats that carry no media of their own. */
const AUXILIARY = /\/(?:rtx|red|ulpfec|flexfec-03|cn|telephone-event)$/i;

/** https://w3c.github.io/webrtc-pc/#dom-rtcrtpsender-getcapabilities; null for what is no kind. */
export function capabilitiesOf(kind: string): RTCRtpCapabilities | null {
  if (kind !== "audio" && kind !== "video") return null;
  return {
    codecs: distinctCodecs(kind).map(toCodec),
    headerExtensions: extensionCapabilities(kind).map(({ uri }) => ({ uri })),
  };
}

/** One of each: retransmissions are one format, whatever they repair. What is not offered by itself is for those who name it. */
function distinctCodecs(kind: MediaKind): readonly CodecCapability[] {
  const all = codecCapabilities(kind).filter(({ isOnDemand }) => isOnDemand !== true);
  const isFirst = ({ mimeType }: CodecCapability, index: number): boolean =>
    all.findIndex((each) => each.mimeType === mimeType) === index;
  return all.filter((codec, index) => !codec.mimeType.endsWith("/rtx") || isFirst(codec, index));
}

function toCodec(codec: CodecCapability): RTCRtpCodec {
  const { mimeType, clockRate, channels, fmtp } = codec;
  const isRtx = mimeType.endsWith("/rtx");
  return {
    mimeType,
    clockRate,
    ...(channels !== undefined && { channels }),
    ...(fmtp !== "" && !isRtx && { sdpFmtpLine: fmtp }),
  };
}

/** https://w3c.github.io/webrtc-pc/#dfn-codec-dictionary-match */
export function codecsMatch(one: RTCRtpCodec, other: RTCRtpCodec): boolean {
  return (
    one.mimeType.toLowerCase() === other.mimeType.toLowerCase() &&
    one.clockRate === other.clockRate &&
    one.channels === other.channels &&
    one.sdpFmtpLine === other.sdpFmtpLine
  );
}

/**
 * https://w3c.github.io/webrtc-pc/#dom-rtcrtptransceiver-setcodecpreferences
 * @throws InvalidModificationError
 */
export function preferredCodecs(kind: MediaKind, wanted: readonly RTCRtpCodec[]): readonly CodecCapability[] {
  if (wanted.length === 0) return [];
  const known = codecCapabilities(kind);
  // 2. Remove duplicates; 4. what is no capability is refused.
  const chosen = wanted.map((codec) => known.find((each) => codecsMatch(toCodec(each), codec)));
  if (chosen.includes(undefined)) throw domError("InvalidModificationError", "One of the codecs is not one that there is.");
  const distinct = [...new Set(chosen)].filter((codec) => codec !== undefined);
  if (distinct.every(({ mimeType }) => AUXILIARY.test(mimeType))) {
    throw domError("InvalidModificationError", "None of the codecs carries media.");
  }
  const withRtx = distinct.some(({ mimeType }) => mimeType.endsWith("/rtx"));
  return distinct
    .filter(({ mimeType }) => !mimeType.endsWith("/rtx"))
    .flatMap((codec) => [codec, ...(withRtx ? known.filter(({ fmtp, mimeType }) => isRtxOf(codec, mimeType, fmtp)) : [])]);
}

const isRtxOf = ({ payloadType }: CodecCapability, mimeType: string, fmtp: string): boolean =>
  mimeType.endsWith("/rtx") && fmtp === `apt=${payloadType}`;

const MANDATORY: readonly string[] = ["urn:ietf:params:rtp-hdrext:sdes:mid"];

/**
 * https://w3c.github.io/webrtc-extensions/#dom-rtcrtptransceiver-setheaderextensionstonegotiate
 * @throws InvalidModificationError, TypeError
 */
export function extensionsToNegotiate(
  before: readonly ExtensionCapability[],
  wanted: readonly Required<RTCRtpHeaderExtensionCapability>[],
): readonly ExtensionCapability[] {
  const refuse = (message: string): never => {
    throw domError("InvalidModificationError", message);
  };
  if (wanted.some(({ uri }) => uri === "")) throw new TypeError("An extension without a URI.");
  if (wanted.length !== before.length) return refuse("Extensions can neither be added nor removed.");
  return before.map((extension, index) => {
    const { uri, direction } = wanted[index] ?? { uri: "", direction: "stopped" };
    if (uri !== extension.uri) return refuse("The extensions are not in their order.");
    if (MANDATORY.includes(uri) && direction !== "sendrecv") return refuse(`${uri} cannot be done without.`);
    return { ...extension, direction };
  });
}
