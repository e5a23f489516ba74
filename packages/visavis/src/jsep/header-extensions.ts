/**
 * Header extensions in offer and answer: RFC 8285 §5, §6, RFC 6904 §4.
 */
import { findAll } from "../sdp/attribute.ts";
import type { ExtensionMap } from "../sdp/attribute-values.ts";
import type { MediaDescription, SessionDescription } from "../sdp/description.ts";
import { common, reversed } from "./directions.ts";
import type { HeaderExtension, WantedExtension } from "./media.ts";
import { ENCRYPT } from "./payload-types.ts";
import { bundleGroups, midsOf } from "./sections.ts";

/** The largest id that a packet can carry. Offers may use larger ones for choices, which we leave. */
const MAX_ID = 255;

/** The header extensions that a section names. Of a URI or an id that comes twice the first counts. */
export function extensionsOf(media: MediaDescription): readonly HeaderExtension[] {
  const extensions: HeaderExtension[] = [];
  for (const { id, uri: outer, direction = "sendrecv", attributes } of findAll(media.attributes, "extmap")) {
    const encrypted = outer === ENCRYPT && attributes !== undefined;
    const uri = encrypted ? (attributes.split(" ")[0] ?? "") : outer;
    if (id < 1 || id > MAX_ID || extensions.some((other) => other.id === id)) continue;
    if (extensions.some((other) => other.uri === uri && (other.encrypted ?? false) === encrypted)) continue;
    extensions.push({ id, uri, direction, ...(encrypted ? { encrypted } : {}) });
  }
  return extensions;
}

/**
 * By section the ids that an earlier section of the same bundle uses for something else. RFC 9143 §12 forbids that, but there are those who
 * do it: aiortc, for one.
 */
export function takenIds(session: SessionDescription): ReadonlyMap<MediaDescription, ReadonlySet<number>> {
  const mids = midsOf(session);
  const taken = new Map<MediaDescription, Set<number>>();
  for (const group of bundleGroups(session)) {
    const meanings = new Map<number, string>();
    for (const [index, media] of session.media.entries()) {
      if (!group.includes(mids[index] ?? "")) continue;
      for (const { id, uri, encrypted } of extensionsOf(media)) {
        const meaning = encrypted ? `${ENCRYPT} ${uri}` : uri;
        const known = meanings.get(id);
        if (known === undefined) meanings.set(id, meaning);
        else if (known !== meaning) taken.set(media, (taken.get(media) ?? new Set()).add(id));
      }
    }
  }
  return taken;
}

const NONE: ReadonlySet<number> = new Set();

/**
 * What an answer says to the extensions offered: those we want, with the ids offered; of two forms of one the encrypted one.
 *
 * @param taken ids that mean something else in this bundle
 */
export function answeredExtensions(
  offered: MediaDescription,
  wanted: readonly WantedExtension[],
  taken: ReadonlySet<number> = NONE,
): readonly ExtensionMap[] {
  const all = extensionsOf(offered).filter(({ id }) => !taken.has(id));
  return all.flatMap(({ id, uri, direction, encrypted = false }): ExtensionMap[] => {
    const ours = wanted.find((each) => each.uri === uri);
    if (ours === undefined || encrypted !== isEncrypted(all, ours)) return [];
    const answered = common(reversed(direction), ours.direction);
    const form = encrypted ? { uri: ENCRYPT, attributes: uri } : { uri };
    return [{ id, ...(answered === "sendrecv" ? {} : { direction: answered }), ...form }];
  });
}

function isEncrypted(offered: readonly HeaderExtension[], ours: WantedExtension): boolean {
  return (ours.encrypted ?? false) && offered.some(({ uri, encrypted }) => uri === ours.uri && encrypted);
}

/** Those of the first list that the second has, too. */
export function commonExtensions(
  firsts: readonly HeaderExtension[],
  seconds: readonly HeaderExtension[],
): readonly HeaderExtension[] {
  return firsts.flatMap((first) => {
    const second = seconds.find(({ uri, encrypted }) => uri === first.uri && encrypted === first.encrypted);
    return second === undefined ? [] : [{ ...first, direction: common(first.direction, reversed(second.direction)) }];
  });
}
