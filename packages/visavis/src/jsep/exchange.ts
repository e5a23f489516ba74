/**
 * Which offer and answer of a snapshot count.
 */
import type { SessionDescription } from "../sdp/description.ts";
import type { Description, Negotiation, Side } from "./negotiation.ts";

/** An offer, and its answer if there is one yet. */
export interface Exchange {
  readonly offer: SessionDescription;
  readonly offeredBy: Side;
  /** Undefined while there is none. */
  readonly answer: SessionDescription | undefined;
}

function exchangeOf(local: Description | undefined, remote: Description | undefined): Exchange | undefined {
  if (local?.type === "offer") return { offer: local.session, offeredBy: "local", answer: remote?.session };
  if (remote?.type === "offer") return { offer: remote.session, offeredBy: "remote", answer: local?.session };
  return undefined;
}

/** The newest exchange of a snapshot. */
export function newestExchange(n: Negotiation): Exchange | undefined {
  const pending = exchangeOf(n.pendingLocal, n.pendingRemote);
  return pending ?? exchangeOf(n.currentLocal, n.currentRemote);
}

/** Snapshots do not change, and what is beside their pending exchanges is asked for by every step. */
const settled: WeakMap<Negotiation, Negotiation> = new WeakMap();

/** The snapshot with its pending exchange left out. */
export function withoutPending(n: Negotiation): Negotiation {
  let stable = settled.get(n);
  if (stable === undefined) {
    stable = { ...n, signalingState: "stable", pendingLocal: undefined, pendingRemote: undefined };
    settled.set(n, stable);
  }
  return stable;
}

/** The local and the remote description of an exchange. */
export function sidesOf({ offer, offeredBy, answer }: Exchange): {
  readonly local: SessionDescription | undefined;
  readonly remote: SessionDescription | undefined;
} {
  return offeredBy === "local" ? { local: offer, remote: answer } : { local: answer, remote: offer };
}
