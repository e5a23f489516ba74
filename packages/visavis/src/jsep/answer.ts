/**
 * createAnswer: RFC 9429 §5.3.
 */
import { find, has } from "../sdp/attribute.ts";
import type { MediaDescription, SessionDescription } from "../sdp/description.ts";
import { dataSection, printLocal, rejectedSection, transportAttributes } from "./local-description.ts";
import {
  type Created,
  type IceCredentials,
  JsepError,
  type LocalMaterial,
  type Negotiation,
  type SectionPlan,
  type TransportPlan,
  type TransportSide,
} from "./negotiation.ts";
import { planInForce, planOfOffer } from "./plan.ts";
import { bundleGroups } from "./sections.ts";
import { canTrickle, credentialsOf, inherited } from "./transport-side.ts";

/** Whether the offer restarts ICE on a transport: RFC 8839 §4.4.1.1.1. */
function restartsIce(running: TransportSide, offered: TransportSide | undefined): boolean {
  return (
    offered !== undefined &&
    (offered.ice.usernameFragment !== running.ice.usernameFragment || offered.ice.password !== running.ice.password)
  );
}

/** Whether the offer goes on with the DTLS association: the same certificate and id. RFC 8842 §5.3. */
function continuesDtls(running: TransportSide, offered: TransportSide | undefined): boolean {
  const print = (side: TransportSide | undefined): string =>
    JSON.stringify([side?.tlsId, side?.fingerprints.map(({ algorithm, value }) => `${algorithm} ${value}`).sort()]);
  return print(running) === print(offered);
}

/** The credentials that an answer gives: those running, unless the offer restarts; those of a provisional answer again. */
function answeredIce(n: Negotiation, transport: TransportPlan, material: LocalMaterial): IceCredentials {
  const provisional = n.pendingLocal?.session;
  const media = provisional?.media[transport.index];
  const before = provisional && media && credentialsOf(provisional, media);
  if (before !== undefined) return before;
  const running = runningOf(n, transport);
  const goesOn = running?.remote !== undefined && !restartsIce(running.remote, transport.remote);
  return (goesOn && running.local?.ice) || material.ice;
}

function runningOf(n: Negotiation, { mid }: TransportPlan): TransportPlan | undefined {
  return planInForce({ ...n, pendingLocal: undefined, pendingRemote: undefined }).transports.find((each) => each.mid === mid);
}

/** What `a=setup` the answer gives: RFC 8842 §5.3. */
function answeredSetup(n: Negotiation, transport: TransportPlan, material: LocalMaterial): "active" | "passive" {
  const offered = transport.remote?.setup;
  if (offered === "active") return "passive";
  if (offered === "passive") return "active";
  const running = runningOf(n, transport);
  if (running?.remote !== undefined && running.dtlsRole !== undefined && continuesDtls(running.remote, transport.remote)) {
    return running.dtlsRole === "client" ? "active" : "passive";
  }
  return material.answerSetup ?? "active";
}

function answeredSection(
  n: Negotiation,
  offered: MediaDescription,
  section: SectionPlan | undefined,
  transports: readonly TransportPlan[],
  material: LocalMaterial,
): MediaDescription {
  if (section?.kind !== "data" || section.state === "rejected") return rejectedSection(offered);
  const transport = transports.find(({ mid }) => mid === section.mid);
  const attributes =
    transport === undefined
      ? []
      : transportAttributes(answeredIce(n, transport, material), answeredSetup(n, transport, material), material);
  return dataSection(find(offered.attributes, "mid"), attributes, material, offered);
}

/** `a=ice-options`: what the offer has too. RFC 9429 §5.3.1. */
function answeredOptions(offer: SessionDescription): string[] {
  const sections = offer.media.map((media) => inherited(offer, media, "ice-options") ?? []);
  const offered = new Set([...(find(offer.attributes, "ice-options") ?? []), ...sections.flat()]);
  return [...(canTrickle(offer) ? ["trickle"] : []), ...(offered.has("ice2") ? ["ice2"] : [])];
}

/**
 * The answer to the pending remote offer. Keep `next`: setLocalDescription compares with it. When nothing has changed since
 * the last time, the text is the same.
 *
 * @throws JsepError `invalid-state` unless the state is have-remote-offer or have-local-pranswer
 * @see RFC 9429 §5.3
 */
export function createAnswer(n: Negotiation, material: LocalMaterial): Created {
  const offer = n.pendingRemote?.session;
  if (offer === undefined || (n.signalingState !== "have-remote-offer" && n.signalingState !== "have-local-pranswer")) {
    throw new JsepError("invalid-state", `no answer can be created in the state ${n.signalingState}`);
  }
  const { sections, transports } = planOfOffer(n);
  const live = new Set(sections.flatMap(({ mid, state }) => (state === "rejected" ? [] : [mid])));
  const bundles = bundleGroups(offer).map((group) => group.filter((mid) => live.has(mid)));
  const { session, sdp } = printLocal(
    n,
    {
      iceOptions: answeredOptions(offer),
      bundles: bundles.filter((group) => group.length > 0),
      allowMixed: has(offer.attributes, "extmap-allow-mixed"),
    },
    offer.media.map((media, index) => answeredSection(n, media, sections[index], transports, material)),
    material,
  );
  return {
    next: { ...n, lastCreatedAnswer: sdp, newestCreated: sdp, newestSession: session, newestAssigned: [] },
    sdp,
    assigned: [],
  };
}
