/**
 * What a section says of its streams: `a=msid` (RFC 8830), `a=ssrc` and `a=ssrc-group` (RFC 5576, RFC 4588 §8.8, RFC 5956).
 *
 * Streams are known by mid and rid; sources are named for peers that know neither, and read of peers that tell nothing else.
 */
import { attribute, findAll } from "../sdp/attribute.ts";
import type { Attribute, MediaDescription } from "../sdp/description.ts";
import type { MediaStreamTrackId, RemoteSource, TransceiverMaterial } from "./media.ts";

/** More sources than any section has; what is beyond is not looked at. */
const MAX_SOURCES = 256;

function streamTrack(text: string): MediaStreamTrackId {
  const [stream = "-", track = ""] = text.trim().split(" ");
  return { stream, track };
}

/** The `a=msid` lines, else those of the first source that has one; undefined when there are none. */
export function msidsOf(media: MediaDescription): readonly MediaStreamTrackId[] | undefined {
  const own = findAll(media.attributes, "msid").map(({ stream, track = "" }) => ({ stream, track }));
  if (own.length > 0) return own;
  const source = findAll(media.attributes, "ssrc").find((each) => each.attribute === "msid" && each.value !== undefined);
  return source?.value === undefined ? undefined : [streamTrack(source.value)];
}

/** The sources of a section. Those that repair others are told with them and not by themselves. */
export function sourcesOf(media: MediaDescription): readonly RemoteSource[] {
  const sources = new Map<number, { ssrc: number; cname?: string; msid?: MediaStreamTrackId; rtx?: number; fec?: number }>();
  for (const { ssrc, attribute: name, value } of findAll(media.attributes, "ssrc")) {
    let source = sources.get(ssrc);
    if (source === undefined) {
      if (sources.size === MAX_SOURCES) break;
      source = { ssrc };
      sources.set(ssrc, source);
    }
    if (name === "cname" && value !== undefined) source.cname = value;
    if (name === "msid" && value !== undefined) source.msid = streamTrack(value);
  }
  const groups = findAll(media.attributes, "ssrc-group").slice(0, MAX_SOURCES);
  for (const { semantics, ssrcs } of groups) {
    const [primary = -1, secondary] = ssrcs;
    if (secondary === undefined || secondary === primary) continue;
    if (semantics !== "FID" && semantics !== "FEC-FR") continue;
    const source = sources.get(primary);
    if (source === undefined) continue;
    if (semantics === "FID") source.rtx = secondary;
    else source.fec = secondary;
    sources.delete(secondary);
  }
  return [...sources.values()];
}

/** `a=msid` of a transceiver that sends: RFC 9429 §5.2.1. */
export function msidAttributes({ streams, trackId: track }: TransceiverMaterial): readonly Attribute[] {
  const ids = streams.length === 0 ? ["-"] : new Set(streams);
  return [...ids].map((stream) => attribute("msid", { stream, track }));
}

/** What of an encoding's sources the codecs of the section have a use for. */
export interface SourceUse {
  readonly rtx: boolean;
  readonly fec: boolean;
}

/** `a=ssrc-group` and `a=ssrc` of a transceiver that sends. */
export function sourceAttributes(transceiver: TransceiverMaterial, use: SourceUse): readonly Attribute[] {
  const { ssrcs, cname, streams, trackId } = transceiver;
  const groups: Attribute[] = [];
  const lines: Attribute[] = [];
  const msid = `${streams[0] ?? "-"} ${trackId}`;
  for (const { ssrc, rtx, fec } of ssrcs) {
    const members = [ssrc];
    if (use.rtx && rtx !== undefined) {
      groups.push(attribute("ssrc-group", { semantics: "FID", ssrcs: [ssrc, rtx] }));
      members.push(rtx);
    }
    if (use.fec && fec !== undefined) {
      groups.push(attribute("ssrc-group", { semantics: "FEC-FR", ssrcs: [ssrc, fec] }));
      members.push(fec);
    }
    for (const member of members) {
      lines.push(attribute("ssrc", { ssrc: member, attribute: "cname", value: cname }));
      lines.push(attribute("ssrc", { ssrc: member, attribute: "msid", value: msid }));
    }
  }
  return [...groups, ...lines];
}
