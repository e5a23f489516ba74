/**
 * What offer and answer, and what a script asked for, make of an RTP session's senders and receivers.
 */
import type { MediaCodec, MediaPlan } from "../jsep/media.ts";
import type { RtpCodec, RtpReceiveParameters, RtpSendParameters } from "../transport/parts.ts";
import { receives, sends } from "./media-types.ts";
import type { Encoding, EncodingCodec, Priority, Transceiver } from "./transceiver.ts";

/** How priorities weigh against each other: RFC 8835 §4.1. */
const WEIGHTS: Readonly<Record<Priority, number>> = { "very-low": 1, low: 2, medium: 4, high: 8 };

/** What a transceiver sends; undefined when nothing was negotiated. It stays known while it is on hold. */
export function sendParametersOf({
  kind,
  sender,
  negotiated,
  currentDirection,
  isStopping,
}: Transceiver): RtpSendParameters | undefined {
  if (negotiated === undefined || isStopping || negotiated.sendCodecs.length === 0) return undefined;
  const isSending = sends(currentDirection);
  const hasRids = negotiated.localSendRids.length > 0;
  const share = negotiated.remoteBandwidth;
  return {
    mid: negotiated.mid,
    kind,
    cname: sender.cname,
    codecs: negotiated.sendCodecs.map(codecOf),
    extensions: negotiated.sendExtensions,
    encodings: sender.encodings.map((encoding) => ({
      rid: hasRids ? encoding.rid : undefined,
      ssrc: encoding.ssrc,
      rtxSsrc: encoding.rtxSsrc,
      fecSsrc: encoding.fecSsrc,
      active: isSending && encoding.active,
      maxBitrate: least(encoding.maxBitrate, share),
      weight: WEIGHTS[encoding.priority],
      payloadType: encoding.codec && payloadTypeOf(negotiated.sendCodecs, encoding.codec),
    })),
    reducedSize: negotiated.reducedSize,
  };
}

/** What a transceiver receives; undefined when nothing was negotiated. */
export function receiveParametersOf({ kind, negotiated, isStopping }: Transceiver): RtpReceiveParameters | undefined {
  if (negotiated === undefined || isStopping) return undefined;
  return {
    mid: negotiated.mid,
    kind,
    codecs: negotiated.receiveCodecs.map(codecOf),
    extensions: negotiated.receiveExtensions,
    rids: negotiated.remoteSendRids.map(({ rid }) => rid),
    ssrcs: negotiated.remoteSources.map(({ ssrc, rtx, fec }) => ({ ssrc, rtxSsrc: rtx, fecSsrc: fec })),
    reducedSize: negotiated.reducedSize,
  };
}

/** Whether frames that arrive are for anybody. */
export function isReceiving({ currentDirection, isStopping }: Transceiver): boolean {
  return !isStopping && receives(currentDirection);
}

/** The media type that an encoding is sent as; undefined when nothing was negotiated. */
export function mimeTypeOf(negotiated: MediaPlan | undefined, { codec }: Encoding): string | undefined {
  const codecs = negotiated?.sendCodecs ?? [];
  const wanted = codec && codecs.find((each) => matches(each, codec));
  return (wanted ?? codecs.find(({ mimeType }) => !isAround(mimeType)))?.mimeType;
}

/** The payload type that an encoding is sent as; undefined when nothing was negotiated. */
export function payloadTypeFor(negotiated: MediaPlan | undefined, { codec }: Encoding): number | undefined {
  const codecs = negotiated?.sendCodecs ?? [];
  const wanted = codec && payloadTypeOf(codecs, codec);
  return wanted ?? codecs.find(({ mimeType }) => !isAround(mimeType))?.payloadType;
}

function payloadTypeOf(codecs: readonly MediaCodec[], codec: EncodingCodec): number | undefined {
  return codecs.find((each) => matches(each, codec))?.payloadType;
}

/** Whether a script's codec is among those that were negotiated. */
export function hasCodec(codecs: readonly MediaCodec[], codec: EncodingCodec): boolean {
  return codecs.some((each) => matches(each, codec));
}

function matches(codec: MediaCodec, { mimeType, clockRate, channels = 1, sdpFmtpLine }: EncodingCodec): boolean {
  return (
    codec.mimeType.toLowerCase() === mimeType.toLowerCase() &&
    codec.clockRate === clockRate &&
    (codec.channels ?? 1) === channels &&
    (sdpFmtpLine === undefined || isSameFormat(codec.mimeType, codec.fmtp, sdpFmtpLine))
  );
}

/** What each side says of its own receiving alone: it tells no formats apart (RFC 7798 §7.1, the AV1 payload format §7.2). */
const ASYMMETRIC: Readonly<Record<string, readonly string[]>> = {
  "video/h265": ["level-id"],
  "video/av1": ["level-idx", "profile", "tier"],
};

/** Whether two `a=fmtp` of a codec mean one format (https://w3c.github.io/webrtc-pc/#dfn-codec-match). */
export function isSameFormat(mimeType: string, a: string, b: string): boolean {
  const ignored = ASYMMETRIC[mimeType.toLowerCase()];
  if (a === b || ignored === undefined) return a === b;
  const rest = (fmtp: string): string => {
    const parts = fmtp.split(";").map((part) => part.trim());
    return parts.filter((part) => !ignored.includes(part.split("=", 1)[0] ?? "")).join(";");
  };
  return rest(a) === rest(b);
}

/** Not media, but what goes with it. */
function isAround(mimeType: string): boolean {
  return /\/(rtx|red|ulpfec|flexfec(-03)?|telephone-event|cn)$/i.test(mimeType);
}

function codecOf(codec: MediaCodec): RtpCodec {
  const { payloadType, mimeType, clockRate, channels, fmtp, feedback } = codec;
  const repairs = /\/rtx$/i.test(mimeType) ? /(?:^|;)\s*apt=(\d+)/.exec(fmtp)?.[1] : undefined;
  return {
    payloadType,
    mimeType,
    clockRate,
    channels,
    parameters: fmtp,
    feedback,
    ...(repairs !== undefined && { repairs: Number(repairs) }),
  };
}

function least(a: number | undefined, b: number | undefined): number | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return Math.min(a, b);
}
