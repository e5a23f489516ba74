/**
 * Reading m= sections: what they are for, what they are called, and which share a transport.
 */
import { find, findAll, has } from "../sdp/attribute.ts";
import type { MediaDescription, SessionDescription } from "../sdp/description.ts";
import type { MediaKind } from "./media.ts";

/** The protocol of a data section: RFC 8841 §4.1. The last one is what it was called before. */
const SCTP_PROTOCOLS: readonly string[] = ["UDP/DTLS/SCTP", "TCP/DTLS/SCTP", "DTLS/SCTP"];

/** RFC 8841 §5.2 has no default, but what all stacks use is 5000. */
const DEFAULT_SCTP_PORT = 5000;

/** What a description without max-message-size receives, in bytes: RFC 8841 §6.1. */
const DEFAULT_MAX_MESSAGE_SIZE = 65536;

/** Whether the section uses the form that RFC 8841 replaced: the SCTP port as format, and `a=sctpmap`. */
export function isOldDataForm(media: MediaDescription): boolean {
  return media.protocol === "DTLS/SCTP" && /^[0-9]{1,5}$/.test(media.formats[0] ?? "");
}

/** The protocols of an RTP section: RFC 9429 §5.1.2. All of them mean DTLS-SRTP with feedback. */
const RTP_PROTOCOL = /^((UDP|TCP)\/(D?TLS)\/)?RTP\/S?AVPF?$/;

/** What visavis can do with a section; undefined when it can only be rejected. */
export function kindOf(media: MediaDescription): "data" | MediaKind | undefined {
  if (media.media === "audio" || media.media === "video") return RTP_PROTOCOL.test(media.protocol) ? media.media : undefined;
  if (media.media !== "application" || !SCTP_PROTOCOLS.includes(media.protocol)) return undefined;
  if (isOldDataForm(media)) return "data";
  return media.formats.includes("webrtc-datachannel") ? "data" : undefined;
}

/** The SCTP port of a data section; 0 means that no association is wanted. */
export function sctpPortOf(media: MediaDescription): number {
  if (isOldDataForm(media)) return find(media.attributes, "sctpmap")?.port ?? Number(media.formats[0]);
  return find(media.attributes, "sctp-port") ?? DEFAULT_SCTP_PORT;
}

/** The largest message that the side of a data section receives, in bytes; 0 for any size. */
export function maxMessageSizeOf(media: MediaDescription): number {
  return find(media.attributes, "max-message-size") ?? DEFAULT_MAX_MESSAGE_SIZE;
}

/** Whether a section carries RTP. */
export function isRtp(media: MediaDescription): boolean {
  return media.protocol.includes("RTP/");
}

/** Whether a section is rejected by its own description. A bundle-only section of an offer is not: RFC 9143 §6. */
export function isRejected(media: MediaDescription): boolean {
  return media.port === 0 && !has(media.attributes, "bundle-only");
}

/** Sessions do not change, and their mids are asked for by every step. */
const midsOfSessions: WeakMap<SessionDescription, readonly string[]> = new WeakMap();

/**
 * The mids of all sections, in order. Where a section names none, one is made up that no other has; also where a rejected one has
 * that of another section, as Firefox may offer it.
 */
export function midsOf(session: SessionDescription): readonly string[] {
  let mids = midsOfSessions.get(session);
  if (mids === undefined) {
    mids = makeMids(session);
    midsOfSessions.set(session, mids);
  }
  return mids;
}

function isGone(media: MediaDescription | undefined): boolean {
  return media === undefined || isRejected(media);
}

function makeMids(session: SessionDescription): readonly string[] {
  const given = session.media.map((media) => find(media.attributes, "mid"));
  const taken = new Set(given);
  const live = new Set(given.filter((_, index) => !isGone(session.media[index])));
  const named = new Set<string>();
  return given.map((mid, index) => {
    const isTwice = mid !== undefined && isGone(session.media[index]) && (live.has(mid) || named.has(mid));
    if (mid !== undefined && !isTwice) {
      named.add(mid);
      return mid;
    }
    let made = String(index);
    while (taken.has(made)) made += "_";
    taken.add(made);
    return made;
  });
}

/** Mids that none of the sessions uses, one at each call: the smallest numbers from `first` on. */
export function freshMids(sessions: readonly (SessionDescription | undefined)[], first: number): () => string {
  const taken = new Set(sessions.flatMap((session) => (session === undefined ? [] : midsOf(session))));
  let number = first;
  return () => {
    while (taken.has(String(number))) number++;
    return String(number++);
  };
}

/** The mids of each BUNDLE group: RFC 9143 §5. */
export function bundleGroups(session: SessionDescription): readonly (readonly string[])[] {
  return findAll(session.attributes, "group")
    .filter(({ semantics }) => semantics === "BUNDLE")
    .map(({ mids }) => mids);
}

/** For each bundled mid that is alive, the mid of the section whose transport it uses: the first one alive in its group. */
export function bundleTags(session: SessionDescription, isAlive: (mid: string) => boolean): ReadonlyMap<string, string> {
  const tags = new Map<string, string>();
  for (const group of bundleGroups(session)) {
    const alive = group.filter(isAlive);
    for (const mid of alive) tags.set(mid, alive[0] ?? mid);
  }
  return tags;
}
