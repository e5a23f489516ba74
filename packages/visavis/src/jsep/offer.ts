/**
 * createOffer: RFC 9429 §5.2.
 */
import type { MediaDescription, SessionDescription } from "../sdp/description.ts";
import { dataSection, printLocal, rejectedSection, transportAttributes } from "./local-description.ts";
import { type Created, type IceCredentials, JsepError, type LocalMaterial, type Negotiation } from "./negotiation.ts";
import { planOf } from "./plan.ts";
import { freshMid } from "./sections.ts";
import { credentialsOf } from "./transport-side.ts";

/** One section of the offer, with the mid it has in the BUNDLE group; undefined when it is rejected. */
interface Offered {
  readonly media: MediaDescription;
  readonly liveMid: string | undefined;
}

/** Offers always leave the DTLS role to the answerer: RFC 8842 §5.2. */
function offeredData(mid: string, ice: IceCredentials, material: LocalMaterial, like?: MediaDescription): Offered {
  return { media: dataSection(mid, transportAttributes(ice, "actpass", material), material, like), liveMid: mid };
}

/** A mid that no description in force has. */
function newMid(n: Negotiation): string {
  const sessions = [n.currentLocal, n.pendingLocal, n.currentRemote, n.pendingRemote].map((each) => each?.session);
  return freshMid(sessions, []);
}

/** The sections of the local description in force: they keep their places for ever. RFC 9429 §5.2.2. */
function existingSections(n: Negotiation, base: SessionDescription, material: LocalMaterial): Offered[] {
  const { sections } = planOf(n);
  return base.media.map((media, index) => {
    const section = sections[index];
    if (section?.kind !== "data" || section.state === "rejected") return { media: rejectedSection(media), liveMid: undefined };
    const inForce = credentialsOf(base, media);
    const ice = material.iceRestart || inForce === undefined ? material.ice : inForce;
    return offeredData(section.mid, ice, material, media);
  });
}

/** Adds the data section that is wanted and not there: in the place of a rejected section, or as the last. */
function addWanted(n: Negotiation, offered: Offered[], material: LocalMaterial): void {
  if (!material.data.wanted || offered.some(({ liveMid }) => liveMid !== undefined)) return;
  const free = offered.findIndex(({ liveMid }) => liveMid === undefined);
  const section = offeredData(newMid(n), material.ice, material);
  if (free < 0) offered.push(section);
  else offered[free] = section;
}

/**
 * The next offer. Keep `next`: setLocalDescription compares with it. When nothing has changed since the last time, the text
 * is the same.
 *
 * @throws JsepError `invalid-state` unless the state is stable or have-local-offer
 * @see RFC 9429 §5.2
 */
export function createOffer(n: Negotiation, material: LocalMaterial): Created {
  if (n.signalingState !== "stable" && n.signalingState !== "have-local-offer") {
    throw new JsepError("invalid-state", `no offer can be created in the state ${n.signalingState}`);
  }
  const base = (n.pendingLocal ?? n.currentLocal)?.session;
  const offered = base === undefined ? [] : existingSections(n, base, material);
  addWanted(n, offered, material);
  const bundle = offered.flatMap(({ liveMid }) => (liveMid === undefined ? [] : [liveMid]));
  const { session, sdp } = printLocal(
    n,
    { iceOptions: ["trickle", "ice2"], bundles: bundle.length > 0 ? [bundle] : [], allowMixed: true },
    offered.map(({ media }) => media),
    material,
  );
  return {
    next: { ...n, lastCreatedOffer: sdp, newestCreated: sdp, newestSession: session, newestAssigned: [] },
    sdp,
    assigned: [],
  };
}
