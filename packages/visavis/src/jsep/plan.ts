/**
 * What the descriptions in force ask the transports to be: RFC 9429 §5.9-5.11.
 */
import { JsepError, type Negotiation, type Plan } from "./negotiation.ts";

/** The plan of a snapshot, of its pending descriptions where there are any. */
export function planOf(n: Negotiation): Plan {
  throw new JsepError("operation", `not built: ${n.signalingState}`);
}

/** What `isNegotiationNeeded` must know beside the snapshot. */
export interface Wishes {
  /** Whether any data channel was ever created. */
  readonly hasDataChannels: boolean;
  /** Whether restartIce was called and its new credentials are not negotiated yet. */
  readonly iceRestartNeeded: boolean;
}

/**
 * webrtc-pc §4.7.3, check if negotiation is needed. To be asked in the stable state.
 * A data section that was answered, even if rejected, is negotiated.
 */
export function isNegotiationNeeded(n: Negotiation, wishes: Wishes): boolean {
  return wishes.iceRestartNeeded || (wishes.hasDataChannels && n.currentLocal === undefined);
}
