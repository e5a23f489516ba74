/**
 * createOffer: RFC 9429 §5.2.
 */
import { attribute } from "../sdp/attribute.ts";
import type { Attribute, MediaDescription, SessionDescription } from "../sdp/description.ts";
import { dataSection, printLocal, rejectedSection, transportAttributes } from "./local-description.ts";
import type { Assignment, LocalRid, TransceiverMaterial } from "./media.ts";
import { offeredSection } from "./media-section.ts";
import {
  type Created,
  type IceCredentials,
  JsepError,
  type LocalMaterial,
  type Negotiation,
  type Plan,
  type TransportPlan,
} from "./negotiation.ts";
import { Numbers } from "./payload-types.ts";
import { planInForce, planOf } from "./plan.ts";
import { freshMids, midsOf } from "./sections.ts";
import { credentialsOf } from "./transport-side.ts";

/** What a section of the offer is for. */
interface Slot {
  /** Undefined when the section is rejected. */
  readonly mid: string | undefined;
  /** Undefined for data, and when the section is rejected. */
  readonly transceiver: TransceiverMaterial | undefined;
  /** The section of our last description in this place. */
  readonly before: MediaDescription | undefined;
  /** Whether it goes on with what `before` was for. */
  readonly isKept: boolean;
}

/** The sections of the local description in force: they keep their places for ever. RFC 9429 §5.2.2. */
function existingSlots(n: Negotiation, base: SessionDescription, material: LocalMaterial): Slot[] {
  const { sections } = planOf(n);
  return base.media.map((before, index) => {
    const section = sections[index];
    const rejected: Slot = { mid: undefined, transceiver: undefined, before, isKept: false };
    if (section?.kind === undefined || section.state === "rejected") return rejected;
    if (section.kind === "data") return { mid: section.mid, transceiver: undefined, before, isKept: true };
    const transceiver = material.transceivers?.find(({ mid, isStopped }) => mid === section.mid && !isStopped);
    return transceiver === undefined ? rejected : { mid: section.mid, transceiver, before, isKept: true };
  });
}

/** Adds sections that are wanted and not there: in the places of those rejected before, or behind all. */
function addWanted(n: Negotiation, slots: Slot[], material: LocalMaterial): void {
  const sessions = [n.currentLocal, n.pendingLocal, n.currentRemote, n.pendingRemote].map((each) => each?.session);
  const nextMid = freshMids(sessions, n.nextMid);
  // Only what both sides know to be rejected is free: an offer that is pending may have been seen with the section in it.
  const [agreed, newest] = [planInForce(n).sections, planOf(n).sections];
  const isFree = (index: number): boolean => agreed[index]?.state === "rejected" && newest[index]?.state === "rejected";
  const add = (transceiver: TransceiverMaterial | undefined): void => {
    // Firefox takes no data section in the place of another one, nor the other way.
    const isAlike = ({ before }: Slot): boolean => (before?.media === "application") === (transceiver === undefined);
    const free = slots.findIndex((slot, index) => slot.mid === undefined && isFree(index) && isAlike(slot));
    const slot: Slot = { mid: nextMid(), transceiver, before: slots[free]?.before, isKept: false };
    if (free < 0) slots.push(slot);
    else slots[free] = slot;
  };
  for (const transceiver of material.transceivers ?? []) {
    if (transceiver.mid === undefined && !transceiver.isStopped) add(transceiver);
  }
  const hasData = slots.some(({ mid, transceiver }) => mid !== undefined && transceiver === undefined);
  if (material.data.wanted && !hasData) add(undefined);
}

/** The transport that new sections join, when bundling was agreed on before. */
function transportToJoin(slots: readonly Slot[], inForce: Plan): TransportPlan | undefined {
  const live = new Set(slots.map(({ mid }) => mid));
  return inForce.transports.find(({ isBundle, mids }) => isBundle && mids.some((mid) => live.has(mid)));
}

/** Which new sections have no address of their own, and are for peers that bundle only: RFC 9429 §4.1.1. */
function bundleOnlySlots(slots: readonly Slot[], inForce: Plan, { bundlePolicy = "balanced" }: LocalMaterial): ReadonlySet<Slot> {
  const result = new Set<Slot>();
  if (bundlePolicy === "max-compat") return result;
  const runs = new Set(inForce.transports.flatMap(({ mids }) => mids));
  const kinds = new Set<string>();
  for (const slot of slots) {
    if (slot.mid === undefined) continue;
    const kind = bundlePolicy === "max-bundle" ? "any" : (slot.transceiver?.kind ?? "data");
    if (kinds.has(kind) && !runs.has(slot.mid)) result.add(slot);
    kinds.add(kind);
  }
  return result;
}

/** The credentials of a section: those of its transport, unless ICE restarts or begins. */
function offeredIce(
  slot: Slot,
  base: SessionDescription | undefined,
  transport: TransportPlan | undefined,
  n: Negotiation,
  material: LocalMaterial,
): IceCredentials {
  if (material.iceRestart) return material.ice;
  const last = slot.isKept && base && slot.before ? credentialsOf(base, slot.before) : undefined;
  if (n.pendingLocal === undefined) return transport?.local?.ice ?? last ?? material.ice;
  if (last !== undefined) return last;
  // A section that joins a transport whose credentials our pending offer may have changed.
  const index = base === undefined ? -1 : midsOf(base).indexOf(transport?.mids.find((mid) => midsOf(base).includes(mid)) ?? "");
  const media = base?.media[index];
  // Without one, those of a pending offer again: Firefox wants sections to restart together that are bundled later.
  const other = base?.media.find((each) => each.port !== 0 && credentialsOf(base, each) !== undefined);
  const pending = base && (media ?? (transport === undefined ? other : undefined));
  return (base && pending && credentialsOf(base, pending)) ?? transport?.local?.ice ?? material.ice;
}

/** Layers of the other side that a section receives now. */
function receivedRids(mid: string, inForce: Plan): readonly LocalRid[] {
  return inForce.media.find((each) => each.mid === mid)?.localReceiveRids.map(({ rid }) => ({ rid })) ?? [];
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
  const inForce = planInForce(n);
  const slots = base === undefined ? [] : existingSlots(n, base, material);
  addWanted(n, slots, material);
  const joined = transportToJoin(slots, inForce);
  const bundleOnly = joined === undefined ? bundleOnlySlots(slots, inForce, material) : new Set<Slot>();
  const hasMedia = slots.some(({ transceiver }) => transceiver !== undefined);
  const numbers = hasMedia ? numbersOf(n, base) : undefined;
  const media = slots.map((slot) => {
    const { mid, transceiver, before, isKept } = slot;
    if (mid === undefined) return rejectedSection(before);
    const running = isKept ? inForce.transports.find(({ mids }) => mids.includes(mid)) : undefined;
    const ice = offeredIce(slot, base, running ?? joined, n, material);
    // Offers always leave the DTLS role to the answerer: RFC 8842 §5.2.
    const transport = transportAttributes(ice, "actpass", material);
    const isBundleOnly = bundleOnly.has(slot);
    const like = isKept ? before : undefined;
    if (transceiver === undefined || numbers === undefined) {
      return bundledOnly(dataSection(mid, transport, material, like), isBundleOnly);
    }
    const receiveRids = receivedRids(mid, inForce);
    const cryptex = material.cryptex ?? false;
    return offeredSection(transceiver, { mid, transport, numbers, before: like, receiveRids, isBundleOnly, cryptex });
  });
  // In the order of the sections: Chromium answers in that order, and then takes the first of the group for the tagged one.
  const bundle = slots.flatMap(({ mid }) => (mid === undefined ? [] : [mid]));
  const iceOptions = ["trickle", "ice2", ...(material.iceRenomination ? ["renomination"] : [])];
  const part = { iceOptions, bundles: bundle.length > 0 ? [bundle] : [], allowMixed: true };
  const { session, sdp } = printLocal(n, part, media, material);
  const assigned: Assignment[] = [];
  for (const [index, { mid, transceiver }] of slots.entries()) {
    if (transceiver !== undefined && mid !== undefined) assigned.push({ key: transceiver.key, mid, index });
  }
  const next = { ...n, lastCreatedOffer: sdp, newestCreated: sdp, newestSession: session, lastOfferAssigned: assigned };
  return { next, sdp, assigned };
}

/** The numbers that are in use, ours before theirs. */
function numbersOf(n: Negotiation, base: SessionDescription | undefined): Numbers {
  return new Numbers([base, n.currentLocal?.session, n.currentRemote?.session], n.usedNumbers);
}

function bundledOnly(media: MediaDescription, isBundleOnly: boolean): MediaDescription {
  if (!isBundleOnly) return media;
  const attributes: readonly Attribute[] = [...media.attributes, attribute("bundle-only", true)];
  return { ...media, port: 0, attributes };
}
