/**
 * The parts that local offers and answers are made of: RFC 9429 §5.2.1, §5.3.1.
 */
import { attribute, find } from "../sdp/attribute.ts";
import type { Attribute, MediaDescription, SessionDescription } from "../sdp/description.ts";
import { printSession } from "../sdp/print.ts";
import { withGathered } from "./candidates.ts";
import { NO_ADDRESS } from "./default-candidate.ts";
import type { IceCredentials, LocalMaterial, Negotiation } from "./negotiation.ts";
import { isOldDataForm, isRtp, midsOf } from "./sections.ts";

/** The number of streams that the old `a=sctpmap` announces: all that SCTP has. */
const SCTPMAP_STREAMS = 65535;

/** A section that goes on as rejected: the m= line as it was, with port 0. */
export function rejectedSection(media: MediaDescription | undefined): MediaDescription {
  if (media === undefined) throw new RangeError("what was never there cannot be rejected");
  const mid = find(media.attributes, "mid");
  return {
    media: media.media,
    port: 0,
    protocol: media.protocol,
    formats: media.formats,
    connections: [NO_ADDRESS.connection],
    bandwidths: [],
    attributes: [...(mid === undefined ? [] : [attribute("mid", mid)]), ...(isRtp(media) ? [attribute("inactive", true)] : [])],
    unknownLines: [],
  };
}

/** `a=ice-ufrag`, `a=ice-pwd`, `a=fingerprint`, `a=setup`: the attributes of a section that has a transport. */
export function transportAttributes(
  ice: IceCredentials,
  setup: "actpass" | "active" | "passive",
  material: LocalMaterial,
): readonly Attribute[] {
  return [
    attribute("ice-ufrag", ice.usernameFragment),
    attribute("ice-pwd", ice.password),
    ...material.fingerprints.map((fingerprint) => attribute("fingerprint", fingerprint)),
    attribute("setup", setup),
  ];
}

/** What a data section is besides its m= line: RFC 8841 §5, §6. `like` is the section it answers or goes on with. */
export function dataSection(
  mid: string | undefined,
  transport: readonly Attribute[],
  { data }: LocalMaterial,
  like?: MediaDescription,
): MediaDescription {
  const isOld = like !== undefined && isOldDataForm(like);
  const port = isOld
    ? attribute("sctpmap", { port: data.sctpPort, protocol: "webrtc-datachannel", streams: SCTPMAP_STREAMS })
    : attribute("sctp-port", data.sctpPort);
  return {
    media: "application",
    port: NO_ADDRESS.port,
    protocol: like?.protocol ?? "UDP/DTLS/SCTP",
    formats: isOld ? [String(data.sctpPort)] : ["webrtc-datachannel"],
    connections: [NO_ADDRESS.connection],
    bandwidths: [],
    attributes: [
      ...transport,
      ...(mid === undefined ? [] : [attribute("mid", mid)]),
      port,
      attribute("max-message-size", data.maxMessageSize),
      ...(data.sctpInit === undefined || isOld ? [] : [attribute("sctp-init", data.sctpInit)]),
    ],
    unknownLines: [],
  };
}

/** What a local description says before its sections. */
export interface SessionPart {
  /** `a=ice-options`; left out when empty. */
  readonly iceOptions: readonly string[];
  /** One `a=group:BUNDLE` each. */
  readonly bundles: readonly (readonly string[])[];
  readonly allowMixed: boolean;
}

function sessionOf(
  part: SessionPart,
  media: readonly MediaDescription[],
  material: LocalMaterial,
  sessionId: string,
): SessionDescription {
  const session: SessionDescription = {
    version: 0,
    origin: { username: "-", sessionId, sessionVersion: "1", ...NO_ADDRESS.connection },
    name: "-",
    emails: [],
    phones: [],
    bandwidths: [],
    timings: [{ start: "0", stop: "0", repeats: [] }],
    attributes: [
      ...part.bundles.map((mids) => attribute("group", { semantics: "BUNDLE", mids })),
      ...(part.allowMixed ? [attribute("extmap-allow-mixed", true)] : []),
      ...(material.iceLite ? [attribute("ice-lite", true)] : []),
      ...(part.iceOptions.length > 0 ? [attribute("ice-options", part.iceOptions)] : []),
    ],
    unknownLines: [],
    media,
  };
  const mids = midsOf(session);
  const gathered = material.gathered ?? [];
  return { ...session, media: media.map((each, index) => withGathered(session, each, mids[index] ?? "", gathered)) };
}

/** A local description in both forms. */
export interface Printed {
  readonly session: SessionDescription;
  readonly sdp: string;
}

/**
 * A local description. The session version goes up by one from what was created last, unless the text is the
 * same: RFC 9429 §5.2.2. So creating twice without a change in between gives the same text.
 */
export function printLocal(
  n: Negotiation,
  part: SessionPart,
  media: readonly MediaDescription[],
  material: LocalMaterial,
): Printed {
  const newest = n.newestSession;
  if (newest === undefined) return printed(sessionOf(part, media, material, material.sessionId));
  const { sessionId, sessionVersion } = newest.origin;
  const session = sessionOf(part, media, material, sessionId);
  const at = (version: string): Printed => printed({ ...session, origin: { ...session.origin, sessionVersion: version } });
  const same = at(sessionVersion);
  return same.sdp === n.newestCreated ? same : at(String(BigInt(sessionVersion) + 1n));
}

const printed = (session: SessionDescription): Printed => ({ session, sdp: printSession(session) });
