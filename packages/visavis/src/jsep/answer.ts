/**
 * createAnswer: RFC 9429 §5.3.
 */
import { type Created, JsepError, type LocalMaterial, type Negotiation } from "./negotiation.ts";

/**
 * The answer to the pending remote offer. Keep `next`: setLocalDescription compares with it.
 *
 * @throws JsepError `invalid-state` unless the state is have-remote-offer or have-local-pranswer
 * @see RFC 9429 §5.3
 */
export function createAnswer(n: Negotiation, material: LocalMaterial): Created {
  throw new JsepError("operation", `not built: ${n.signalingState} ${material.sessionId}`);
}
