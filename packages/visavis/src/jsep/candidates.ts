/**
 * Candidates in descriptions that are already applied: RFC 9429 §4.1.17, RFC 8840, webrtc-pc §4.4.2 addIceCandidate.
 */
import { attribute, findAll, has } from "../sdp/attribute.ts";
import type { Attribute, MediaDescription, SessionDescription } from "../sdp/description.ts";
import { printSession } from "../sdp/print.ts";
import { defaultAddress } from "./default-candidate.ts";
import { type Description, type Gathered, JsepError, type Negotiation, type Plan } from "./negotiation.ts";
import { keepStructure, structureOf } from "./plan.ts";
import { bundleGroups, midsOf } from "./sections.ts";
import { credentialsOf } from "./transport-side.ts";

/** Candidates that a section of a remote description may come to have by `addRemoteCandidate`. */
export const MAX_SECTION_CANDIDATES = 256;

/** The attributes with these candidates added that they did not have, and with end-of-candidates when told. */
function withCandidates(
  attributes: readonly Attribute[],
  candidates: readonly string[],
  complete: boolean,
): readonly Attribute[] {
  const known = new Set(findAll(attributes, "candidate"));
  const added: Attribute[] = [];
  for (const candidate of candidates) {
    const value = candidate.replace(/^(a=)?candidate:/, "");
    if (known.has(value)) continue;
    known.add(value);
    added.push(attribute("candidate", value));
  }
  if (complete && !has(attributes, "end-of-candidates")) added.push(attribute("end-of-candidates", true));
  return added.length === 0 ? attributes : [...attributes, ...added];
}

/**
 * A local section with what was gathered since; itself when there is nothing new. A rejected section, or one that is
 * bundled away and so has no credentials, stays as it is.
 */
export function withGathered(
  session: SessionDescription,
  media: MediaDescription,
  mid: string,
  gathered: readonly Gathered[],
): MediaDescription {
  const usernameFragment = credentialsOf(session, media)?.usernameFragment;
  const own = gathered.find((each) => each.mid === mid && each.usernameFragment === usernameFragment);
  if (own === undefined || media.port === 0) return media;
  const attributes = withCandidates(media.attributes, own.candidates, own.complete);
  if (attributes === media.attributes) return media;
  const { port, connection } = defaultAddress(findAll(attributes, "candidate"));
  return { ...media, port, connections: [connection], attributes };
}

/**
 * The text of a local description with what was gathered since: candidates, default address and port, end-of-candidates.
 * Sections that are bundled away, rejected or of another ICE generation stay as they are.
 *
 * @see RFC 9429 §5.2.2
 */
export function withLocalCandidates(description: Description, gathered: readonly Gathered[]): string {
  const { session, sdp } = description;
  const mids = midsOf(session);
  const media = session.media.map((each, index) => withGathered(session, each, mids[index] ?? "", gathered));
  return media.every((each, index) => each === session.media[index]) ? sdp : printSession({ ...session, media });
}

/** The members of RTCIceCandidateInit; the candidate's own syntax must have been checked. */
export interface RemoteCandidate {
  /** `candidate:…`; empty for the end of candidates. */
  readonly candidate: string;
  readonly sdpMid: string | null;
  readonly sdpMLineIndex: number | null;
  readonly usernameFragment: string | null;
}

/** The outcome of addRemoteCandidate. */
export interface CandidateAdded {
  /** With the candidate in the remote descriptions of its generation. */
  readonly next: Negotiation;
  /**
   * The transports it is for, by `TransportPlan.mid`, each with the generation it belongs to. Empty when the candidate is
   * to be ignored because its section is rejected.
   */
  readonly targets: readonly CandidateTarget[];
  /** Whether it was left out because its section has `MAX_SECTION_CANDIDATES`. */
  readonly isDropped: boolean;
}

/** A transport that a remote candidate is for. */
export interface CandidateTarget {
  /** `TransportPlan.mid`. */
  readonly mid: string;
  /** Of the remote credentials the candidate belongs to. */
  readonly usernameFragment: string;
}

const fragmentAt = (session: SessionDescription | undefined, index: number): string | undefined => {
  const media = session?.media[index];
  return session && media && credentialsOf(session, media)?.usernameFragment;
};

/** The indexes of the sections that a candidate names. @throws JsepError `operation` when there is no such section */
function namedSections(session: SessionDescription, plan: Plan, { sdpMid, sdpMLineIndex, candidate }: RemoteCandidate): number[] {
  const all = session.media.map((_, index) => index);
  if (sdpMid !== null) {
    const mids = midsOf(session);
    const found = all.filter((index) => mids[index] === sdpMid || plan.sections[index]?.mid === sdpMid);
    if (found.length === 0) throw new JsepError("operation", `no section has the mid ${JSON.stringify(sdpMid)}`);
    return found;
  }
  if (sdpMLineIndex !== null) {
    if (all[sdpMLineIndex] === undefined) throw new JsepError("operation", `there is no section ${sdpMLineIndex}`);
    return [sdpMLineIndex];
  }
  if (candidate !== "") throw new JsepError("operation", "a candidate needs a mid or a section index");
  return all;
}

/** A description that is printed when its text is asked for: candidates come one by one, and few of the texts between are read. */
class PrintedLater implements Description {
  readonly type: Description["type"];
  readonly session: SessionDescription;
  #sdp: string | undefined = undefined;

  constructor(type: Description["type"], session: SessionDescription) {
    this.type = type;
    this.session = session;
  }

  get sdp(): string {
    this.#sdp ??= printSession(this.session);
    return this.#sdp;
  }
}

/** The sections of a description that a candidate goes to: those with the credentials that are not rejected. */
function meantSections(
  description: Description | undefined,
  indexes: readonly number[],
  usernameFragment: string | null,
): readonly MediaDescription[] {
  if (description === undefined) return [];
  const { session } = description;
  return indexes.flatMap((index) => {
    const media = session.media[index];
    const isMeant = usernameFragment === null || fragmentAt(session, index) === usernameFragment;
    return media !== undefined && media.port !== 0 && isMeant ? [media] : [];
  });
}

function isFull({ attributes }: MediaDescription, candidate: string): boolean {
  const known = findAll(attributes, "candidate");
  return known.length >= MAX_SECTION_CANDIDATES && withCandidates(attributes, [candidate], false) !== attributes;
}

/** The description with the candidate in these sections of it. */
function withRemote(
  description: Description | undefined,
  sections: readonly MediaDescription[],
  candidate: string,
): Description | undefined {
  if (description === undefined) return undefined;
  const { type, session } = description;
  const media = session.media.map((each) => {
    if (!sections.includes(each)) return each;
    const attributes = withCandidates(each.attributes, candidate === "" ? [] : [candidate], candidate === "");
    return attributes === each.attributes ? each : { ...each, attributes };
  });
  return media.every((each, index) => each === session.media[index])
    ? description
    : new PrintedLater(type, { ...session, media });
}

/** The transports behind sections: their own, or the one that has the credentials of a rejected section bundled with it. */
function targetsOf(
  plan: Plan,
  remote: Description,
  indexes: readonly number[],
  usernameFragment: string | null,
): readonly CandidateTarget[] {
  const targets = new Map<string, CandidateTarget>();
  const groups = bundleGroups(remote.session);
  for (const index of indexes) {
    const section = plan.sections[index];
    const fragment = usernameFragment ?? fragmentAt(remote.session, index);
    const group = groups.find((mids) => mids.includes(section?.mid ?? ""));
    const transport = plan.transports.find(({ mid, remote: side }) =>
      section?.state === "rejected"
        ? group?.includes(mid) && side?.ice.usernameFragment === fragment
        : mid === section?.transportMid,
    );
    const generation = fragment ?? transport?.remote?.ice.usernameFragment;
    if (transport !== undefined && generation !== undefined) {
      targets.set(transport.mid, { mid: transport.mid, usernameFragment: generation });
    }
  }
  return [...targets.values()];
}

/**
 * addIceCandidate. A candidate without username fragment belongs to the newest remote description. One too many for its
 * section changes nothing.
 *
 * @throws JsepError `invalid-state` without a remote description, `operation` when mid, index or username fragment are not
 * in the remote descriptions
 * @see webrtc-pc §4.4.2 addIceCandidate
 */
export function addRemoteCandidate(n: Negotiation, candidate: RemoteCandidate): CandidateAdded {
  const remote = n.pendingRemote ?? n.currentRemote;
  if (n.signalingState === "closed") throw new JsepError("invalid-state", "the connection is closed");
  if (remote === undefined) throw new JsepError("invalid-state", "there is no remote description yet");
  if (/[\r\n\0]/.test(candidate.candidate)) throw new JsepError("operation", "a candidate is one line");
  const plan = structureOf(n);
  const named = namedSections(remote.session, plan, candidate);
  const { usernameFragment } = candidate;
  const knows = (index: number, fragment: string | null): boolean =>
    fragmentAt(n.pendingRemote?.session, index) === fragment || fragmentAt(n.currentRemote?.session, index) === fragment;
  const indexes = usernameFragment === null ? named : named.filter((index) => knows(index, usernameFragment));
  if (indexes.length === 0 && named.length > 0) {
    throw new JsepError("operation", `no section has the username fragment ${JSON.stringify(usernameFragment)}`);
  }
  const newest = indexes.map((index) => fragmentAt(remote.session, index));
  const isSameGeneration = indexes.every((index, at) => fragmentAt(n.currentRemote?.session, index) === newest[at]);
  const inPending = meantSections(n.pendingRemote, indexes, usernameFragment);
  const isForCurrent = usernameFragment !== null || isSameGeneration;
  const inCurrent = isForCurrent ? meantSections(n.currentRemote, indexes, usernameFragment) : [];
  const { candidate: line } = candidate;
  if (line !== "" && [...inPending, ...inCurrent].some((media) => isFull(media, line))) {
    return { next: n, targets: [], isDropped: true };
  }
  const next = {
    ...n,
    pendingRemote: withRemote(n.pendingRemote, inPending, line),
    currentRemote: withRemote(n.currentRemote, inCurrent, line),
  };
  keepStructure(next, plan);
  return { next, targets: targetsOf(plan, remote, indexes, usernameFragment), isDropped: false };
}
