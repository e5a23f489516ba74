/**
 * The end of a transceiver: https://w3c.github.io/webrtc-pc/#dom-rtcrtptransceiver-stop
 */
import { domError } from "./errors.ts";
import { slotsOfTrack } from "./media-stream-track.ts";
import { updateNegotiationNeeded } from "./negotiation-needed.ts";
import type { TransceiverSlots } from "./transceiver-slots.ts";

/** https://w3c.github.io/webrtc-pc/#dom-rtcrtptransceiver-stop */
export function stopTransceiver(slots: TransceiverSlots): void {
  const { connection, transceiver } = slots;
  // 2. If connection.[[IsClosed]] is true, throw an InvalidStateError.
  if (connection.isClosed) throw domError("InvalidStateError", "The RTCPeerConnection is closed.");
  // 3. If transceiver.[[Stopping]] is true, abort these steps.
  if (transceiver.isStopping) return;
  // 4. Stop sending and receiving given transceiver; its track says so in a task. 5. Update the negotiation-needed flag.
  stopSending(slots);
  slots.receiver.source.end();
  updateNegotiationNeeded(connection);
}

/** The first half of https://w3c.github.io/webrtc-pc/#stop-sending-and-receiving: all but the end of the track. */
export function stopSending({ connection, transceiver, sender }: TransceiverSlots): void {
  if (!transceiver.isStopping) connection.call(() => connection.peer.stopTransceiver(transceiver, connection.now()));
  sender.stop();
}

/** https://w3c.github.io/webrtc-pc/#dfn-stop-the-rtcrtptransceiver, with disappear true: the connection is closed. */
export function closeTransceiver({ transceiver, receiver, sender }: TransceiverSlots): void {
  transceiver.isStopping = true;
  transceiver.isStopped = true;
  transceiver.direction = "inactive";
  transceiver.currentDirection = null;
  sender.stop();
  slotsOfTrack(receiver.track).stop();
}
