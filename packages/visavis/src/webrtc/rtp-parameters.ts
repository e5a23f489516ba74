/**
 * The parameters of senders and receivers: https://w3c.github.io/webrtc-pc/#rtcrtpparameters-dictionary,
 * https://w3c.github.io/webrtc-pc/#dom-rtcrtpsender-setparameters
 */
import type { HeaderExtension, MediaCodec } from "../peer/media-types.ts";
import { mimeTypeOf } from "../peer/rtp-parameters.ts";
import type { Encoding, EncodingInit } from "../peer/transceiver.ts";
import { codecsMatch } from "./rtp-capabilities.ts";
import { CODEC, ENCODING_PARAMETERS, type RTCRtpCodec, type RTCRtpEncodingParameters } from "./rtp-encodings.ts";
import { isScalabilityMode } from "./scalability-modes.ts";
import type { TransceiverSlots } from "./transceiver-slots.ts";
import { boolean, type Converter, dictionary, domString, enumeration, octet, sequence, unsignedShort } from "./webidl.ts";

/** What to give up first when there is too little of something. */
export type RTCDegradationPreference = "balanced" | "maintain-framerate" | "maintain-resolution";

/** A negotiated codec. */
export interface RTCRtpCodecParameters extends RTCRtpCodec {
  payloadType: number;
}

/** A negotiated header extension. */
export interface RTCRtpHeaderExtensionParameters {
  encrypted?: boolean;
  id: number;
  uri: string;
}

/** What was negotiated of RTCP. */
export interface RTCRtcpParameters {
  cname?: string;
  reducedSize?: boolean;
}

/** What was negotiated. */
export interface RTCRtpParameters {
  codecs: RTCRtpCodecParameters[];
  headerExtensions: RTCRtpHeaderExtensionParameters[];
  rtcp: RTCRtcpParameters;
}

/** What a receiver receives. */
export interface RTCRtpReceiveParameters extends RTCRtpParameters {}

/** What a sender sends. */
export interface RTCRtpSendParameters extends RTCRtpParameters {
  degradationPreference?: RTCDegradationPreference;
  encodings: RTCRtpEncodingParameters[];
  transactionId: string;
}

/** What goes with new parameters beside them. */
export interface RTCSetParameterOptions {
  encodingOptions?: RTCEncodingOptions[];
}

/** What is to happen once to an encoding. */
export interface RTCEncodingOptions {
  keyFrame?: boolean;
}

/** The dictionary RTCRtpSendParameters. */
export interface ConvertedSendParameters {
  readonly codecs: readonly RTCRtpCodecParameters[];
  readonly degradationPreference?: RTCDegradationPreference;
  readonly encodings: readonly EncodingInit[];
  readonly headerExtensions: readonly RTCRtpHeaderExtensionParameters[];
  readonly rtcp: RTCRtcpParameters;
  readonly transactionId: string;
}

const CODEC_PARAMETERS = dictionary<RTCRtpCodecParameters, RTCRtpCodec>(
  "RTCRtpCodecParameters",
  { payloadType: { type: octet, required: true } },
  CODEC as Converter<RTCRtpCodec>,
);

const EXTENSION = dictionary<RTCRtpHeaderExtensionParameters>("RTCRtpHeaderExtensionParameters", {
  encrypted: { type: boolean, byDefault: () => false },
  id: { type: unsignedShort, required: true },
  uri: { type: domString, required: true },
});

const RTCP = dictionary<RTCRtcpParameters>("RTCRtcpParameters", {
  cname: { type: domString },
  reducedSize: { type: boolean },
});

const PARAMETERS = dictionary<Pick<ConvertedSendParameters, "codecs" | "headerExtensions" | "rtcp">>("RTCRtpParameters", {
  codecs: { type: sequence(CODEC_PARAMETERS), required: true },
  headerExtensions: { type: sequence(EXTENSION), required: true },
  rtcp: { type: RTCP, required: true },
});

/** RTCRtpSendParameters */
export const SEND_PARAMETERS: Converter<ConvertedSendParameters> = dictionary<
  ConvertedSendParameters,
  Pick<ConvertedSendParameters, "codecs" | "headerExtensions" | "rtcp">
>(
  "RTCRtpSendParameters",
  {
    degradationPreference: {
      type: enumeration("RTCDegradationPreference", ["balanced", "maintain-framerate", "maintain-resolution"]),
    },
    encodings: { type: sequence(ENCODING_PARAMETERS), required: true },
    transactionId: { type: domString, required: true },
  },
  PARAMETERS,
);

/** RTCSetParameterOptions */
export const SET_PARAMETER_OPTIONS: Converter<{ readonly encodingOptions: readonly { readonly keyFrame: boolean }[] }> =
  dictionary<{
    readonly encodingOptions: readonly { readonly keyFrame: boolean }[];
  }>("RTCSetParameterOptions", {
    encodingOptions: {
      type: sequence(
        dictionary<{ readonly keyFrame: boolean }>("RTCEncodingOptions", { keyFrame: { type: boolean, byDefault: () => false } }),
      ),
      byDefault: () => [],
    },
  });

/** [[ReceiveCodecs]] and what else a receiver's description says. */
export function receiveParameters({ transceiver }: TransceiverSlots): RTCRtpReceiveParameters {
  const { negotiated } = transceiver;
  return {
    codecs: codecParameters(negotiated?.receiveCodecs),
    headerExtensions: extensionParameters(negotiated?.receiveExtensions),
    rtcp: { reducedSize: negotiated?.reducedSize ?? false },
  };
}

/** What getParameters of a sender gives, without its transactionId. */
export function sendParameters(
  { transceiver }: TransceiverSlots,
  degradationPreference: RTCDegradationPreference | undefined,
): Omit<RTCRtpSendParameters, "transactionId"> {
  const { negotiated, sender } = transceiver;
  return {
    codecs: codecParameters(negotiated?.sendCodecs),
    ...(degradationPreference !== undefined && { degradationPreference }),
    encodings: sender.encodings.map((encoding) => encodingParameters(encoding, mimeTypeOf(negotiated, encoding))),
    headerExtensions: extensionParameters(negotiated?.sendExtensions),
    rtcp: { cname: sender.cname, reducedSize: negotiated?.reducedSize ?? false },
  };
}

function codecParameters(codecs: readonly MediaCodec[] = []): RTCRtpCodecParameters[] {
  return codecs.map(({ mimeType, payloadType, clockRate, channels, fmtp }) => ({
    payloadType,
    mimeType,
    clockRate,
    ...(channels !== undefined && { channels }),
    ...(fmtp !== "" && { sdpFmtpLine: fmtp }),
  }));
}

function extensionParameters(extensions: readonly HeaderExtension[] = []): RTCRtpHeaderExtensionParameters[] {
  return extensions.map(({ uri, id, encrypted }) => ({ uri, id, encrypted: encrypted ?? false }));
}

/** The members that a script can set, and the rid. */
const MEMBERS = [
  "rid",
  "active",
  "adaptivePtime",
  "codec",
  "maxBitrate",
  "maxFramerate",
  "networkPriority",
  "priority",
  "scalabilityMode",
  "scaleResolutionDownBy",
  "scaleResolutionDownTo",
] as const satisfies readonly (keyof EncodingInit)[];

/** Undefined members are not there. A mode that the negotiated codec has not gives way to the one that each has. */
function encodingParameters(encoding: Encoding, mimeType: string | undefined): RTCRtpEncodingParameters {
  const { scalabilityMode: mode } = encoding;
  const isLost = mode !== undefined && mimeType !== undefined && !isScalabilityMode(mode, mimeType);
  const shown = isLost ? { ...encoding, scalabilityMode: "L1T1" } : encoding;
  const rows = MEMBERS.map((name) => [name, shown[name]] as const).filter(([, value]) => value !== undefined);
  return Object.fromEntries(rows.map(([name, value]) => [name, typeof value === "object" ? { ...value } : value]));
}

/** Writes what was asked for into the encodings in use, in their order. */
export function applyEncodings(encodings: readonly Encoding[], wanted: readonly EncodingInit[]): void {
  encodings.forEach((encoding, index) => {
    const from = wanted[index];
    if (from === undefined) return;
    for (const name of MEMBERS) if (name !== "rid") Object.assign(encoding, { [name]: from[name] });
  });
}

/** Why `wanted` is no modification of what getParameters gave last; undefined when it is one. */
export function forbiddenModification(last: RTCRtpSendParameters, wanted: ConvertedSendParameters): string | undefined {
  if (wanted.transactionId !== last.transactionId) return "transactionId is not that of the last getParameters().";
  if (wanted.encodings.length !== last.encodings.length) return "Encodings can neither be added nor removed.";
  if (wanted.encodings.some(({ rid }, index) => rid !== last.encodings[index]?.rid)) {
    return "Encodings can neither be renamed nor put into another order.";
  }
  const { cname, reducedSize } = wanted.rtcp;
  if (cname !== last.rtcp.cname || reducedSize !== last.rtcp.reducedSize) return "rtcp is read-only.";
  const sameExtensions =
    wanted.headerExtensions.length === last.headerExtensions.length &&
    wanted.headerExtensions.every(({ uri, id, encrypted }, index) => {
      const before = last.headerExtensions[index];
      return before !== undefined && before.uri === uri && before.id === id && before.encrypted === encrypted;
    });
  if (!sameExtensions) return "headerExtensions is read-only.";
  const sameCodecs =
    wanted.codecs.length === last.codecs.length &&
    wanted.codecs.every((codec, index) => {
      const before = last.codecs[index];
      return before !== undefined && before.payloadType === codec.payloadType && codecsMatch(before, codec);
    });
  return sameCodecs ? undefined : "codecs is read-only.";
}
