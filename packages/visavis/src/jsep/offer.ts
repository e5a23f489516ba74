/**
 * createOffer: RFC 9429 §5.2.
 */
import { type Created, JsepError, type LocalMaterial, type Negotiation } from "./negotiation.ts";

/**
 * The next offer. Keep `next`: setLocalDescription compares with it.
 *
 * @throws JsepError `invalid-state` unless the state is stable or have-local-offer
 * @see RFC 9429 §5.2
 */
export function createOffer(n: Negotiation, material: LocalMaterial): Created {
  throw new JsepError("operation", `not built: ${n.signalingState} ${material.sessionId}`);
}
