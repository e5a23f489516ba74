/**
 * createAnswer: RFC 9429 §5.3.
 */
import { find, has } from "../sdp/attribute.ts";
import type { MediaDescription, SessionDescription } from "../sdp/description.ts";
import { takenIds } from "./header-extensions.ts";
import { dataSection, printLocal, rejectedSection, transportAttributes } from "./local-description.ts";
import type { Assignment, TransceiverMaterial } from "./media.ts";
import { answeredCodecs, answeredDirection, answeredMedia } from "./media-section.ts";
import {
  type Created,
  type IceCredentials,
  JsepError,
  type LocalMaterial,
  type Negotiation,
  type Plan,
  type SectionPlan,
  type TransportPlan,
  type TransportSide,
} from "./negotiation.ts";
import { planBeside, planOfOffer } from "./plan.ts";
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

/**
 * The credentials that an answer gives: those running, unless the offer restarts; those of a provisional answer again. A new transport
 * for sections whose old one is given up has the old ones too: only an offer may change them (RFC 8839 §4.4.1.1.1).
 */
function answeredIce(n: Negotiation, transport: TransportPlan, material: LocalMaterial): IceCredentials {
  const provisional = n.pendingLocal?.session;
  const media = provisional?.media[transport.index];
  const before = provisional && media && credentialsOf(provisional, media);
  if (before !== undefined) return before;
  const shares = ({ mids }: TransportPlan): boolean => mids.some((mid) => transport.mids.includes(mid));
  const running = runningOf(n, transport) ?? planBeside(n).transports.find(shares);
  const goesOn = running?.remote !== undefined && !restartsIce(running.remote, transport.remote);
  return (goesOn && running.local?.ice) || material.ice;
}

function runningOf(n: Negotiation, { key }: TransportPlan): TransportPlan | undefined {
  return planBeside(n).transports.find((each) => each.key === key);
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

/** The transceiver that a section of the offer was given to. */
function transceiverOf({ mid, kind }: SectionPlan, { transceivers = [] }: LocalMaterial): TransceiverMaterial | undefined {
  return transceivers.find((each) => each.mid === mid && each.kind === kind && !each.isStopped);
}

/** The plan of the offer with those sections accepted that something on our side can do something with. */
function acceptedPlan(n: Negotiation, offer: SessionDescription, material: LocalMaterial): Plan {
  const plan = planOfOffer(n);
  const live = plan.sections.filter(({ state }) => state !== "rejected");
  const accepted = acceptedSections(live, offer, material);
  return accepted.size === live.length ? plan : planOfOffer(n, accepted);
}

/**
 * What an answer is made of. The section that gives a running bundle its transport cannot be rejected without all others
 * (webrtc-pc §5.4.1, note on stop): when it is to stop, this answer leaves it inactive, and our next offer rejects it.
 */
function answerable(n: Negotiation, material: LocalMaterial): LocalMaterial {
  const { transceivers = [] } = material;
  if (!transceivers.some(({ isStopped }) => isStopped)) return material;
  const { sections, transports } = planOfOffer(n);
  const tags = new Set(transports.flatMap(({ mid, mids, isBundle }) => (isBundle && mids.length > 1 ? [mid] : [])));
  const isRunning = (mid: string): boolean => sections.some((each) => each.mid === mid && each.state === "accepted");
  const isKept = ({ mid, isStopped }: TransceiverMaterial): boolean =>
    isStopped && mid !== undefined && tags.has(mid) && isRunning(mid);
  if (!transceivers.some(isKept)) return material;
  return {
    ...material,
    transceivers: transceivers.map((each) => (isKept(each) ? { ...each, isStopped: false, direction: "inactive" } : each)),
  };
}

function acceptedSections(live: readonly SectionPlan[], offer: SessionDescription, material: LocalMaterial): ReadonlySet<number> {
  const usable = live.filter((section) => {
    const offered = offer.media[section.index];
    if (offered === undefined) return false;
    if (section.kind === "data") return true;
    const transceiver = transceiverOf(section, material);
    if (transceiver === undefined) return false;
    return answeredCodecs(transceiver, offered, answeredDirection(offer, offered, transceiver)).length > 0;
  });
  const [first] = usable;
  if (material.bundlePolicy !== "max-bundle" || first === undefined) return new Set(usable.map(({ index }) => index));
  // What cannot be on one transport with the first is not wanted: RFC 9429 §4.1.1.
  const group = bundleGroups(offer).find((mids) => mids.includes(first.mid)) ?? [first.mid];
  return new Set(usable.flatMap(({ index, mid }) => (group.includes(mid) ? [index] : [])));
}

function answeredSection(
  n: Negotiation,
  offer: SessionDescription,
  offered: MediaDescription,
  { sections, transports }: Plan,
  index: number,
  material: LocalMaterial,
  taken: ReturnType<typeof takenIds>,
): MediaDescription {
  const section = sections[index];
  if (section === undefined || section.kind === undefined || section.state === "rejected") return rejectedSection(offered);
  const transport = transports.find(({ mid }) => mid === section.transportMid);
  const attributes =
    transport === undefined
      ? []
      : transportAttributes(answeredIce(n, transport, material), answeredSetup(n, transport, material), material);
  if (section.kind === "data") return dataSection(find(offered.attributes, "mid"), attributes, material, offered);
  const transceiver = transceiverOf(section, material);
  if (transceiver === undefined) return rejectedSection(offered);
  return answeredMedia(transceiver, {
    session: offer,
    offered,
    transport: attributes,
    cryptex: material.cryptex ?? false,
    takenIds: taken.get(offered),
  });
}

/** `a=ice-options`: what the offer has too. RFC 9429 §5.3.1. */
function answeredOptions(offer: SessionDescription, { iceRenomination = false }: LocalMaterial): string[] {
  const sections = offer.media.map((media) => inherited(offer, media, "ice-options") ?? []);
  const offered = new Set([...(find(offer.attributes, "ice-options") ?? []), ...sections.flat()]);
  const known = ["ice2", ...(iceRenomination ? ["renomination"] : [])];
  return [...(canTrickle(offer) ? ["trickle"] : []), ...known.filter((option) => offered.has(option))];
}

/**
 * The answer to the pending remote offer. Keep `next`: setLocalDescription compares with it. When nothing has changed since
 * the last time, the text is the same.
 *
 * @throws JsepError `invalid-state` unless the state is have-remote-offer or have-local-pranswer
 * @see RFC 9429 §5.3
 */
export function createAnswer(n: Negotiation, wanted: LocalMaterial): Created {
  const offer = n.pendingRemote?.session;
  if (offer === undefined || (n.signalingState !== "have-remote-offer" && n.signalingState !== "have-local-pranswer")) {
    throw new JsepError("invalid-state", `no answer can be created in the state ${n.signalingState}`);
  }
  const material = answerable(n, wanted);
  const plan = acceptedPlan(n, offer, material);
  const { sections } = plan;
  const live = new Set(sections.flatMap(({ mid, state }) => (state === "rejected" ? [] : [mid])));
  const taken = takenIds(offer);
  const bundles = bundleGroups(offer).map((group) => group.filter((mid) => live.has(mid)));
  const { session, sdp } = printLocal(
    n,
    {
      iceOptions: answeredOptions(offer, material),
      bundles: bundles.filter((group) => group.length > 0),
      allowMixed: has(offer.attributes, "extmap-allow-mixed"),
    },
    offer.media.map((media, index) => answeredSection(n, offer, media, plan, index, material, taken)),
    material,
  );
  const assigned: Assignment[] = [];
  for (const section of sections) {
    const transceiver = section.state === "rejected" ? undefined : transceiverOf(section, material);
    if (transceiver !== undefined) assigned.push({ key: transceiver.key, mid: section.mid, index: section.index });
  }
  return {
    next: { ...n, lastCreatedAnswer: sdp, newestCreated: sdp, newestSession: session },
    sdp,
    assigned,
  };
}
