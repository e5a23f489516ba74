/**
 * What the descriptions in force ask the transports to be: RFC 9429 §5.9-5.11.
 */

import { find } from "../sdp/attribute.ts";
import type { SessionDescription } from "../sdp/description.ts";
import type { TransceiverMaterial } from "./media.ts";
import type { DataPlan, Description, Negotiation, Plan, SectionPlan, TransportPlan } from "./negotiation.ts";
import { bundleTags, isRejected, kindOf, maxMessageSizeOf, midsOf, sctpPortOf } from "./sections.ts";
import { canTrickle, reachableSections, sideOf } from "./transport-side.ts";

/** The newest exchange of a snapshot. */
interface Exchange {
  readonly offer: SessionDescription;
  readonly offeredBy: "local" | "remote";
  /** Undefined while there is none. */
  readonly answer: SessionDescription | undefined;
}

function exchangeOf(local: Description | undefined, remote: Description | undefined): Exchange | undefined {
  if (local?.type === "offer") return { offer: local.session, offeredBy: "local", answer: remote?.session };
  if (remote?.type === "offer") return { offer: remote.session, offeredBy: "remote", answer: local?.session };
  return undefined;
}

function newestExchange(n: Negotiation): Exchange | undefined {
  const pending = exchangeOf(n.pendingLocal, n.pendingRemote);
  return pending ?? exchangeOf(n.currentLocal, n.currentRemote);
}

/** The snapshot with its pending exchange left out. */
function withoutPending(n: Negotiation): Negotiation {
  return { ...n, signalingState: "stable", pendingLocal: undefined, pendingRemote: undefined };
}

/** Whether the newest exchange has been answered, at least provisionally. */
function isAnswered(n: Negotiation): boolean {
  return newestExchange(n)?.answer !== undefined;
}

/**
 * The sections that are not rejected. What visavis cannot do counts as rejected, and so does a data section beside
 * another one (RFC 8841 allows several associations, webrtc-pc one).
 */
function liveSections({ offer, answer }: Exchange, mids: readonly string[], inUse: ReadonlySet<string>): ReadonlySet<string> {
  const reachable = [reachableSections(offer), answer && reachableSections(answer)];
  const isUsable = (index: number): boolean => {
    const offered = offer.media[index];
    const answered = answer?.media[index];
    if (offered === undefined || isRejected(offered) || kindOf(offered) === undefined || sctpPortOf(offered) === 0) return false;
    // Bundled only with sections that are of no use, it has no transport.
    if (reachable.some((indexes) => indexes?.has(index) === false)) return false;
    return answer === undefined || (answered !== undefined && answered.port !== 0);
  };
  const indexes = [...offer.media.keys()];
  const running = indexes.find((index) => inUse.has(mids[index] ?? "") && isUsable(index));
  const data = running ?? indexes.find(isUsable);
  return new Set(data === undefined ? [] : [mids[data] ?? ""]);
}

function sectionsOf(exchange: Exchange, inUse: ReadonlySet<string>): readonly SectionPlan[] {
  const { offer, answer } = exchange;
  const mids = midsOf(offer);
  const live = liveSections(exchange, mids, inUse);
  const tags = bundleTags(answer ?? offer, (mid) => live.has(mid));
  return offer.media.map((media, index) => {
    const mid = mids[index] ?? "";
    const going = answer !== undefined || inUse.has(mid) ? "accepted" : "proposed";
    return {
      index,
      mid,
      media: media.media,
      kind: kindOf(media),
      state: live.has(mid) ? going : "rejected",
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

function transportsOf(exchange: Exchange, sections: readonly SectionPlan[], before: Plan | undefined): readonly TransportPlan[] {
  const { offer, offeredBy, answer } = exchange;
  const live = sections.filter(({ state }) => state !== "rejected");
  return live
    .filter(({ mid, transportMid }) => mid === transportMid)
    .map(({ index, mid }) => {
      const running = before?.transports.find((transport) => transport.mid === mid);
      const answerer = offeredBy === "local" ? "remote" : "local";
      const ours = sideOf(offer, index);
      const theirs = answer === undefined ? running?.[answerer] : sideOf(answer, index);
      return {
        mid,
        index,
        mids: live.filter(({ transportMid }) => transportMid === mid).map((section) => section.mid),
        local: offeredBy === "local" ? ours : theirs,
        remote: offeredBy === "local" ? theirs : ours,
        dtlsRole: answer === undefined ? running?.dtlsRole : dtlsRoleOf(exchange, index),
      };
    });
}

function dataOf(exchange: Exchange, sections: readonly SectionPlan[], before: Plan | undefined): DataPlan | undefined {
  const section = sections.find(({ kind, state }) => kind === "data" && state !== "rejected");
  if (section === undefined || section.state === "rejected") return undefined;
  const { offer, offeredBy, answer } = exchange;
  const offered = offer.media[section.index];
  const answered = answer?.media[section.index];
  const running = before?.data?.mid === section.mid ? before.data : undefined;
  const [local, remote] = offeredBy === "local" ? [offered, answered] : [answered, offered];
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
    plan = makePlan(n);
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

function makePlan(n: Negotiation): Plan {
  const exchange = newestExchange(n);
  const remote = n.pendingRemote ?? n.currentRemote;
  const trickle = remote === undefined ? null : canTrickle(remote.session);
  if (exchange === undefined)
    return { answered: false, sections: [], transports: [], data: undefined, media: [], canTrickle: trickle };
  const pending = n.pendingLocal !== undefined || n.pendingRemote !== undefined;
  const before = pending ? planOf(withoutPending(n)) : undefined;
  const inUse = new Set(before?.sections.flatMap(({ mid, state }) => (state === "accepted" ? [mid] : [])) ?? []);
  const sections = sectionsOf(exchange, inUse);
  return {
    answered: exchange.answer !== undefined,
    sections,
    transports: transportsOf(exchange, sections, before),
    data: dataOf(exchange, sections, before),
    media: [],
    canTrickle: trickle,
  };
}

/** The plan of the newest exchange that was answered: what is running. */
export function planInForce(n: Negotiation): Plan {
  return planOf(isAnswered(n) ? n : withoutPending(n));
}

/** The plan of a pending remote offer as if it were not answered yet. */
export function planOfOffer(n: Negotiation): Plan {
  return planOf({ ...n, signalingState: "have-remote-offer", pendingLocal: undefined });
}

/** What `isNegotiationNeeded` must know beside the snapshot. */
export interface Wishes {
  /** Whether any data channel was ever created. */
  readonly hasDataChannels: boolean;
  /** Whether restartIce was called and its new credentials are not negotiated yet. */
  readonly iceRestartNeeded: boolean;
  /** None unless told. */
  readonly transceivers?: readonly TransceiverMaterial[];
}

/**
 * webrtc-pc §4.7.3, check if negotiation is needed. To be asked in the stable state.
 * A data section that was answered, even if rejected, is negotiated.
 */
export function isNegotiationNeeded(n: Negotiation, wishes: Wishes): boolean {
  if (wishes.iceRestartNeeded) return true;
  const negotiated = n.currentLocal?.session.media.some((media) => kindOf(media) === "data") ?? false;
  return wishes.hasDataChannels && !negotiated;
}
