/**
 * What the descriptions in force ask the transports to be: RFC 9429 §5.9-5.11.
 */

import { find } from "../sdp/attribute.ts";
import { type Exchange, newestExchange, sidesOf, withoutPending } from "./exchange.ts";
import { mediaPlansOf } from "./media-plan.ts";
import type { DataPlan, Negotiation, Plan, SectionPlan, TransportPlan } from "./negotiation.ts";
import { bundleGroups, bundleTags, isRejected, kindOf, maxMessageSizeOf, midsOf, sctpPortOf } from "./sections.ts";
import { canTrickle, reachableSections, sideOf } from "./transport-side.ts";

export { isNegotiationNeeded, type Wishes } from "./negotiation-needed.ts";

/** Whether the newest exchange has been answered, at least provisionally. */
function isAnswered(n: Negotiation): boolean {
  return newestExchange(n)?.answer !== undefined;
}

/**
 * The sections that are not rejected, by index. What visavis cannot do counts as rejected, and so does a data section beside
 * another one (RFC 8841 allows several associations, webrtc-pc one).
 */
function liveSections(
  { offer, answer }: Exchange,
  mids: readonly string[],
  inUse: ReadonlySet<string>,
  accepted: ReadonlySet<number> | undefined,
): ReadonlySet<number> {
  const reachable = [reachableSections(offer), answer && reachableSections(answer)];
  const isGrouped = (mid: string): boolean => bundleGroups(offer).some((group) => group.includes(mid));
  const live = new Set<number>();
  const data: number[] = [];
  for (const [index, offered] of offer.media.entries()) {
    const kind = kindOf(offered);
    if (kind === undefined || isRejected(offered) || (accepted !== undefined && !accepted.has(index))) continue;
    if (offered.port === 0 && !isGrouped(mids[index] ?? "")) continue;
    // Bundled only with sections that are of no use, it has no transport.
    if (reachable.some((indexes) => indexes?.has(index) === false)) continue;
    if (answer !== undefined && (answer.media[index]?.port ?? 0) === 0) continue;
    if (kind !== "data") live.add(index);
    else if (sctpPortOf(offered) !== 0) data.push(index);
  }
  const running = data.find((index) => inUse.has(mids[index] ?? "")) ?? data[0];
  if (running !== undefined) live.add(running);
  return live;
}

/**
 * For each live section of our own offer the section whose transport it uses until the answer comes: what has an address
 * has a transport, unless it runs on one already or goes to one that sections were bundled on before. RFC 9429 §4.1.1.
 */
function offeredTags(
  { offer }: Exchange,
  isLive: (mid: string) => boolean,
  before: Plan | undefined,
): ReadonlyMap<string, string> {
  const bundled = bundleTags(offer, isLive);
  const running = new Map(before?.transports.flatMap(({ key, mids, isBundle }) => mids.map((mid) => [mid, { key, isBundle }])));
  const tags = new Map<string, string>();
  const firsts = new Map<string, string>();
  const mids = midsOf(offer);
  for (const group of [...bundleGroups(offer), mids]) {
    for (const mid of group) {
      const key = running.get(mid)?.key;
      if (key === undefined || !isLive(mid) || tags.has(mid)) continue;
      const first = firsts.get(key) ?? mid;
      firsts.set(key, first);
      tags.set(mid, first);
    }
  }
  // Where they go that join a bundle, wherever in the group they are.
  const joined = new Map(
    bundleGroups(offer).flatMap((group) => {
      const tag = group.map((mid) => (running.get(mid)?.isBundle ? tags.get(mid) : undefined)).find((each) => each !== undefined);
      return tag === undefined ? [] : group.map((mid) => [mid, tag] as const);
    }),
  );
  for (const [index, mid] of mids.entries()) {
    if (tags.has(mid) || !isLive(mid)) continue;
    const needsBundle = offer.media[index]?.port === 0;
    tags.set(mid, joined.get(mid) ?? (needsBundle ? (bundled.get(mid) ?? mid) : mid));
  }
  return tags;
}

function sectionsOf(
  exchange: Exchange,
  before: Plan | undefined,
  accepted: ReadonlySet<number> | undefined,
): readonly SectionPlan[] {
  const { offer, offeredBy, answer } = exchange;
  const mids = midsOf(offer);
  const inUse = new Set(before?.sections.flatMap(({ mid, state }) => (state === "accepted" ? [mid] : [])) ?? []);
  const live = liveSections(exchange, mids, inUse, accepted);
  const liveMids = new Set([...live].map((index) => mids[index] ?? ""));
  const isLive = (mid: string): boolean => liveMids.has(mid);
  const isOurOffer = answer === undefined && offeredBy === "local" && mids.length > 1;
  const tags = isOurOffer ? offeredTags(exchange, isLive, before) : bundleTags(answer ?? offer, isLive);
  return offer.media.map((media, index) => {
    const mid = mids[index] ?? "";
    const going = answer !== undefined || inUse.has(mid) ? "accepted" : "proposed";
    return {
      index,
      mid,
      media: media.media,
      kind: kindOf(media),
      state: live.has(index) ? going : "rejected",
      transportMid: tags.get(mid) ?? mid,
    };
  });
}

/** Our DTLS role in an answered exchange: RFC 8842 §5.3. A side that says nothing is the client. */
function dtlsRoleOf({ offeredBy, answer }: Exchange, index: number): "client" | "server" | undefined {
  if (answer === undefined) return undefined;
  const answererIsClient = sideOf(answer, index)?.setup !== "passive";
  return answererIsClient === (offeredBy === "remote") ? "client" : "server";
}

/** The transport in force that a transport goes on with: that of its section, else of another one on it. */
function runningTransport(mid: string, mids: readonly string[], before: Plan | undefined): TransportPlan | undefined {
  const transports = before?.transports ?? [];
  const runs = (transport: TransportPlan, each: string): boolean => transport.mids.includes(each);
  return transports.find((each) => runs(each, mid)) ?? transports.find((each) => mids.some((other) => runs(each, other)));
}

/**
 * The transports in use whose own section is rejected, by their keys. Browsers give them up, and begin anew for the other sections of
 * the bundle; to go on with one would be to talk to nobody.
 */
function lostTransports(before: Plan | undefined, rejected: ReadonlySet<string>): ReadonlySet<string> {
  const established = before?.transports.filter(({ local, remote, mid }) => local && remote && rejected.has(mid)) ?? [];
  return new Set(established.map(({ key }) => key));
}

function transportsOf(
  exchange: Exchange,
  sections: readonly SectionPlan[],
  before: Plan | undefined,
  known: ReadonlyMap<string, string> | undefined,
): readonly TransportPlan[] {
  const { offer, offeredBy, answer } = exchange;
  const groups = new Map<string, { readonly index: number; readonly mids: string[] }>();
  const live = sections.filter(({ state }) => state !== "rejected");
  for (const { index, mid, transportMid } of live) if (mid === transportMid) groups.set(mid, { index, mids: [] });
  for (const { mid, transportMid } of live) groups.get(transportMid)?.mids.push(mid);
  const bundles = answer === undefined ? [] : bundleGroups(answer);
  const bundled = new Set(bundles.flat());
  const keys = new Set<string>();
  const rejected = new Set(sections.flatMap(({ mid, state }) => (state === "rejected" ? [mid] : [])));
  const lost = lostTransports(before, rejected);
  return [...groups].map(([mid, { index, mids }]) => {
    let running = runningTransport(mid, mids, before);
    // Two transports cannot go on with one: the first does.
    if (running !== undefined && keys.has(running.key)) running = undefined;
    const isLost = running !== undefined && lost.has(running.key);
    if (isLost) running = undefined;
    let key = running?.key ?? (isLost ? undefined : known?.get(mid)) ?? mid;
    while (keys.has(key) || lost.has(key)) key += "_";
    keys.add(key);
    const answerer = offeredBy === "local" ? "remote" : "local";
    const ours = sideOf(offer, index);
    const theirs = answer === undefined ? running?.[answerer] : sideOf(answer, index);
    return {
      key,
      mid,
      index,
      mids,
      isBundle: answer === undefined ? (running?.isBundle ?? false) : bundled.has(mid),
      local: offeredBy === "local" ? ours : theirs,
      remote: offeredBy === "local" ? theirs : ours,
      dtlsRole: answer === undefined ? running?.dtlsRole : dtlsRoleOf(exchange, index),
    };
  });
}

function dataOf(exchange: Exchange, sections: readonly SectionPlan[], before: Plan | undefined): DataPlan | undefined {
  const section = sections.find(({ kind, state }) => kind === "data" && state !== "rejected");
  if (section === undefined || section.state === "rejected") return undefined;
  const sides = sidesOf(exchange);
  const [local, remote] = [sides.local?.media[section.index], sides.remote?.media[section.index]];
  const running = before?.data?.mid === section.mid ? before.data : undefined;
  return {
    mid: section.mid,
    index: section.index,
    state: section.state,
    transportMid: section.transportMid,
    localSctpPort: local === undefined ? running?.localSctpPort : sctpPortOf(local),
    remoteSctpPort: remote === undefined ? running?.remoteSctpPort : sctpPortOf(remote),
    remoteMaxMessageSize: remote === undefined ? running?.remoteMaxMessageSize : maxMessageSizeOf(remote),
    localSctpInit: local === undefined ? running?.localSctpInit : find(local.attributes, "sctp-init"),
    remoteSctpInit: remote === undefined ? running?.remoteSctpInit : find(remote.attributes, "sctp-init"),
  };
}

/** Snapshots do not change, so neither do their plans. */
const plans: WeakMap<Negotiation, Plan> = new WeakMap();

/** The plan of a snapshot, of its pending descriptions where there are any. */
export function planOf(n: Negotiation): Plan {
  let plan = plans.get(n);
  if (plan === undefined) {
    plan = makePlan(n, planBefore(n));
    plans.set(n, plan);
  }
  return plan;
}

/** The plans of the snapshots that others came from by candidates alone. */
const structures: WeakMap<Negotiation, Plan> = new WeakMap();

/** The plan of a snapshot in all but the candidates, which may be those of an earlier one. */
export function structureOf(n: Negotiation): Plan {
  return structures.get(n) ?? planOf(n);
}

/** Notes that a snapshot differs from one with this structure in candidates alone. */
export function keepStructure(n: Negotiation, structure: Plan): void {
  structures.set(n, structure);
}

/** Before there is any description. */
const EMPTY: Plan = { answered: false, sections: [], transports: [], data: undefined, media: [], canTrickle: null };

function makePlan(n: Negotiation, before: Plan | undefined, accepted?: ReadonlySet<number>): Plan {
  const exchange = newestExchange(n);
  const remote = n.pendingRemote ?? n.currentRemote;
  const trickle = remote === undefined ? null : canTrickle(remote.session);
  if (exchange === undefined) return trickle === null ? EMPTY : { ...EMPTY, canTrickle: trickle };
  const sections = sectionsOf(exchange, before, accepted);
  return {
    answered: exchange.answer !== undefined,
    sections,
    transports: transportsOf(exchange, sections, before, n.transportKeys),
    data: dataOf(exchange, sections, before),
    media: mediaPlansOf(exchange, sections, before?.media),
    canTrickle: trickle,
  };
}

/** What goes on beside the pending exchange of a snapshot; undefined when there is none pending, or nothing yet. */
function planBefore(n: Negotiation): Plan | undefined {
  const isPending = n.pendingLocal !== undefined || n.pendingRemote !== undefined;
  return isPending && isNegotiated(n) ? planBeside(n) : undefined;
}

function isNegotiated(n: Negotiation): boolean {
  return n.currentLocal !== undefined || n.currentRemote !== undefined;
}

/** The plan of what was negotiated before the pending exchange. */
export function planBeside(n: Negotiation): Plan {
  return isNegotiated(n) ? planOf(withoutPending(n)) : EMPTY;
}

/** A snapshot whose exchange has just been answered, with what its transports are called: they may go on with earlier ones. */
export function withTransportKeys(n: Negotiation, before: Plan): Negotiation {
  const plan = makePlan(n, before);
  const moved = plan.transports.filter(({ key, mid }) => key !== mid);
  const transportKeys = moved.length === 0 ? undefined : new Map(moved.map(({ key, mid }) => [mid, key]));
  const named = n.transportKeys === undefined && transportKeys === undefined ? n : { ...n, transportKeys };
  plans.set(named, plan);
  return named;
}

/** The plan of the newest exchange that was answered: what is running. */
export function planInForce(n: Negotiation): Plan {
  return isAnswered(n) ? planOf(n) : planBeside(n);
}

/**
 * The plan of a pending remote offer as if it were not answered yet.
 *
 * @param accepted the indexes of the sections that will be accepted; all that can be unless told
 */
export function planOfOffer(n: Negotiation, accepted?: ReadonlySet<number>): Plan {
  if (accepted === undefined && n.pendingLocal === undefined) return planOf(n);
  const offered: Negotiation = { ...n, signalingState: "have-remote-offer", pendingLocal: undefined };
  return makePlan(offered, planBefore(offered), accepted);
}
