/**
 * The negotiation-needed flag: https://w3c.github.io/webrtc-pc/#negotiation-needed-flag
 */
import type { ConnectionSlots } from "./connection-slots.ts";
import { fire } from "./events.ts";

/** https://w3c.github.io/webrtc-pc/#dfn-update-the-negotiation-needed-flag */
export function updateNegotiationNeeded(connection: ConnectionSlots): void {
  // 1. If the length of [[Operations]] is not 0, wait until the chain is empty.
  if (!connection.operations.isEmpty) {
    connection.updateNegotiationNeededOnEmptyChain = true;
    return;
  }
  // 2. Queue a task to run the following steps.
  connection.queueTask(() => {
    // 2.2. If the length of [[Operations]] is not 0, wait until the chain is empty.
    if (!connection.operations.isEmpty) {
      connection.updateNegotiationNeededOnEmptyChain = true;
      return;
    }
    // 2.3. If connection.[[SignalingState]] is not "stable", abort these steps: the end of the exchange comes back here.
    if (connection.signalingState !== "stable") return;
    // 2.4. If the result of checking if negotiation is needed is false, clear the flag.
    if (!connection.peer.isNegotiationNeeded()) {
      connection.negotiationNeeded = false;
      return;
    }
    // 2.5. If connection.[[NegotiationNeeded]] is already true, abort these steps.
    if (connection.negotiationNeeded) return;
    // 2.6., 2.7. Set it and fire "negotiationneeded".
    connection.negotiationNeeded = true;
    fire(connection.object, "negotiationneeded");
  });
}

/** The operations chain ran empty: https://w3c.github.io/webrtc-pc/#chain-an-operation step 7.4.4. */
export function chainEmptied(connection: ConnectionSlots): void {
  if (!connection.updateNegotiationNeededOnEmptyChain) return;
  connection.updateNegotiationNeededOnEmptyChain = false;
  updateNegotiationNeeded(connection);
}
