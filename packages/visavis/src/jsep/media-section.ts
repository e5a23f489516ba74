/**
 * The audio and video sections of local offers and answers: RFC 9429 §5.2.1, §5.2.2, §5.3.1.
 */
import { attribute, find, has } from "../sdp/attribute.ts";
import type { ExtensionMap } from "../sdp/attribute-values.ts";
import type { Attribute, MediaDescription, SessionDescription } from "../sdp/description.ts";
import { answeredCodec, canCarryMedia, codecAttributes, codecsOf, commonCodecs, encodingOf, identities } from "./codecs.ts";
import { NO_ADDRESS } from "./default-candidate.ts";
import { common, directionOfSection, receives, reversed, sends } from "./directions.ts";
import { answeredExtensions } from "./header-extensions.ts";
import type { CodecCapability, Direction, LocalRid, MediaCodec, TransceiverMaterial } from "./media.ts";
import type { Numbers } from "./payload-types.ts";
import { commonRids, plainRids, ridAttributes, ridsOf } from "./simulcast.ts";
import { msidAttributes, sourceAttributes } from "./sources.ts";

/** What a section says that offers and answers find out in their own ways. */
interface SectionParts {
  readonly mid: string | undefined;
  readonly protocol: string;
  readonly transport: readonly Attribute[];
  readonly direction: Direction;
  readonly codecs: readonly MediaCodec[];
  readonly extensions: readonly ExtensionMap[];
  readonly sendRids: readonly LocalRid[];
  readonly receiveRids: readonly LocalRid[];
  readonly flags: readonly Flag[];
}

/** Attributes without values. */
type Flag = "rtcp-mux" | "rtcp-rsize" | "extmap-allow-mixed" | "cryptex" | "bundle-only";

function flag(name: Flag, isThere: boolean): readonly Flag[] {
  return isThere ? [name] : [];
}

function printSection(transceiver: TransceiverMaterial, parts: SectionParts): MediaDescription {
  const { mid, direction, codecs, sendRids } = parts;
  const isSending = sends(direction);
  const encodings = new Set(codecs.map(encodingOf));
  const use = { rtx: encodings.has("rtx"), fec: encodings.has("flexfec-03") || encodings.has("flexfec") };
  const isSimulcast = sendRids.length > 1;
  // Layers that nobody tells apart are not sent.
  const told = transceiver.sendRids.length > 0 ? { ...transceiver, ssrcs: transceiver.ssrcs.slice(0, 1) } : transceiver;
  return {
    media: transceiver.kind,
    port: NO_ADDRESS.port,
    protocol: parts.protocol,
    formats: codecs.map(({ payloadType }) => String(payloadType)),
    connections: [NO_ADDRESS.connection],
    bandwidths: [],
    attributes: [
      ...parts.transport,
      ...(mid === undefined ? [] : [attribute("mid", mid)]),
      ...parts.extensions.map((extension) => attribute("extmap", extension)),
      attribute(direction, true),
      // Also where the other side's offer leaves us nothing to send: else two sides would offer to each other for ever.
      ...(sends(transceiver.direction) ? msidAttributes(transceiver) : []),
      ...parts.flags.map((name) => attribute(name, true)),
      ...codecAttributes(codecs),
      ...ridAttributes(sendRids, parts.receiveRids),
      ...(isSending && !isSimulcast ? sourceAttributes(told, use) : []),
    ],
    unknownLines: [],
  };
}

/** Whether a codec is of use in a section of that direction: RFC 9429 §5.2.1, webrtc-pc §4.4.1.6. */
function isUseful({ use = "both" }: CodecCapability, direction: Direction): boolean {
  return !(sends(direction) && use === "receive") && !(receives(direction) && use === "send");
}

/** Without preferences the codecs keep the order that the section had, and new ones follow: RFC 9429 §5.2.2. */
function inFormerOrder(codecs: readonly MediaCodec[], before: MediaDescription | undefined): readonly MediaCodec[] {
  if (before === undefined) return codecs;
  const places = new Map([...identities(codecsOf(before)).values()].map((identity, place) => [identity, place]));
  const ids = identities(codecs);
  const placeOf = ({ payloadType }: MediaCodec): number => places.get(ids.get(payloadType) ?? "") ?? places.size;
  return [...codecs].sort((a, b) => placeOf(a) - placeOf(b));
}

/** What an offer needs to know of a section. */
export interface OfferedParts {
  readonly mid: string;
  readonly transport: readonly Attribute[];
  readonly numbers: Numbers;
  /** The section as our last description had it; undefined for a new one. */
  readonly before: MediaDescription | undefined;
  /** Layers of the other side that we receive. */
  readonly receiveRids: readonly LocalRid[];
  readonly isBundleOnly: boolean;
  readonly cryptex: boolean;
}

/** A section of an offer. */
export function offeredSection(transceiver: TransceiverMaterial, parts: OfferedParts): MediaDescription {
  const { before, numbers, cryptex } = parts;
  const { direction, extensions, sendRids } = transceiver;
  const known = before === undefined ? [] : codecsOf(before);
  const isWanted = ({ isOnDemand, mimeType }: CodecCapability): boolean =>
    isOnDemand !== true || transceiver.hasPreferences || known.some((codec) => isNamed(codec, mimeType));
  const codecs = numbers.codecs(
    transceiver.codecs.filter((codec) => isUseful(codec, direction) && isWanted(codec)),
    before,
  );
  const section = printSection(transceiver, {
    mid: parts.mid,
    protocol: before?.protocol ?? "UDP/TLS/RTP/SAVPF",
    transport: parts.transport,
    direction,
    codecs: transceiver.hasPreferences ? codecs : inFormerOrder(codecs, before),
    extensions: numbers.extensions(extensions, before),
    sendRids: sends(direction) ? sendRids : [],
    receiveRids: receives(direction) ? parts.receiveRids : [],
    flags: ["rtcp-mux", "rtcp-rsize", ...flag("cryptex", cryptex), ...flag("bundle-only", parts.isBundleOnly)],
  });
  return parts.isBundleOnly ? { ...section, port: 0 } : section;
}

function isNamed(codec: MediaCodec, mimeType: string): boolean {
  return codec.mimeType.toLowerCase() === mimeType.toLowerCase();
}

/** The codecs of an answer, in its order; none when the section is to be rejected. RFC 9429 §5.3.1. */
export function answeredCodecs(
  transceiver: TransceiverMaterial,
  offered: MediaDescription,
  direction: Direction,
): readonly MediaCodec[] {
  const ours = transceiver.codecs.filter((codec) => isUseful(codec, direction));
  const theirs = codecsOf(offered);
  const codecs = transceiver.hasPreferences
    ? commonCodecs(ours, theirs).map(({ first, second }) => answeredCodec(second, first))
    : commonCodecs(theirs, ours).map(({ first, second }) => answeredCodec(first, second));
  return canCarryMedia(codecs) ? codecs : [];
}

/** The direction of an answer. */
export function answeredDirection(
  session: SessionDescription,
  offered: MediaDescription,
  transceiver: TransceiverMaterial,
): Direction {
  return common(reversed(directionOfSection(session, offered)), transceiver.direction);
}

/** What an answer needs to know of a section that it accepts. */
export interface AnsweredParts {
  readonly session: SessionDescription;
  readonly offered: MediaDescription;
  readonly transport: readonly Attribute[];
  readonly cryptex: boolean;
  /** Header extension ids that mean something else in this bundle. */
  readonly takenIds: ReadonlySet<number> | undefined;
}

/** A section of an answer. */
export function answeredMedia(transceiver: TransceiverMaterial, parts: AnsweredParts): MediaDescription {
  const { session, offered } = parts;
  const direction = answeredDirection(session, offered, transceiver);
  const codecs = answeredCodecs(transceiver, offered, direction);
  const wanted = new Map(transceiver.sendRids.map((each) => [each.rid, each]));
  const askedFor = commonRids(ridsOf(offered, "recv"), transceiver.sendRids);
  const types = new Set(codecs.map(({ payloadType }) => payloadType));
  const receiveRids = ridsOf(offered, "send").filter(
    ({ payloadTypes }) => payloadTypes === undefined || payloadTypes.some((type) => types.has(type)),
  );
  const flags: readonly Flag[] = ["rtcp-mux", "rtcp-rsize", "extmap-allow-mixed", ...flag("cryptex", parts.cryptex)];
  return printSection(transceiver, {
    mid: find(offered.attributes, "mid"),
    protocol: offered.protocol,
    transport: parts.transport,
    direction,
    codecs,
    extensions: answeredExtensions(offered, transceiver.extensions, parts.takenIds),
    sendRids: sends(direction) ? askedFor.flatMap(({ rid }) => wanted.get(rid) ?? []) : [],
    receiveRids: receives(direction) ? plainRids(receiveRids) : [],
    flags: flags.filter((name) => has(offered.attributes, name)),
  });
}
