/**
 * Applying and rolling back descriptions: RFC 9429 §5.5-5.11, webrtc-pc §4.4.1.5.
 */
import { type Applied, type DescriptionType, JsepError, type Negotiation, type Side } from "./negotiation.ts";

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
 * @throws JsepError `invalid-state`, `sdp-syntax`, `invalid-access`, `operation` (empty, and nothing was created), or
 * `invalid-modification` when the text is not what was created last. What may differ: line ends, candidates with the
 * default ports and addresses that come with them, `b=` lines, and a missing `ice-options:trickle`.
 * @see RFC 9429 §5.5, §5.4
 */
export function applyLocal(n: Negotiation, type: DescriptionType, sdp: string): Applied {
  throw new JsepError("operation", `not built: ${n.signalingState} ${type} ${sdp}`);
}

/**
 * setRemoteDescription. An offer in have-local-offer rolls the local offer back first; when the offer then turns out
 * invalid the error leaves that to the caller (`needsRollback`, `rollback`).
 *
 * @throws JsepError `invalid-state`, `sdp-syntax`, `invalid-access`
 * @see RFC 9429 §5.6
 */
export function applyRemote(n: Negotiation, type: DescriptionType, sdp: string): Applied {
  throw new JsepError("operation", `not built: ${n.signalingState} ${type} ${sdp}`);
}

/**
 * Back to the stable state before the pending offer.
 *
 * @throws JsepError `invalid-state` unless there is a pending offer of that side and no provisional answer
 * @see RFC 9429 §4.1.10.2
 */
export function rollback(n: Negotiation, side: Side): Negotiation {
  throw new JsepError("operation", `not built: ${n.signalingState} ${side}`);
}

/** The snapshot of a closed connection: every function of this folder then throws `invalid-state`. */
export function closed(n: Negotiation): Negotiation {
  return { ...n, signalingState: "closed" };
}
