/**
 * Whether a remote description that parses also makes sense: RFC 9429 §5.8.3, and whether its sections fit those before:
 * RFC 3264 §6, §8.
 */
import { findAll, has } from "../sdp/attribute.ts";
import type { Fingerprint } from "../sdp/attribute-values.ts";
import type { MediaDescription, SessionDescription } from "../sdp/description.ts";
import { type DescriptionType, JsepError } from "./negotiation.ts";
import { bundleGroups, isRejected, isRtp, kindOf, midsOf } from "./sections.ts";
import { fingerprintsOf, inherited } from "./transport-side.ts";
import { verifyAnsweredMedia, verifyBundleOnly, verifyMedia } from "./verify-media.ts";

/** Bytes in the digests of RFC 8122 §5 that prove anything. */
const DIGEST_LENGTH: Readonly<Record<string, number>> = {
  "sha-1": 20,
  "sha-224": 28,
  "sha-256": 32,
  "sha-384": 48,
  "sha-512": 64,
};

function invalid(message: string): JsepError {
  return new JsepError("invalid-access", message);
}

/** RFC 8839 §5.4: `ice-char`, and how many. */
function checkIceText(text: string | undefined, name: string, least: number, index: number): void {
  if (text === undefined) throw invalid(`section ${index} has no ${name}`);
  if (text.length < least || text.length > 256 || !/^[A-Za-z0-9+/]+$/.test(text)) {
    throw invalid(`section ${index} has a malformed ${name}`);
  }
}

function checkFingerprints(fingerprints: readonly Fingerprint[], index: number): void {
  const known = fingerprints.filter(({ algorithm }) => Object.hasOwn(DIGEST_LENGTH, algorithm));
  if (known.length === 0) throw invalid(`section ${index} has no fingerprint`);
  const wrong = known.find(({ algorithm, value }) => (value.length + 1) / 3 !== DIGEST_LENGTH[algorithm]);
  if (wrong !== undefined) throw invalid(`section ${index} has a ${wrong.algorithm} fingerprint of the wrong length`);
}

/** RFC 8842 §5: an answer takes a role, an offer may leave it open; what says nothing counts as open or as active. */
function checkSetup(session: SessionDescription, media: MediaDescription, type: DescriptionType, index: number): void {
  const setup = inherited(session, media, "setup");
  if (setup === "holdconn" || (setup === "actpass" && type !== "offer")) {
    throw invalid(`section ${index} has setup:${setup}, which an ${type} cannot have`);
  }
}

/** The transport of a section that is neither rejected nor bundled into another. */
function checkTransport(session: SessionDescription, media: MediaDescription, type: DescriptionType, index: number): void {
  checkIceText(inherited(session, media, "ice-ufrag"), "ice-ufrag", 4, index);
  checkIceText(inherited(session, media, "ice-pwd"), "ice-pwd", 22, index);
  checkFingerprints(fingerprintsOf(session, media), index);
  checkSetup(session, media, type, index);
  // webrtc-pc §4.4.1.5 with the rtcpMuxPolicy "require".
  if (isRtp(media) && !has(media.attributes, "rtcp-mux")) throw invalid(`section ${index} does not use rtcp-mux`);
}

function checkMids(session: SessionDescription): void {
  const mids = midsOf(session);
  if (new Set(mids).size !== mids.length) throw invalid("two sections have one mid");
  const grouped = bundleGroups(session).flat();
  const known = new Set(mids);
  const unknown = grouped.find((mid) => !known.has(mid));
  if (unknown !== undefined) throw invalid(`a BUNDLE group names the mid ${JSON.stringify(unknown)}, which no section has`);
  if (new Set(grouped).size !== grouped.length) throw invalid("a mid is in a BUNDLE group twice");
}

/** Whether visavis must be able to reach the section. Others, such as BFCP over UDP, are only rejected. */
function usesTransport(media: MediaDescription): boolean {
  return isRtp(media) || media.protocol.includes("SCTP");
}

/**
 * The checks on one remote description by itself.
 *
 * @throws JsepError `invalid-access`
 * @see RFC 9429 §5.8.3
 */
export function verifySession(session: SessionDescription, type: DescriptionType): void {
  checkMids(session);
  const mids = midsOf(session);
  const alive = (media: MediaDescription): boolean => (type === "offer" ? !isRejected(media) : media.port !== 0);
  const aliveMids = new Set(mids.filter((_, index) => session.media[index] && alive(session.media[index])));
  const bundledAway = new Set(bundleGroups(session).flatMap((group) => group.filter((mid) => aliveMids.has(mid)).slice(1)));
  for (const [index, media] of session.media.entries()) {
    for (const name of ["ice-ufrag", "ice-pwd"] as const) {
      const least = name === "ice-ufrag" ? 4 : 22;
      for (const text of findAll(media.attributes, name)) checkIceText(text, name, least, index);
    }
    const needsTransport = alive(media) && usesTransport(media) && !bundledAway.has(mids[index] ?? "");
    if (needsTransport) checkTransport(session, media, type, index);
  }
  verifyMedia(session, alive);
}

/**
 * The checks on an answer against its offer: as many sections, of the same kinds, in the same order; no bundle that was not
 * offered; nothing accepted that was not offered.
 *
 * @throws JsepError `invalid-access`
 * @see RFC 3264 §6, RFC 9143 §7.3
 */
export function verifyAnswer(offer: SessionDescription, answer: SessionDescription): void {
  if (offer.media.length !== answer.media.length) {
    throw invalid(`the answer has ${answer.media.length} sections, the offer ${offer.media.length}`);
  }
  for (const [index, offered] of offer.media.entries()) {
    const answered = answer.media[index];
    const [offeredMid] = findAll(offered.attributes, "mid");
    const [mid] = answered === undefined ? [] : findAll(answered.attributes, "mid");
    const isSameForm = answered?.protocol === offered.protocol || (answered && isRtp(answered) && isRtp(offered));
    if (answered?.media !== offered.media || !isSameForm) {
      throw invalid(`section ${index} of the answer is not of the offered kind`);
    }
    if (mid !== undefined && mid !== offeredMid) throw invalid(`section ${index} of the answer has another mid than the offer`);
    if (answered.port !== 0 && isRejected(offered)) throw invalid(`section ${index} was not offered, but is accepted`);
    if (answered.port !== 0 && kindOf(offered) !== kindOf(answered))
      throw invalid(`section ${index} is answered in another form`);
    if (answered.port !== 0) verifyAnsweredMedia(offered, answered, index);
  }
  const groups = bundleGroups(offer);
  const strange = bundleGroups(answer).find((mids) => !groups.some((group) => mids.every((mid) => group.includes(mid))));
  if (strange !== undefined) throw invalid(`the answer bundles ${strange.join(" ")}, which was not offered`);
  verifyBundleOnly(offer, answer);
}

/** What must be known of a section that a new offer goes on with. */
export interface EarlierSection {
  readonly mid: string;
  readonly media: string;
  readonly isLive: boolean;
}

/**
 * The checks on an offer against the exchange before it: sections keep their places, and live ones their kind and mid.
 *
 * @throws JsepError `invalid-access`
 * @see RFC 3264 §8
 */
export function verifyReoffer(earlier: readonly EarlierSection[], offer: SessionDescription): void {
  if (offer.media.length < earlier.length) {
    throw invalid(`the offer has ${offer.media.length} sections, but ${earlier.length} were negotiated before`);
  }
  const mids = midsOf(offer);
  for (const [index, { mid, media, isLive }] of earlier.entries()) {
    if (!isLive) continue;
    if (offer.media[index]?.media !== media) throw invalid(`section ${index} of the offer is no longer of the kind ${media}`);
    if (mids[index] !== mid) throw invalid(`section ${index} of the offer no longer has the mid ${JSON.stringify(mid)}`);
  }
}
