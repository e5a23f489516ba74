/**
 * From the events of the peer connection to tasks. Nothing here runs user code; what runs in a task is in the file of its
 * procedure.
 */
import type { PeerEvent } from "../peer/peer-events.ts";
import { candidateFailed, candidateGathered, gatheringChanged } from "./candidates.ts";
import type { Channel } from "./channel-owner.ts";
import { announceChannel, channelClosed, channelClosing, channelDrained, channelOpened } from "./channels.ts";
import { connectionFailed } from "./connection-end.ts";
import type { ConnectionProcedures, ConnectionSlots } from "./connection-slots.ts";
import { beginToSend, deliverFrames, keyFrameRequested, senderOf, toneHeard, trackMuted } from "./media-flow.ts";
import { chainEmptied } from "./negotiation-needed.ts";
import { pairOf } from "./rtc-ice-candidate-pair.ts";
import { dtlsTransportChanged, iceTransportChanged, sctpTransportChanged } from "./states.ts";
import { transportOf } from "./transport-slots.ts";

/** What the slots of a connection are driven by. */
export const PROCEDURES: ConnectionProcedures = { drain, failed: connectionFailed, chainEmptied };

/**
 * Takes events and messages and queues their tasks, in the order in which the peer connection hands them out: it keeps an
 * event that ends a channel back until the messages before it are taken, and messages until the event that opens it is.
 */
function drain(connection: ConnectionSlots): void {
  const { peer } = connection;
  let drained: Map<Channel, number> | undefined;
  for (let taken = true; taken; ) {
    taken = false;
    for (let event = peer.takeEvent(); event !== undefined; event = peer.takeEvent()) {
      taken = true;
      if (event.type !== "channel-drained") queue(connection, event);
      else {
        drained ??= new Map();
        drained.set(event.channel, (drained.get(event.channel) ?? 0) + event.bytes);
      }
    }
    for (let message = peer.takeMessage(); message !== undefined; message = peer.takeMessage()) {
      taken = true;
      connection.queueMessage(message);
    }
    if (peer.media !== undefined) deliverFrames(connection, peer.media);
  }
  if (drained !== undefined) for (const [channel, bytes] of drained) channelDrained(connection, channel, bytes);
}

function queue(connection: ConnectionSlots, event: PeerEvent): void {
  switch (event.type) {
    case "ice-gathering-state":
      gatheringChanged(connection, event);
      return;
    case "candidate":
      candidateGathered(connection, event);
      return;
    case "candidate-error":
      candidateFailed(connection, event);
      return;
    case "ice-state":
      iceTransportChanged(connection, event.transport, event.state, undefined);
      return;
    case "selected-pair":
      iceTransportChanged(connection, event.transport, undefined, ({ ice }) => pairOf(ice, event.pair));
      return;
    case "ice-role":
      connection.queueTask(() => {
        const transport = transportOf(connection, event.transport);
        if (transport !== undefined) transport.ice.role = event.role;
      });
      return;
    case "dtls-state":
      dtlsTransportChanged(connection, event);
      if (event.state === "connected") beginToSend(connection, event.transport);
      return;
    case "sctp-state":
      sctpTransportChanged(connection, event);
      return;
    case "channel":
      announceChannel(connection, event.channel);
      return;
    case "channel-open":
      channelOpened(connection, event.channel);
      return;
    case "channel-closing":
      channelClosing(connection, event.channel);
      return;
    case "channel-closed":
      channelClosed(connection, event.channel, event.error);
      return;
    case "channel-drained":
      channelDrained(connection, event.channel, event.bytes);
      return;
    case "key-frame-requested":
      keyFrameRequested(connection, event.transceiver, event.encodingIndex);
      return;
    case "target-bitrate":
      senderOf(connection, event.transceiver)?.frames.setTarget(event.encodingIndex, event.bitrate);
      return;
    case "track-muted":
      trackMuted(connection, event.transceiver, event.isMuted);
      return;
    case "tone-heard":
      toneHeard(connection, event.transceiver, event);
      return;
    case "failure":
      connectionFailed(connection, event.error);
      return;
  }
}
