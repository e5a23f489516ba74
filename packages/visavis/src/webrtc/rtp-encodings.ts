/**
 * What a script may ask for the encodings of a sender: https://w3c.github.io/webrtc-pc/#dom-rtcrtpencodingparameters,
 * https://w3c.github.io/webrtc-svc/, https://w3c.github.io/webrtc-extensions/
 */
import { codecCapabilities } from "../peer/capabilities.ts";
import type { MediaKind } from "../peer/media-types.ts";
import { isSameFormat } from "../peer/rtp-parameters.ts";
import { MAX_ENCODINGS } from "../peer/simulcast.ts";
import type { EncodingCodec, EncodingInit } from "../peer/transceiver.ts";
import { domError } from "./errors.ts";
import { isScalabilityMode } from "./scalability-modes.ts";
import { boolean, type Converter, dictionary, domString, double, enumeration, unsignedLong, unsignedShort } from "./webidl.ts";

/** How much an encoding matters beside others. */
export type RTCPriorityType = "very-low" | "low" | "medium" | "high";

/** A codec as scripts name it. */
export interface RTCRtpCodec {
  channels?: number;
  clockRate: number;
  mimeType: string;
  sdpFmtpLine?: string;
}

/** The largest size of frames, in pixels. */
export interface RTCResolutionRestriction {
  maxHeight?: number;
  maxWidth?: number;
}

/** What names an encoding. */
export interface RTCRtpCodingParameters {
  rid?: string;
}

/** What is asked for one encoding. */
export interface RTCRtpEncodingParameters extends RTCRtpCodingParameters {
  active?: boolean;
  /** Audio only. */
  adaptivePtime?: boolean;
  codec?: RTCRtpCodec;
  /** Bits per second. */
  maxBitrate?: number;
  /** Frames per second. */
  maxFramerate?: number;
  networkPriority?: RTCPriorityType;
  priority?: RTCPriorityType;
  scalabilityMode?: string;
  scaleResolutionDownBy?: number;
  scaleResolutionDownTo?: RTCResolutionRestriction;
}

/** `RTCRtpCodec` */
export const CODEC: Converter<EncodingCodec> = dictionary<EncodingCodec>("RTCRtpCodec", {
  channels: { type: unsignedShort },
  clockRate: { type: unsignedLong, required: true },
  mimeType: { type: domString, required: true },
  sdpFmtpLine: { type: domString },
});

const PRIORITY = enumeration("RTCPriorityType", ["very-low", "low", "medium", "high"]);

const RESOLUTION = dictionary<{ maxWidth: number; maxHeight: number }>("RTCResolutionRestriction", {
  maxHeight: { type: unsignedLong },
  maxWidth: { type: unsignedLong },
});

const CODING = dictionary<Pick<EncodingInit, "rid">>("RTCRtpCodingParameters", { rid: { type: domString } });

/** `RTCRtpEncodingParameters` */
export const ENCODING_PARAMETERS: Converter<EncodingInit> = dictionary<EncodingInit, Pick<EncodingInit, "rid">>(
  "RTCRtpEncodingParameters",
  {
    active: { type: boolean, byDefault: () => true },
    adaptivePtime: { type: boolean },
    codec: { type: CODEC },
    maxBitrate: { type: unsignedLong },
    maxFramerate: { type: double },
    networkPriority: { type: PRIORITY },
    priority: { type: PRIORITY, byDefault: () => "low" },
    scalabilityMode: { type: domString },
    scaleResolutionDownBy: { type: double },
    scaleResolutionDownTo: { type: RESOLUTION },
  },
  CODING,
);

/** RFC 8852 §3.3; browsers take 16 letters at most. */
const RID = /^[A-Za-z0-9]{1,16}$/;

/**
 * https://w3c.github.io/webrtc-pc/#dfn-addtransceiver-sendencodings-validation-steps
 * @returns the encodings as they begin
 * @throws TypeError, RangeError, OperationError
 */
export function validateSendEncodings(kind: MediaKind, given: readonly EncodingInit[]): readonly EncodingInit[] {
  // 1. A rid that is against the grammar; 2. some with and some without; 3. two the same.
  const rids = given.flatMap(({ rid }) => (rid === undefined ? [] : [rid]));
  const wrong = rids.find((rid) => !RID.test(rid));
  if (wrong !== undefined) throw new TypeError(`${JSON.stringify(wrong)} is not a restriction identifier.`);
  if (rids.length > 0 && rids.length < given.length) throw new TypeError("Each of several encodings needs a rid, or none.");
  if (new Set(rids).size < rids.length) throw new TypeError("Two encodings have the same rid.");
  for (const encoding of given) validateEncoding(kind, encoding, "OperationError");
  if (kind === "video" && isPartlyScaled(given)) {
    throw domError("OperationError", "Either all active encodings or none have scaleResolutionDownTo.");
  }
  // 4. Of audio, sizes and rates of frames mean nothing.
  const encodings = kind === "audio" ? given.map(withoutVideo) : withScales(given.slice(0, MAX_ENCODINGS)).map(withRid);
  // The rid of a lone encoding is removed.
  const [only, ...others] = encodings;
  if (only === undefined || others.length > 0) return kind === "audio" ? encodings.slice(0, 1).map(withoutRid) : encodings;
  return [withoutRid(only)];
}

/** https://w3c.github.io/webrtc-extensions/#scaleresolutiondownto: whether some active encodings have it and others have not. */
export function isPartlyScaled(encodings: readonly EncodingInit[]): boolean {
  const active = encodings.filter((encoding) => encoding.active !== false);
  const scaled = active.filter(({ scaleResolutionDownTo }) => scaleResolutionDownTo !== undefined);
  return scaled.length > 0 && scaled.length < active.length;
}

/**
 * What holds of each encoding by itself, also in setParameters.
 * @param sizeError what is thrown for a size that is none
 * @throws RangeError, OperationError, InvalidModificationError
 */
export function validateEncoding(
  kind: MediaKind,
  encoding: EncodingInit,
  sizeError: "InvalidModificationError" | "OperationError",
): void {
  const { codec, scaleResolutionDownBy = 1, maxFramerate = 0, scalabilityMode, scaleResolutionDownTo } = encoding;
  if (codec !== undefined && !codecCapabilities(kind).some((each) => isSameCodec(each, codec))) {
    throw domError("OperationError", `${codec.mimeType} cannot be sent that way.`);
  }
  if (kind === "audio") return;
  if (scaleResolutionDownBy < 1) throw new RangeError("scaleResolutionDownBy is less than 1.");
  if (maxFramerate < 0) throw new RangeError("maxFramerate is less than 0.");
  if (scaleResolutionDownTo !== undefined && !(scaleResolutionDownTo.maxWidth > 0 && scaleResolutionDownTo.maxHeight > 0)) {
    throw domError(sizeError, "scaleResolutionDownTo needs a width and a height.");
  }
  if (scalabilityMode !== undefined && !isScalabilityMode(scalabilityMode, codec?.mimeType)) {
    throw domError("OperationError", `The scalability mode ${JSON.stringify(scalabilityMode)} is not supported.`);
  }
}

/** https://w3c.github.io/webrtc-pc/#dfn-codec-dictionary-match. @param codec with what a script says of it */
export function isSameCodec(
  known: { readonly mimeType: string; readonly clockRate: number; readonly channels?: number | undefined; readonly fmtp: string },
  codec: EncodingCodec,
): boolean {
  return (
    known.mimeType.toLowerCase() === codec.mimeType.toLowerCase() &&
    known.clockRate === codec.clockRate &&
    (known.channels ?? 1) === (codec.channels ?? 1) &&
    isSameFormat(known.mimeType, known.fmtp, codec.sdpFmtpLine ?? "")
  );
}

/** Encodings that no rid tells apart are numbered. */
function withRid(encoding: EncodingInit, index: number): EncodingInit {
  return encoding.rid === undefined ? { ...encoding, rid: String(index) } : encoding;
}

function withoutVideo(encoding: EncodingInit): EncodingInit {
  const { scaleResolutionDownBy: _, maxFramerate: __, scaleResolutionDownTo: ___, ...rest } = encoding;
  return rest;
}

function withoutRid({ rid: _, ...rest }: EncodingInit): EncodingInit {
  return rest;
}

/** Of video each encoding has a scale: the one that is given, else 1, or halves when none is given at all. */
function withScales(encodings: readonly EncodingInit[]): readonly EncodingInit[] {
  const isGiven = encodings.some(({ scaleResolutionDownBy }) => scaleResolutionDownBy !== undefined);
  return encodings.map((encoding, index) => ({
    scaleResolutionDownBy: isGiven ? 1 : 2 ** (encodings.length - 1 - index),
    ...encoding,
  }));
}
