/**
 * The end of a connection: `close()` (https://w3c.github.io/webrtc-pc/#dfn-close-the-connection), and a bug of ours.
 */
import { channelClosed } from "./channels.ts";
import type { ConnectionSlots } from "./connection-slots.ts";
import { fire } from "./events.ts";
import { transportsChanged } from "./states.ts";
import { closeTransceiver } from "./transceiver-stop.ts";

/** https://w3c.github.io/webrtc-pc/#dfn-close-the-connection. Synchronous; fires nothing at the connection or its channels. */
export function closeConnection(connection: ConnectionSlots): void {
  // 1., 2. If connection.[[IsClosed]] is true, abort these steps; set it.
  if (connection.isClosed) return;
  connection.isClosed = true;
  // 3. Set connection.[[SignalingState]] to "closed".
  connection.signalingState = "closed";
  // 5. Set the [[ReadyState]] of each RTCDataChannel to "closed"; the closing procedure is not invoked.
  for (const slots of connection.channels.values()) slots.abandon();
  connection.channels.clear();
  // 4. Each transceiver is stopped, and its track without an event.
  for (const slots of connection.transceivers) closeTransceiver(slots);
  // 6.-8. The SCTP association is aborted, DTLS says close_notify, ICE is destroyed.
  try {
    connection.peer.close(connection.now());
  } catch {
    // After a bug of ours the peer connection may not even be able to end.
  }
  connection.stop();
  for (const { ice, dtls } of connection.transports) {
    dtls.state = "closed";
    ice.state = "closed";
  }
  const { sctp } = connection;
  if (sctp !== undefined && sctp.sctp.state !== "closed") {
    sctp.sctp.state = "closed";
    connection.tasks.queue(() => fire(sctp.object, "statechange"));
  }
  // 9., 10. Set [[IceConnectionState]] and [[ConnectionState]] to "closed".
  connection.iceConnectionState = "closed";
  connection.connectionState = "closed";
}

/**
 * The peer connection below threw. That is our mistake: the connection fails as if its transport had, the process lives,
 * and a warning of the process says why.
 */
export function connectionFailed(connection: ConnectionSlots, error: unknown): void {
  connection.stop();
  process.emitWarning(error instanceof Error ? error : String(error));
  const { transports, sctp } = connection;
  connection.queueTask(
    () => {
      for (const { ice, dtls } of transports) {
        ice.state = "failed";
        dtls.state = "failed";
      }
      if (sctp === undefined) return;
      sctp.sctp.state = "closed";
      fire(sctp.object, "statechange");
    },
    () => transportsChanged(connection),
  );
  const failure = { code: "data-channel-failure", message: "An internal error ended the connection." } as const;
  for (const channel of connection.channels.keys()) channelClosed(connection, channel, failure);
}
