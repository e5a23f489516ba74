/**
 * Whether the audio and video sections of a remote description make sense: RFC 9429 §5.8.3, RFC 9143 §9.
 */
import { find, findAll } from "../sdp/attribute.ts";
import type { ExtensionMap } from "../sdp/attribute-values.ts";
import type { MediaDescription, SessionDescription } from "../sdp/description.ts";
import { JsepError } from "./negotiation.ts";
import { ENCRYPT } from "./payload-types.ts";
import { bundleGroups, kindOf, midsOf } from "./sections.ts";

function invalid(message: string): JsepError {
  return new JsepError("invalid-access", message);
}

function isMedia(media: MediaDescription): boolean {
  const kind = kindOf(media);
  return kind === "audio" || kind === "video";
}

/** RFC 5761 §4: with RTCP on the same port, payload types from 64 to 95 could be taken for it. */
function checkPayloadTypes(media: MediaDescription, index: number): void {
  const wrong = media.formats.find((format) => Number(format) >= 64 && Number(format) <= 95);
  if (wrong !== undefined) throw invalid(`section ${index} has the payload type ${wrong}, which RTCP needs`);
}

/** A track is in one section. */
function checkTracks(sections: readonly MediaDescription[]): void {
  const tracks = new Set<string>();
  for (const { attributes } of sections) {
    for (const { stream, track = "" } of findAll(attributes, "msid")) {
      const name = `${stream} ${track}`;
      if (track !== "" && tracks.has(name)) throw new JsepError("operation", `two sections have the msid ${name}`);
      tracks.add(name);
    }
  }
}

/**
 * The checks on the audio and video sections of one remote description.
 *
 * @param isAlive whether a section is not rejected
 * @throws JsepError `invalid-access`, and `operation` for tracks that are in two sections
 */
export function verifyMedia(session: SessionDescription, isAlive: (media: MediaDescription) => boolean): void {
  const mids = midsOf(session);
  const alive = new Map<string, MediaDescription>();
  for (const [index, media] of session.media.entries()) {
    if (!isMedia(media) || !isAlive(media)) continue;
    checkPayloadTypes(media, index);
    alive.set(mids[index] ?? "", media);
  }
  if (alive.size < 2) return;
  checkTracks([...alive.values()]);
}

/**
 * An answer says of an extension what the offer says, with the same number: RFC 8285 §6.
 *
 * @throws JsepError `invalid-access`
 */
export function verifyAnsweredMedia(offered: MediaDescription, answered: MediaDescription, index: number): void {
  const nameOf = ({ uri, attributes = "" }: ExtensionMap): string => (uri === ENCRYPT ? `${uri} ${attributes}` : uri);
  const names = new Map<number, Set<string>>();
  for (const extension of findAll(offered.attributes, "extmap")) {
    const known = names.get(extension.id);
    if (known === undefined) names.set(extension.id, new Set([nameOf(extension)]));
    else known.add(nameOf(extension));
  }
  for (const extension of findAll(answered.attributes, "extmap")) {
    if (names.get(extension.id)?.has(nameOf(extension)) === false) {
      throw invalid(`section ${index} of the answer uses the header extension id ${extension.id} for something else`);
    }
  }
}

/**
 * What has no address of its own can only be accepted on the transport of another section: RFC 9143 §7.3.3.
 *
 * @throws JsepError `invalid-access`
 */
export function verifyBundleOnly(offer: SessionDescription, answer: SessionDescription): void {
  const offeredMids = midsOf(offer);
  const groups = bundleGroups(answer);
  for (const [index, offered] of offer.media.entries()) {
    const mid = offeredMids[index] ?? "";
    const isAccepted = (answer.media[index]?.port ?? 0) !== 0;
    if (offered.port !== 0 || find(offered.attributes, "bundle-only") === undefined || !isAccepted) continue;
    if (!groups.some((mids) => mids.includes(mid))) throw invalid(`section ${index} is accepted without the bundle it needs`);
  }
}
