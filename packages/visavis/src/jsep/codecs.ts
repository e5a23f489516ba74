/**
 * The codecs of a section: reading them, and finding those that both sides have. RFC 3264 §6.1, RFC 9429 §5.2, §5.3.
 */
import { attribute, findAll } from "../sdp/attribute.ts";
import type { Attribute, MediaDescription } from "../sdp/description.ts";
import { answeredParameters, distinction, parametersOf, withParameter } from "./format-parameters.ts";
import type { MediaCodec } from "./media.ts";

/** RFC 3551 §6: the payload types that need no `a=rtpmap`. */
const STATIC_TYPES: ReadonlyMap<number, readonly [encoding: string, clockRate: number, channels?: number]> = new Map([
  [0, ["PCMU", 8000]],
  [3, ["GSM", 8000]],
  [4, ["G723", 8000]],
  [5, ["DVI4", 8000]],
  [6, ["DVI4", 16000]],
  [7, ["LPC", 8000]],
  [8, ["PCMA", 8000]],
  [9, ["G722", 8000]],
  [10, ["L16", 44100, 2]],
  [11, ["L16", 44100]],
  [12, ["QCELP", 8000]],
  [13, ["CN", 8000]],
  [14, ["MPA", 90000]],
  [15, ["G728", 8000]],
  [16, ["DVI4", 11025]],
  [17, ["DVI4", 22050]],
  [18, ["G729", 8000]],
  [25, ["CelB", 90000]],
  [26, ["JPEG", 90000]],
  [28, ["nv", 90000]],
  [31, ["H261", 90000]],
  [32, ["MPV", 90000]],
  [33, ["MP2T", 90000]],
  [34, ["H263", 90000]],
]);

/** Of a `/2` behind the clock rate; audio that says nothing has one channel, but Opus always two: RFC 7587 §7. */
function channelsOf(media: MediaDescription, encoding: string, text: string | undefined): number | undefined {
  if (media.media !== "audio") return undefined;
  const channels = text === undefined ? (encoding.toLowerCase() === "opus" ? 2 : 1) : Number(text);
  return Number.isInteger(channels) && channels > 0 ? channels : 1;
}

/** Sections do not change, and several steps ask for their codecs. */
const codecsOfSections: WeakMap<MediaDescription, readonly MediaCodec[]> = new WeakMap();

/** The codecs of a section in its order. Payload types without an encoding are left out. */
export function codecsOf(media: MediaDescription): readonly MediaCodec[] {
  let codecs = codecsOfSections.get(media);
  if (codecs === undefined) {
    codecs = readCodecs(media);
    codecsOfSections.set(media, codecs);
  }
  return codecs;
}

function readCodecs(media: MediaDescription): readonly MediaCodec[] {
  const maps = new Map(findAll(media.attributes, "rtpmap").map((map) => [map.payloadType, map]));
  const fmtps = new Map(findAll(media.attributes, "fmtp").map(({ format, parameters }) => [format, parameters]));
  const feedback = findAll(media.attributes, "rtcp-fb");
  const codecs: MediaCodec[] = [];
  for (const format of new Set(media.formats)) {
    const payloadType = /^(0|[1-9][0-9]{0,2})$/.test(format) ? Number(format) : -1;
    const map = maps.get(payloadType);
    const known = STATIC_TYPES.get(payloadType);
    const encoding = map?.encoding ?? known?.[0];
    if (encoding === undefined || payloadType > 127) continue;
    codecs.push({
      payloadType,
      mimeType: `${media.media}/${encoding}`,
      clockRate: map?.clockRate ?? known?.[1] ?? 0,
      channels: channelsOf(media, encoding, map === undefined ? known?.[2]?.toString() : map.parameters),
      fmtp: fmtps.get(format) ?? "",
      feedback: feedback.flatMap((each) =>
        each.payloadType === "*" || each.payloadType === payloadType ? [each.feedback.trim()] : [],
      ),
    });
  }
  return codecs;
}

/** What the comparison needs of a codec, offered or our own. */
export type Format = Omit<MediaCodec, "feedback">;

/** `vp8` of `video/VP8`. */
export function encodingOf({ mimeType }: Pick<MediaCodec, "mimeType">): string {
  return mimeType.slice(mimeType.indexOf("/") + 1).toLowerCase();
}

/** The payload types inside a codec's parameters: `apt=96` of rtx, `111/111` of audio/red. */
export function innerTypes(codec: Format): readonly number[] {
  const encoding = encodingOf(codec);
  if (encoding === "rtx") return [Number(parametersOf(codec.fmtp).get("apt") ?? "NaN")];
  if (encoding === "red" && /^[0-9]+(\/[0-9]+)*$/.test(codec.fmtp)) return [...new Set(codec.fmtp.split("/").map(Number))];
  return [];
}

/** The parameters with other payload types inside. */
export function withInnerTypes(codec: Format, types: ReadonlyMap<number, number>): string {
  const inner = innerTypes(codec);
  const renamed = (type: number): string => String(types.get(type) ?? type);
  if (inner.length === 0) return codec.fmtp;
  if (encodingOf(codec) === "rtx") return withParameter(codec.fmtp, "apt", inner.map(renamed).join(""));
  return codec.fmtp.split("/").map(Number).map(renamed).join("/");
}

/**
 * What two codecs must have in common to be one, as a text, by payload type. A codec that repairs one that the list does not
 * have is left out.
 */
export function identities(codecs: readonly Format[]): ReadonlyMap<number, string> {
  const own = new Map<number, string>();
  for (const codec of codecs) {
    const encoding = encodingOf(codec);
    const channels = codec.channels === undefined || codec.channels === 1 ? "" : codec.channels;
    const special = distinction(encoding, codec.fmtp);
    own.set(codec.payloadType, `${codec.mimeType.toLowerCase()}/${codec.clockRate}/${channels} ${special}`);
  }
  const all = new Map<number, string>();
  for (const codec of codecs) {
    const base = own.get(codec.payloadType) ?? "";
    const inner = innerTypes(codec);
    const repaired = inner.map((type) => own.get(type));
    if (repaired.includes(undefined)) continue;
    all.set(codec.payloadType, inner.length === 0 ? base : `${base} of ${repaired.join(", ")}`);
  }
  return all;
}

/** Two codecs that are one. */
export interface CodecPair<A extends Format, B extends Format> {
  readonly first: A;
  readonly second: B;
}

/** The codecs of the first list that the second has as well, in the order of the first. */
export function commonCodecs<A extends Format, B extends Format>(
  firsts: readonly A[],
  seconds: readonly B[],
): readonly CodecPair<A, B>[] {
  const [firstIds, secondIds] = [identities(firsts), identities(seconds)];
  const byId = new Map<string, B>();
  for (const second of seconds) {
    const id = secondIds.get(second.payloadType);
    if (id !== undefined && !byId.has(id)) byId.set(id, second);
  }
  return firsts.flatMap((first) => {
    const second = byId.get(firstIds.get(first.payloadType) ?? "");
    return second === undefined ? [] : [{ first, second }];
  });
}

/** Whether there is more than what only helps others: retransmissions, redundancy, comfort noise, tones. */
export function canCarryMedia(codecs: readonly Pick<MediaCodec, "mimeType">[]): boolean {
  return codecs.some((codec) => !AUXILIARY.has(encodingOf(codec)));
}

const AUXILIARY: ReadonlySet<string> = new Set(["rtx", "red", "ulpfec", "flexfec", "flexfec-03", "cn", "telephone-event"]);

/** Our codec as an answer to the one offered: its payload types, and feedback that both take. */
export function answeredCodec<T extends MediaCodec>(offered: MediaCodec, ours: T): MediaCodec {
  const theirs = innerTypes(offered);
  const types = new Map(innerTypes(ours).map((type, index) => [type, theirs[index] ?? type]));
  const fmtp = answeredParameters(encodingOf(ours), offered.fmtp, withInnerTypes(ours, types));
  const taken = new Set(offered.feedback);
  return {
    payloadType: offered.payloadType,
    mimeType: ours.mimeType,
    clockRate: ours.clockRate,
    channels: ours.channels,
    fmtp,
    feedback: ours.feedback.filter((each) => taken.has(each)),
  };
}

/** `a=rtpmap`, `a=rtcp-fb` and `a=fmtp` of codecs: RFC 9429 §5.2.1. */
export function codecAttributes(codecs: readonly MediaCodec[]): readonly Attribute[] {
  return codecs.flatMap(({ payloadType, mimeType, clockRate, channels, fmtp, feedback }) => [
    attribute("rtpmap", {
      payloadType,
      encoding: mimeType.slice(mimeType.indexOf("/") + 1),
      clockRate,
      ...(channels !== undefined && channels > 1 ? { parameters: String(channels) } : {}),
    }),
    ...feedback.map((each) => attribute("rtcp-fb", { payloadType, feedback: each })),
    ...(fmtp === "" ? [] : [attribute("fmtp", { format: String(payloadType), parameters: fmtp })]),
  ]);
}
