/**
 * The transport parameters of a section: from its own attributes, from the session's, or from the section it is bundled
 * with (RFC 9143 §7.1.3, RFC 8839 §5.4, RFC 8842 §5).
 */
import { find, findAll, has } from "../sdp/attribute.ts";
import type { AttributeName, AttributeValues, Fingerprint } from "../sdp/attribute-values.ts";
import type { MediaDescription, SessionDescription } from "../sdp/description.ts";
import type { IceCredentials, TransportSide } from "./negotiation.ts";
import { bundleGroups, midsOf } from "./sections.ts";

/** The value at the section, else at the session. */
export function inherited<N extends AttributeName>(
  session: SessionDescription,
  media: MediaDescription,
  name: N,
): AttributeValues[N] | undefined {
  return find(media.attributes, name) ?? find(session.attributes, name);
}

/** ICE credentials of the section itself or of the session. */
export function credentialsOf(session: SessionDescription, media: MediaDescription): IceCredentials | undefined {
  const usernameFragment = inherited(session, media, "ice-ufrag");
  const password = inherited(session, media, "ice-pwd");
  return usernameFragment === undefined || password === undefined ? undefined : { usernameFragment, password };
}

/** Fingerprints of the section, else those of the session. */
export function fingerprintsOf(session: SessionDescription, media: MediaDescription): readonly Fingerprint[] {
  const own = findAll(media.attributes, "fingerprint");
  return own.length > 0 ? own : findAll(session.attributes, "fingerprint");
}

/** The section and those bundled with it, the section first. */
function companions(session: SessionDescription, index: number): readonly MediaDescription[] {
  const own = session.media[index];
  if (session.media.length <= 1) return own === undefined ? [] : [own];
  const mids = midsOf(session);
  const mid = mids[index] ?? "";
  const group = new Set(bundleGroups(session).find((each) => each.includes(mid)) ?? []);
  const others = session.media.filter((_, other) => other !== index && group.has(mids[other] ?? ""));
  return own === undefined ? [] : [own, ...others];
}

/** Candidates of all sections that have these credentials or none: a bundled offer may list them at the first section only. */
function candidatesOf(
  session: SessionDescription,
  sections: readonly MediaDescription[],
  ice: IceCredentials,
): Pick<TransportSide, "candidates" | "endOfCandidates"> {
  const same = sections.filter((media) => {
    const usernameFragment = credentialsOf(session, media)?.usernameFragment;
    return usernameFragment === undefined || usernameFragment === ice.usernameFragment;
  });
  const values = new Set(same.flatMap((media) => findAll(media.attributes, "candidate")));
  const levels = [session.attributes, ...same.map(({ attributes }) => attributes)];
  return {
    candidates: [...values].map((value) => `candidate:${value}`),
    endOfCandidates: levels.some((attributes) => has(attributes, "end-of-candidates")),
  };
}

/** Whether a description, or only this section of it, says that its side trickles candidates: RFC 8840 §4.1. */
export function canTrickle(session: SessionDescription, media?: MediaDescription): boolean {
  const sections = media === undefined ? session.media : [media];
  return hasIceOption("trickle", session, sections);
}

function hasIceOption(option: string, session: SessionDescription, sections: readonly MediaDescription[]): boolean {
  const levels = [session.attributes, ...sections.map(({ attributes }) => attributes)];
  return levels.some((attributes) => findAll(attributes, "ice-options").some((options) => options.includes(option)));
}

/** The indexes of the sections that have ICE credentials, by themselves or through one that they are bundled with. */
export function reachableSections(session: SessionDescription): ReadonlySet<number> {
  const mids = midsOf(session);
  if (mids.length === 1) return new Set(session.media.flatMap((media) => (credentialsOf(session, media) ? [0] : [])));
  const byMid = new Map(mids.map((mid, index) => [mid, index]));
  const reachable = new Set(session.media.flatMap((media, index) => (credentialsOf(session, media) ? [index] : [])));
  for (const group of bundleGroups(session)) {
    const members = group.flatMap((mid) => byMid.get(mid) ?? []);
    if (members.some((index) => reachable.has(index))) for (const index of members) reachable.add(index);
  }
  return reachable;
}

/** A side whose candidates, many and seldom of interest, are looked for when they are read. A class: a literal with getters has a shape of its own each time. */
class ReadSide implements TransportSide {
  readonly ice: TransportSide["ice"];
  readonly lite: boolean;
  readonly trickle: boolean;
  readonly renomination: boolean;
  readonly fingerprints: TransportSide["fingerprints"];
  readonly setup: TransportSide["setup"];
  readonly tlsId: string | undefined;
  readonly #session: SessionDescription;
  readonly #sections: readonly MediaDescription[];

  constructor(
    session: SessionDescription,
    sections: readonly MediaDescription[],
    fields: Omit<TransportSide, "candidates" | "endOfCandidates">,
  ) {
    this.#session = session;
    this.#sections = sections;
    this.ice = fields.ice;
    this.lite = fields.lite;
    this.trickle = fields.trickle;
    this.renomination = fields.renomination;
    this.fingerprints = fields.fingerprints;
    this.setup = fields.setup;
    this.tlsId = fields.tlsId;
  }

  get candidates(): readonly string[] {
    return candidatesOf(this.#session, this.#sections, this.ice).candidates;
  }

  get endOfCandidates(): boolean {
    return candidatesOf(this.#session, this.#sections, this.ice).endOfCandidates;
  }
}

/** Sessions do not change, so neither do the sides that were read of them, by section. */
const sidesOfSessions: WeakMap<SessionDescription, (TransportSide | null)[]> = new WeakMap();

/** The transport parameters of a section; undefined when neither it nor a section bundled with it has ICE credentials. */
export function sideOf(session: SessionDescription, index: number): TransportSide | undefined {
  let sides = sidesOfSessions.get(session);
  if (sides === undefined) {
    sides = session.media.map(() => null);
    sidesOfSessions.set(session, sides);
  }
  const known = sides[index];
  if (known !== undefined && known !== null) return known;
  const side = readSide(session, index);
  if (side !== undefined) sides[index] = side;
  return side;
}

function readSide(session: SessionDescription, index: number): TransportSide | undefined {
  const sections = companions(session, index);
  const giver = sections.find((media) => credentialsOf(session, media) !== undefined);
  const ice = giver && credentialsOf(session, giver);
  if (giver === undefined || ice === undefined) return undefined;
  const inOrder = [giver, ...sections];
  const first = <N extends "setup" | "tls-id">(name: N): AttributeValues[N] | undefined =>
    inOrder.map((media) => inherited(session, media, name)).find((value) => value !== undefined);
  return new ReadSide(session, sections, {
    ice,
    lite: has(session.attributes, "ice-lite"),
    trickle: canTrickle(session, giver),
    renomination: hasIceOption("renomination", session, [giver]),
    fingerprints: inOrder.map((media) => fingerprintsOf(session, media)).find(({ length }) => length > 0) ?? [],
    setup: first("setup"),
    tlsId: first("tls-id"),
  });
}
