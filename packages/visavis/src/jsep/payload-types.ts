/**
 * Payload types and header extension ids that stay what they are: RFC 3264 §8.3.2, RFC 9143 §9.1, §9.3, RFC 8285 §5.
 *
 * One number means one thing in all sections, because they may share a transport, and goes on meaning it in later offers.
 */
import { findAll } from "../sdp/attribute.ts";
import type { ExtensionMap } from "../sdp/attribute-values.ts";
import type { MediaDescription, SessionDescription } from "../sdp/description.ts";
import { codecsOf, identities, innerTypes, withInnerTypes } from "./codecs.ts";
import type { CodecCapability, MediaCodec, WantedExtension } from "./media.ts";

/** Where a dynamic payload type is looked for. 64 to 95 could be taken for RTCP: RFC 5761 §4. */
const DYNAMIC_TYPES: readonly number[] = [...range(96, 127), ...range(35, 63)];

/**
 * One-byte header extensions have ids up to 14, two-byte ones up to 255: RFC 8285 §4.2, §4.3. From above, as others do: Chromium
 * cannot offer its own small ones any more when they mean something else in another section.
 */
const EXTENSION_IDS: readonly number[] = [...range(1, 14).reverse(), ...range(16, 255)];

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

/** Names with numbers. */
class NumberTable {
  readonly #byName = new Map<string, number>();
  readonly #taken = new Map<number, string>();

  /** Notes what is in use. The first meaning counts, and what comes second has no number yet. */
  note(name: string, number: number): void {
    if ((this.#taken.get(number) ?? name) !== name) return;
    this.#taken.set(number, name);
    if (!this.#byName.has(name)) this.#byName.set(name, number);
  }

  /**
   * The number of a name: the one it has, the preferred one, or the first that is free.
   *
   * @param used in the same section, by others: the other side may give one number two meanings
   */
  give(name: string, preferred: number | undefined, choices: readonly number[], used: ReadonlySet<number>): number | undefined {
    const known = this.#byName.get(name);
    if (known !== undefined && !used.has(known)) return known;
    const isFree = (number: number): boolean => !this.#taken.has(number) && !used.has(number);
    const number = preferred !== undefined && isFree(preferred) ? preferred : choices.find(isFree);
    if (number !== undefined) this.note(name, number);
    return number;
  }
}

/** The largest id that a packet can carry. */
const MAX_ID = 255;

/** Numbers that had a meaning in an exchange that was answered: they keep it as long as the connection lives. */
export interface UsedNumbers {
  /** By payload type, what `identities` says of the codec. */
  readonly types: ReadonlyMap<number, string>;
  /** By id, the URI. */
  readonly extensions: ReadonlyMap<number, string>;
}

/** What was used before, and what these descriptions use; undefined as long as there is no audio or video. */
export function usedNumbers(before: UsedNumbers | undefined, sessions: readonly SessionDescription[]): UsedNumbers | undefined {
  const sections = sessions.flatMap(({ media }) => media.filter(({ media: kind }) => kind === "audio" || kind === "video"));
  if (sections.length === 0) return before;
  const types = new Map(before?.types);
  const extensions = new Map(before?.extensions);
  for (const media of sections) {
    for (const [type, identity] of identities(codecsOf(media))) if (!types.has(type)) types.set(type, identity);
    for (const extension of findAll(media.attributes, "extmap")) {
      if (extension.id <= MAX_ID && !extensions.has(extension.id)) extensions.set(extension.id, nameOf(extension));
    }
  }
  return { types, extensions };
}

/** Payload types and extension ids of all sections. */
export class Numbers {
  readonly #types = new NumberTable();
  readonly #extensions = new NumberTable();

  /**
   * @param sessions those whose numbers count, the most important first
   * @param used what had a meaning before
   */
  constructor(sessions: readonly (SessionDescription | undefined)[], used: UsedNumbers | undefined) {
    for (const session of sessions) {
      for (const media of session?.media ?? []) {
        const codecs = codecsOf(media);
        for (const [type, identity] of identities(codecs)) this.#types.note(identity, type);
        for (const extension of findAll(media.attributes, "extmap")) this.#extensions.note(nameOf(extension), extension.id);
      }
    }
    for (const [type, identity] of used?.types ?? []) this.#types.note(identity, type);
    for (const [id, name] of used?.extensions ?? []) this.#extensions.note(name, id);
  }

  /**
   * The codecs of an offered section with payload types.
   *
   * @param before the section as it was, whose payload types come before those of others
   */
  codecs(wanted: readonly CodecCapability[], before: MediaDescription | undefined): readonly MediaCodec[] {
    const earlier = before === undefined ? new Map<string, number>() : inverted(identities(codecsOf(before)));
    const ids = identities(wanted);
    const types = new Map<number, number>();
    const used = new Set<number>(earlier.values());
    const given = new Set<string>();
    for (const codec of wanted) {
      const identity = ids.get(codec.payloadType);
      if (identity === undefined || given.has(identity) || types.has(codec.payloadType)) continue;
      given.add(identity);
      const preferred = codec.payloadType < 64 || DYNAMIC_TYPES.includes(codec.payloadType) ? codec.payloadType : undefined;
      const type = earlier.get(identity) ?? this.#types.give(identity, preferred, DYNAMIC_TYPES, used);
      if (type === undefined) continue;
      used.add(type);
      types.set(codec.payloadType, type);
    }
    const seen = new Set<number>();
    return wanted.flatMap((codec) => {
      const payloadType = types.get(codec.payloadType);
      if (payloadType === undefined || seen.has(payloadType) || innerTypes(codec).some((inner) => !types.has(inner))) return [];
      seen.add(payloadType);
      const { mimeType, clockRate, channels, feedback } = codec;
      return [{ payloadType, mimeType, clockRate, channels, fmtp: withInnerTypes(codec, types), feedback }];
    });
  }

  /** The header extensions of an offered section with ids, by `a=extmap` values. */
  extensions(wanted: readonly WantedExtension[], before: MediaDescription | undefined): readonly ExtensionMap[] {
    const lines = before === undefined ? [] : findAll(before.attributes, "extmap");
    const earlier = new Map(lines.map((extension) => [nameOf(extension), extension.id]));
    const used = new Set<number>(earlier.values());
    const maps: ExtensionMap[] = [];
    for (const { uri, direction, preferredId, encrypted } of wanted) {
      const forms: readonly Omit<ExtensionMap, "id">[] = [{ uri }, ...(encrypted ? [{ uri: ENCRYPT, attributes: uri }] : [])];
      for (const form of forms) {
        const name = nameOf(form);
        const id =
          earlier.get(name) ?? this.#extensions.give(name, form.uri === uri ? preferredId : undefined, EXTENSION_IDS, used);
        if (id === undefined || maps.some((map) => map.id === id)) continue;
        used.add(id);
        maps.push({ id, ...(direction === "sendrecv" ? {} : { direction }), ...form });
      }
    }
    return maps;
  }
}

/** RFC 6904 §4: the extension whose URI follows is sent encrypted. */
export const ENCRYPT = "urn:ietf:params:rtp-hdrext:encrypt";

function nameOf({ uri, attributes }: Pick<ExtensionMap, "uri" | "attributes">): string {
  return uri === ENCRYPT && attributes !== undefined ? `${uri} ${attributes.split(" ")[0] ?? ""}` : uri;
}

function inverted(map: ReadonlyMap<number, string>): Map<string, number> {
  const result = new Map<string, number>();
  for (const [number, name] of map) if (!result.has(name)) result.set(name, number);
  return result;
}
