/**
 * Applying and rolling back descriptions: RFC 9429 §5.5-5.11, webrtc-pc §4.4.1.5.
 */
import { find } from "../sdp/attribute.ts";
import { SdpSyntaxError, type SessionDescription } from "../sdp/description.ts";
import { parseSession } from "../sdp/parse.ts";
import type { Assignment } from "./media.ts";
import {
  type Applied,
  type Description,
  type DescriptionType,
  type Effects,
  JsepError,
  type Negotiation,
  type Plan,
  type Side,
  type SignalingState,
  type TransportSide,
} from "./negotiation.ts";
import { usedNumbers } from "./payload-types.ts";
import { planBeside, planInForce, planOf, withTransportKeys } from "./plan.ts";
import { isUnmodified } from "./unmodified.ts";
import { verifyAnswer, verifyReoffer, verifySession } from "./verify.ts";

/** The states in which each type can be applied: RFC 9429 §5.5, §5.6. */
const ALLOWED: Readonly<Record<Side, Readonly<Record<DescriptionType, readonly SignalingState[]>>>> = {
  local: {
    offer: ["stable", "have-local-offer"],
    answer: ["have-remote-offer", "have-local-pranswer"],
    pranswer: ["have-remote-offer", "have-local-pranswer"],
  },
  remote: {
    offer: ["stable", "have-remote-offer"],
    answer: ["have-local-offer", "have-remote-pranswer"],
    pranswer: ["have-local-offer", "have-remote-pranswer"],
  },
};

function checkState(n: Negotiation, side: Side, type: DescriptionType): void {
  if (!ALLOWED[side][type].includes(n.signalingState)) {
    throw new JsepError("invalid-state", `a ${side} ${type} cannot be applied in the state ${n.signalingState}`);
  }
}

function parse(sdp: string): SessionDescription {
  const session = parseSession(sdp);
  if (session instanceof SdpSyntaxError) {
    throw new JsepError("sdp-syntax", `line ${session.line}: ${session.message}`, session.line);
  }
  return session;
}

/** The snapshot with a description in its place: webrtc-pc §4.4.1.5. */
function place(n: Negotiation, side: Side, description: Description): Negotiation {
  const isLocal = side === "local";
  if (description.type !== "answer") {
    const signalingState: SignalingState = `have-${side}-${description.type}`;
    return isLocal ? { ...n, signalingState, pendingLocal: description } : { ...n, signalingState, pendingRemote: description };
  }
  const settled: Negotiation = {
    ...n,
    signalingState: "stable",
    currentLocal: isLocal ? description : n.pendingLocal,
    currentRemote: isLocal ? n.pendingRemote : description,
    pendingLocal: undefined,
    pendingRemote: undefined,
    lastCreatedOffer: "",
    lastCreatedAnswer: "",
    lastOfferAssigned: [],
    usedNumbers: usedNumbers(
      n.usedNumbers,
      [n.pendingLocal, n.pendingRemote, description].flatMap((each) => (each === undefined ? [] : [each.session])),
    ),
    nextMid: Math.max(n.nextMid, isLocal ? 0 : lastMidOf(n.pendingLocal) + 1),
  };
  return withTransportKeys(settled, planBeside(n));
}

/** The largest of the numbers that an offer of ours has for mids; those of the other side may be of any size. */
function lastMidOf(offer: Description | undefined): number {
  let last = -1;
  for (const { attributes } of offer?.session.media ?? []) {
    const mid = find(attributes, "mid") ?? "";
    if (/^[0-9]{1,6}$/.test(mid) && Number(mid) < MAX_OWN_MID) last = Math.max(last, Number(mid));
  }
  return last;
}

/** Numbers of ours stay below this, unless there are more renegotiations than anybody makes. */
const MAX_OWN_MID = 100_000;

function sameIce(a: TransportSide | undefined, b: TransportSide | undefined): boolean {
  return a?.ice.usernameFragment === b?.ice.usernameFragment && a?.ice.password === b?.ice.password;
}

/** A fingerprint set and tls-id, as one text. */
function identity(side: TransportSide | undefined): string {
  const fingerprints = side?.fingerprints.map(({ algorithm, value }) => `${algorithm} ${value}`) ?? [];
  return [side?.tlsId ?? "", ...fingerprints.sort()].join("\n");
}

/** What changed on transports that were already running. */
function effectsOf(before: Plan, next: Negotiation, rolledBack: boolean, assigned: readonly Assignment[] = []): Effects {
  const plan = planOf(next);
  const restartedIce: string[] = [];
  const restartedDtls: string[] = [];
  for (const transport of plan.transports) {
    const running = before.transports.find(({ key }) => key === transport.key);
    if (running?.local === undefined || running.remote === undefined) continue;
    if (!sameIce(running.local, transport.local) || !sameIce(running.remote, transport.remote)) restartedIce.push(transport.key);
    // Firefox answers an ICE restart with setup:active even where that reverses the roles, and goes on with the association.
    if (identity(running.remote) !== identity(transport.remote)) restartedDtls.push(transport.key);
  }
  return { plan, assigned, rolledBack, restartedIce, restartedDtls };
}

/**
 * What a remote description may change on running transports.
 *
 * @throws JsepError `invalid-access`
 * @see RFC 9429 §5.8.3, §5.10, §5.11
 */
function verifyContinuity(before: Plan, plan: Plan): void {
  for (const transport of plan.transports) {
    const running = before.transports.find(({ key }) => key === transport.key);
    if (running?.local === undefined || running.remote === undefined) continue;
    const isRemoteSame = sameIce(running.remote, transport.remote);
    if (isRemoteSame && identity(running.remote) !== identity(transport.remote)) {
      throw new JsepError("invalid-access", "another certificate or tls-id needs new ICE credentials");
    }
    if (!plan.answered || !isRemoteSame) continue;
    if (!sameIce(running.local, transport.local)) {
      throw new JsepError("invalid-access", "the answer to an ICE restart has the ICE credentials from before");
    }
    // Chromium forgets the role when another section comes to give the transport its parameters; the association goes on.
    if (running.dtlsRole !== transport.dtlsRole && running.mid === transport.mid) {
      throw new JsepError("invalid-access", "another DTLS role needs new ICE credentials");
    }
  }
}

/** The offer before, which a new remote offer goes on with, is the pending one when there is one. */
function verifyOffer(n: Negotiation, session: SessionDescription): void {
  const sections = planOf(n).sections;
  verifyReoffer(
    sections.map(({ mid, media, state }) => ({ mid, media, isLive: state !== "rejected" })),
    session,
  );
}

/**
 * Whether setRemoteDescription must roll back the local offer first (webrtc-pc: an offer in a state that does not take one).
 * `applyRemote` does it by itself; who must show the stable state in between calls `rollback` first.
 */
export function needsRollback(n: Negotiation, type: DescriptionType): boolean {
  return type === "offer" && n.signalingState === "have-local-offer";
}

/**
 * setLocalDescription. An empty `sdp` means what was created last.
 *
 * @throws JsepError `invalid-state`, `operation` (empty, and nothing was created), `invalid-access` (an answer to another
 * offer), or `invalid-modification` when the text is not what was created last. What may differ: line ends, candidates with
 * the default ports and addresses that come with them, `b=` lines, and `a=ice-options`.
 * @see RFC 9429 §5.5, §5.4
 */
export function applyLocal(n: Negotiation, type: DescriptionType, sdp: string): Applied {
  checkState(n, "local", type);
  const created = type === "offer" ? n.lastCreatedOffer : n.lastCreatedAnswer;
  const text = sdp === "" ? created : sdp;
  if (text === "") throw new JsepError("operation", `no ${type} was created`);
  if (!isUnmodified(created, text)) {
    throw new JsepError("invalid-modification", `the ${type} is not the one that was created last`);
  }
  const session = (text === n.newestCreated ? n.newestSession : undefined) ?? parse(text);
  if (type !== "offer" && n.pendingRemote !== undefined) verifyAnswer(n.pendingRemote.session, session);
  const next = place(n, "local", { type, sdp: text, session });
  return { next, effects: effectsOf(planInForce(n), next, false, type === "offer" ? n.lastOfferAssigned : []) };
}

/**
 * setRemoteDescription. An offer in have-local-offer rolls the local offer back first; when the offer then turns out
 * invalid the error leaves that to the caller (`needsRollback`, `rollback`).
 *
 * @throws JsepError `invalid-state`, `sdp-syntax`, `invalid-access`
 * @see RFC 9429 §5.6
 */
export function applyRemote(n: Negotiation, type: DescriptionType, sdp: string): Applied {
  const rolledBack = needsRollback(n, type);
  const from = rolledBack ? rollback(n, "local") : n;
  checkState(from, "remote", type);
  const session = parse(sdp);
  verifySession(session, type);
  if (type === "offer") verifyOffer(from, session);
  else if (from.pendingLocal !== undefined) verifyAnswer(from.pendingLocal.session, session);
  const next = place(from, "remote", { type, sdp, session });
  const before = planInForce(from);
  verifyContinuity(before, planOf(next));
  return { next, effects: effectsOf(before, next, rolledBack) };
}

/**
 * Back to the stable state before the pending offer. What was created last stays usable.
 *
 * @throws JsepError `invalid-state` unless there is a pending offer of that side and no provisional answer
 * @see RFC 9429 §4.1.10.2; webrtc-pc §4.4.1.5 forbids it after a provisional answer
 */
export function rollback(n: Negotiation, side: Side): Negotiation {
  if (n.signalingState !== `have-${side}-offer`) {
    throw new JsepError("invalid-state", `there is no ${side} offer to roll back in the state ${n.signalingState}`);
  }
  return { ...n, signalingState: "stable", pendingLocal: undefined, pendingRemote: undefined };
}

/** The snapshot of a closed connection: every function of this folder then throws `invalid-state`. */
export function closed(n: Negotiation): Negotiation {
  return { ...n, signalingState: "closed" };
}
